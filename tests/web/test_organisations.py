"""The balances of several organisations side by side: each under its own door, nothing more."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone
from tests.conftest import House, found_house
from tests.web.places import add_user, logged_in

from encours.parties.actions import customers
from encours.receivables.actions import documents
from encours.receivables.actions.documents import Amounts
from encours.receivables.queries.ageing import aged_balance
from encours.receivables.queries.moment import Moment
from encours.receivables.rules.terms import DueLine
from encours.tenancy.models import Creditor, Membership, Tenant
from encours.tenancy.scope import in_tenant

Owed = list[tuple[str, int, str]]


def today() -> date:
    return timezone.localdate()


def organisation(name: str, owed: Owed) -> tuple[House, int]:
    """Found an organisation with two creditors; each amount is owed to one of them, in a currency."""
    house = found_house()
    with in_tenant(house.tenant_id):
        Tenant.objects.update(name=name)
        second = Creditor.objects.create(tenant_id=house.tenant_id, code="B", name=f"{name} B").pk
        for number, (at, cents, currency) in enumerate(owed):
            who = {"tenant_id": house.tenant_id, "today": today()}
            customer = customers.create_customer(
                **who, creditor_id=second if at == "B" else house.creditor_id,
                code=f"C{number}", name=f"{name} client {number}",
            )  # fmt: skip
            documents.record_invoice(
                **who, customer_id=customer, number=f"F{number}", issued_on=today(),
                amounts=Amounts(cents), currency=currency, due=[DueLine(today(), cents)],
            )  # fmt: skip
    return house, second


def lines(user_id: int) -> dict[str, list[str]]:
    answer = logged_in(user_id).get(reverse("aged_balance_tenants"), {"export": "csv"})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return {row[0]: row for row in list(csv.reader(io.StringIO(text), delimiter=";"))[1:]}


@pytest.fixture
def three(transactional_db: None) -> tuple[tuple[House, int], ...]:
    return (
        organisation("Alpha", [("A", 100_00, "EUR"), ("B", 20_00, "EUR")]),
        organisation("Beta", [("A", 40_00, "EUR"), ("B", 3_00, "USD")]),
        organisation("Secret", [("A", 999_00, "EUR")]),
    )


def test_each_organisation_is_summed_as_far_as_the_role_there_goes(
    three: tuple[tuple[House, int], ...],
) -> None:
    (alpha, alpha_b), (beta, _), _secret = three
    with in_tenant(alpha.tenant_id):
        user = add_user(alpha, "credit_manager", "ORGA")
        own = aged_balance(Moment(tenant_id=alpha.tenant_id, as_of=today(), currency="EUR"))
    with in_tenant(beta.tenant_id):
        Membership.objects.create(tenant_id=beta.tenant_id, user=user, role="reader")
    found = lines(user.pk)
    assert {name: row[2] for name, row in found.items()} == {"Alpha": "120,00", "Beta": "40,00"}
    assert own.totals["open"] == 120_00

    client = logged_in(user.pk)
    page = client.get(reverse("aged_balance_tenants")).content.decode().replace("\u202f", " ")
    assert "160,00" in page
    assert "Beta, sans taux de change" in page
    assert "Secret" not in page
    assert "Toutes mes organisations" in client.get(reverse("aged_balance")).content.decode()
    xlsx = client.get(reverse("aged_balance_tenants"), {"export": "xlsx"})
    assert b"".join(xlsx.streaming_content)[:2] == b"PK"  # type: ignore[attr-defined]

    with in_tenant(alpha.tenant_id):
        Membership.objects.create(
            tenant_id=alpha.tenant_id, user=user, role="sales", creditor_id=alpha_b
        )
    assert lines(user.pk)["Alpha"][2] == "100,00", "in sales there: not without choosing it"
    with in_tenant(beta.tenant_id):
        Membership.objects.of(beta.tenant_id).filter(user=user).delete()
    assert set(lines(user.pk)) == {"Alpha"}


def test_nobody_reads_without_a_membership(three: tuple[tuple[House, int], ...]) -> None:
    (alpha, _), *_others = three
    with in_tenant(alpha.tenant_id):
        lonely = add_user(alpha, "reader", "ORGA")
        Membership.objects.of(alpha.tenant_id).filter(user=lonely).delete()
    assert logged_in(lonely.pk).get(reverse("aged_balance_tenants")).status_code == 403


def test_the_door_is_shut_again_after_each_reading(three: tuple[tuple[House, int], ...]) -> None:
    """A page that failed half-way leaves no door open: the next one reads its own tenant only."""
    (alpha, _), (beta, _), _secret = three
    with in_tenant(alpha.tenant_id):
        user = add_user(alpha, "admin", "ORGA")
    with in_tenant(beta.tenant_id):
        Membership.objects.create(tenant_id=beta.tenant_id, user=user, role="admin")
    client = logged_in(user.pk)
    assert client.get(reverse("aged_balance_tenants"), {"export": "pdf"}).status_code == 404
    page = client.get(reverse("customers")).content.decode()
    assert "Alpha client 0" in page
    assert "Beta client" not in page
