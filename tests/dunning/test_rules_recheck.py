"""The last look before sending, and the customer's « pourquoi pas ? »."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.dunning.ledgers import FRENCH, Book, ago, book, moment

from encours.dunning.rules.explain import explain
from encours.dunning.rules.frames import Mode
from encours.dunning.rules.planning import recheck
from encours.dunning.rules.recheck import Dropped, Prepared, Verdict
from encours.dunning.rules.shelf import Shelf

MESSAGE = 1


def message(step: str, *numbers: int, cents: int = 100_00) -> Prepared:
    """Return the message as it was reserved; it is always the book's first."""
    return Prepared(MESSAGE, 1, "EUR", step, tuple((number, cents) for number in numbers))


def verdict(told: Book, prepared: Prepared, **given: Any) -> Verdict:
    """Return the verdict on the only message."""
    return recheck([prepared], told.ledger(), Shelf(FRENCH), moment(**given))[MESSAGE]


def reserved(step: str, *numbers: int, days_ago: int = 0) -> Book:
    """Return a book whose first message is reserved and lists these lines."""
    return book().said(step, days_ago, *numbers, sent_on=None)


def test_nothing_changed() -> None:
    told = reserved("relance_1", 1, 2).line(1).line(2, 5)

    assert verdict(told, message("relance_1", 1, 2)) == Verdict(
        "send", "email", ((1, 100_00), (2, 100_00))
    )


def test_a_message_approved_a_week_later_is_still_good() -> None:
    told = reserved("relance_1", 1, days_ago=9).line(1, 13)

    assert verdict(told, message("relance_1", 1)).outcome == "send"


def test_a_line_was_paid_in_part() -> None:
    told = reserved("relance_1", 1).line(1, open_cents=40_00)

    assert verdict(told, message("relance_1", 1)) == Verdict("rewrite", "email", ((1, 40_00),))


@pytest.mark.parametrize(
    ("received", "listed", "taken_off"),
    [
        pytest.param(30_00, ((1, 100_00), (2, 100_00)), 30_00, id="a part of the oldest line"),
        pytest.param(
            130_00, ((2, 100_00),), 30_00, id="the oldest is paid whole and listed no more"
        ),
        pytest.param(0, ((1, 100_00), (2, 100_00)), 0, id="nothing was received"),
    ],
)
def test_money_received_and_not_allocated_is_taken_off(
    received: int, listed: tuple[tuple[int, int], ...], taken_off: int
) -> None:
    told = reserved("relance_1", 1, 2).line(1, 13).line(2, 5).money(received)

    found = verdict(told, message("relance_1", 1, 2))

    assert (found.open_cents, sum(dict(found.covered).values())) == (listed, taken_off)


def test_a_line_was_paid_and_another_was_not() -> None:
    told = reserved("relance_1", 1, 2).line(2)

    assert verdict(told, message("relance_1", 1, 2)) == Verdict(
        "rewrite", "email", ((2, 100_00),), dropped=(Dropped(1, "settled", "Réglée depuis."),)
    )


def test_a_line_that_the_message_did_not_list_is_not_added() -> None:
    told = reserved("relance_1", 1).line(1).line(2)

    assert verdict(told, message("relance_1", 1)).open_cents == ((1, 100_00),)


def test_all_was_paid() -> None:
    assert verdict(reserved("relance_1", 1), message("relance_1", 1)) == Verdict(
        "cancel",
        dropped=(Dropped(1, "settled", "Réglée depuis."),),
        reason="settled",
        sentence="Réglée depuis.",
    )


@pytest.mark.parametrize(
    ("told", "outcome", "reason"),
    [
        pytest.param(reserved("relance_1", 1).line(1).fact("dispute"), "cancel", "disputed"),
        pytest.param(reserved("relance_1", 1).line(1).fact("promise"), "cancel", "promised"),
        pytest.param(reserved("relance_1", 1).line(1).fact("plan"), "cancel", "plan"),
        pytest.param(reserved("relance_1", 1).line(1).fact("pause"), "cancel", "paused"),
        pytest.param(reserved("relance_1", 1).line(1).fact("insolvency"), "cancel", "insolvent"),
        pytest.param(reserved("relance_1", 1).line(1).money(100_00), "cancel", "covered"),
        pytest.param(reserved("relance_1", 1).line(1, open_cents=1), "cancel", "below_minimum"),
        pytest.param(reserved("relance_1", 1).line(1).said("appel", 1), "wait", "too_soon"),
    ],
)
def test_what_stops_a_message(told: Book, outcome: str, reason: str) -> None:
    found = verdict(told, message("relance_1", 1))

    assert (found.outcome, found.reason, found.open_cents) == (outcome, reason, ())
    assert found.sentence == found.dropped[0].sentence


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        pytest.param({"mode": Mode.STOPPED}, "not_live", id="all sending was stopped"),
        pytest.param({"today": date(2026, 11, 21)}, "non_working_day", id="a Saturday"),
        pytest.param({"last_import_at": moment().now.replace(month=1)}, "stale", id="stale data"),
    ],
)
def test_what_only_delays_a_message(given: dict[str, Any], reason: str) -> None:
    found = verdict(reserved("relance_1", 1).line(1), message("relance_1", 1), **given)

    assert (found.outcome, found.reason) == ("wait", reason)


def test_the_address_was_lost() -> None:
    told = Book().customer(has_email=False).said("relance_1", 0, 1, sent_on=None).line(1)

    assert verdict(told, message("relance_1", 1)).outcome == "wait"


def test_a_pre_due_notice_that_was_not_sent_in_time_lapses() -> None:
    told = reserved("prevenance", 1, days_ago=3).line(1, 0)
    found = verdict(told, message("prevenance", 1))

    assert (found.outcome, found.reason) == ("cancel", "moved")
    assert found.sentence == (
        "Cette étape n'est plus celle de l'échéance : le message ne vaut plus."
    )


def test_a_message_whose_own_line_is_gone_is_not_sent_for_the_others() -> None:
    told = book().said("relance_2", 0, 1, 2, sent_on=None).said("relance_1", 8, 1).line(2, 5)

    found = verdict(told, message("relance_2", 1, 2))
    assert (found.outcome, found.reason) == ("cancel", "moved")
    assert [line.reason for line in found.dropped] == ["settled", "moved"]


def test_a_line_that_waits_outweighs_one_that_is_settled() -> None:
    told = reserved("relance_1", 1, 2, 3).line(1).line(2).fact("dispute", instalment_id=1)
    found = verdict(told, message("relance_1", 1, 2, 3), mode=Mode.STOPPED)

    assert (found.outcome, found.reason) == ("wait", "not_live")
    assert [line.reason for line in found.dropped] == ["disputed", "not_live", "settled"]


def test_another_line_due_at_the_same_step_does_not_carry_an_old_message() -> None:
    """Line 2 went along, line 3 is new: the message of line 1 is cancelled, tomorrow has its own."""
    told = book().said("relance_2", 0, 1, 2, sent_on=None).said("relance_1", 8, 1)
    told.line(2, 5).line(3, 12)

    assert verdict(told, message("relance_2", 1, 2)).outcome == "cancel"


def test_a_thank_you_is_looked_at_too() -> None:
    told = reserved("remerciement", 1).settled(1, 1).said("relance_1", 9, 1)
    prepared = message("remerciement", 1, cents=0)

    assert verdict(told, prepared).outcome == "send"
    assert verdict(told.line(2), prepared).outcome == "cancel"


def test_several_customers_at_once() -> None:
    told = Book().customer(1).customer(2).customer(3).line(1).line(2, customer_id=2)
    told.said("relance_1", 0, 1).said("relance_1", 0, 2, customer_id=2).line(3, customer_id=3)
    told.fact("dispute", customer_id=2)
    prepared = [
        Prepared(1, 1, "EUR", "relance_1", ((1, 100_00),)),
        Prepared(2, 2, "EUR", "relance_1", ((2, 100_00),)),
    ]
    verdicts = recheck(prepared, told.ledger(), Shelf(FRENCH), moment())

    assert {number: found.outcome for number, found in verdicts.items()} == {1: "send", 2: "cancel"}


def test_the_answer_is_of_the_same_currency_and_customer() -> None:
    told = reserved("relance_1", 1).line(2, currency="USD").customer(2).line(3, customer_id=2)
    found = verdict(told, message("relance_1", 1, 2, 3))

    assert found.outcome == "cancel"
    assert [line.reason for line in found.dropped] == ["settled", "moved", "settled"]


def test_explain_tells_each_line_of_one_customer() -> None:
    told = book().line(1, 12).line(2, 13).line(3, -90).line(4, 20).customer(2)
    told.line(5, customer_id=2).fact("dispute", instalment_id=4).line(6, 15, currency="USD")
    told.said("relance_1", 0, 6, currency="USD", message_id=9).settled(7, 1).said("relance_1", 9, 7)
    told.rows["listings"][0]["message_id"] = 9
    rows = explain(told.ledger(), FRENCH, moment(), customer_id=1).rows(named=True)

    shown = ("instalment_id", "status", "step", "reason", "sentence", "next_on")
    reason = (
        "FA-2 en retard de 13 jours, relance 1 déjà envoyée au client le 08/11/2026 : relance 2"
    )
    reason += " (avec une autre échéance)"
    assert [tuple(row[name] for name in shown) for row in rows] == [
        (4, "held", None, "disputed", "Litige en cours (depuis le 07/11/2026).", None),
        (6, "reserved", None, None, "Dans un message d'aujourd'hui.", None),
        (2, "planned", "relance_2", None, reason, None),
        (1, "planned", "relance_2", None, reason, None),
        (3, "waiting", None, None, "Aucune étape due avant le 01/02/2027.", ago(-76)),
    ]
    assert rows[2]["document"] == "FA-2"
    assert rows[2]["currency"] == "EUR"


def test_explain_leaves_thank_yous_out() -> None:
    told = book().settled(1, 1).said("relance_1", 9, 1)

    assert explain(told.ledger(), FRENCH, moment(), customer_id=1).is_empty()
