"""A group's balance in its own currency: each item by its own day's rate, nothing left unsaid."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from tests.conftest import House
from tests.receivables.ledger_rows import write
from tests.receivables.test_rules_ageing import TODAY, allocation, credit, line

from encours.receivables.actions import exchange as actions
from encours.receivables.actions.exchange import UnknownCurrency
from encours.receivables.models import ExchangeRate
from encours.receivables.queries import exchange
from encours.receivables.queries.ageing import GroupBy, aged_balance
from encours.receivables.queries.moment import Moment
from encours.receivables.rules.ageing import LedgerFacts
from encours.tenancy.scope import in_tenant

ISSUED = TODAY - timedelta(days=40)
FILE = f"Date,USD,GBP\n{ISSUED},1.25,N/A\n{ISSUED - timedelta(days=1)},1.20,0.80\n".encode()


@pytest.fixture
def group(house: House) -> Iterator[House]:
    facts = LedgerFacts(
        lines=(
            line("F1", 1000, TODAY - timedelta(days=1), customer="A"),
            _in(line("F2", 12_500, TODAY - timedelta(days=10), customer="A"), "USD"),
            _in(line("F3", 8_000, TODAY + timedelta(days=10), customer="B"), "GBP"),
            _in(line("F4", 500, TODAY, customer="B"), "CHF"),
        ),
        credits=(_in(credit("R1", 2_500, customer="A"), "USD"),),
        allocations=(allocation(1_250, credit="R1", line="F2"),),
    )
    dated = replace(
        facts,
        lines=tuple(replace(one, issued_on=ISSUED) for one in facts.lines),
        credits=tuple(replace(one, received_on=ISSUED) for one in facts.credits),
    )
    with in_tenant(house.tenant_id):
        write(house, dated)
        imported(house)
        yield house


def _in(fact: Any, currency: str) -> Any:
    return replace(fact, currency=currency)


def imported(house: House, content: bytes = FILE) -> actions.RatesImport:
    return actions.import_rates(
        tenant_id=house.tenant_id, content=content, file_name="eurofxref-hist.csv", today=TODAY
    )


def asked(house: House, known_at: datetime | None = None) -> Moment:
    return Moment(tenant_id=house.tenant_id, as_of=TODAY, known_at=known_at)


def test_own_and_group_currency(group: House) -> None:
    found = exchange.consolidated_balance(asked(group), "EUR")

    rows = {row["code"]: row for row in found.balance.rows.to_dicts()}
    assert (rows["A"]["d1_30"], rows["A"]["unallocated"]) == (1000 + 9_000, -1_000)
    assert rows["A"]["net"] == 9_000
    assert rows["B"]["not_due"] == 10_000
    assert [(one.currency, one.items, one.cents) for one in found.unconverted] == [("CHF", 1, 500)]
    assert (found.converted, found.on_previous_day) == (3, 1), "the pound of the day before"


@pytest.mark.parametrize("by", list(GroupBy)[:4])
def test_whatever_the_grouping_the_total_is_the_same(group: House, by: GroupBy) -> None:
    found = exchange.consolidated_balance(asked(group), "EUR", group_by=by)

    assert found.balance.totals["net"] == 19_000


def test_a_group_that_counts_in_dollars(group: House) -> None:
    found = exchange.consolidated_balance(asked(group), "USD")

    own = aged_balance(replace(asked(group), currency="USD")).totals["net"]
    assert found.balance.totals["net"] == own + 1_250 + 12_500, "an euro, then a pound"


def test_the_same_file_again_changes_nothing(group: House) -> None:
    again = imported(group)

    assert (again.applied, again.rates, again.corrected) == (False, 0, 0)


def test_a_corrected_rate_leaves_what_was_known(group: House) -> None:
    ExchangeRate.objects.update(recorded_at=datetime(2026, 1, 1, tzinfo=UTC))
    changed = imported(group, FILE.replace(b"1.25", b"2.50"))

    assert (changed.rates, changed.corrected) == (1, 1)
    now = exchange.consolidated_balance(asked(group), "EUR").balance
    assert now.rows.filter(now.rows["code"] == "A")["d1_30"][0] == 1000 + 4_500
    rates = exchange.rates_frame(asked(group, datetime(2026, 6, 1, tzinfo=UTC)), ["USD"])
    assert sorted(rates["scaled"]) == [12_000_000_000, 12_500_000_000]


def test_rates_of_the_future_are_refused(group: House) -> None:
    late = f"Date,USD\n{TODAY + timedelta(days=1)},1.1\n".encode()

    assert [issue.code for issue in imported(group, late).issues] == ["rates_ahead"]


def test_the_group_chooses_its_currency(group: House) -> None:
    assert exchange.group_currency(group.tenant_id) == "EUR"
    owner = {"tenant_id": group.tenant_id, "today": TODAY}
    actions.set_group_currency(currency="usd", **owner)
    assert exchange.group_currency(group.tenant_id) == "USD"
    with pytest.raises(UnknownCurrency):
        actions.set_group_currency(currency="dollar", **owner)


def test_the_last_rate_of_each_currency(group: House) -> None:
    rows = {
        row.currency: (row.on, str(row.rate.normalize()))
        for row in exchange.latest(group.tenant_id)
    }
    day: date = ISSUED

    assert rows == {"USD": (day, "1.25"), "GBP": (day - timedelta(days=1), "0.8")}
