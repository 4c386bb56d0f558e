"""Who is followed: every late line is counted once, with its reason or none."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from tests.dunning.ledgers import FRENCH, NOW, TODAY, Book, book, moment
from tests.dunning.strategies import ledgers, moments

from encours.dunning.rules import planner
from encours.dunning.rules.coverage import Amount, Group, coverage, figure, groups
from encours.dunning.rules.frames import Ledger, Mode, Moment
from encours.dunning.rules.shelf import NEVER, Shelf

SHELF = Shelf(default=FRENCH)


def told(one: Book, **given: Any) -> list[tuple[int, str, str | None]]:
    rows = coverage(one.ledger(), SHELF, moment(**given))
    return rows.select("customer_id", "state", "reason").rows()


@pytest.mark.parametrize(
    ("one", "given", "expected"),
    [
        pytest.param(book().line(1), {}, ("whole", None), id="reminded today"),
        pytest.param(book().line(1, 1), {}, ("whole", None), id="its day will come"),
        pytest.param(
            book().line(1).said("relance_1", 2, 1), {}, ("whole", None), id="too soon to write"
        ),
        pytest.param(
            book().line(1), {"today": date(2026, 11, 21)}, ("whole", None), id="a Saturday"
        ),
        pytest.param(book().line(1).fact("dispute"), {}, ("none", "disputed"), id="a dispute"),
        pytest.param(
            Book().customer(has_email=False).line(1), {}, ("none", "no_contact"), id="no address"
        ),
        pytest.param(
            Book().customer(has_email=False).line(1, 1),
            {},
            ("none", "no_contact"),
            id="no address, before the first step",
        ),
        pytest.param(
            book().line(1, due_source="terms_assumed"),
            {},
            ("none", "due_date_unconfirmed"),
            id="a due date that nobody confirmed",
        ),
        pytest.param(
            book().line(1), {"live_on": TODAY}, ("none", "triage"), id="late before going live"
        ),
        pytest.param(book().line(1, open_cents=500), {}, ("none", "below_minimum"), id="too small"),
        pytest.param(
            book().line(1, 1), {"mode": Mode.STOPPED}, ("none", "not_live"), id="stopped sending"
        ),
        pytest.param(
            book().line(1, 1),
            {"last_import_at": NOW.replace(month=1)},
            ("none", "stale"),
            id="data too old",
        ),
        pytest.param(
            book().line(1, 60).said("mise_en_demeure", 9, 1),
            {},
            ("none", "ladder_done"),
            id="every step was said",
        ),
        pytest.param(
            book().line(1).line(2, 5, open_cents=90_00).fact("dispute", instalment_id=1),
            {},
            ("part", "disputed"),
            id="one of two lines in dispute",
        ),
    ],
)
def test_a_customer_is_followed_or_has_a_reason(
    one: Book, given: dict[str, Any], expected: tuple[str, str | None]
) -> None:
    assert told(one, **given) == [(1, *expected)]


def test_nobody_late_is_nobody_forgotten() -> None:
    rows = coverage(book().line(1, -5).ledger(), SHELF, moment())

    assert rows.is_empty()
    assert figure(rows).percent == 100
    assert coverage(Ledger.of(), SHELF, moment()).is_empty()


def test_never_is_a_reason_of_its_own() -> None:
    ledger = book().line(1).ledger()
    chosen = pl.DataFrame({"customer_id": [1], "instalment_id": [None], "scenario": [NEVER]})
    ledger = Ledger.of(lines=ledger.lines, customers=ledger.customers, choices=chosen)

    assert coverage(ledger, SHELF, moment())["reason"].to_list() == ["never"]


def test_the_reason_that_holds_most_is_told_and_currencies_are_apart() -> None:
    one = book().line(1, open_cents=10_00).line(2, open_cents=50_00, document="")
    one = one.line(3, open_cents=70_00, currency="CHF").fact("dispute", instalment_id=1)
    one = one.customer(2).line(4, customer_id=2).fact("dispute", customer_id=2)
    rows = coverage(one.ledger(), SHELF, moment())

    assert figure(rows).amounts == (Amount("EUR", 160_00, 0), Amount("CHF", 70_00, 70_00))
    assert (figure(rows).customers, figure(rows).followed, figure(rows).percent) == (2, 1, 50)
    assert groups(rows) == [
        Group("none", "disputed", 1, (("EUR", 100_00),)),
        Group("part", "no_document", 1, (("EUR", 60_00),)),
    ]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ledger=ledgers(), moment=moments)
def test_nothing_late_is_lost_nor_counted_twice(ledger: Ledger, moment: Moment) -> None:
    rows = coverage(ledger, SHELF, moment)
    late = ledger.lines.filter(pl.col("due_on") < moment.today)
    counted = figure(rows)
    left = sum(one.customers for one in groups(rows) if one.state == "none")

    assert rows["overdue_cents"].sum() == late["open_cents"].sum()
    assert (rows["followed_cents"] + rows["left_cents"] == rows["overdue_cents"]).all()
    assert counted.customers == late["customer_id"].n_unique()
    assert counted.followed + left == counted.customers
    planned = planner.plan(ledger, FRENCH, moment).planned.filter(pl.col("due_on") < moment.today)
    nobody = rows.filter(pl.col("state") == "none")["customer_id"]
    if moment.mode is not Mode.STOPPED:
        assert not planned["customer_id"].is_in(nobody.implode()).any()
