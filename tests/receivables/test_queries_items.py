"""Open items and statements agree with the plain reference and with the aged balance."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import House
from tests.receivables.ledger_rows import shared_ledgers, write, written
from tests.receivables.test_queries_ageing import SMALL, moment, on_real_rows
from tests.receivables.test_rules_ageing import TODAY, moments, shifts

from encours.parties.models import Customer
from encours.receivables.queries.items import items_json, open_items, unallocated_credits
from encours.receivables.queries.statement import statement
from encours.receivables.rules import ageing as oracle
from encours.receivables.rules.ageing import LedgerFacts
from encours.tenancy.scope import in_tenant


@on_real_rows
@given(facts=shared_ledgers(), as_of=shifts, known_at=st.none() | moments)
def test_items_equal_the_reference(
    house: House, facts: LedgerFacts, as_of: date, known_at: datetime | None
) -> None:
    euros = {fact.line for fact in facts.lines if fact.currency == "EUR"}
    opened = oracle.open_as_of(facts, as_of, known_at=known_at)
    spare = oracle.unallocated_as_of(facts, as_of, known_at=known_at)
    credits_in_euros = {fact.credit for fact in facts.credits if fact.currency == "EUR"}

    with written(house, facts):
        every = open_items(moment(house, as_of, known_at), with_settled=True)
        items = open_items(moment(house, as_of, known_at))
        left = unallocated_credits(moment(house, as_of, known_at), with_settled=True)

    assert dict(every.select("document", "open_cents").iter_rows()) == {
        line: cents for line, cents in opened.items() if line in euros
    }
    assert set(items["document"]) == {
        line for line, cents in opened.items() if line in euros and cents
    }
    assert sorted(left["open_cents"]) == sorted(
        cents for credit, cents in spare.items() if credit in credits_in_euros
    )


@on_real_rows
@given(facts=shared_ledgers(), as_of=shifts, days=st.integers(0, 400))
def test_a_statement_closes_on_the_aged_balance(
    house: House, facts: LedgerFacts, as_of: date, days: int
) -> None:
    from_on = as_of - timedelta(days=days)

    with written(house, facts):
        for customer in Customer.objects.of(house.tenant_id):
            one = moment(house, as_of, customer_id=customer.pk)
            told = statement(one, from_on=from_on)
            before = moment(house, from_on - timedelta(days=1), customer_id=customer.pk)

            assert told.closing_cents == told.ageing["net"]
            assert told.opening_cents == statement(before, from_on=date(2000, 1, 1)).closing_cents
            assert told.closing_cents == told.opening_cents + sum(m.cents for m in told.moves)
            assert [move.on for move in told.moves] == sorted(move.on for move in told.moves)


def test_the_json_of_the_items(house: House) -> None:
    with in_tenant(house.tenant_id):
        write(house, SMALL)
        found = json.loads(items_json(open_items(moment(house))))

    assert [item["document"] for item in found] == ["F3", "F2", "F1"]
    assert found[1] == {
        "customer": "A",
        "document": "F2",
        "kind": "invoice",
        "issued_on": (TODAY - timedelta(days=30)).isoformat(),
        "due_on": TODAY.isoformat(),
        "due_source": "read",
        "amount": "5.00",
        "open": "2.00",
        "status": "partial",
    }


def test_a_group_pays_for_its_daughter(house: House) -> None:
    facts = LedgerFacts(
        lines=(SMALL.lines[0],), credits=SMALL.credits,
        allocations=(oracle.AllocationFact(
            credit="R1", line="F1", effective_on=TODAY, cents=400,
            recorded_at=SMALL.allocations[0].recorded_at,
        ),),
    )  # fmt: skip
    with written(house, facts):
        told = defaultdict(dict)
        for customer in Customer.objects.of(house.tenant_id):
            one = statement(
                moment(house, customer_id=customer.pk), from_on=TODAY - timedelta(days=99)
            )
            told[customer.code] = {move.kind: move.cents for move in one.moves}

    assert told["A"] == {"payment": -400, "paid_for_other": 400}
    assert told["B"] == {"invoice": 1000, "paid_by_other": -400}
