"""The aged balance in SQL equals the plain reference, at every date and instant."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.conftest import House
from tests.receivables.ledger_rows import shared_ledgers, write, written
from tests.receivables.test_rules_ageing import (
    TODAY,
    allocation,
    credit,
    line,
    moments,
    shifts,
)

from encours.receivables.queries.ageing import AgedBalance, GroupBy, aged_balance
from encours.receivables.queries.moment import Moment
from encours.receivables.rules import ageing as oracle
from encours.receivables.rules.ageing import STANDARD, AgeBy, Buckets, LedgerFacts
from encours.tenancy.scope import in_tenant

on_real_rows = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
OTHER = Buckets((0, 15), ("not_due", "recent", "old"))
SMALL = LedgerFacts(
    lines=(
        line("F1", 1000, TODAY - timedelta(days=1), customer="B"),
        line("F2", 500, TODAY, customer="A"),
        line("F3", 70, TODAY - timedelta(days=91), customer="A"),
    ),
    credits=(credit("R1", 400, customer="A"),),
    allocations=(allocation(300, credit="R1", line="F2"),),
)


def moment(
    house: House,
    as_of: date = TODAY,
    known_at: datetime | None = None,
    customer_id: int | None = None,
) -> Moment:
    return Moment(
        tenant_id=house.tenant_id,
        creditor_ids=(house.creditor_id,),
        as_of=as_of,
        known_at=known_at,
        currency="EUR",
        customer_id=customer_id,
    )


def shown(balance: AgedBalance) -> dict[str, dict[str, int]]:
    return {row["code"]: {name: row[name] for name in balance.amounts} for row in _dicts(balance)}


def _dicts(balance: AgedBalance) -> list[dict[str, int]]:
    return balance.rows.to_dicts()


@on_real_rows
@given(
    facts=shared_ledgers(),
    as_of=shifts,
    known_at=st.none() | moments,
    reading=st.tuples(st.sampled_from(AgeBy), st.sampled_from([STANDARD, OTHER])),
)
def test_sql_equals_the_reference(
    house: House,
    facts: LedgerFacts,
    as_of: date,
    known_at: datetime | None,
    reading: tuple[AgeBy, Buckets],
) -> None:
    by, buckets = reading
    expected = {
        row.customer: {
            "open": row.open_cents, **row.by_bucket, "unallocated": row.unallocated_cents,
            "net": row.net_cents,
        }
        for row in oracle.aged_balance(facts, as_of, known_at=known_at, buckets=buckets, by=by)
        if row.currency == "EUR"
    }  # fmt: skip
    expected = {
        code: dict.fromkeys(buckets.names, 0) | amounts for code, amounts in expected.items()
    }

    with written(house, facts):
        balance = aged_balance(moment(house, as_of, known_at), by=by, buckets=buckets)

    assert shown(balance) == expected
    assert all(
        row["open"] == sum(row[name] for name in buckets.names) for row in shown(balance).values()
    )


@on_real_rows
@given(facts=shared_ledgers(), as_of=shifts)
def test_a_currency_a_row(house: House, facts: LedgerFacts, as_of: date) -> None:
    expected: dict[str, int] = {}
    for row in oracle.aged_balance(facts, as_of):
        expected[row.currency] = expected.get(row.currency, 0) + row.net_cents
    every = Moment(tenant_id=house.tenant_id, as_of=as_of)

    with written(house, facts):
        balance = aged_balance(every, group_by=GroupBy.CURRENCY)

    assert dict(balance.rows.select("code", "net").iter_rows()) == expected


@pytest.fixture
def small(house: House) -> House:
    with in_tenant(house.tenant_id):
        write(house, SMALL)
    return house


def test_the_json_of_the_command_line(small: House) -> None:
    with in_tenant(small.tenant_id):
        answer = json.loads(aged_balance(moment(small)).json_text())

    assert answer == {
        "as_of": TODAY.isoformat(),
        "currency": "EUR",
        "totals": {
            "open": "12.70", "not_due": "2.00", "d1_30": "10.00", "d31_60": "0.00",
            "d61_90": "0.00", "d90_plus": "0.70", "unallocated": "-1.00", "net": "11.70",
        },
        "customers": [
            {
                "code": "A", "name": "Client A", "open": "2.70", "not_due": "2.00",
                "d1_30": "0.00", "d31_60": "0.00", "d61_90": "0.00", "d90_plus": "0.70",
                "unallocated": "-1.00", "net": "1.70",
            },
            {
                "code": "B", "name": "Client B", "open": "10.00", "not_due": "0.00",
                "d1_30": "10.00", "d31_60": "0.00", "d61_90": "0.00", "d90_plus": "0.00",
                "unallocated": "0.00", "net": "10.00",
            },
        ],
    }  # fmt: skip
