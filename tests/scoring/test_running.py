"""The run against the real tables: what it writes, that it is the rules' answer, and its past."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from polars.testing import assert_frame_equal
from tests.conftest import House
from tests.receivables.ledger_rows import shared_ledgers, write, written
from tests.receivables.test_rules_ageing import allocation, credit, line, moments, shifts

from encours.parties.actions.merging import merge_customers
from encours.parties.models import Customer
from encours.receivables.models import Credit
from encours.receivables.rules.ageing import LedgerFacts
from encours.scoring.actions import running
from encours.scoring.actions.running import Outcome, score_creditor
from encours.scoring.models import Move, Score
from encours.scoring.queries import scoring, stored
from encours.scoring.rules.cases import answer_cases
from encours.scoring.rules.figures import FIGURES
from encours.standing import actions as standing
from encours.tenancy.models import Fact
from encours.tenancy.scope import in_tenant

TODAY = date(2026, 11, 20)
DUES = [TODAY - timedelta(days=back) for back in (300, 240, 200, 120, 100, 80)]
DELAYS = (0, 2, 1, 9, 14, 15)
BEFORE = datetime(2025, 1, 1, tzinfo=UTC)
ledger = LedgerFacts(
    lines=(
        *(line(f"F{n}", 1000, due, customer="A", recorded_at=BEFORE) for n, due in enumerate(DUES)),
        line("F8", 500, TODAY - timedelta(days=40), customer="B", recorded_at=BEFORE),
    ),
    credits=tuple(
        credit(f"R{n}", 1000, due + timedelta(days=DELAYS[n]), customer="A", recorded_at=BEFORE)
        for n, due in enumerate(DUES)
    ),
    allocations=tuple(
        allocation(
            1000,
            due + timedelta(days=DELAYS[n]),
            credit=f"R{n}",
            line=f"F{n}",
            recorded_at=BEFORE,
        )
        for n, due in enumerate(DUES)
    ),
)
on_real_rows = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def books(house: House) -> Iterator[House]:
    with in_tenant(house.tenant_id):
        write(house, ledger)
        yield house


def run(house: House, today: date = TODAY) -> Outcome:
    return score_creditor(tenant_id=house.tenant_id, creditor_id=house.creditor_id, today=today)


def scored(house: House, today: date = TODAY, **more: Any) -> pl.DataFrame:
    place = {"tenant_id": house.tenant_id, "creditor_id": house.creditor_id}
    return scoring.scored(**place, today=today, **more)


def of(house: House, code: str) -> Score:
    customer = Customer.objects.of(house.tenant_id).get(code=code)
    return Score.objects.of(house.tenant_id).get(customer=customer)


def test_a_run_writes_the_figures_of_each_customer(books: House) -> None:
    assert run(books) == Outcome(scored=3, changed=3, moved=3)

    first, second, third = (of(books, code) for code in "ABC")
    assert (first.settled_lines, first.mean_tenths, first.last_delays) == (6, 68, "9 14 15")
    assert (first.on_time_percent, first.trend_tenths, first.profile) == (17, 117, "deteriorating")
    assert (second.profile, second.oldest_overdue_days) == ("chronically_late", 40)
    assert (second.open_cents, second.overdue_cents, second.overdue_lines) == (500, 500, 1)
    assert (third.profile, third.mean_tenths) == ("new", None)


def test_the_database_answers_as_cases_do(books: House) -> None:
    cases = [
        {
            "lines": [
                {
                    "issued_on": str(due - timedelta(days=30)),
                    "due_on": str(due),
                    "amount": "10.00",
                    "settled_on": str(due + timedelta(days=delay)),
                }
                for due, delay in zip(DUES, DELAYS, strict=True)
            ]
        },
        {
            "lines": [
                {
                    "issued_on": str(TODAY - timedelta(days=70)),
                    "due_on": str(TODAY - timedelta(days=40)),
                    "amount": "5.00",
                }
            ]
        },
        {},
    ]
    answers = answer_cases(cases, as_of=TODAY)
    run(books)

    for code, answer in zip("ABC", answers, strict=True):
        row = of(books, code)
        assert row.profile == answer["profile"]
        assert row.expected_tenths == round(answer["figures"]["expected_days"] * 10)
        assert row.volume_cents == round(float(answer["figures"]["volume"]) * 100)


def test_after_many_new_scores_the_planner_knows_them(
    books: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "MANY", 1)

    assert run(books).changed == 3


def test_the_same_day_again_writes_nothing(books: House) -> None:
    run(books)

    assert run(books) == Outcome(scored=3, changed=0, moved=0)
    assert Fact.objects.of(books.tenant_id).filter(verb="scoring.computed").count() == 1
    assert Move.objects.of(books.tenant_id).count() == 3


def test_what_is_stored_is_what_would_be_computed(books: House) -> None:
    run(books)
    reach = stored.Reach(tenant_id=books.tenant_id, creditor_ids=(books.creditor_id,))
    kept = stored.scores(reach).sort("customer_id")
    fresh = scored(books)

    assert_frame_equal(kept.select(fresh.columns), fresh, check_dtypes=False)


def test_moves_say_what_a_customer_was_on_any_day(books: House) -> None:
    customer = Customer.objects.of(books.tenant_id).get(code="A")
    mine = {"tenant_id": books.tenant_id, "customer_id": customer.pk}
    early = TODAY - timedelta(days=190)
    run(books, early)
    run(books)

    assert [(move.on, move.before, move.profile) for move in stored.moves_of(**mine)] == [
        (TODAY, "on_time", "deteriorating"),
        (early, "", "on_time"),
    ]
    days = (early - timedelta(days=1), early, TODAY - timedelta(days=1), TODAY)
    assert [stored.profile_on(**mine, on=day) for day in days] == [
        "",
        "on_time",
        "on_time",
        "deteriorating",
    ]
    reach = stored.Reach(tenant_id=books.tenant_id)
    assert "A" in stored.moved(reach, today=TODAY)["code"].to_list()
    assert stored.moved(reach, today=TODAY + timedelta(days=30)).is_empty()


@pytest.mark.parametrize(
    ("kind", "settled", "mean", "on_time"),
    [
        pytest.param("credit_note", 5, 82, 20, id="a credit note says nothing"),
        pytest.param("write_off", 6, 68, 0, id="a loss is not on time"),
    ],
)
def test_the_kind_of_credit_counts(
    books: House, kind: str, settled: int, mean: int, on_time: int
) -> None:
    Credit.objects.of(books.tenant_id).filter(key="R0").update(kind=kind)
    run(books)
    row = of(books, "A")

    assert (row.settled_lines, row.mean_tenths) == (settled, mean)
    assert row.on_time_percent == (0 if kind == "credit_note" else on_time)


def test_facts_of_a_line_are_read(books: House) -> None:
    customer = Customer.objects.of(books.tenant_id).get(code="B")
    standing.record_fact(
        tenant_id=books.tenant_id, customer_id=customer.pk, kind="dispute", reason="prix",
        starts_on=TODAY, today=TODAY,
    )  # fmt: skip
    run(books)
    row = of(books, "B")

    assert (row.disputes, row.scored_lines, row.overdue_cents) == (1, 0, 500)


def test_a_merged_customer_is_scored_with_the_one_that_stands_for_it(books: House) -> None:
    run(books)
    two = {one.code: one.pk for one in Customer.objects.of(books.tenant_id)}
    merge_customers(
        tenant_id=books.tenant_id, customer_id=two["B"], survivor_id=two["A"], reason="doublon",
        actor_id=None, today=TODAY,
    )  # fmt: skip
    run(books)

    assert not Score.objects.of(books.tenant_id).filter(customer_id=two["B"]).exists()
    assert of(books, "A").open_cents == 500


@on_real_rows
@given(facts=shared_ledgers(), as_of=shifts, known_at=moments)
def test_what_is_recorded_later_leaves_the_figures_of_the_day(
    house: House, facts: LedgerFacts, as_of: date, known_at: datetime
) -> None:
    """Delete all that was recorded after an instant: the figures known at it are the same."""

    def known(rows: tuple[Any, ...]) -> tuple[Any, ...]:
        kept = [one for one in rows if one.recorded_at <= known_at]
        return tuple(
            replace(one, undone_at=None)
            if one.undone_at is not None and one.undone_at > known_at
            else one
            for one in kept
        )

    def answer(ledger: LedgerFacts, at: datetime | None) -> pl.DataFrame:
        with written(house, ledger):
            return scored(house, as_of, known_at=at).drop("customer_id")

    before = LedgerFacts(known(facts.lines), known(facts.credits), known(facts.allocations))
    then = answer(facts, known_at)

    assert_frame_equal(then, answer(before, None))
    assert set(then.columns) >= set(FIGURES.names()) - {"customer_id"}


def test_the_end_of_a_day_is_the_creditors(house: House) -> None:
    with in_tenant(house.tenant_id):
        end = scoring.end_of(house.tenant_id, house.creditor_id, date(2026, 7, 1))

    assert end == datetime(2026, 7, 1, 21, 59, 59, 999999, UTC)
