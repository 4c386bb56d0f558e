"""Set credits against claims inside groups: equal amounts first, then the oldest first.

Claims and credits are frames with `item` (a number), `open` (cents still to set, > 0) and an
order: rows come oldest first and stay so. Nothing is ever set beyond what is open.
"""

from __future__ import annotations

from typing import Any, Final

import polars as pl

SHARES: Final[dict[str, Any]] = {"claim": pl.UInt32, "credit": pl.UInt32, "amount": pl.Int64}


def no_shares() -> pl.DataFrame:
    """Return an empty frame of shares: claim and credit items, and the amount set."""
    return pl.DataFrame(schema=SHARES)


def less(items: pl.DataFrame, side: str, shares: pl.DataFrame) -> pl.DataFrame:
    """Return items less what shares took from them on one side (`claim` or `credit`)."""
    if shares.is_empty():
        return items
    taken = shares.group_by(side).agg(pl.col("amount").sum().alias("taken"))
    return (
        items.join(taken, left_on="item", right_on=side, how="left", maintain_order="left")
        .with_columns(open=pl.col("open") - pl.col("taken").fill_null(0))
        .drop("taken")
        .filter(pl.col("open") > 0)
    )


def equal_pairs(claims: pl.DataFrame, credits_: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    """Pair claims and credits of the same group and amount, first with first."""
    keys = [*by, "open"]
    ranked = [
        items.drop_nulls(by)
        .select("item", *keys)
        .with_columns(turn=pl.int_range(pl.len()).over(keys))
        for items in (claims, credits_)
    ]
    pairs = ranked[0].join(ranked[1].rename({"item": "credit"}), on=[*keys, "turn"], how="inner")
    return pairs.select("credit", claim="item", amount="open").select(list(SHARES))


def oldest_first(claims: pl.DataFrame, credits_: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    """Spread the credits of each group over its claims, both oldest first.

    Laid end to end, claims and credits are two rulers: each stretch between two marks, of either,
    belongs to one claim and one credit.
    """
    marks = pl.concat([_ruler(claims, by, "claim"), _ruler(credits_, by, "credit")], how="diagonal")
    if marks.is_empty():
        return no_shares()
    marks = (
        marks.group_by(*by, "until")
        .agg(pl.col("claim").max(), pl.col("credit").max())
        .sort(*by, "until")
        .with_columns(
            amount=pl.col("until") - pl.col("until").shift(fill_value=0).over(by),
            claim=pl.col("claim").backward_fill().over(by),
            credit=pl.col("credit").backward_fill().over(by),
        )
    )
    first = pl.struct(by).ne_missing(pl.struct(by).shift())
    marks = marks.with_columns(amount=pl.when(first).then("until").otherwise("amount"))
    return marks.drop_nulls(["claim", "credit"]).select(list(SHARES))


def _ruler(items: pl.DataFrame, by: list[str], side: str) -> pl.DataFrame:
    return (
        items.drop_nulls(by)
        .select(*by, pl.col("item").alias(side), until=pl.col("open").cum_sum().over(by))
        .with_columns(pl.col(side).cast(pl.UInt32))
    )


def settle(
    claims: pl.DataFrame, credits_: pl.DataFrame, *, group: str, reference: str
) -> pl.DataFrame:
    """Set off the groups of both sides: same piece and amount, same amount, same piece, oldest.

    Groups of one claim and one credit, nearly all of a ledger, are set at once.
    """
    single = _singles(claims, credits_, group)
    shares = [single]
    claims, credits_ = less(claims, "claim", single), less(credits_, "credit", single)
    both = claims.select(group).join(credits_.select(group).unique(), on=group, how="semi").unique()
    claims = claims.join(both, on=group, how="semi", maintain_order="left")
    credits_ = credits_.join(both, on=group, how="semi", maintain_order="left")
    for take, by in (
        (equal_pairs, [group, reference]),
        (equal_pairs, [group]),
        (oldest_first, [group, reference]),
        (oldest_first, [group]),
    ):
        if claims.is_empty() or credits_.is_empty():
            break
        taken = take(claims, credits_, by)
        shares.append(taken)
        claims, credits_ = less(claims, "claim", taken), less(credits_, "credit", taken)
    return pl.concat(shares)


def _singles(claims: pl.DataFrame, credits_: pl.DataFrame, group: str) -> pl.DataFrame:
    """Set the groups that have one claim and one credit."""
    alone = [
        items.drop_nulls(group).filter(pl.len().over(group) == 1).select(group, "item", "open")
        for items in (claims, credits_)
    ]
    pairs = alone[0].join(
        alone[1].rename({"item": "credit", "open": "offered"}), on=group, how="inner"
    )
    return pairs.select("credit", claim="item", amount=pl.min_horizontal("open", "offered")).select(
        list(SHARES)
    )
