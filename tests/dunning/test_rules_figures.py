"""What a simulation amounts to: figures add up, and are read back as they were stored."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from encours.dunning.rules.figures import (
    PAID_MOST,
    DayFigure,
    Figures,
    StepEffect,
    StepFigure,
    effect,
    figures,
)
from encours.dunning.rules.simulation import LISTED, MESSAGES, Simulated

FIRST = date(2026, 11, 17)


def message(number: int, **given: Any) -> dict[str, Any]:
    return {
        "message_id": number,
        "on": FIRST,
        "customer_id": number,
        "currency": "EUR",
        "scenario": "france",
        "version": 1,
        "step": "relance_1",
        "rank": 2,
        "kind": "reminder",
        "cycle": 1,
        "channel": "email",
        "approval": "auto",
        "amount_cents": 100_00,
        "line_count": 1,
        "paid_cents": 0,
        **given,
    }


def simulated(*rows: dict[str, Any]) -> Simulated:
    return Simulated(pl.DataFrame(rows, schema=MESSAGES), pl.DataFrame(schema=LISTED))


def test_messages_calls_and_who_had_paid() -> None:
    told = figures(
        simulated(
            message(1),
            message(2, channel="email+call", paid_cents=40_00),
            message(3, customer_id=1, on=date(2026, 11, 18), step="appel", rank=3, channel="call"),
        )
    )

    assert (told.messages, told.customers, told.calls) == (3, 2, 2)
    assert (told.worst, told.worst_calls, told.paid, told.paid_customers) == (2, 1, 1, 1)
    assert told.days == (DayFigure("2026-11-17", 2, 1), DayFigure("2026-11-18", 1, 1))
    assert told.steps == (
        StepFigure("relance_1", "email", 1, 1, 0),
        StepFigure("relance_1", "email+call", 1, 1, 1),
        StepFigure("appel", "call", 1, 1, 0),
    )
    assert [(one.customer_id, one.paid_cents) for one in told.paid_rows] == [(2, 40_00)]


def test_nothing_simulated_is_nothing() -> None:
    told = figures(simulated())

    assert (told.messages, told.worst, told.worst_calls, told.steps) == (0, 0, 0, ())


def test_all_are_counted_and_the_largest_are_named() -> None:
    rows = [message(number, paid_cents=number) for number in range(1, PAID_MOST + 3)]
    told = figures(simulated(*rows))

    assert told.paid == PAID_MOST + 2
    assert len(told.paid_rows) == PAID_MOST
    assert told.paid_rows[0].paid_cents == PAID_MOST + 2


def test_the_effect_is_told_by_step() -> None:
    before = figures(simulated(message(1), message(2)))
    after = figures(simulated(message(1), message(2, step="relance_2", channel="letter")))
    told = effect(before, after)

    assert told == [StepEffect("relance_1", 2, 1), StepEffect("relance_2", 0, 1)]
    assert [one.more for one in told] == [-1, 1]


rows = st.builds(
    lambda number, customer, day, step, channel, paid: message(
        number,
        customer_id=customer,
        on=date(2026, 11, day),
        step=step,
        channel=channel,
        paid_cents=paid,
    ),
    st.integers(1, 10_000),
    st.integers(1, 5),
    st.integers(1, 28),
    st.sampled_from(["relance_1", "relance_2"]),
    st.sampled_from(["email", "call", "letter+call"]),
    st.sampled_from([0, 0, 5_00]),
)


@given(st.lists(rows, max_size=30, unique_by=lambda row: row["message_id"]))
def test_figures_add_up_and_are_read_back(told: list[dict[str, Any]]) -> None:
    found = figures(simulated(*told))

    assert found.messages == sum(one.messages for one in found.steps) == len(told)
    assert found.messages == sum(one.messages for one in found.days)
    assert found.calls == sum(one.calls for one in found.days)
    assert found.paid == sum(one.paid for one in found.steps) == len(found.paid_rows)
    assert Figures.read(found.as_json()) == found
