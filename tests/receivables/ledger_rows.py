"""Random ledgers written into the real tables, ids kept, so that SQL meets the oracle."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from hypothesis import strategies as st
from tests.conftest import House
from tests.receivables.test_rules_ageing import ledgers

from encours.parties.models import Customer
from encours.receivables.models import Allocation, Credit, Instalment, Invoice
from encours.receivables.rules.ageing import LedgerFacts, Recorded
from encours.tenancy.scope import in_tenant


@st.composite
def shared_ledgers(draw: st.DrawFn) -> LedgerFacts:
    """Draw a ledger where some payments were made by another customer of the group."""
    facts = draw(ledgers())
    payers = [
        replace(fact, customer=draw(st.sampled_from([fact.customer, "A", "B"])))
        for fact in facts.credits
    ]
    return replace(facts, credits=tuple(payers))


@contextmanager
def written(house: House, facts: LedgerFacts) -> Iterator[None]:
    """Open the tenant with these rows; nothing of them remains after."""
    with in_tenant(house.tenant_id):
        write(house, facts)
        yield
        transaction.set_rollback(True)


def write(house: House, facts: LedgerFacts) -> None:
    base = {"tenant_id": house.tenant_id, "creditor_id": house.creditor_id}
    customers = {
        code: Customer.objects.create(**base, code=code, name=f"Client {code}")
        for code in ("A", "B", "C")
    }
    lines, received = {}, {}
    for fact in facts.lines:
        shared = {
            **base, **_recorded(fact), "customer": customers[fact.customer],
            "issued_on": fact.issued_on, "currency": fact.currency, "amount_cents": fact.cents,
        }  # fmt: skip
        invoice = Invoice.objects.create(**shared, key=fact.line, number=fact.line)
        lines[fact.line] = Instalment.objects.create(
            **shared, invoice=invoice, due_on=fact.due_on, due_source="read"
        )
    for fact in facts.credits:
        received[fact.credit] = Credit.objects.create(
            **base, **_recorded(fact), customer=customers[fact.customer], key=fact.credit,
            received_on=fact.received_on, currency=fact.currency, amount_cents=fact.cents,
        )  # fmt: skip
    for fact in facts.allocations:
        line, credit = lines[fact.line], received[fact.credit]
        Allocation.objects.create(
            **base, **_recorded(fact), credit=credit, instalment=line, customer_id=line.customer_id,
            payer_id=credit.customer_id, issued_on=line.issued_on, due_on=line.due_on,
            currency=line.currency, amount_cents=fact.cents, effective_on=fact.effective_on,
            origin="manual",
        )  # fmt: skip


def _recorded(fact: Recorded) -> dict[str, datetime | None]:
    return {"recorded_at": fact.recorded_at, "undone_at": fact.undone_at}
