"""The next thirty days, if messages leave as planned and nobody pays."""

from __future__ import annotations

from datetime import date

import polars as pl
from tests.dunning.ledgers import FRENCH, NOW, TODAY, book, moment

from encours.dunning.rules import planner
from encours.dunning.rules.forecast import after, forecast
from encours.dunning.rules.frames import Ledger


def test_the_ladder_of_one_line() -> None:
    told = forecast(book().line(1, -8).ledger(), FRENCH, moment(), days=42)

    assert told.rows() == [
        (TODAY, "prevenance", "EUR", 1, 1, 100_00),
        (date(2026, 11, 30), "relance_1", "EUR", 1, 1, 100_00),
        (date(2026, 12, 7), "relance_2", "EUR", 1, 1, 100_00),
        (date(2026, 12, 15), "relance_3", "EUR", 1, 1, 100_00),
        (date(2026, 12, 25), "mise_en_demeure", "EUR", 1, 1, 100_00),
    ]


def test_catching_up_leaves_a_week_between_two_messages() -> None:
    told = forecast(book().line(1, 90).ledger(), FRENCH, moment())

    assert told.select("on", "step").rows() == [
        (date(2026, 11, 17), "relance_1"),
        (date(2026, 11, 24), "relance_2"),
        (date(2026, 12, 1), "relance_3"),
        (date(2026, 12, 8), "mise_en_demeure"),
    ]


def test_it_covers_thirty_days_today_included() -> None:
    told = book().line(1, 90).said("relance_3", 1, 1)
    told.customer(2).line(2, -26, customer_id=2).customer(3).line(3, -27, customer_id=3)
    rows = forecast(told.ledger(), FRENCH, moment()).filter(pl.col("step") != "prevenance")

    assert rows.select("on", "step", "messages").rows() == [
        (date(2026, 11, 24), "mise_en_demeure", 1),
        (date(2026, 12, 16), "relance_1", 1),
    ]


def test_days_off_have_nothing() -> None:
    told = book().line(1, due_on=date(2026, 11, 18))
    christmas = frozenset({date(2026, 11, 23)})
    rows = forecast(told.ledger(), FRENCH, moment(holidays=christmas), days=10)

    assert rows.select("on", "step").rows() == [
        (TODAY, "prevenance"),
        (date(2026, 11, 24), "relance_1"),
    ]


def test_counts_by_step_and_currency() -> None:
    told = book().line(1).line(2, currency="CHF").line(3, 15).customer(2).line(4, customer_id=2)
    told.customer(3).line(5, -3, customer_id=3)

    assert forecast(told.ledger(), FRENCH, moment(), days=1).rows() == [
        (TODAY, "prevenance", "EUR", 1, 1, 100_00),
        (TODAY, "relance_1", "CHF", 1, 1, 100_00),
        (TODAY, "relance_1", "EUR", 2, 3, 300_00),
    ]


def test_data_will_be_fresh() -> None:
    stale = moment(last_import_at=NOW.replace(month=1))

    assert forecast(book().line(1).ledger(), FRENCH, stale, days=1).height == 1


def test_a_promise_that_ends_is_followed_up() -> None:
    told = book().line(1).fact("promise", ends_on=date(2026, 11, 20))

    assert forecast(told.ledger(), FRENCH, moment(), days=7)["on"].to_list() == [date(2026, 11, 23)]


def test_an_empty_ledger_has_an_empty_forecast() -> None:
    assert forecast(Ledger.of(), FRENCH, moment()).is_empty()


def test_what_left_is_history_the_day_after() -> None:
    told = book().line(1).settled(2, 1).said("relance_1", 9, 2, currency="EUR").line(3, -10)
    ledger = told.customer(2).line(4, customer_id=2).ledger()
    decision = planner.decide(ledger, FRENCH, moment())
    later = after(ledger, decision, moment())

    assert later.messages["message_id"].to_list() == [1, 2, 3]
    assert set(later.messages["planned_on"][1:]) == {TODAY} == set(later.messages["sent_on"][1:])
    assert sorted(later.listings.rows()) == [(1, 2), (2, 1), (3, 4)]


def test_a_thank_you_is_counted_and_not_repeated() -> None:
    told = book().settled(1, 1).said("relance_1", 9, 1)

    assert forecast(told.ledger(), FRENCH, moment()).rows() == [
        (TODAY, "remerciement", "EUR", 1, 1, 0)
    ]
