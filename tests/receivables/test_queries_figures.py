"""The figures of the months: against the plain reference, and against hand-made vectors."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import House
from tests.receivables.ledger_rows import shared_ledgers, write, written
from tests.receivables.test_queries_ageing import SMALL, moment, on_real_rows
from tests.receivables.test_rules_ageing import TODAY, allocation, credit, line, moments, shifts

from encours.parties.models import Contact, Customer
from encours.receivables.models import SalesMonth
from encours.receivables.queries.figures import month_figures
from encours.receivables.queries.unreachable import unreachable_customers
from encours.receivables.rules import ageing as oracle
from encours.receivables.rules.ageing import LedgerFacts
from encours.tenancy.scope import in_tenant


@on_real_rows
@given(facts=shared_ledgers(), as_of=shifts, known_at=st.none() | moments)
def test_each_month_closes_on_the_reference(
    house: House, facts: LedgerFacts, as_of: date, known_at: datetime | None
) -> None:
    with written(house, facts):
        months = month_figures(moment(house, as_of, known_at), months=14)

    assert [month.closed_on for month in months][-1] == as_of
    for month in months:
        rows = [
            row
            for row in oracle.aged_balance(facts, month.closed_on, known_at=known_at)
            if row.currency == "EUR"
        ]
        assert month.open_cents == sum(row.open_cents for row in rows)
        assert month.not_due_cents == sum(row.by_bucket["not_due"] for row in rows)
        assert month.billed_cents == sum(
            fact.cents
            for fact in facts.known_at(known_at).lines
            if fact.currency == "EUR" and month.month_on <= fact.issued_on <= month.closed_on
        )


def test_the_published_vector_of_the_dso(house: House) -> None:
    """Sales 3,390, 3,610, 3,890; open 6,340 of which 3,590 not due (science.md, part 5)."""
    as_of = date(2025, 3, 31)
    facts = LedgerFacts(
        lines=tuple(
            line(name, cents * 100, due, issued_on=issued)
            for name, cents, issued, due in (
                ("D", 100, date(2024, 12, 15), date(2024, 12, 20)),
                ("J", 900, date(2025, 1, 15), date(2025, 1, 25)),
                ("F", 1800, date(2025, 2, 15), date(2025, 3, 5)),
                ("M", 3540, date(2025, 3, 15), date(2025, 4, 15)),
            )
        )
    )
    sales = {12: (2024, 3390), 1: (2025, 3390), 2: (2025, 3610), 3: (2025, 3890)}
    with written(house, LedgerFacts(_of(facts.lines, "A"))):
        SalesMonth.objects.bulk_create(
            SalesMonth(
                tenant_id=house.tenant_id, creditor_id=house.creditor_id,
                month=date(year, month, 1), net_cents=cents * 80, vat_cents=cents * 20,
            )
            for month, (year, cents) in sales.items()
        )  # fmt: skip
        (march,) = month_figures(moment(house, as_of), months=1)

    assert (march.open_cents, march.not_due_cents) == (634_000, 354_000)
    assert march.dso == pytest.approx(6340 * 90 / 10890, abs=0.005)
    assert march.dso_count_back == pytest.approx(31 + (6340 - 3890) * 28 / 3610, abs=0.005)
    assert march.dso_best_possible == pytest.approx(3540 * 90 / 10890, abs=0.005)
    weighted = (
        Fraction(3540, 3890) + Fraction(1800, 3610) + Fraction(900, 3390) + Fraction(100, 3390)
    )
    assert march.dso_sales_weighted == pytest.approx(float(weighted * 30), abs=0.005)


def _of(lines: Iterable[oracle.DueLineFact], customer: str) -> tuple[oracle.DueLineFact, ...]:
    return tuple(replace(fact, customer=customer) for fact in lines)


def test_days_late_weigh_by_amount_and_count_payments_only(house: House) -> None:
    facts = LedgerFacts(
        lines=_of(
            [line(f"F{n}", cents, TODAY - timedelta(days=late)) for n, (cents, late) in enumerate(((1000, 10), (3000, -2), (6000, 20)))],
            "A",
        ),
        credits=(credit("R", 10_000, customer="A"),),
        allocations=tuple(
            allocation(cents, line=f"F{n}", credit="R") for n, cents in enumerate((1000, 3000, 6000))
        ),
    )  # fmt: skip
    with written(house, facts):
        (month,) = month_figures(moment(house), months=1)

    assert month.days_late == 12.4
    assert month.received_cents == 10_000


def test_the_number_of_queries_does_not_depend_on_the_months(house: House) -> None:
    with in_tenant(house.tenant_id), CaptureQueriesContext(connection) as caught:
        assert len(month_figures(moment(house), months=24)) == 24

    assert len(caught) <= 5


def test_a_figure_without_sales_is_none(house: House) -> None:
    with in_tenant(house.tenant_id):
        (month,) = month_figures(moment(house), months=1)

    assert (month.dso, month.days_late, month.open_cents) == (None, None, 0)
    assert month.as_json()["open"] == "0.00"


@pytest.mark.parametrize(
    ("contact", "expected"),
    [
        pytest.param({}, ["B", "A"], id="nobody is known: the largest debt first"),
        pytest.param({"email": "compta@a.example"}, ["B"], id="an address is enough"),
        pytest.param({"phone": "01 99 00 00 00"}, ["B", "A"], id="a telephone is not"),
        pytest.param(
            {"email": "compta@a.example", "bounced_at": datetime.fromisoformat("2026-11-01T08:00Z")},
            ["B", "A"],
            id="an address that bounced is not",
        ),
    ],
)  # fmt: skip
def test_unreachable_customers(house: House, contact: dict[str, Any], expected: list[str]) -> None:
    with in_tenant(house.tenant_id):
        write(house, SMALL)
        if contact:
            customer = Customer.objects.of(house.tenant_id).get(code="A")
            Contact.objects.create(tenant_id=house.tenant_id, customer=customer, **contact)
        found = unreachable_customers(moment(house))

    assert found["code"].to_list() == expected
    assert found.row(0, named=True)["overdue"] == 1000
