"""Credits against claims: nothing beyond what is open, equal amounts first, the oldest first."""

from __future__ import annotations

from collections import Counter

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from encours.imports.rules import spread

ITEMS = {"item": pl.UInt32, "group": pl.String, "ref": pl.String, "open": pl.Int64}
items = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", None]), st.sampled_from(["x", "y", None]), st.integers(1, 50)
    ),
    max_size=8,
)


def frame(drawn: list[tuple[str | None, str | None, int]]) -> pl.DataFrame:
    rows = [(at, *one) for at, one in enumerate(drawn)]
    return pl.DataFrame(rows, schema=ITEMS, orient="row")


@settings(deadline=None, max_examples=60)
@given(items, items)
def test_nothing_is_set_beyond_what_is_open_and_nothing_is_left_that_could_be(
    owed: list[tuple[str | None, str | None, int]],
    paid: list[tuple[str | None, str | None, int]],
) -> None:
    claims, credits_ = frame(owed), frame(paid)
    shares = spread.settle(claims, credits_, group="group", reference="ref")

    assert (shares["amount"] > 0).all()
    taken = [Counter[int](), Counter[int]()]
    for claim, credit, amount in shares.iter_rows():
        assert owed[claim][0] == paid[credit][0] is not None
        taken[0][claim] += amount
        taken[1][credit] += amount
    assert all(cents <= owed[at][2] for at, cents in taken[0].items())
    assert all(cents <= paid[at][2] for at, cents in taken[1].items())
    for group in ("a", "b"):
        sums = [sum(cents for name, _, cents in side if name == group) for side in (owed, paid)]
        set_off = sum(amount for claim, _, amount in shares.iter_rows() if owed[claim][0] == group)
        assert set_off == min(sums)


def test_the_oldest_claims_are_settled_first() -> None:
    claims = frame([("a", None, 30), ("a", None, 40), ("a", None, 50)])
    credits_ = frame([("a", None, 45), ("a", None, 10)])

    assert spread.oldest_first(claims, credits_, ["group"]).sort("claim", "credit").rows() == [
        (0, 0, 30),
        (1, 0, 15),
        (1, 1, 10),
    ]


def test_the_same_piece_and_amount_come_before_the_same_amount() -> None:
    claims = frame([("a", "x", 10), ("a", "y", 10)])
    credits_ = frame([("a", "y", 10), ("a", None, 10)])
    shares = spread.settle(claims, credits_, group="group", reference="ref")

    assert sorted(shares.rows()) == [(0, 1, 10), (1, 0, 10)]
