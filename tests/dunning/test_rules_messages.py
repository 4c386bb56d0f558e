"""Messages: who gets which today, what they say, thank-yous, and notices that step aside."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.dunning.ledgers import FRENCH, Book, ago, book, fates, steps, with_limits

from encours.dunning.rules.frames import Mode
from encours.dunning.rules.scenario import Scenario


def without(kind: str) -> Scenario:
    """Return the French scenario without the steps of that kind."""
    return with_limits(steps=tuple(step for step in FRENCH.steps if step.kind != kind))


def test_a_message_says_all_that_is_reserved() -> None:
    plan = book().line(2, 12).line(1, 12, open_cents=50_00).line(3, 10).plan()

    assert plan.messages.row(0, named=True) == {
        "customer_id": 1,
        "currency": "EUR",
        "step": "relance_1",
        "rank": 2,
        "kind": "reminder",
        "cycle": 1,
        "channel": "email",
        "approval": "auto",
        "amount_cents": 250_00,
        "covered_cents": 0,
        "line_count": 3,
        "reason": "FA-1 en retard de 12 jours, jamais relancée : relance 1"
        " (avec 2 autres échéances)",
    }
    assert plan.planned["instalment_id"].to_list() == [1, 2, 3]
    assert plan.planned.row(2, named=True) == {
        "customer_id": 1,
        "currency": "EUR",
        "step": "relance_1",
        "rank": 2,
        "instalment_id": 3,
        "document": "FA-3",
        "due_on": ago(10),
        "open_cents": 100_00,
        "covered_cents": 0,
        "age": 10,
        "is_due": True,
    }


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        pytest.param(
            book().line(1).said("relance_1", 14, 1),
            "FA-1 en retard de 12 jours, relance 1 envoyée le 03/11/2026 : relance 2",
            id="after a reminder of its own",
        ),
        pytest.param(
            book().line(1).said("relance_1", 14, 1, sent_on=ago(13)),
            "FA-1 en retard de 12 jours, relance 1 envoyée le 04/11/2026 : relance 2",
            id="the day it was sent, not planned",
        ),
        pytest.param(
            book().line(1, -1),
            "FA-1 échoit le 18/11/2026, dans 1 jour : prévenance",
            id="before the due date",
        ),
        pytest.param(
            book().line(1, -2).line(2, -1),
            "FA-2 échoit le 18/11/2026, dans 1 jour : prévenance (avec une autre échéance)",
            id="the soonest first",
        ),
        pytest.param(
            book().line(1, 3).line(2, 40).said("relance_1", 9, 2),
            "FA-2 en retard de 40 jours, relance 1 envoyée le 08/11/2026 : relance 2"
            " (avec une autre échéance)",
            id="the line that called for it",
        ),
        pytest.param(
            book().line(1, 40).line(2, 12).said("relance_2", 9, 1).clear(3),
            "FA-1 en retard de 40 jours, relance 2 envoyée le 08/11/2026 : relance 3"
            " (avec une autre échéance)",
            id="what was said in an older cycle, to the line itself",
        ),
        pytest.param(
            book().line(1, 12).said("relance_2", 9, 9).clear(3),
            "FA-1 en retard de 12 jours, jamais relancée : relance 1",
            id="what was said in an older cycle, to other lines",
        ),
    ],
)
def test_reason(told: Book, reason: str) -> None:
    assert told.plan().messages["reason"].to_list() == [reason]


def test_a_formal_notice_waits_for_a_person() -> None:
    plan = book().line(1, 40).said("relance_3", 10, 1).plan()

    assert plan.messages.select("kind", "approval", "rank").row(0) == ("formal_notice", "manual", 5)


def test_asked_again_the_same_day_nothing_is_new() -> None:
    plan = book().line(1, 12).line(2, 4).line(3, 1).line(4, -5).said("relance_1", 0, 1, 2).plan()

    assert plan.messages.is_empty()
    assert fates(plan) == {1: "reserved", 2: "reserved", 3: "waiting", 4: "too_soon"}
    assert plan.reserved.row(0) == (1, 1, "EUR", "FA-1", ago(12), 100_00)


def test_a_fact_recorded_after_the_reservation_is_said() -> None:
    told = book().line(1, 12).said("relance_1", 0, 1).fact("dispute")

    assert fates(told.plan()) == {1: "disputed"}


def test_a_reserved_line_still_keeps_its_cycle_open() -> None:
    told = book().line(1, 12).line(2, -5).said("prevenance", 9, 3).said("relance_1", 0, 1)

    assert fates(told.plan()) == {1: "reserved", 2: "waiting"}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param([("relance_1", 2)], "remerciement", id="paid after a reminder"),
        pytest.param([("relance_1", 1)], "remerciement", id="paid the very day"),
        pytest.param([("relance_1", 0)], None, id="reminded today: not a word more"),
        pytest.param([("prevenance", 9)], None, id="paid after a mere notice"),
        pytest.param([("relance_1", 9), ("remerciement", 1)], None, id="thanked already"),
        pytest.param([("mise_en_demeure", 9)], "remerciement", id="paid after a formal notice"),
    ],
)
def test_thank_you(said: list[tuple[str, int]], expected: str | None) -> None:
    told = book().settled(1, 1)
    for step, days in said:
        told.said(step, days, 1)

    assert told.plan().messages["step"].to_list() == ([expected] if expected else [])


def test_a_thank_you_says_what_was_paid() -> None:
    told = book().settled(1, 3).said("relance_1", 12, 1).said("relance_2", 5, 1)
    plan = (
        told.settled(2, 1).said("relance_2", 4, 2, cycle=2).said("relance_1", 11, 2, cycle=2).plan()
    )

    assert steps(plan) == [(1, "EUR", "remerciement", [2])]
    assert plan.messages.row(0, named=True) == {
        "customer_id": 1,
        "currency": "EUR",
        "step": "remerciement",
        "rank": 6,
        "kind": "thank_you",
        "cycle": 2,
        "channel": "email",
        "approval": "auto",
        "amount_cents": 0,
        "covered_cents": 0,
        "line_count": 1,
        "reason": "FA-2 réglée le 16/11/2026 après relance 2 du 13/11/2026 : remerciement",
    }


@pytest.mark.parametrize(
    ("told", "given"),
    [
        pytest.param(book().settled(1, 1).said("relance_1", 9, 1, sent_on=None), {}, id="not sent"),
        pytest.param(book().settled(1, 10).said("relance_1", 9, 1), {}, id="paid before it"),
        pytest.param(book().settled(1, 31).said("relance_1", 40, 1), {}, id="paid long ago"),
        pytest.param(book().settled(1, 1).said("relance_1", 9), {}, id="a line nobody listed"),
        pytest.param(book().settled(1, 1).said("relance_1", 9, 1).line(2, 1), {}, id="still late"),
        pytest.param(
            book().settled(1, 1).said("relance_1", 9, 1).fact("insolvency"), {}, id="insolvent"
        ),
        pytest.param(
            Book().customer(has_email=False, has_postal=True).settled(1, 1).said("relance_1", 9, 1),
            {},
            id="no e-mail address",
        ),
        pytest.param(
            book().settled(1, 1).said("relance_1", 9, 1), {"mode": Mode.STOPPED}, id="stopped"
        ),
        pytest.param(
            book().settled(1, 1).said("relance_1", 9, 1),
            {"scenario": without("thank_you")},
            id="a scenario that never thanks",
        ),
        pytest.param(book().settled(1, -1).said("relance_1", 9, 1), {}, id="a payment of tomorrow"),
        pytest.param(
            book().settled(1, 1).said("relance_1", 9, 1).line(2, -10).said("prevenance", 0, 2),
            {},
            id="a message has left today already",
        ),
    ],
)
def test_no_thank_you(told: Book, given: dict[str, Any]) -> None:
    assert told.plan(**given).messages.is_empty()


@pytest.mark.parametrize("days", [0, 30], ids=["the same day", "thirty days after"])
def test_a_thank_you_may_come_late(days: int) -> None:
    assert not book().settled(1, days).said("relance_1", 35, 1).plan().messages.is_empty()


def test_a_thank_you_may_wait_a_few_days() -> None:
    steps = tuple(
        replace(step, offset_days=2) if step.kind == "thank_you" else step for step in FRENCH.steps
    )
    told = book().settled(1, 1).said("relance_1", 9, 1)

    assert told.plan(with_limits(steps=steps)).messages.is_empty()
    later = book().settled(1, 2).said("relance_1", 9, 1)
    assert not later.plan(with_limits(steps=steps)).messages.is_empty()


def test_a_thank_you_needs_no_spacing_and_puts_a_notice_off() -> None:
    told = book().settled(1, 1).said("relance_1", 1, 1).line(2, -10)
    plan = told.plan()

    assert steps(plan) == [(1, "EUR", "remerciement", [1])]
    assert fates(plan) == {1: "remerciement", 2: "too_soon"}


def test_no_thank_you_with_a_reminder() -> None:
    """Small lines keep no cycle open one by one, and are claimed together."""
    told = book().settled(1, 1).said("relance_1", 9, 1)
    plan = told.line(2, open_cents=6_00).line(3, open_cents=6_00).plan()

    assert steps(plan) == [(1, "EUR", "relance_1", [2, 3])]


@pytest.mark.parametrize(
    ("late", "expected"),
    [
        pytest.param(1, "too_soon", id="a reminder in two days: the notice steps aside"),
        pytest.param(0, "prevenance", id="a line due today may well be paid"),
    ],
)
def test_a_notice_never_puts_a_reminder_off(late: int, expected: str) -> None:
    assert fates(book().line(1, late).line(2, -10).plan()) == {1: "waiting", 2: expected}


@pytest.mark.parametrize(
    ("late", "expected"),
    [
        pytest.param(14, "too_soon", id="the next reminder in six days"),
        pytest.param(13, "prevenance", id="the next reminder in a week"),
    ],
)
def test_a_notice_between_two_reminders(late: int, expected: str) -> None:
    plan = book().line(1, late).said("relance_2", 8, 1).line(2, -10).plan()

    assert fates(plan) == {1: "waiting", 2: expected}
    assert plan.held["next_on"].to_list() == ([ago(-7)] if expected == "too_soon" else [])


def test_a_held_line_puts_no_notice_off() -> None:
    told = book().line(1, 1).line(2, -10).fact("dispute", instalment_id=1)

    assert fates(told.plan()) == {1: "disputed", 2: "prevenance"}


def test_a_notice_steps_aside_when_a_reminder_leaves() -> None:
    plan = book().line(1, 5).line(2, -10).plan()

    assert fates(plan) == {1: "relance_1", 2: "too_soon"}
    assert plan.held["next_on"].item() == ago(-7)


def test_a_notice_leaves_once_in_a_cycle() -> None:
    told = book().line(1, 13).said("prevenance", 30, 1).said("relance_2", 8, 1).line(2, -10)

    plan = told.plan()
    assert fates(plan) == {1: "waiting", 2: "waiting"}
    assert plan.waiting["next_on"].to_list() == [ago(-7), ago(-13)]


def test_a_scenario_without_notice_waits_for_the_first_reminder() -> None:
    plan = book().line(1, -5).line(2, 0).line(3, 3).plan(without("pre_due"))

    assert fates(plan) == {1: "waiting", 2: "waiting", 3: "relance_1"}
    assert plan.waiting["next_on"].to_list() == [ago(-8), ago(-3)]


def test_a_scenario_without_formal_notice_ends_with_its_last_reminder() -> None:
    told = book().line(1, 90).said("relance_2", 20, 1)
    short = without("formal_notice")

    assert fates(told.plan(short)) == {1: "relance_3"}
    assert fates(book().line(1, 90).said("relance_3", 20, 1).plan(short)) == {1: "ladder_done"}


def test_an_empty_ledger_plans_nothing() -> None:
    plan = Book().plan()

    assert all(getattr(plan, name).is_empty() for name in plan.__dataclass_fields__)
