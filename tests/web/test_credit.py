"""Limits and mandates on the pages of a customer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.web.places import logged_in, place
from tests.web.test_ledger import QUERIES_MAX, Books, books, counted, text, today

from encours.custody.actions import erasing
from encours.parties.actions import customers
from encours.parties.models import Customer
from encours.payments import queries as payments
from encours.payments.models import Mandate
from encours.risk import queries as risk
from encours.tenancy.scope import in_tenant

IBAN = "FR7630006000011234567890189"


@pytest.fixture
def book(transactional_db: None) -> Books:
    return books("CREDIT")


@pytest.fixture
def client(book: Books) -> Client:
    return logged_in(book.place.users["admin"])


def post(client: Client, book: Books, what: str, **typed: str) -> str:
    address = reverse("customer_credit", args=[book.late_customer])
    answer = client.post(address, {"what": what, **typed}, follow=True)
    return answer.content.decode().replace("\u202f", " ").replace("\xa0", " ")


def test_a_limit_is_granted_shown_passed_and_removed(
    client: Client, book: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = f"{today():%Y-%m-%d}"
    asked = {"limit-valid_from": day, "limit-reason": "Comité"}
    page = post(client, book, "limit", **asked, **{"limit-amount": "5 000"})
    assert "Reste disponible" in page
    assert "Comité" in page
    assert "utilisés, reste" in text(client, "customer_credit_summary", book.late_customer)
    page = post(client, book, "limit", **asked, **{"limit-amount": "100,00"})
    assert "Dépassement" in page
    assert "dépassée de" in text(client, "customer_credit_summary", book.late_customer)
    assert "100,00" in text(client, "customers")
    for name in ("customer_credit", "customer_credit_summary"):
        with counted(monkeypatch) as questions:
            client.get(reverse(name, args=[book.late_customer]))
        assert len(questions) <= QUERIES_MAX, questions
    wrong = post(
        client, book, "limit", **asked, **{"limit-amount": "1"},
        **{"limit-valid_to": f"{today() - timedelta(days=1):%Y-%m-%d}"},
    )  # fmt: skip
    assert "ne peut pas précéder" in wrong
    page = post(client, book, "end", currency="EUR")
    assert "Reste disponible" not in page
    with in_tenant(book.tenant_id):
        every = risk.limits_of(tenant_id=book.tenant_id, customer_id=book.late_customer)
    assert all(one.valid_to is not None and one.valid_to < today() for one in every)


def test_a_mandate_is_recorded_completed_and_revoked(client: Client, book: Books) -> None:
    mandate = {"mandate-reference": "RUM-9", "mandate-scheme": "core"}
    assert "incomplet" in post(client, book, "mandate", **mandate)
    wrong = post(client, book, "mandate", **mandate, **{"mandate-iban": IBAN[:-1] + "0"})
    assert "Cet IBAN est faux" in wrong
    day = f"{today():%Y-%m-%d}"
    page = post(
        client, book, "mandate", **mandate,
        **{"mandate-iban": IBAN, "mandate-signed_on": day},
    )  # fmt: skip
    assert "FR76…0189" in page
    assert IBAN not in page
    assert "actif" in text(client, "customer_credit_summary", book.late_customer)
    b2b = post(client, book, "mandate", **{**mandate, "mandate-scheme": "b2b"})
    assert "réservé aux non-consommateurs" in b2b
    with in_tenant(book.tenant_id):
        asked = {"tenant_id": book.tenant_id, "customer_id": book.late_customer}
        found = payments.mandates_of(**asked, today=today())
    address = reverse("mandate_revoke", args=[book.late_customer, found[0].id])
    assert "révoqué" in client.post(address, follow=True).content.decode()
    assert client.post(address).status_code == 404


def test_each_role_does_what_it_may(book: Books) -> None:
    address = reverse("customer_credit", args=[book.late_customer])
    for role, limit, mandate in (
        ("collector", 403, 403), ("accountant", 403, 200), ("credit_manager", 200, 200),
    ):  # fmt: skip
        browser = logged_in(book.place.users[role])
        assert browser.get(address).status_code == 200
        assert browser.post(address, {"what": "limit"}).status_code == limit
        assert browser.post(address, {"what": "mandate"}).status_code == mandate


def test_the_files_of_customers_say_the_limit(client: Client, book: Books) -> None:
    day = f"{today():%Y-%m-%d}"
    post(client, book, "limit", **{
        "limit-valid_from": day, "limit-reason": "x", "limit-amount": "777",
    })  # fmt: skip
    answer = client.get(reverse("customers"), {"export": "csv"})
    file = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert "Limite de crédit" in file.splitlines()[0]
    assert "777,00" in file


def test_erasure_takes_the_account_out_of_every_version(transactional_db: None) -> None:
    house = place("CREDIT").house
    client = logged_in(place("CREDIT").users["admin"])
    asked: dict[str, Any] = {"tenant_id": house.tenant_id, "today": today()}
    with in_tenant(house.tenant_id):
        customer_id = customers.create_customer(
            **asked, creditor_id=house.creditor_id, code="PERSONNE", name="M. Petit", iban=IBAN
        )
    address = reverse("customer_credit", args=[customer_id])
    mandate = {"what": "mandate", "mandate-reference": "RUM-PETIT", "mandate-scheme": "core"}
    client.post(address, mandate)
    client.post(address, {**mandate, "mandate-iban": IBAN, "mandate-holder_name": "M. Petit"})
    with in_tenant(house.tenant_id):
        made = erasing.erase_person(**asked, person=("customer", customer_id))
        rows = Mandate.objects.of(house.tenant_id).filter(customer_id=customer_id)
        left = [(one.iban, one.holder_name, "PETIT" in one.reference) for one in rows]
        iban = Customer.objects.of(house.tenant_id).get(pk=customer_id).iban
    assert "mandates" in {one.what for one in made if one.outcome == "erased"}
    assert left == [("", "", False)] * 2
    assert iban == ""
