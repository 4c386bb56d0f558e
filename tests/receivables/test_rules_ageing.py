"""Ageing buckets and the plain aged balance: tables, then the invariants of design.md part 4."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from encours.receivables.rules.ageing import (
    STANDARD,
    AgeBy,
    AgedRow,
    AllocationFact,
    Buckets,
    CreditFact,
    DueLineFact,
    InvalidBuckets,
    LedgerFacts,
    aged_balance,
    bucket_of,
    ledger_faults,
    open_as_of,
    unallocated_as_of,
)

TODAY = date(2026, 11, 22)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("age", "name"),
    [
        (-400, "not_due"), (-1, "not_due"), (0, "not_due"), (1, "d1_30"), (30, "d1_30"),
        (31, "d31_60"), (60, "d31_60"), (61, "d61_90"), (90, "d61_90"), (91, "d90_plus"),
        (5000, "d90_plus"),
    ],
)  # fmt: skip
def test_standard_buckets(age: int, name: str) -> None:
    assert bucket_of(TODAY - timedelta(days=age), TODAY) == name
    assert STANDARD.name_of(age) == name


def test_buckets_are_configurable() -> None:
    buckets = Buckets((0, 15), ("à échoir", "récent", "ancien"))

    assert [buckets.name_of(age) for age in (0, 1, 15, 16)] == [
        "à échoir",
        "récent",
        "récent",
        "ancien",
    ]
    assert bucket_of(TODAY, TODAY + timedelta(days=16), buckets) == "ancien"
    assert Buckets((), ("tout",)).name_of(12) == "tout"


@pytest.mark.parametrize(
    ("bounds", "names"),
    [
        pytest.param((30, 0), ("a", "b", "c"), id="bounds that fall"),
        pytest.param((0, 0), ("a", "b", "c"), id="a bound twice"),
        pytest.param((0, 30), ("a", "b"), id="a name short"),
        pytest.param((0, 30), ("a", "b", "c", "d"), id="a name too many"),
        pytest.param((0, 30), ("a", "b", "a"), id="a name twice"),
    ],
)
def test_buckets_that_mean_nothing_are_refused(
    bounds: tuple[int, ...], names: tuple[str, ...]
) -> None:
    with pytest.raises(InvalidBuckets, match="doivent croître"):
        Buckets(bounds, names)


def line(name: str = "F1", cents: int = 1000, due: date = TODAY, **more: object) -> DueLineFact:
    fact = DueLineFact(
        line=name, customer="DUPONT", issued_on=due - timedelta(days=30), due_on=due, cents=cents,
        recorded_at=NOON,
    )  # fmt: skip
    return replace(fact, **more)  # type: ignore[arg-type]


def credit(name: str = "R1", cents: int = 1000, on: date = TODAY, **more: object) -> CreditFact:
    fact = CreditFact(credit=name, customer="DUPONT", received_on=on, cents=cents, recorded_at=NOON)
    return replace(fact, **more)  # type: ignore[arg-type]


def allocation(cents: int, on: date = TODAY, **more: object) -> AllocationFact:
    fact = AllocationFact(credit="R1", line="F1", effective_on=on, cents=cents, recorded_at=NOON)
    return replace(fact, **more)  # type: ignore[arg-type]


def row(
    unallocated: int = 0, currency: str = "EUR", customer: str = "DUPONT", **held: int
) -> AgedRow:
    return AgedRow(customer, currency, unallocated, dict.fromkeys(STANDARD.names, 0) | held)


LEDGER = LedgerFacts(
    (line(), line("F2", 500, TODAY - timedelta(days=31)), line("F3", 70, currency="USD")),
    (credit(), credit("R2", 50, currency="CHF", customer="AUTRE")),
    (allocation(600),),
)


def test_the_balance_of_a_small_ledger() -> None:
    assert aged_balance(LEDGER, TODAY) == (
        row(-50, "CHF", "AUTRE"),
        row(-400, not_due=400, d31_60=500),
        row(0, "USD", not_due=70),
    )
    first = aged_balance(LEDGER, TODAY)[1]
    assert (first.open_cents, first.net_cents) == (900, 500)


def test_the_day_before_the_payment_and_the_day_before_the_issue() -> None:
    yesterday = TODAY - timedelta(days=1)

    assert aged_balance(LEDGER, yesterday)[0] == row(0, not_due=1000, d1_30=500)
    issue = TODAY - timedelta(days=30)
    assert open_as_of(LEDGER, issue) == {"F1": 1000, "F2": 500, "F3": 70}
    assert open_as_of(LEDGER, issue - timedelta(days=1)) == {"F2": 500}
    assert unallocated_as_of(LEDGER, yesterday) == {}
    assert unallocated_as_of(LEDGER, TODAY) == {"R1": 400, "R2": 50}


def test_by_issue_date() -> None:
    found = {one.currency: one for one in aged_balance(LEDGER, TODAY, by=AgeBy.ISSUED)}

    assert found["EUR"] == row(-400, d1_30=400, d61_90=500)


def test_a_customer_with_nothing_left_is_not_listed() -> None:
    settled = LedgerFacts((line(),), (credit(),), (allocation(1000),))

    assert aged_balance(settled, TODAY) == ()
    assert open_as_of(settled, TODAY) == {"F1": 0}


def test_other_buckets() -> None:
    found = aged_balance(LEDGER, TODAY, buckets=Buckets((0,), ("à échoir", "échu")))

    assert [one.by_bucket for one in found][1] == {"à échoir": 400, "échu": 500}


def test_as_known_before_and_after_an_undo() -> None:
    undone = replace(line(), undone_at=NOON + timedelta(hours=2))
    ledger = LedgerFacts((undone,))

    assert aged_balance(ledger, TODAY) == ()
    assert aged_balance(ledger, TODAY, known_at=NOON) == (row(not_due=1000),)
    assert aged_balance(ledger, TODAY, known_at=NOON - timedelta(seconds=1)) == ()
    assert aged_balance(ledger, TODAY, known_at=NOON + timedelta(hours=2)) == ()
    assert unallocated_as_of(LedgerFacts(credits=(credit(),)), TODAY, known_at=NOON) == {"R1": 1000}


@pytest.mark.parametrize(
    ("ledger", "fault"),
    [
        pytest.param(LEDGER, None, id="a sound ledger"),
        pytest.param(replace(LEDGER, allocations=(allocation(1000),)), None, id="all of it"),
        pytest.param(replace(LEDGER, allocations=(allocation(1001),)), "F1: 1001 allocated of 1000", id="beyond the line"),
        pytest.param(
            LedgerFacts((line(cents=9000),), (credit(),), (allocation(600), allocation(401))),
            "R1: 1001 allocated of 1000", id="beyond the payment",
        ),
        pytest.param(replace(LEDGER, allocations=(allocation(1, line="X"),)), "allocation of R1 to X: one of them is not live", id="a line we do not hold"),
        pytest.param(replace(LEDGER, allocations=(allocation(1, credit="X"),)), "allocation of X to F1: one of them is not live", id="a credit we do not hold"),
        pytest.param(replace(LEDGER, allocations=(allocation(1, line="F3"),)), "allocation of R1 to F3: two currencies", id="two currencies"),
        pytest.param(replace(LEDGER, allocations=(allocation(1, TODAY - timedelta(days=1)),)), "allocation of R1 to F1: effective before its facts", id="before the payment"),
        pytest.param(
            LedgerFacts((line(due=TODAY + timedelta(days=31)),), (credit(),), (allocation(1),)),
            "allocation of R1 to F1: effective before its facts", id="before the invoice",
        ),
        pytest.param(
            LedgerFacts((line(undone_at=NOON),), (credit(),), (allocation(1),)),
            "allocation of R1 to F1: one of them is not live", id="an undone line",
        ),
    ],
)  # fmt: skip
def test_faults(ledger: LedgerFacts, fault: str | None) -> None:
    faults = list(ledger_faults(ledger))

    assert (fault in faults) if fault else not faults


# A sound random ledger, bitemporal: facts recorded in any order, some undone with what hangs on it.
moments = st.integers(0, 1000).map(lambda hours: NOON + timedelta(hours=hours))
shifts = st.integers(-200, 200).map(lambda shift: TODAY + timedelta(days=shift))
customers = st.sampled_from(["A", "B", "C"])
currencies = st.sampled_from(["EUR", "USD"])


@st.composite
def ledgers(draw: st.DrawFn) -> LedgerFacts:
    facts = [
        DueLineFact(
            line=f"F{number}", customer=draw(customers), currency=draw(currencies),
            issued_on=(issued := draw(shifts)), due_on=issued + timedelta(days=draw(st.integers(0, 90))),
            cents=draw(st.integers(1, 10**6)), **draw(recordings()),
        )
        for number in range(draw(st.integers(0, 6)))
    ]  # fmt: skip
    received = [
        CreditFact(
            credit=f"R{number}", customer=draw(customers), currency=draw(currencies),
            received_on=draw(shifts), cents=draw(st.integers(1, 10**6)), **draw(recordings()),
        )
        for number in range(draw(st.integers(0, 5)))
    ]  # fmt: skip
    return LedgerFacts(tuple(facts), tuple(received), tuple(draw(allocations(facts, received))))


@st.composite
def recordings(draw: st.DrawFn) -> dict[str, Any]:
    recorded = draw(moments)
    undone = draw(
        st.none() | st.integers(1, 500).map(lambda hours: recorded + timedelta(hours=hours))
    )
    return {"recorded_at": recorded, "undone_at": undone}


@st.composite
def allocations(
    draw: st.DrawFn, lines: list[DueLineFact], received: list[CreditFact]
) -> list[AllocationFact]:
    left_lines = {fact.line: fact.cents for fact in lines}
    found = []
    for one in received:
        left = one.cents
        for fact in lines:
            same = (fact.customer, fact.currency) == (one.customer, one.currency)
            most = min(left, left_lines[fact.line])
            if not same or not most or not draw(st.booleans()):
                continue
            cents = draw(st.integers(1, most))
            left, left_lines[fact.line] = left - cents, left_lines[fact.line] - cents
            recorded = max(fact.recorded_at, one.recorded_at) + timedelta(
                hours=draw(st.integers(0, 9))
            )
            ends = [end for end in (fact.undone_at, one.undone_at) if end]
            found.append(
                AllocationFact(
                    credit=one.credit, line=fact.line, cents=cents, recorded_at=recorded,
                    effective_on=max(fact.issued_on, one.received_on) + timedelta(days=draw(st.integers(0, 9))),
                    undone_at=max(min(ends), recorded) if ends else None,
                )
            )  # fmt: skip
    return found


@given(ledger=ledgers(), as_of=shifts, known_at=moments)
def test_open_is_invoiced_less_allocated(
    ledger: LedgerFacts, as_of: date, known_at: datetime
) -> None:
    facts = ledger.known_at(known_at)
    rows = aged_balance(ledger, as_of, known_at=known_at)
    net: dict[tuple[str, str], int] = defaultdict(int)
    opened: dict[tuple[str, str], int] = defaultdict(int)
    where = {fact.line: (fact.customer, fact.currency) for fact in ledger.lines}
    for fact in facts.lines:
        if fact.issued_on <= as_of:
            net[where[fact.line]] += fact.cents
            opened[where[fact.line]] += fact.cents
    for taken in facts.allocations:
        if taken.effective_on <= as_of:
            opened[where[taken.line]] -= taken.cents
    for one in facts.credits:
        if one.received_on <= as_of:
            net[one.customer, one.currency] -= one.cents

    found = {(one.customer, one.currency): one for one in rows}
    for key in {*net, *opened}:
        held = found.get(key)
        assert (held.open_cents if held else 0) == opened[key]
        assert (held.net_cents if held else 0) == net[key]
    assert set(found) <= {*net, *opened}


@given(ledger=ledgers(), as_of=shifts, known_at=st.none() | moments)
def test_nothing_is_below_zero_and_buckets_add_up(
    ledger: LedgerFacts, as_of: date, known_at: datetime | None
) -> None:
    assert list(ledger_faults(LedgerFacts(*_live(ledger)))) == []
    opened = open_as_of(ledger, as_of, known_at=known_at)
    assert all(cents >= 0 for cents in opened.values())
    assert all(cents >= 0 for cents in unallocated_as_of(ledger, as_of, known_at=known_at).values())
    for by in AgeBy:
        rows = aged_balance(ledger, as_of, known_at=known_at, by=by)
        assert sum(one.open_cents for one in rows) == sum(opened.values())
        assert all(one.unallocated_cents <= 0 and min(one.by_bucket.values()) >= 0 for one in rows)


def _live(
    ledger: LedgerFacts,
) -> tuple[tuple[DueLineFact, ...], tuple[CreditFact, ...], tuple[AllocationFact, ...]]:
    live = ledger.known_at(None)
    return live.lines, live.credits, live.allocations


@given(ledger=ledgers(), as_of=shifts)
def test_facts_that_take_effect_later_do_not_change_the_past(
    ledger: LedgerFacts, as_of: date
) -> None:
    earlier = LedgerFacts(
        tuple(fact for fact in ledger.lines if fact.issued_on <= as_of),
        tuple(fact for fact in ledger.credits if fact.received_on <= as_of),
        tuple(fact for fact in ledger.allocations if fact.effective_on <= as_of),
    )

    assert aged_balance(ledger, as_of) == aged_balance(earlier, as_of)


@given(ledger=ledgers(), as_of=shifts, known_at=moments)
def test_as_known_on_an_instant_is_what_the_program_answered_then(
    ledger: LedgerFacts, as_of: date, known_at: datetime
) -> None:
    def then(fact: DueLineFact | CreditFact | AllocationFact) -> object:
        undone_at = fact.undone_at if fact.undone_at and fact.undone_at <= known_at else None
        return replace(fact, undone_at=undone_at)

    held = LedgerFacts(
        tuple(then(fact) for fact in ledger.lines if fact.recorded_at <= known_at),  # type: ignore[misc]
        tuple(then(fact) for fact in ledger.credits if fact.recorded_at <= known_at),  # type: ignore[misc]
        tuple(then(fact) for fact in ledger.allocations if fact.recorded_at <= known_at),  # type: ignore[misc]
    )

    assert aged_balance(ledger, as_of, known_at=known_at) == aged_balance(held, as_of)
    assert open_as_of(ledger, as_of, known_at=known_at) == open_as_of(held, as_of)
