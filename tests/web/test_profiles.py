"""Payer profiles on screen: the page, the customer's card, thresholds and segments tried first."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.conftest import House, found_house
from tests.receivables.ledger_rows import write
from tests.scoring.test_running import TODAY, ledger
from tests.web.places import add_user, logged_in
from tests.web.test_ledger import QUERIES_MAX, counted, text

from encours.parties.models import Customer
from encours.scoring.actions.running import score_creditor
from encours.scoring.models import Score
from encours.scoring.queries import rules_in_force
from encours.tenancy.scope import in_tenant

SLOW = TODAY - timedelta(days=190)


@pytest.fixture
def scored(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.setattr(timezone, "localdate", lambda *_args: TODAY)
    house = found_house()
    with in_tenant(house.tenant_id):
        write(house, ledger)
        for day in (SLOW, TODAY):
            score_creditor(tenant_id=house.tenant_id, creditor_id=house.creditor_id, today=day)
    return house


def client_of(house: House, role: str = "admin", language: str = "fr") -> Client:
    with in_tenant(house.tenant_id):
        user = add_user(house, role, "PROFILS")
    client = logged_in(user.pk)
    client.cookies["django_language"] = language
    return client


def id_of(house: House, code: str) -> int:
    with in_tenant(house.tenant_id):
        return int(Customer.objects.of(house.tenant_id).get(code=code).pk)


def profile_of(house: House, code: str) -> str:
    with in_tenant(house.tenant_id):
        return Score.objects.of(house.tenant_id).get(customer__code=code).profile


def test_the_page_counts_profiles_and_says_who_moved(
    scored: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of(scored)
    page = text(client, "customers_profiles")

    assert "Combien de clients" in page
    assert f"{reverse('customers')}?profile=deteriorating" in page
    assert "Client A" in page
    assert "À l&#x27;heure" in page or "À l'heure" in page
    with counted(monkeypatch) as asked:
        client.get(reverse("customers_profiles"))
    assert len(asked) <= QUERIES_MAX


def test_a_fragment_is_the_part_of_the_page(scored: House) -> None:
    client, address = client_of(scored), reverse("customers_profiles")
    part = client.get(
        address, headers={"hx-request": "true", "hx-target": "table-moves"}
    ).content.decode()
    start, end = part.index("<table"), part.index("</table>")
    whole = client.get(address).content.decode()

    assert all(line.strip() in whole for line in part[start:end].splitlines())


def test_before_the_first_run_the_page_says_so(house: House) -> None:
    assert "Rien n" in text(client_of(house), "customers_profiles")


def test_the_list_of_customers_filters_and_sorts_by_profile(scored: House) -> None:
    client = client_of(scored)

    assert "Client A" not in text(client, "customers", profile="new")
    page = text(client, "customers", sort="-expected")
    assert page.index("Client B") < page.index("Client A")
    file = client.get(reverse("customers"), {"export": "csv", "profile": "deteriorating"})
    written = b"".join(file.streaming_content).decode()  # type: ignore[attr-defined]
    assert "Se dégrade" in written
    assert "Client B" not in written


def test_the_customer_page_says_why_and_how_it_moved(scored: House) -> None:
    client, customer = client_of(scored), id_of(scored, "A")
    assert f'hx-get="{reverse("customer_payer", args=[customer])}"' in text(
        client, "customer", customer
    )
    page = text(client, "customer_payer", customer).replace("&#x27;", "'")

    assert "Paie en moyenne 7 jours après l'échéance (dernières : 9, 14, 15" in page
    assert "À l'heure → <strong>Se dégrade</strong>" in page
    part = client.get(
        reverse("customer_payer", args=[customer]),
        headers={"hx-request": "true", "hx-target": "payer"},
    ).content.decode()
    start, end = part.index("<section"), part.index("<form")
    whole = client.get(reverse("customer_payer", args=[customer])).content.decode()
    assert all(line.strip() in whole for line in part[start:end].splitlines())
    english = text(client_of(scored, "reader", "en"), "customer_payer", id_of(scored, "A"))
    assert "Pays 7 days after the due date on average" in english
    assert "Choose another profile" not in english


def test_a_person_chooses_a_profile_and_gives_it_back(scored: House) -> None:
    client, customer = client_of(scored), id_of(scored, "A")
    until = (TODAY + timedelta(days=20)).isoformat()
    asked = {"profile": "key_account", "reason": "contrat cadre", "ends_on": until}
    refused = client.post(
        reverse("customer_profile", args=[customer]), {**asked, "reason": ""}, follow=True
    )
    assert "Indiquez le motif." in refused.content.decode()

    page = client.post(reverse("customer_profile", args=[customer]), asked, follow=True)
    assert "contrat cadre" in page.content.decode()
    assert profile_of(scored, "A") == "key_account"
    client.post(reverse("customer_profile_withdraw", args=[customer]))
    assert profile_of(scored, "A") == "deteriorating"


@pytest.mark.parametrize("name", ["customer_profile", "customer_profile_withdraw"])
def test_a_reader_chooses_nothing(scored: House, name: str) -> None:
    client = client_of(scored, "reader")

    assert client.post(reverse(name, args=[id_of(scored, "A")])).status_code == 403
    assert client.get(reverse("settings_profiles")).status_code == 403
    assert client.get(reverse("settings_segments")).status_code == 403


def limits(house: House, **changed: str) -> dict[str, str]:
    usual = {
        "early_days": "3",
        "on_time_days": "3",
        "slightly_late_days": "15",
        "deteriorating_days": "10",
        "new_lines": "3",
        "overdue_days": "30",
        "key_account_percent": "5",
    }
    return {**usual, "creditor_id": str(house.creditor_id), **changed}


def test_thresholds_are_counted_before_they_are_saved(scored: House) -> None:
    client, address = client_of(scored), reverse("settings_profiles")
    tried = client.post(address, limits(scored, new_lines="7", what="preview")).content.decode()

    assert "1 client changerait de profil" in tried
    assert profile_of(scored, "A") == "deteriorating"
    client.post(address, limits(scored, new_lines="7", what="save"))
    assert profile_of(scored, "A") == "new"
    assert "propre à cette société" in client.get(address).content.decode()
    own = {"creditor_id": str(scored.creditor_id)}
    client.post(reverse("settings_profiles_inherit"), own)
    assert profile_of(scored, "A") == "deteriorating"


@pytest.mark.parametrize("wrong", [{"new_lines": "x"}, {"on_time_days": "20"}])
def test_thresholds_that_cannot_be_are_said(scored: House, wrong: dict[str, str]) -> None:
    answer = client_of(scored).post(reverse("settings_profiles"), limits(scored, **wrong))

    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()


def test_the_organisation_sets_what_its_creditors_follow(scored: House) -> None:
    client, whole = client_of(scored), {"niveau": "organisation", "creditor_id": ""}
    client.post(reverse("settings_profiles"), limits(scored, new_lines="7", what="save", **whole))

    assert profile_of(scored, "A") == "new"
    assert "repris de l" in client.get(reverse("settings_profiles")).content.decode()


def test_segments_are_seen_before_saved_then_ordered_and_removed(scored: House) -> None:
    client, address = client_of(scored), reverse("settings_segments")
    asked = {
        "creditor_id": str(scored.creditor_id),
        "name": "À surveiller",
        "field": ["profile", "overdue_days"],
        "operator": ["is", "at_least"],
        "value": ["En retard chronique, Se dégrade", ""],
    }
    tried = client.post(address, {**asked, "what": "preview"}).content.decode()
    assert "Aperçu" in tried
    assert "2 clients" in tried
    assert "En retard chronique, Se dégrade" in tried
    assert segments(scored) == []

    client.post(address, {**asked, "what": "save"})
    late = {**asked, "name": "Vieux retards", "field": ["overdue_days"], "operator": ["at_least"]}
    client.post(address, {**late, "value": ["30"], "what": "save"})
    assert segments(scored) == ["À surveiller", "Vieux retards"]
    with in_tenant(scored.tenant_id):
        first, second = rules_in_force.segments(
            tenant_id=scored.tenant_id, creditor_id=scored.creditor_id
        )
    page = client.get(address, {"edit": second.id}).content.decode()
    assert 'value="Vieux retards"' in page
    own = {"creditor_id": str(scored.creditor_id)}
    change = reverse("settings_segment_change", args=[second.id])
    client.post(change, {**own, "what": "raise"})
    assert segments(scored) == ["Vieux retards", "À surveiller"]
    client.post(change, {**own, "what": "remove"})
    assert segments(scored) == ["À surveiller"]
    wrong = client.post(address, {**asked, "value": ["", ""], "what": "save"})
    assert (wrong.status_code, first.name) == (422, "À surveiller")


def segments(house: House) -> list[str]:
    with in_tenant(house.tenant_id):
        found = rules_in_force.segments(tenant_id=house.tenant_id, creditor_id=house.creditor_id)
    return [one.name for one in found]
