"""A business customer with late invoices, and notes of penalties on them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
from tests.conftest import House

from encours.einvoicing.actions import notes
from encours.einvoicing.actions.notes import Chosen
from encours.einvoicing.queries.notes import Billable, as_billed, billable
from encours.parties.models import Customer
from encours.receivables.actions import allocations, documents
from encours.receivables.actions.allocations import Share
from encours.receivables.actions.documents import Amounts
from encours.receivables.actions.penalties import Issued
from encours.receivables.models import Instalment
from encours.receivables.queries.customers import owner_of
from encours.receivables.queries.moment import Moment
from encours.receivables.rules.terms import DueLine
from encours.tenancy.models import BankAccount, Creditor
from encours.tenancy.scope import in_tenant

DUE, ON = date(2026, 4, 30), date(2026, 9, 1)
INTEREST = 417_08
"""What 10,000 EUR due on DUE bear to ON (law-fr 1.23)."""


@dataclass(frozen=True)
class Desk:
    house: House
    customer_id: int

    def moment(self, on: date = ON, **more: Any) -> Moment:
        return Moment(
            tenant_id=self.house.tenant_id, as_of=on, creditor_ids=(self.house.creditor_id,),
            currency="EUR", customer_id=self.customer_id, **more,
        )  # fmt: skip

    def invoice(self, number: str = "F1", cents: int = 1_000_000, due_on: date = DUE) -> int:
        return documents.record_invoice(
            tenant_id=self.house.tenant_id, customer_id=self.customer_id, number=number,
            issued_on=date(2026, 3, 31), amounts=Amounts(cents), due=[DueLine(due_on, cents)],
            today=date(2026, 3, 31),
        )  # fmt: skip

    def line(self, number: str = "F1") -> Instalment:
        rows = Instalment.objects.of(self.house.tenant_id)
        return rows.get(invoice__number=number, undone_at=None)

    def pay(self, cents: int, on: date, number: str = "F1") -> int:
        credit = documents.record_credit(
            tenant_id=self.house.tenant_id, customer_id=self.customer_id, kind="payment",
            received_on=on, amounts=Amounts(cents), today=date(2026, 12, 31),
        )  # fmt: skip
        allocations.allocate(
            tenant_id=self.house.tenant_id, credit_id=credit, today=date(2026, 12, 31),
            shares=[Share(self.line(number).pk, cents)],
        )  # fmt: skip
        return credit

    def billable(self, until: date = ON, *, today: date | None = None, **more: Any) -> Billable:
        owner = owner_of(tenant_id=self.house.tenant_id, customer_id=self.customer_id)
        assert owner is not None
        return billable(self.moment(until), owner, today=today or until, **more)

    def bill(self, until: date = ON, *, today: date | None = None, **more: Any) -> Issued:
        settled = {"with_settled": more.get("with_settled", False)}
        found = self.billable(until, today=today, **settled).detail.lines
        asked = [as_billed(line, until_on=until, currency="EUR") for line in found]
        chosen = {
            "customer_id": self.customer_id, "until_on": until, "currency": "EUR",
            "line_ids": [line.line_id for line in asked],
            "expected_cents": sum(line.total_cents for line in asked),
        }  # fmt: skip
        return notes.issue_note(
            tenant_id=self.house.tenant_id, chosen=Chosen(**chosen | more), today=today or until
        )

    def cancel(self, note: Issued, today: date = ON) -> Issued:
        return notes.cancel_note(tenant_id=self.house.tenant_id, note_id=note.id, today=today)


def furnish(house: House) -> Desk:
    Creditor.objects.of(house.tenant_id).update(
        address_line1="1 rue de la Paix", postcode="75002", city="Paris", legal_form="SAS"
    )
    BankAccount.objects.create(
        tenant_id=house.tenant_id, creditor_id=house.creditor_id, state="active",
        iban="FR7630006000011234567890189", holder_name="Maison Durand", is_default=True,
    )  # fmt: skip
    customer = Customer.objects.create(
        tenant_id=house.tenant_id, creditor_id=house.creditor_id, code="DUPONT",
        name="L'Épicerie & Cie <1>", siren="732829320", address_line1="2 rue B",
        postcode="69001", city="Lyon", debtor_class="business",
        class_confirmed_at=datetime(2026, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    return Desk(house, customer.pk)


@pytest.fixture
def desk(house: House) -> Iterator[Desk]:
    with in_tenant(house.tenant_id):
        yield furnish(house)
