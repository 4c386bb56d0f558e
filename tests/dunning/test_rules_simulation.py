"""What reminders would do, ahead and behind: the planner, day after day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.dunning.chronicles import chronicle_of, known
from tests.dunning.ledgers import FRENCH, NOW, TODAY, Book, ago, book, moment

from encours.dunning.rules import planner
from encours.dunning.rules.chronicle import SHARES, Chronicle
from encours.dunning.rules.frames import Moment
from encours.dunning.rules.shelf import Shelf
from encours.dunning.rules.simulation import (
    after,
    counted,
    replayed,
    simulate,
    with_scenario,
)

SHELF = Shelf(default=FRENCH)


def forecast(one: Book, day: Moment, **given: int) -> pl.DataFrame:
    return counted(simulate(chronicle_of(one), SHELF, day, **given))


def test_the_ladder_of_one_line() -> None:
    told = forecast(book().line(1, -8), moment(), days=42)

    assert told.rows() == [
        (TODAY, "prevenance", "EUR", 1, 1, 100_00),
        (date(2026, 11, 30), "relance_1", "EUR", 1, 1, 100_00),
        (date(2026, 12, 7), "relance_2", "EUR", 1, 1, 100_00),
        (date(2026, 12, 15), "relance_3", "EUR", 1, 1, 100_00),
        (date(2026, 12, 25), "mise_en_demeure", "EUR", 1, 1, 100_00),
    ]


def test_catching_up_leaves_a_week_between_two_messages() -> None:
    told = forecast(book().line(1, 90), moment())

    assert told.select("on", "step").rows() == [
        (date(2026, 11, 17), "relance_1"),
        (date(2026, 11, 24), "relance_2"),
        (date(2026, 12, 1), "relance_3"),
        (date(2026, 12, 8), "mise_en_demeure"),
    ]


def test_it_covers_thirty_days_today_included() -> None:
    told = book().line(1, 90).said("relance_3", 1, 1)
    told.customer(2).line(2, -26, customer_id=2).customer(3).line(3, -27, customer_id=3)
    rows = forecast(told, moment()).filter(pl.col("step") != "prevenance")

    assert rows.select("on", "step", "messages").rows() == [
        (date(2026, 11, 24), "mise_en_demeure", 1),
        (date(2026, 12, 16), "relance_1", 1),
    ]


def test_days_off_have_nothing() -> None:
    told = book().line(1, due_on=date(2026, 11, 18))
    christmas = frozenset({date(2026, 11, 23)})
    rows = forecast(told, moment(holidays=christmas), days=10)

    assert rows.select("on", "step").rows() == [
        (TODAY, "prevenance"),
        (date(2026, 11, 24), "relance_1"),
    ]


def test_counts_by_step_and_currency() -> None:
    told = book().line(1).line(2, currency="CHF").line(3, 15).customer(2).line(4, customer_id=2)
    told.customer(3).line(5, -3, customer_id=3)

    assert forecast(told, moment(), days=1).rows() == [
        (TODAY, "prevenance", "EUR", 1, 1, 100_00),
        (TODAY, "relance_1", "CHF", 1, 1, 100_00),
        (TODAY, "relance_1", "EUR", 2, 3, 300_00),
    ]


def test_data_will_be_fresh() -> None:
    stale = moment(last_import_at=NOW.replace(month=1))

    assert forecast(book().line(1), stale, days=1).height == 1


def test_a_promise_that_ends_is_followed_up() -> None:
    told = book().line(1).fact("promise", ends_on=date(2026, 11, 20))

    assert forecast(told, moment(), days=7)["on"].to_list() == [date(2026, 11, 23)]


def test_an_empty_ledger_has_an_empty_forecast() -> None:
    assert forecast(Book(), moment()).is_empty()


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

    assert forecast(told, moment()).rows() == [(TODAY, "remerciement", "EUR", 1, 1, 0)]


def test_a_payment_that_comes_late_ends_the_reminders() -> None:
    delays = pl.DataFrame({"customer_id": [1], "delay_days": [13]})
    told = chronicle_of(book().line(1, -8).customer(2).line(2, -8, customer_id=2))
    paid = simulate(told.paid_after(delays, TODAY), SHELF, moment(), days=42).messages

    assert paid.filter(pl.col("customer_id") == 1)["step"].to_list() == [
        "prevenance",
        "relance_1",
        "relance_2",
        "remerciement",
    ]
    assert paid.filter(pl.col("customer_id") == 2).height == 5


def test_what_should_be_paid_already_is_paid_tomorrow_and_nothing_twice() -> None:
    delays = pl.DataFrame({"customer_id": [1, 2], "delay_days": [3, None]})
    told = chronicle_of(book().line(1, 90).customer(2).line(2, 90, customer_id=2))
    paid = told.paid_after(delays, TODAY)
    again = paid.paid_after(delays, TODAY)

    assert paid.shares.select("line_id", "effective_on").rows() == [(1, date(2026, 11, 18))]
    assert again.shares.height == 1


def test_a_day_is_planned_with_what_was_known_on_it() -> None:
    """Paid on the eve of the first reminder, learned a week after it."""
    told = chronicle_of(book().line(1, 40))
    reminder_on = ago(37)
    shares = known(
        line_id=1, amount_cents=100_00, effective_on=ago(38), known_on=ago(30), gone_on=None
    )
    told = Chronicle.of(
        lines=told.lines, customers=told.customers, shares=pl.DataFrame([shares], schema=SHARES)
    )
    found = replayed(told, SHELF, moment(), days=60).messages.filter(pl.col("rank") > 1)

    assert found.select("on", "step", "amount_cents", "paid_cents").rows() == [
        (reminder_on + (date(2026, 10, 12) - date(2026, 10, 11)), "relance_1", 100_00, 100_00),
    ]


def test_what_was_undone_counts_until_then() -> None:
    told = chronicle_of(book().line(1, 40))
    share = known(line_id=1, amount_cents=100_00, effective_on=ago(39), gone_on=ago(20))
    told = Chronicle.of(
        lines=told.lines, customers=told.customers, shares=pl.DataFrame([share], schema=SHARES)
    )
    found = replayed(told, SHELF, moment(), days=60).messages.filter(pl.col("rank") > 1)

    assert found["step"][0] == "relance_1"
    assert found["on"][0] == ago(20)


def test_a_replay_leaves_out_its_warming_up_and_what_was_really_said() -> None:
    told = chronicle_of(book().line(1, 200).said("relance_1", 2, 1))
    told_days: list[tuple[int, int]] = []
    found = replayed(
        told, SHELF, moment(), days=30, progress=lambda done, whole: told_days.append((done, whole))
    )

    assert found.messages.is_empty()
    assert found.listings.is_empty()
    assert told_days[-1] == (90, 90)


def test_a_draft_stands_in_for_the_version_in_force() -> None:
    draft = replace(
        FRENCH,
        version=2,
        steps=tuple(
            replace(one, offset_days=5) if one.code == "relance_1" else one for one in FRENCH.steps
        ),
    )
    one = book().line(1, -1).customer(2).line(2, 12, customer_id=2)
    one = one.said("relance_1", 9, 2, customer_id=2)
    running = chronicle_of(one)
    stays = simulate(running, with_scenario(SHELF, draft), moment(), days=30).messages
    moves = with_scenario(SHELF, draft, moves_running=True)
    moved = simulate(running, moves, moment(), days=30).messages

    assert stays.select("customer_id", "step", "version").rows()[:4] == [
        (2, "relance_2", 1),
        (1, "prevenance", 2),
        (1, "relance_1", 2),
        (2, "relance_3", 1),
    ]
    assert set(moved["version"]) == {2}
    other = replace(FRENCH, code="autre")
    assert with_scenario(Shelf(other), draft).others == (draft,)
    assert with_scenario(Shelf(other, others=(FRENCH,)), draft).former == (FRENCH,)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 10_000))
def test_the_order_of_rows_and_a_part_of_the_customers_change_nothing(seed: int) -> None:
    random = Random(seed)
    one = Book()
    for customer in range(1, 6):
        one.customer(customer)
        for _ in range(random.randint(0, 3)):
            number = len(one.rows["lines"]) + 1
            one.line(number, random.randint(-20, 60), customer_id=customer)
    told = chronicle_of(one)
    columns = ("on", "customer_id", "step", "amount_cents")
    whole = simulate(told, SHELF, moment(), days=40).messages.select(columns)
    few = told.of_customers(pl.Series([1, 4]))
    part = simulate(few, SHELF, moment(), days=40).messages.select(columns)
    turned = Chronicle.of(
        **{name: getattr(told, name).reverse() for name in ("lines", "customers")}
    )
    other = simulate(turned, SHELF, moment(), days=40).messages.select(columns)

    assert part.sort(columns).equals(
        whole.filter(pl.col("customer_id").is_in([1, 4])).sort(columns)
    )
    assert other.sort(columns).equals(whole.sort(columns))
