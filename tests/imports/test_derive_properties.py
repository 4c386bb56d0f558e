"""Money rules of the import: nothing lost, nothing twice, order-free, and true to the generator."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.generators.ledgers import SmallLedger, any_options, small_ledgers
from tests.imports.books import HEADER, read, row
from tests.imports.invariants import (
    assert_consistent,
    net_by_customer,
    open_by_claim,
    unsettled_letters,
)

from encours.imports.rules.derive import derive
from encours.imports.rules.derived import Derived


@dataclass(frozen=True)
class Move:
    """One entry on a customer: a sale, a receipt, or the opening."""

    journal: str
    day: int
    customer: str
    piece: str
    cents: int
    letter: str


moves = st.builds(
    Move,
    journal=st.sampled_from(["VE", "VE", "BQ", "OD", "AN"]),
    day=st.integers(1, 28),
    customer=st.sampled_from(["C1", "C2", "-"]),
    piece=st.sampled_from(["FA1", "FA2", "FA3", "x", "-"]),
    cents=st.sampled_from([-5_000, -1_000, -999, 1, 999, 1_000, 2_000, 5_000]),
    letter=st.sampled_from(["-", "-", "A", "A", "B", "a"]),
)
COUNTERPART = {"VE": "707000", "BQ": "512000", "OD": "471000", "AN": "110000"}


def entry(number: int, move: Move) -> list[str]:
    day = "20240101" if move.journal == "AN" else f"202402{move.day:02d}"
    head = f"{move.journal} {number} {day}"
    amount = f"{move.cents / 100:.2f}"
    against = f"{-move.cents / 100:.2f}"
    return [
        row(f"{head} 411000 {move.customer} {move.piece} {amount} {move.letter} Libellé"),
        row(f"{head} {COUNTERPART[move.journal]} - {move.piece} {against} - Libellé"),
    ]


def book(written: list[Move]) -> list[list[str]]:
    return [entry(number, move) for number, move in enumerate(written, start=1)]


def derived(entries: list[list[str]], *, bucket_lines: int = 1_000) -> Derived:
    lines = [HEADER, *(line for lines in entries for line in lines)]
    return derive(read("\n".join(lines)), bucket_lines=bucket_lines)


def shown(found: Derived) -> tuple[object, ...]:
    """Return what is derived, without the lines it was read on."""
    return (
        found.claims.drop("line").sort("key").rows(),
        found.credits.drop("line").sort("key").rows(),
        found.instalments.sort("claim_key", "position").rows(),
        found.allocations.rows(),
        found.proposals.sort("credit_key", "claim_key").rows(),
        found.control.rows(),
    )


@settings(deadline=None, max_examples=30)
@given(st.lists(moves, max_size=12))
def test_nothing_is_lost_and_letters_are_settled(written: list[Move]) -> None:
    entries = book(written)
    ledger = read("\n".join([HEADER, *(line for lines in entries for line in lines)]))
    found = derive(ledger)

    assert_consistent(found)
    assert unsettled_letters(ledger, found).is_empty()
    assert found.control["net_cents"].sum() == sum(move.cents for move in written)


@settings(deadline=None, max_examples=15)
@given(st.lists(moves, max_size=10), st.randoms(use_true_random=False))
def test_the_order_of_lines_in_an_entry_changes_nothing(
    written: list[Move], draw: random.Random
) -> None:
    entries = book(written)
    mixed = [draw.sample(lines, len(lines)) for lines in entries]

    assert shown(derived(entries)) == shown(derived(mixed))


@settings(deadline=None, max_examples=15)
@given(st.lists(moves, max_size=10), st.integers(1, 4))
def test_customers_by_handfuls_or_together_are_the_same(written: list[Move], size: int) -> None:
    entries = book(written)

    assert shown(derived(entries, bucket_lines=size)) == shown(derived(entries))


@settings(deadline=None, max_examples=15)
@given(st.lists(moves, max_size=8), st.lists(moves, max_size=4))
def test_a_longer_file_gives_the_same_keys(written: list[Move], later: list[Move]) -> None:
    numbered = [
        Move(move.journal, move.day, move.customer, f"FA{at}", move.cents, move.letter)
        for at, move in enumerate([*written, *later], start=10)
        if move.journal != "AN"
    ]
    short, long = derived(book(numbered[: len(written)])), derived(book(numbered))

    for side in ("claims", "credits"):
        before = dict(getattr(short, side).select("key", "amount_cents").iter_rows())
        after = dict(getattr(long, side).select("key", "amount_cents").iter_rows())
        assert before.items() <= after.items()


@settings(deadline=None, max_examples=25)
@given(small_ledgers(any_options(parties=("aux", "sub_account"), shapes=("one_year",))))
def test_what_is_left_open_is_the_generators_truth(ledger: SmallLedger) -> None:
    export = ledger.exports[0]
    found = derive(read(export.content, name=export.name))
    names = dict(found.claims.select("key", "number").iter_rows())
    left: Counter[str] = Counter()
    for key, cents in open_by_claim(found).items():
        if names[key] in export.truth.documents:
            left[names[key]] += cents

    assert_consistent(found)
    assert +left == +Counter({n: rest for n, (_, _, rest) in export.truth.documents.items()})
    nets = {code: cents for code, cents in export.truth.nets.items() if cents}
    assert net_by_customer(found) == nets


def test_derived_frames_of_an_empty_ledger_have_their_columns() -> None:
    found = derive(read(""))

    assert_consistent(found)
    assert found.claims.is_empty()
    assert found.sales.schema["month"] == pl.Date
