from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from encours.scoring.rules.cases import answer_cases
from encours.scoring.rules.figures import HALF_LIFE_DAYS, K_CLASS, K_LINES

TODAY = date(2026, 11, 30)


def paid(
    due_on: date | str, days: int | None, amount: str = "100.00", **more: Any
) -> dict[str, Any]:
    """Return a line issued 30 days before its due date and paid so many days after it."""
    due = date.fromisoformat(due_on) if isinstance(due_on, str) else due_on
    settled = {} if days is None else {"settled_on": (due + timedelta(days=days)).isoformat()}
    issued = (due - timedelta(days=30)).isoformat()
    return {"issued_on": issued, "due_on": due.isoformat(), "amount": amount, **settled, **more}


def told(*lines: dict[str, Any], as_of: date = TODAY, **case: Any) -> dict[str, Any]:
    answer = answer_cases([{"lines": list(lines), **case}], as_of=as_of)[0]
    return answer["figures"] | {"profile": answer["profile"]}


def test_the_mean_is_weighted_by_amounts_and_the_last_three_are_told() -> None:
    found = told(
        paid("2026-03-01", 9),
        paid("2026-04-01", 14),
        paid("2026-05-01", 15, "200.00"),
        paid("2026-06-01", -3, "50.00"),
    )

    assert found["mean_days"] == 11.4  # (900 + 1400 + 3000 − 150) / 450, half up
    assert found["last_delays"] == [14, 15, -3]
    assert found["last_days"] == 12.1  # (1400 + 3000 − 150) / 350
    assert found["settled_lines"] == 4
    assert (found["on_time_percent"], found["on_time_amount_percent"]) == (25, 11)


def test_a_part_payment_weighs_by_its_amount_and_counts_once_the_line_is_settled() -> None:
    parts = [{"on": "2026-05-11", "amount": "75.00"}, {"on": "2026-06-10", "amount": "25.00"}]
    line = paid("2026-05-01", None, payments=parts)

    assert told(line)["mean_days"] == 17.5  # 75 × 10 + 25 × 40
    assert told(line)["last_delays"] == [18]
    assert told(line, as_of=date(2026, 6, 9))["settled_lines"] == 0


@pytest.mark.parametrize(
    ("kind", "lines", "mean", "on_time"),
    [
        pytest.param("payment", 1, -5.0, 100, id="money before the due date is on time"),
        pytest.param("credit_note", 0, None, None, id="a credit note says nothing of the payer"),
        pytest.param("discount", 0, None, None, id="nor does a discount"),
        pytest.param("write_off", 1, -5.0, 0, id="a loss is never on time"),
    ],
)
def test_what_settles_a_line_decides_whether_it_counts(
    kind: str, lines: int, mean: float | None, on_time: int | None
) -> None:
    settled = [{"on": "2026-04-26", "amount": "100.00", "kind": kind}]
    found = told(paid("2026-05-01", None, payments=settled))

    assert (found["settled_lines"], found["mean_days"]) == (lines, mean)
    assert found["on_time_percent"] == on_time


@pytest.mark.parametrize(
    ("due_on", "scored", "mean", "on_time"),
    [
        pytest.param("2026-12-15", 3, 10.0, 0, id="a line not yet due says nothing"),
        pytest.param("2026-11-25", 3, 10.0, 0, id="just overdue: as usual, but not on time"),
        pytest.param("2026-10-11", 4, 20.0, 0, id="older than usual: it counts at its age"),
    ],
)
def test_an_open_line_counts_at_its_age_once_it_is_older_than_usual(
    due_on: str, scored: int, mean: float, on_time: int
) -> None:
    usual = [paid(f"2026-0{month}-01", 10) for month in (3, 4, 5)]
    found = told(*usual, paid(due_on, None))

    assert (found["scored_lines"], found["mean_days"]) == (scored, mean)
    assert found["on_time_percent"] == on_time


def test_a_payer_who_paid_on_time_and_now_owes_for_long_is_not_on_time() -> None:
    before = [paid(f"2025-{month:02}-01", 0) for month in range(1, 13)]

    assert told(*before)["profile"] == "on_time"
    assert told(*before, paid("2026-08-01", None, "1.00"))["profile"] == "slightly_late"
    assert told(*before, paid("2026-08-01", None, "900.00"))["profile"] == "chronically_late"


def test_a_line_in_dispute_is_owed_but_not_late() -> None:
    usual = [paid(f"2026-0{month}-01", 0) for month in (3, 4, 5)]
    dispute = {"kind": "dispute", "starts_on": "2026-07-01", "line": 3}
    found = told(*usual, paid("2026-06-01", None), facts=[dispute])

    assert (found["mean_days"], found["on_time_percent"]) == (0.0, 100)
    assert (found["overdue"], found["oldest_overdue_days"]) == ("100.00", 182)
    assert found["disputes"] == 1
    over = {**dispute, "ends_on": "2026-11-29"}
    assert told(*usual, paid("2026-06-01", None), facts=[over])["scored_lines"] == 4


def test_the_trend_compares_six_months_with_before() -> None:
    before = [paid(f"2026-0{month}-01", 2) for month in (1, 2, 3)]
    after = [paid(f"2026-{month:02}-01", 20) for month in (7, 8, 9)]

    assert told(*before, *after)["trend_days"] == 18.0
    assert told(*before, *after)["profile"] == "deteriorating"
    assert told(*before[:2], *after)["trend_days"] is None
    assert told(*before, *after[:2])["trend_days"] is None


def test_the_spread_is_the_standard_deviation_of_the_lines() -> None:
    assert told(paid("2026-03-01", 0), paid("2026-04-01", 10))["spread_days"] == 5.0
    assert told(paid("2026-03-01", 7))["spread_days"] == 0.0


def test_promises_debits_volume_and_tenure_are_counted() -> None:
    kept = {"kind": "promise", "starts_on": "2026-03-05", "ends_on": "2026-03-12", "line": 0}
    broken = {"kind": "promise", "starts_on": "2026-04-05", "ends_on": "2026-04-10", "line": 1}
    whole = {"kind": "promise", "starts_on": "2026-05-05", "ends_on": "2026-05-20"}
    running = {"kind": "promise", "starts_on": "2026-11-05", "ends_on": "2026-11-30", "line": 2}
    debit = {"kind": "direct_debit", "starts_on": "2026-06-01", "status": "returned"}
    found = told(
        paid("2026-03-01", 10),
        paid("2026-04-01", 15),
        paid("2026-05-01", None),
        paid("2025-11-01", 0, "1000.00"),
        paid("2026-06-01", 0, "5.00", kind="returned_payment"),
        facts=[kept, broken, whole, running, debit],
    )

    assert found["broken_promises"] == 2
    assert found["returned_debits"] == 2
    assert found["volume"] == "300.00"
    assert found["tenure_months"] == 13


def test_a_customer_is_told_in_the_currency_of_most_of_its_lines() -> None:
    found = told(
        paid("2026-03-01", 10, currency="USD"),
        paid("2026-04-01", 10, currency="USD"),
        paid("2026-05-01", None, "999.00"),
    )

    assert (found["currency"], found["open"], found["mean_days"]) == ("USD", "0.00", 10.0)


def test_a_short_history_is_drawn_to_its_class_and_its_class_to_the_portfolio() -> None:
    day = TODAY.isoformat()
    cases = [
        {"class": "business", "lines": [paid(day, 0, "1.00")] * 5},
        {"class": "business", "lines": [paid(TODAY - timedelta(days=30), 30)]},
        {"class": "foreign", "lines": []},
    ]
    first, second, third = (
        one["figures"]["expected_days"] for one in answer_cases(cases, as_of=TODAY)
    )
    whole = 30 / 6
    business = (30 + K_CLASS * whole) / (6 + K_CLASS)

    assert (K_LINES, K_CLASS, HALF_LIFE_DAYS) == (5, 20, 183)
    assert first == round(K_LINES * business / (5 + K_LINES), 1) == 2.5
    assert second == round((30 + K_LINES * business) / (1 + K_LINES), 1) == 9.2
    assert third == whole


def test_an_observation_weighs_half_after_the_half_life() -> None:
    old, now = TODAY - timedelta(days=183), TODAY
    case = {"lines": [paid(old - timedelta(days=30), 30), paid(now, 0)]}
    portfolio = {"lines": [paid(now, 0)] * 100}
    found = answer_cases([case, portfolio], as_of=TODAY)[0]["figures"]

    assert found["mean_days"] == 15.0
    # 30 × ½ / 1½ = 10 of 1½ lines, drawn by five lines to 15 / 101½
    assert found["expected_days"] == round((15 + 5 * 15 / 101.5) / 6.5, 1)


days = st.integers(-900, 60).map(lambda shift: TODAY + timedelta(days=shift))
delays = st.none() | st.integers(-40, 400)
amounts = st.integers(1, 10**9).map(lambda cents: f"{cents / 100:.2f}")
lines = st.builds(paid, days, delays, amounts)
ledgers = st.lists(lines, max_size=14)
few = settings(max_examples=25, deadline=None)


@few
@given(ledger=ledgers, shift=st.integers(0, 600))
def test_what_comes_after_the_day_changes_nothing(ledger: list[Any], shift: int) -> None:
    """Deleting what was recorded after the day leaves the figures of that day as they were."""
    day = TODAY - timedelta(days=shift)
    known = [
        {
            name: value
            for name, value in line.items()
            if name != "settled_on" or date.fromisoformat(value) <= day
        }
        for line in ledger
        if date.fromisoformat(line["issued_on"]) <= day
    ]

    assert told(*ledger, as_of=day) == told(*known, as_of=day)


@few
@given(ledger=ledgers, late=st.integers(1, 300))
def test_a_payment_recorded_later_is_not_known_yet(ledger: list[Any], late: int) -> None:
    line = paid(TODAY - timedelta(days=200), 10)
    unknown = {**line, "settled_recorded_on": (TODAY + timedelta(days=late)).isoformat()}
    still_open = {name: value for name, value in line.items() if name != "settled_on"}

    assert told(*ledger, unknown) == told(*ledger, still_open)


@few
@given(ledger=ledgers, data=st.data())
def test_the_order_of_lines_does_not_matter(ledger: list[Any], data: st.DataObject) -> None:
    mixed = data.draw(st.permutations(ledger))
    same = {"last_days", "last_delays"}  # paid on one day: whichever is read first
    first, second = told(*ledger), told(*mixed)

    assert {key: first[key] for key in first.keys() - same} == {
        key: second[key] for key in second.keys() - same
    }


@few
@given(ledger=ledgers)
def test_open_lines_never_make_a_payer_look_faster(ledger: list[Any]) -> None:
    closed = [one for one in ledger if one.get("settled_on", "9") <= TODAY.isoformat()]
    without, found = told(*closed), told(*ledger)

    assert without["mean_days"] is None or found["mean_days"] >= without["mean_days"]
    assert (found["on_time_percent"] or 0) <= (without["on_time_percent"] or 0)


@few
@given(ledger=ledgers, by=st.integers(2, 50))
def test_days_do_not_depend_on_the_size_of_amounts(ledger: list[Any], by: int) -> None:
    def cents(text: str) -> int:
        return int(text.replace(".", ""))

    larger = [{**one, "amount": f"{cents(one['amount']) * by / 100:.2f}"} for one in ledger]
    money = {"open", "overdue", "volume"}
    first, second = told(*ledger), told(*larger)

    assert {k: first[k] for k in first.keys() - money} == {
        k: second[k] for k in second.keys() - money
    }
    assert cents(second["open"]) == by * cents(first["open"])


@few
@given(ledger=ledgers)
def test_the_open_amount_is_what_was_issued_less_what_was_paid(ledger: list[Any]) -> None:
    def cents(text: str) -> int:
        return int(text.replace(".", ""))

    day = TODAY.isoformat()
    issued = [one for one in ledger if one["issued_on"] <= day]
    left = [one for one in issued if one.get("settled_on", "9") > day]

    assert cents(told(*ledger)["open"]) == sum(cents(one["amount"]) for one in left)
