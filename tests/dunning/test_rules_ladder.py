"""Which step each due line is at: the table is the specification."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests.dunning.ledgers import TODAY, Book, ago, book, fates, steps, with_limits

from encours.tenancy.calendars import french_holidays


def climbed(told: Book, last: int, *numbers: int) -> Book:
    """Add the three reminders of cycle 1, the last one that many days ago, listing these lines."""
    for rung, days in ((1, last + 17), (2, last + 10), (3, last)):
        told.said(f"relance_{rung}", days, *numbers)
    return told


@pytest.mark.parametrize(
    ("late", "expected"),
    [
        pytest.param(-16, "waiting", id="the day before the pre-due notice"),
        pytest.param(-15, "prevenance", id="the very day of the pre-due notice"),
        pytest.param(-1, "prevenance", id="an invoice that arrives the day before it is due"),
        pytest.param(0, "waiting", id="due today is not late, and the notice has lapsed"),
        pytest.param(1, "waiting", id="late, but not yet old enough"),
        pytest.param(2, "waiting", id="the day before the first reminder"),
        pytest.param(3, "relance_1", id="the very day of the first reminder"),
        pytest.param(12, "relance_1", id="a line never reminded starts at the first reminder"),
        pytest.param(400, "relance_1", id="whatever its age"),
    ],
)
def test_first_step(late: int, expected: str) -> None:
    assert fates(book().line(1, late).plan()) == {1: expected}


@pytest.mark.parametrize(
    ("late", "said", "expected"),
    [
        pytest.param(9, [("relance_1", 7)], "waiting", id="between two steps"),
        pytest.param(10, [("relance_1", 7)], "relance_2", id="the very day of the second"),
        pytest.param(10, [("relance_1", 6)], "too_soon", id="six days after the first"),
        pytest.param(45, [("relance_1", 7)], "relance_2", id="old, but a rung at a time"),
        pytest.param(19, [("relance_2", 9)], "waiting", id="the day before the third"),
        pytest.param(20, [("relance_2", 9)], "relance_3", id="the very day of the third"),
        pytest.param(29, [("relance_3", 9)], "waiting", id="the day before the formal notice"),
        pytest.param(30, [("relance_3", 9)], "mise_en_demeure", id="the day of the formal notice"),
        pytest.param(30, [("relance_3", 8)], "mise_en_demeure", id="eight days after a reminder"),
        pytest.param(30, [("relance_3", 7)], "too_soon", id="seven days after the only reminder"),
        pytest.param(
            30,
            [("relance_1", 27), ("relance_3", 7)],
            "mise_en_demeure",
            id="an earlier reminder counts, not the last one",
        ),
        pytest.param(60, [("relance_1", 27)], "relance_2", id="no rung is skipped"),
        pytest.param(90, [("mise_en_demeure", 60)], "ladder_done", id="the ladder is climbed once"),
        pytest.param(5, [("prevenance", 20)], "relance_1", id="a notice is not a reminder"),
        pytest.param(5, [("prevenance", 6)], "too_soon", id="but it counts for spacing"),
        pytest.param(12, [("appel", 7)], "relance_1", id="another tool's message is only spacing"),
        pytest.param(12, [("appel", 6)], "too_soon", id="another tool's message was too recent"),
    ],
)
def test_next_step(late: int, said: list[tuple[str, int]], expected: str) -> None:
    told = book().line(1, late)
    for step, days in said:
        told.said(step, days, 1)

    assert fates(told.plan()) == {1: expected}


def test_a_step_that_is_reserved_but_not_sent_counts_as_done() -> None:
    told = book().line(1, 12).said("relance_1", 8, 1, sent_on=None)

    assert fates(told.plan()) == {1: "relance_2"}


def test_a_formal_notice_needs_a_reminder_that_was_really_sent() -> None:
    told = book().line(1, 40).said("relance_3", 20, 1, sent_on=None)
    plan = told.plan()

    assert fates(plan) == {1: "too_soon"}
    assert plan.held["next_on"].to_list() == [None]
    assert plan.held["sentence"].item() == (
        "Trop près d'un autre message à ce client : possible à partir du –."
    )


def test_a_formal_notice_says_when_it_may_leave() -> None:
    plan = book().line(1, 40).said("relance_3", 7, 1).plan()

    assert plan.held["next_on"].to_list() == [TODAY + timedelta(days=1)]


def test_a_pre_due_notice_leaves_once_per_line() -> None:
    told = book().line(1, -3).said("prevenance", 9, 1)

    plan = told.plan()
    assert fates(plan) == {1: "waiting"}
    assert plan.waiting["next_on"].item() == date(2026, 11, 23)


def test_another_line_gets_its_own_pre_due_notice_in_a_new_cycle() -> None:
    told = book().line(1, -3).line(2, -14).said("prevenance", 9, 1)
    plan = told.plan()

    assert fates(plan) == {1: "waiting", 2: "prevenance"}
    assert plan.messages["cycle"].item() == 2


def test_a_message_takes_the_highest_due_step_and_lists_the_others() -> None:
    plan = book().line(1, 12).line(2, 4).line(3, 2).said("relance_1", 9, 1).plan()

    assert fates(plan) == {1: "relance_2", 2: "relance_2", 3: "waiting"}
    assert plan.planned["is_due"].to_list() == [True, False]
    assert plan.messages["amount_cents"].item() == 200_00


def test_a_line_listed_yesterday_week_goes_along_before_its_own_day() -> None:
    plan = book().line(1, 9).line(2, 10).said("relance_1", 7, 1).plan()

    assert fates(plan) == {1: "relance_2", 2: "relance_2"}
    assert plan.messages["reason"].item() == (
        "FA-2 en retard de 10 jours, relance 1 déjà envoyée au client le 10/11/2026 : relance 2"
        " (avec une autre échéance)"
    )


def test_a_formal_notice_lists_only_the_lines_that_reached_it() -> None:
    told = climbed(book(), 10, 1, 2).line(1, 31).line(2, 25).line(3, 40).line(4, 5)
    plan = told.plan()

    assert steps(plan) == [(1, "EUR", "mise_en_demeure", [1])]
    assert fates(plan) == {1: "mise_en_demeure", 2: "waiting", 3: "ladder_done", 4: "ladder_done"}


def test_a_line_that_missed_the_last_reminder_is_done_whoever_its_debtor_is() -> None:
    """To confirm the class would change nothing for it: the reason told is the one that holds."""
    unsure = Book().customer(class_confirmed=False)
    plan = climbed(unsure, 10, 1).line(1, 31).line(2, 40).plan()

    assert fates(plan) == {1: "unknown_class", 2: "ladder_done"}


def test_a_line_that_is_due_lower_waits_for_the_formal_notice_to_have_left() -> None:
    """Only relance 3 was recorded: the newcomer may still have its first reminder, later."""
    plan = book().line(1, 31).line(2, 40).line(3, 4).said("relance_3", 10, 1).plan()

    assert fates(plan) == {1: "mise_en_demeure", 2: "too_soon", 3: "too_soon"}
    assert plan.held["next_on"].to_list() == [ago(-7), ago(-7)]


def test_a_newcomer_waits_for_the_next_step_of_its_account() -> None:
    """The key lets relance_1 leave once a cycle: the newcomer joins at relance_2, at its age."""
    young = book().line(1, 8).line(2, 4).said("relance_1", 5, 1).plan()
    alone = book().line(2, 10).said("relance_1", 8, 1).line(3, 1).plan()

    assert fates(young) == {1: "waiting", 2: "waiting"}
    assert young.waiting["next_on"].to_list() == [date(2026, 11, 19), date(2026, 11, 23)]
    assert fates(alone) == {2: "relance_2", 3: "waiting"}


def test_a_newcomer_after_the_last_reminder_waits_for_a_person() -> None:
    plan = climbed(book(), 8, 1).line(1, 28).line(2, 12).plan()

    assert fates(plan) == {1: "waiting", 2: "ladder_done"}
    assert plan.held["sentence"].item() == (
        "Toutes les étapes de ce cycle sont passées (dernière : relance 3 du 09/11/2026) : une"
        " personne décide de la suite."
    )


def test_a_day_that_is_clear_starts_a_new_cycle() -> None:
    plan = book().line(2, 12).said("relance_1", 20, 1).clear(13).plan()
    assert fates(plan) == {2: "relance_1"}
    assert plan.messages["cycle"].item() == 2


def test_a_line_that_comes_back_takes_its_own_ladder_up_again() -> None:
    """Disputed in cycle 1 at relance 2, back in cycle 2: relance 3, the newcomer goes along."""
    plan = book().line(1, 60).line(2, 5).said("relance_2", 30, 1).clear(10).plan()

    assert fates(plan) == {1: "relance_3", 2: "relance_3"}
    assert plan.messages["cycle"].item() == 2


def test_a_line_is_never_listed_in_a_step_below_its_own() -> None:
    plan = book().line(1, 12).line(2, 5).said("relance_2", 30, 1).clear(20).plan()

    assert fates(plan) == {1: "waiting", 2: "relance_1"}


@pytest.mark.parametrize(
    ("days_ago", "expected"),
    [
        pytest.param(10, "relance_1", id="clear the very day of the last message"),
        pytest.param(11, "relance_2", id="clear the day before it"),
    ],
)
def test_when_a_cycle_is_over(days_ago: int, expected: str) -> None:
    told = book().line(1, 12).line(2, 5).said("relance_1", 10, 3).clear(days_ago)

    assert set(fates(told.plan()).values()) == {expected}


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        pytest.param("promise", "ladder_done", id="a promised line keeps its cycle open"),
        pytest.param("pause", "paused", id="so does a paused customer"),
        pytest.param("reply", "answered", id="so does a customer who answered"),
        pytest.param("dispute", "prevenance", id="a disputed line sets no one else waiting"),
        pytest.param("handover", "prevenance", id="nor does one that was handed over"),
    ],
)
def test_what_keeps_a_cycle_open(kind: str, expected: str) -> None:
    told = book().line(1, 40).line(2, -10).said("prevenance", 20, 3).said("relance_3", 10, 1)
    told.fact(kind, instalment_id=None if kind in ("pause", "reply") else 1)

    fate = fates(told.plan())[2]
    assert fate == (expected if expected != "ladder_done" else "waiting")


def test_small_change_keeps_no_cycle_open() -> None:
    told = book().line(1, 40, open_cents=9_99).line(2, -10).said("prevenance", 20, 3)

    assert fates(told.said("relance_3", 10, 1).plan())[2] == "prevenance"


def test_a_line_due_today_keeps_no_cycle_open() -> None:
    told = book().line(1, 0).line(2, -10).said("prevenance", 20, 1)

    assert fates(told.plan()) == {1: "waiting", 2: "prevenance"}


def test_two_currencies_are_two_accounts() -> None:
    told = book().line(1, 12).line(2, 12, currency="USD").line(3, 5, currency="USD")
    plan = told.said("relance_1", 2, 1).plan()

    assert fates(plan) == {1: "too_soon", 2: "relance_1", 3: "relance_1"}
    assert steps(plan) == [(1, "USD", "relance_1", [2, 3])]


def test_two_customers_are_two_messages_in_order() -> None:
    told = book().customer(2).line(2, 12, customer_id=2).line(1, 12).line(3, 12, currency="CHF")

    assert steps(told.plan()) == [
        (1, "CHF", "relance_1", [3]),
        (1, "EUR", "relance_1", [1]),
        (2, "EUR", "relance_1", [2]),
    ]


FRENCH_2026 = french_holidays([2026])


@pytest.mark.parametrize(
    ("today", "expected", "next_on"),
    [
        pytest.param(date(2026, 11, 11), "non_working_day", date(2026, 11, 12), id="a holiday"),
        pytest.param(date(2026, 11, 14), "non_working_day", date(2026, 11, 16), id="a Saturday"),
        pytest.param(date(2026, 11, 12), "relance_1", None, id="the next working day"),
        pytest.param(date(2026, 11, 16), "relance_1", None, id="the Monday after"),
    ],
)
def test_nothing_leaves_on_a_day_off(today: date, expected: str, next_on: date | None) -> None:
    told = book().line(1, due_on=today - timedelta(days=4))
    plan = told.plan(today=today, holidays=FRENCH_2026)

    assert fates(plan) == {1: expected}
    assert plan.held["next_on"].to_list() == ([next_on] if next_on else [])


def test_waiting_lines_name_a_working_day() -> None:
    plan = book().line(1, due_on=date(2026, 11, 18)).plan(holidays=FRENCH_2026)
    far = book().line(1, due_on=date(2027, 1, 17)).plan(holidays=french_holidays([2027]))

    assert fates(plan) == {1: "prevenance"}
    assert far.waiting["next_on"].item() == date(2027, 1, 4)


def test_catching_up_never_bursts() -> None:
    told = book().line(1, 45).line(2, 33).line(3, 21).line(4, 11)

    assert steps(told.plan()) == [(1, "EUR", "relance_1", [1, 2, 3, 4])]


def test_spacing_is_the_scenario_s() -> None:
    told = book().line(1, 12).said("relance_1", 6, 1)

    assert fates(told.plan(with_limits(min_spacing_days=6))) == {1: "relance_2"}
    assert told.plan(with_limits(min_spacing_days=9)).held["next_on"].item() == ago(-3)
