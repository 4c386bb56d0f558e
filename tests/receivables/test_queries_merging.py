"""Merged customers in every sum of the ledger: renamed facts are the reference, undoing is exact."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.conftest import House
from tests.receivables.ledger_rows import shared_ledgers, written
from tests.receivables.test_queries_ageing import moment, shown
from tests.receivables.test_rules_ageing import TODAY, moments, shifts

from encours.parties.actions import merging
from encours.parties.models import Customer, CustomerMerge
from encours.receivables.queries import figures, items, statement
from encours.receivables.queries.ageing import GroupBy, aged_balance
from encours.receivables.queries.moment import Moment
from encours.receivables.rules import ageing as oracle
from encours.receivables.rules.ageing import LedgerFacts

on_real_rows = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
# each list is done in order; the faces that it gives to A, B and C
MERGES: dict[tuple[tuple[str, str], ...], dict[str, str]] = {
    (("B", "A"),): {"A": "A", "B": "A", "C": "C"},
    (("A", "C"),): {"A": "C", "B": "B", "C": "C"},
    (("C", "B"), ("B", "A")): {"A": "A", "B": "A", "C": "A"},
    (("B", "A"), ("C", "A")): {"A": "A", "B": "A", "C": "A"},
    (("C", "A"), ("B", "A")): {"A": "A", "B": "A", "C": "A"},
    (("A", "B"), ("B", "C")): {"A": "C", "B": "C", "C": "C"},
}
chosen = st.sampled_from(sorted(MERGES))


def ids(house: House) -> dict[str, int]:
    rows = Customer.objects.of(house.tenant_id).filter(creditor_id=house.creditor_id)
    return dict(rows.values_list("code", "id"))


def merge(house: House, pairs: tuple[tuple[str, str], ...]) -> None:
    known = ids(house)
    for duplicate, survivor in pairs:
        merging.merge_customers(
            tenant_id=house.tenant_id, customer_id=known[duplicate], survivor_id=known[survivor],
            today=TODAY,
        )  # fmt: skip


def unmerge(house: House, pairs: tuple[tuple[str, str], ...]) -> None:
    known = ids(house)
    for duplicate, _survivor in pairs:
        merging.unmerge_customer(
            tenant_id=house.tenant_id, customer_id=known[duplicate], today=TODAY
        )


def everything(house: House, as_of: date, known_at: datetime | None = None) -> list[Any]:
    """All that the ledger says of the three customers on a day."""
    whole = moment(house, as_of, known_at)
    found: list[Any] = [
        aged_balance(whole).rows.to_dicts(),
        aged_balance(whole, group_by=GroupBy.GROUP).rows.to_dicts(),
        items.open_items(whole).to_dicts(),
        items.unallocated_credits(whole).to_dicts(),
    ]
    for customer_id in sorted(ids(house).values()):
        one = replace(whole, customer_id=customer_id)
        found += [
            aged_balance(one).rows.to_dicts(),
            statement.statement(one, from_on=as_of - timedelta(days=60)).as_json(),
            figures.month_figures(one, months=2),
        ]
    return found


def renamed(facts: LedgerFacts, faces: dict[str, str]) -> LedgerFacts:
    return replace(
        facts,
        lines=tuple(replace(one, customer=faces[one.customer]) for one in facts.lines),
        credits=tuple(replace(one, customer=faces[one.customer]) for one in facts.credits),
    )


@on_real_rows
@given(facts=shared_ledgers(), as_of=shifts, pairs=chosen)
def test_the_balance_is_that_of_one_customer(
    house: House, facts: LedgerFacts, as_of: date, pairs: tuple[tuple[str, str], ...]
) -> None:
    expected = {
        row.customer: {
            "open": row.open_cents, **row.by_bucket, "unallocated": row.unallocated_cents,
            "net": row.net_cents,
        }
        for row in oracle.aged_balance(renamed(facts, MERGES[pairs]), as_of)
        if row.currency == "EUR"
    }  # fmt: skip
    names = oracle.STANDARD.names
    expected = {code: dict.fromkeys(names, 0) | row for code, row in expected.items()}

    with written(house, facts):
        merge(house, pairs)
        balance = aged_balance(moment(house, as_of))
        known = {pk: code for code, pk in ids(house).items()}
        lines = items.open_items(moment(house, as_of))
        closing = {
            code: statement.statement(
                replace(moment(house, as_of), customer_id=pk), from_on=as_of
            ).closing_cents
            for pk, code in known.items()
            if MERGES[pairs][code] == code
        }

    assert shown(balance) == expected
    by_line = lines.group_by("customer").agg(pl.col("open_cents").sum()).iter_rows()
    assert {code: cents for code, cents in by_line if cents} == {
        code: row["open"] for code, row in expected.items() if row["open"]
    }
    assert {code: cents for code, cents in closing.items() if cents} == {
        code: row["net"] for code, row in expected.items() if row["net"]
    }


@on_real_rows
@given(facts=shared_ledgers(), as_of=shifts, pairs=chosen)
def test_merging_then_unmerging_is_doing_nothing(
    house: House, facts: LedgerFacts, as_of: date, pairs: tuple[tuple[str, str], ...]
) -> None:
    with written(house, facts):
        before = everything(house, as_of)
        merge(house, pairs)
        unmerge(house, pairs)
        after = everything(house, as_of)

    assert after == before


@on_real_rows
@given(facts=shared_ledgers(), as_of=shifts, known_at=moments, pairs=chosen)
def test_what_was_known_before_does_not_move(
    house: House,
    facts: LedgerFacts,
    as_of: date,
    known_at: datetime,
    pairs: tuple[tuple[str, str], ...],
) -> None:
    with written(house, facts):
        before = everything(house, as_of, known_at)
        merge(house, pairs)
        links = CustomerMerge.objects.of(house.tenant_id)
        links.update(recorded_at=known_at + timedelta(microseconds=1))
        after = everything(house, as_of, known_at)
        links.update(recorded_at=datetime(2000, 1, 1, tzinfo=UTC))
        unmerge(house, pairs)
        undone_at = links.values_list("undone_at", flat=True)[0]
        duplicates = set(links.values_list("customer_id", flat=True))
        meanwhile = aged_balance(moment(house, as_of, undone_at - timedelta(seconds=1))).rows

    assert after == before
    assert not set(meanwhile["customer_id"]) & duplicates


@on_real_rows
@given(facts=shared_ledgers(), as_of=shifts, pairs=chosen, other=chosen)
def test_totals_never_move_in_whatever_order(
    house: House,
    facts: LedgerFacts,
    as_of: date,
    pairs: tuple[tuple[str, str], ...],
    other: tuple[tuple[str, str], ...],
) -> None:
    found = []
    with written(house, facts):
        found.append(aged_balance(moment(house, as_of)).totals)
        for one in (pairs, other):
            merge(house, one)
            found.append(aged_balance(moment(house, as_of)).totals)
            unmerge(house, one)
        by_creditor = aged_balance(
            Moment(tenant_id=house.tenant_id, as_of=as_of, currency="EUR"),
            group_by=GroupBy.CREDITOR,
        )

    assert found[0] == found[1] == found[2] == by_creditor.totals
