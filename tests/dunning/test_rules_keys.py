"""An account as one number, the same in every frame."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from encours.dunning.rules.keys import Keys

accounts = st.lists(
    st.tuples(st.integers(1, 2**40), st.sampled_from(["EUR", "USD", "GBP", "CHF"])), max_size=20
)


def frame(rows: list[tuple[int, str]]) -> pl.DataFrame:
    """Return accounts as a frame."""
    return pl.DataFrame(rows, schema={"customer_id": pl.Int64, "currency": pl.String}, orient="row")


@given(rows=accounts)
def test_a_key_says_its_account_and_no_other(rows: list[tuple[int, str]]) -> None:
    given_rows = frame(rows)
    keys = Keys.of(given_rows)
    numbered = given_rows.select(key=keys.key)

    assert numbered.select(keys.account).rows() == rows
    assert numbered["key"].n_unique() == len(set(rows))


@given(rows=accounts)
def test_keys_come_in_the_order_of_accounts(rows: list[tuple[int, str]]) -> None:
    keys = Keys.of(frame(rows))
    ordered = frame(rows).with_columns(key=keys.key).sort("key")

    assert [row[:2] for row in ordered.rows()] == sorted(rows)


def test_a_currency_that_was_not_there_has_no_number() -> None:
    keys = Keys.of(frame([(1, "EUR")]), frame([(2, "USD")]))

    assert keys.currencies == ("EUR", "USD")
    assert frame([(1, "JPY")]).select(key=keys.key)["key"].to_list() == [None]
