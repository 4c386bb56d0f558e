"""What notes billed is never claimed again: properties over any sequence of acts on a due line."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from encours.receivables.rules.classes import DebtorClass
from encours.receivables.rules.indemnity import recovery_indemnity
from encours.receivables.rules.interest import Billed, Claim, Reduction, late_interest
from encours.receivables.rules.rates import shipped_rates
from encours.receivables.rules.values import shipped_law_values

LAW, RATES = shipped_law_values(), shipped_rates()
DUE = date(2025, 1, 31)
CLAIM = Claim(1_000_000, DUE, DebtorClass.BUSINESS)
LAST = date(2026, 12, 31)

waits = st.tuples(st.just("wait"), st.integers(1, 90))
bills = st.tuples(st.just("bill"), st.just(0))
cancels = st.tuples(st.just("cancel"), st.integers(0, 5))
payments = st.tuples(st.just("pay"), st.integers(1, 600_000))
late_news = st.tuples(st.just("pay_back"), st.integers(1, 600_000))
acts = st.lists(st.one_of(waits, bills, cancels, payments), max_size=14)
any_acts = st.lists(st.one_of(waits, bills, cancels, payments, late_news), max_size=14)


@dataclass
class Account:
    """One due line and the notes on it, as the ledger keeps them."""

    today: date = DUE + timedelta(days=10)
    cuts: list[Reduction] = field(default_factory=list)
    notes: list[tuple[date, int, int]] = field(default_factory=list)

    @property
    def plain(self) -> Claim:
        return replace(CLAIM, reductions=tuple(self.cuts))

    @property
    def claim(self) -> Claim:
        until = max((note[0] for note in self.notes), default=None)
        interest, indemnity = (sum(note[n] for note in self.notes) for n in (1, 2))
        return replace(self.plain, billed=Billed(until, interest, indemnity))

    def play(self, act: str, number: int) -> None:
        if act == "wait":
            self.today = min(self.today + timedelta(days=number), LAST)
        elif act == "bill":
            until = self.claim.billed.until_on
            left = late_interest(self.claim, self.today, RATES, LAW).cents
            if until is None or until < self.today:
                forty = recovery_indemnity([self.claim], self.today, LAW).cents
                self.notes.append((self.today, left, forty))
        elif act == "cancel" and self.notes:
            self.notes.pop(number % len(self.notes))
        elif act.startswith("pay"):
            on = DUE + timedelta(days=1) if act == "pay_back" else self.today
            self.cuts.append(Reduction(on, min(number, self.plain.open_cents(LAST))))


def check(account: Account) -> None:
    billed = account.claim.billed
    left = late_interest(account.claim, account.today, RATES, LAW)
    plain = late_interest(account.plain, account.today, RATES, LAW).cents
    forty = recovery_indemnity([account.plain], account.today, LAW).cents

    assert billed.interest_cents + left.cents - left.overbilled_cents == plain
    assert min(left.cents, left.overbilled_cents) == 0
    shown = sum(segment.cents for segment in left.segments) + left.correction_cents
    assert shown == left.cents - left.overbilled_cents
    assert all(billed.until_on is None or s.from_on > billed.until_on for s in left.segments)
    again = recovery_indemnity([account.claim], account.today, LAW).cents
    assert billed.indemnity_cents + again == forty


@given(acts=any_acts)
def test_billed_and_claimable_add_up_to_the_plain_statement(acts: list[tuple[str, int]]) -> None:
    account = Account()
    for act, number in acts:
        account.play(act, number)
        check(account)


@given(acts=acts)
def test_nothing_is_billed_in_excess_while_no_payment_is_dated_back(
    acts: list[tuple[str, int]],
) -> None:
    account = Account()
    for act, number in acts:
        account.play(act, number)

        assert not late_interest(account.claim, account.today, RATES, LAW).overbilled_cents


@given(days=st.lists(st.integers(1, 200), min_size=1, max_size=8))
def test_many_small_notes_ask_what_one_would(days: list[int]) -> None:
    account = Account()
    for count in days:
        account.play("wait", count)
        account.play("bill", 0)

    once = late_interest(CLAIM, account.today, RATES, LAW).cents
    assert sum(note[1] for note in account.notes) == once
    assert [note[2] for note in account.notes] == [40_00] + [0] * (len(account.notes) - 1)


@pytest.mark.parametrize(
    ("billed", "code"),
    [
        pytest.param(Billed(date(2025, 6, 30), 99_999_999), "overbilled", id="too much"),
        pytest.param(Billed(date(2025, 6, 30), 1), "correction", id="less than it is worth now"),
        pytest.param(Billed(), None, id="nothing"),
    ],
)
def test_what_no_longer_fits_is_told(billed: Billed, code: str | None) -> None:
    found = late_interest(replace(CLAIM, billed=billed), date(2025, 12, 31), RATES, LAW)

    told = {issue.code for issue in found.issues} & {"overbilled", "correction"}
    assert told == ({code} if code else set())


def test_a_day_before_what_was_billed_claims_nothing() -> None:
    billed = Billed(date(2025, 6, 30), 100)

    found = late_interest(replace(CLAIM, billed=billed), date(2025, 3, 31), RATES, LAW)

    assert (found.cents, found.overbilled_cents, found.segments) == (0, 0, ())
