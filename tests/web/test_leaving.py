"""The pages of what leaves: asked for, made, fetched with a fresh proof; a person shown, erased."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from tests.custody.bed import make_bed
from tests.web.places import Place, logged_in, place
from tests.web.test_settings import just_proved

from encours.custody import jobs
from encours.custody.queries.departures import DepartureRow, departures
from encours.parties.actions import contacts, customers
from encours.parties.models import Contact, Customer
from encours.tenancy.scope import in_tenant
from encours.web.ledger.subject import today


@pytest.fixture
def mine(transactional_db: None, tmp_path: Path, settings: Any) -> Place:
    make_bed(tmp_path, settings)
    return place("DEPART")


@pytest.fixture
def person(mine: Place) -> int:
    """A consumer with one contact."""
    told = {"tenant_id": mine.house.tenant_id, "today": today()}
    with in_tenant(mine.house.tenant_id):
        count = Customer.objects.of(mine.house.tenant_id).count()
        number = customers.create_customer(
            **told, creditor_id=mine.house.creditor_id, code=f"D{count}", name="Paul Durand"
        )
        customers.confirm_class(**told, customer_ids=[number], debtor_class="consumer")
        contacts.save_contact(**told, customer_id=number, name="Paul", email="paul@example.org")
    return number


def latest(mine: Place, kind: str) -> DepartureRow:
    with in_tenant(mine.house.tenant_id):
        return departures(tenant_id=mine.house.tenant_id, kind=kind)[0]


def test_everything_is_asked_for_made_and_fetched(mine: Place) -> None:
    admin = logged_in(mine.users["admin"])
    away = admin.post(reverse("settings_export"))
    assert away.headers["Location"].startswith(reverse("account_reauthenticate"))

    just_proved(admin)
    admin.post(reverse("settings_export"))
    row = latest(mine, "tenant")
    page = admin.get(reverse("settings_data")).content.decode()
    assert "En cours" in page
    assert "hx-trigger" in page
    jobs.depart(tenant_id=mine.house.tenant_id, departure_id=row.id)
    poll = {"hx-request": "true", "hx-target": "departures"}
    part = admin.get(reverse("settings_data"), headers=poll).content.decode()
    assert "<html" not in part
    assert reverse("settings_departure", args=[row.id]) in part
    given = admin.get(reverse("settings_departure", args=[row.id]))
    content = b"".join(given.streaming_content)  # type: ignore[attr-defined]
    assert "verifier.py" in zipfile.ZipFile(io.BytesIO(content)).namelist()
    stranger = just_proved(logged_in(place("OMEGA").users["admin"]))
    assert stranger.get(reverse("settings_departure", args=[row.id])).status_code == 302


def test_a_person_is_shown_given_and_erased(mine: Place, person: int) -> None:
    admin = just_proved(logged_in(mine.users["admin"]))
    card = admin.get(reverse("customer_card", args=[person])).content.decode()
    address = reverse("settings_person", args=["customer", person])
    assert address in card
    page = admin.get(address).content.decode()
    assert "Anonymisé" in page

    admin.post(reverse("settings_person_access", args=["customer", person]))
    jobs.depart(tenant_id=mine.house.tenant_id, departure_id=latest(mine, "person").id)
    assert "Télécharger" in admin.get(address).content.decode()
    admin.post(reverse("settings_person_erase", args=["customer", person]))
    with in_tenant(mine.house.tenant_id):
        assert Customer.objects.of(mine.house.tenant_id).get(pk=person).name.startswith("Client ")
        assert not Contact.objects.of(mine.house.tenant_id).filter(customer_id=person).exists()


def test_only_an_admin_may(mine: Place, person: int) -> None:
    for role in ("credit_manager", "accountant", "reader"):
        client = just_proved(logged_in(mine.users[role]))
        assert client.get(reverse("settings_data")).status_code == 403
        address = reverse("settings_person_erase", args=["customer", person])
        assert client.post(address).status_code == 403
    stranger = logged_in(place("OMEGA").users["admin"])
    assert stranger.get(reverse("settings_person", args=["customer", person])).status_code == 404
