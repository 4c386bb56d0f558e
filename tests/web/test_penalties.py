"""Billing penalties on screen: a preview, a decision, a note with its PDF, a credit note; rights."""

from __future__ import annotations

from datetime import timedelta
from functools import cache

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.web.places import Place, logged_in, place

from encours.parties.actions import customers as parties
from encours.receivables.actions import documents
from encours.receivables.actions.documents import Amounts
from encours.receivables.models import PenaltyNote
from encours.receivables.rules.terms import DueLine
from encours.tenancy.models import Creditor
from encours.tenancy.scope import in_tenant

pytestmark = pytest.mark.django_db(transaction=True)


@cache
def shop() -> Place:
    mine = place("PENALTY")
    with in_tenant(mine.house.tenant_id):
        Creditor.objects.of(mine.house.tenant_id).update(siren="552100554", city="Paris")
    return mine


def late(mine: Place, code: str, *, debtor_class: str = "business") -> int:
    """Return a new customer with one invoice that is 120 days late."""
    today = timezone.localdate()
    with in_tenant(mine.house.tenant_id):
        who = {"tenant_id": mine.house.tenant_id, "today": today}
        customer = parties.create_customer(
            **who, creditor_id=mine.house.creditor_id, code=code, name=f"{code} PENALTY"
        )
        if debtor_class:
            parties.confirm_class(**who, customer_ids=[customer], debtor_class=debtor_class)
        documents.record_invoice(
            **who, customer_id=customer, number=f"F-{code}", amounts=Amounts(1_000_000),
            issued_on=today - timedelta(days=150),
            due=[DueLine(today - timedelta(days=120), 1_000_000)],
        )  # fmt: skip
    return customer


def previewed(client: Client, customer: int) -> dict[str, object]:
    """Go from the page of interest to the preview; return the form that issues the note."""
    page = client.get(reverse("customer_interest", args=[customer]))
    lines = sorted(page.context["billable"])
    bill = client.get(reverse("customer_bill", args=[customer]), {"lines": lines})
    assert bill.status_code == 200
    return {"lines": lines, "expected": bill.context["found"].total_cents}


def issued(client: Client, customer: int, **changes: object) -> int:
    given = previewed(client, customer) | changes
    answer = client.post(reverse("customer_bill", args=[customer]), given)
    assert answer.status_code == 302
    return int(answer["Location"].rstrip("/").rpartition("/")[2])


def test_from_the_preview_to_the_note_and_its_credit_note() -> None:
    mine = shop()
    client, customer = logged_in(mine.users["accountant"]), late(mine, "UN")

    invoice = issued(client, customer)

    page = client.get(reverse("invoice", args=[invoice]))
    text = page.content.decode()
    assert "Note de pénalités" in text
    assert "F-UN" in text
    assert ".pdf" in text
    assert not client.get(reverse("customer_interest", args=[customer])).context["billable"]
    note = page.context["note"]
    cancelled = client.post(reverse("penalty_note_cancel", args=[note.id]), follow=True)
    assert "Annulée par l'avoir" in cancelled.content.decode().replace("&#x27;", "'")
    assert client.get(reverse("customer_interest", args=[customer])).context["billable"]


def test_the_list_and_its_files() -> None:
    mine = shop()
    client, customer = logged_in(mine.users["accountant"]), late(mine, "DEUX")
    issued(client, customer)

    listed = client.get(reverse("penalty_notes"), {"q": "DEUX", "state": "open"})
    csv = client.get(reverse("penalty_notes"), {"q": "deux", "export": "csv"})

    assert "DEUX PENALTY" in listed.content.decode()
    assert b"DEUX PENALTY" in b"".join(csv)
    nothing = client.get(reverse("penalty_notes"), {"q": "DEUX", "state": "paid"})
    assert "DEUX PENALTY" not in nothing.content.decode()


def test_an_old_preview_is_refused_and_shown_again() -> None:
    mine = shop()
    client, customer = logged_in(mine.users["accountant"]), late(mine, "TROIS")
    given = previewed(client, customer) | {"expected": 1}

    answer = client.post(reverse("customer_bill", args=[customer]), given)

    assert answer.status_code == 200
    assert "ont changé depuis" in answer.content.decode()
    with in_tenant(mine.house.tenant_id):
        assert not PenaltyNote.objects.filter(customer_id=customer).exists()


def test_a_customer_nobody_classed_has_no_button() -> None:
    mine = shop()
    client, customer = logged_in(mine.users["accountant"]), late(mine, "QUATRE", debtor_class="")

    page = client.get(reverse("customer_interest", args=[customer]))

    assert not page.context["billable"]
    assert "Facturer les lignes" not in page.content.decode()


@pytest.mark.parametrize(
    ("role", "status"),
    [("accountant", 200), ("credit_manager", 200), ("collector", 403), ("reader", 403)],
)
def test_who_may_bill(role: str, status: int) -> None:
    mine = shop()
    customer = late(mine, f"R{role[:6].upper()}")

    answer = logged_in(mine.users[role]).get(reverse("customer_bill", args=[customer]))

    assert answer.status_code == status


def test_a_note_of_another_tenant_is_not_there() -> None:
    mine, other = shop(), place("OTHERPEN")
    client = logged_in(mine.users["accountant"])
    invoice = issued(client, late(mine, "CINQ"))
    note = client.get(reverse("invoice", args=[invoice])).context["note"]

    theirs = logged_in(other.users["admin"]).post(reverse("penalty_note_cancel", args=[note.id]))

    assert theirs.status_code == 404


def test_what_is_given_up_is_previewed_explained_and_taken_back() -> None:
    mine = shop()
    client, customer = logged_in(mine.users["accountant"]), late(mine, "GESTE")
    page = client.get(reverse("customer_interest", args=[customer]))
    lines = sorted(page.context["billable"])
    url = reverse("customer_waive", args=[customer])
    shown = client.get(url, {"lines": lines})
    given = {"lines": lines, "expected": shown.context["found"].total_cents}
    unexplained = client.post(url, {**given, "reason": ""})
    answer = client.post(url, {**given, "reason": "litige soldé"}, follow=True)

    assert unexplained.status_code == 200
    assert "litige soldé" in answer.content.decode()
    assert not answer.context["billable"]
    for one in answer.context["waivers"]:
        client.post(reverse("waiver_undo", args=[one.id]))
    again = client.get(reverse("customer_interest", args=[customer]))
    assert sorted(again.context["billable"]) == lines
    reader = logged_in(mine.users["reader"])
    assert reader.get(url, {"lines": lines}).status_code == 403
