"""Moves between the accounts of one customer: 411 → 413, 411 → 416, a deposit of 419 applied.

A claim that becomes a bill or a doubtful debt stays the same claim: the two lines of the move
cancel, the letters on both sides become one group, and the claim changes its state. So does an
entry that sets a credit note against an invoice by a debit and a credit of the same account.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import polars as pl

STATES: Final = {"413": "bill", "416": "doubtful"}
CHANGES: Final[dict[str, Any]] = {
    "component": pl.UInt64,
    "group": pl.UInt64,
    "amount": pl.Int64,
    "state": pl.String,
    "from_on": pl.Date,
}
_ROUNDS_MAX: Final = 50
_PAIR: Final = 2


@dataclass(frozen=True, slots=True)
class Moved:
    """Lines without the moves, with their `component`; and the changes of state, by component."""

    lines: pl.DataFrame
    changes: pl.DataFrame


def follow(lines: pl.DataFrame) -> Moved:
    """Take the moves out of the lines and join the groups they link.

    `component` is the group, or the groups that moves join. A move whose claim cannot be found
    stays what it looks like, a debit and a credit: the customer's net is the same either way.
    """
    moves = _moves(lines)
    if moves.is_empty():
        return Moved(lines.with_columns(component=pl.col("group")), pl.DataFrame(schema=CHANGES))
    others = lines.join(moves.select("line"), on="line", how="anti", maintain_order="left")
    adopted = _adopt(moves, others)
    moves = moves.with_columns(group=pl.coalesce("group", "move"))
    others = _regroup(others, adopted)
    components = _components(moves)
    others = others.join(components, on="group", how="left", maintain_order="left").with_columns(
        component=pl.coalesce("component", "group")
    )
    moves = moves.join(components, on="group", how="left").with_columns(
        component=pl.coalesce("component", "group")
    )
    found = others.filter(pl.col("amount") > 0).select("component").unique()
    lost = moves.join(found, on="component", how="anti").select("move").unique()
    back = lines.join(
        moves.join(lost, on="move", how="semi").select("line"), on="line", how="semi"
    ).with_columns(component=pl.col("group"))
    kept = pl.concat([others, back.select(others.columns)]).sort("line", maintain_order=True)
    return Moved(kept, _changes(moves.join(lost, on="move", how="anti")))


def _moves(lines: pl.DataFrame) -> pl.DataFrame:
    """Return the lines of moves, with `move`, a number: one entry and customer, zero in all.

    First by piece, then by entry; then a debit and a credit of the same amount that are alone.
    """
    able = lines.filter(~pl.col("is_opening"))
    both = (
        able.group_by("entry", "customer")
        .agg(
            low=pl.col("account_no").min(),
            high=pl.col("account_no").max(),
            least=pl.col("amount").min(),
            most=pl.col("amount").max(),
            lettered_apart=_lettered_apart(),
        )
        .filter(
            ((pl.col("low") != pl.col("high")) | pl.col("lettered_apart"))
            & (pl.col("least") < 0)
            & (pl.col("most") > 0)
        )
        .select("entry", "customer")
    )
    left = able.join(both, on=["entry", "customer"], how="semi", maintain_order="left")
    taken: list[pl.DataFrame] = []
    left = left.with_columns(size=pl.col("amount").abs())
    for by in (
        ["entry", "customer", "piece"],
        ["entry", "customer"],
        ["entry", "customer", "size"],
    ):
        whole = left.with_columns(
            total=pl.col("amount").sum().over(by),
            accounts=pl.col("account_no").n_unique().over(by),
            number=pl.len().over(by),
            lettered_apart=_lettered_apart().over(by),
        )
        fits = (pl.col("total") == 0) & ((pl.col("accounts") > 1) | pl.col("lettered_apart"))
        if "size" in by:
            fits &= pl.col("number") == _PAIR
        moved = whole.filter(fits).with_columns(move=pl.struct(*by, pl.lit(len(taken))).hash())
        taken.append(moved.drop("total", "accounts", "number", "size", "lettered_apart"))
        left = left.join(moved.select("line"), on="line", how="anti", maintain_order="left")
    return pl.concat(taken)


def _lettered_apart() -> pl.Expr:
    """Say whether lines that face only customers carry letters, and not all the same."""
    lettered = pl.col("is_internal").all() & pl.col("group").is_not_null().all()
    return lettered & (pl.col("group").min() != pl.col("group").max())


def _adopt(moves: pl.DataFrame, others: pl.DataFrame) -> pl.DataFrame:
    """Find the claim that an unlettered move takes over: same piece and amount, else the only one.

    Returns (line, group): the line of the claim and the move as its group.
    """
    wanting = moves.filter((pl.col("amount") < 0) & pl.col("group").is_null()).select(
        "customer", "account_no", "piece", "move", "entry_on", size=-pl.col("amount")
    )
    if wanting.is_empty():
        return pl.DataFrame(schema={"line": pl.UInt32, "new_group": pl.UInt64})
    claims = others.filter((pl.col("amount") > 0) & pl.col("group").is_null()).select(
        "customer", "account_no", "piece", "line", issued="entry_on", size=pl.col("amount")
    )
    by_piece = wanting.drop_nulls("piece").join(
        claims, on=["customer", "account_no", "piece", "size"]
    )
    by_amount = wanting.join(claims, on=["customer", "account_no", "size"])
    seen = (
        pl.concat(
            [
                by_piece.select("move", "line", "issued", "entry_on", rank=pl.lit(0)),
                by_amount.select("move", "line", "issued", "entry_on", rank=pl.lit(1)),
            ]
        )
        .filter(pl.col("issued") <= pl.col("entry_on"))
        .with_columns(choices=pl.len().over("move", "rank"))
        .filter(pl.col("choices") == 1)
        .sort("rank", "move")
        .unique("move", keep="first", maintain_order=True)
        .unique("line", keep="first", maintain_order=True)
    )
    return seen.select("line", new_group="move")


def _regroup(lines: pl.DataFrame, adopted: pl.DataFrame) -> pl.DataFrame:
    if adopted.is_empty():
        return lines
    return (
        lines.join(adopted, on="line", how="left", maintain_order="left")
        .with_columns(group=pl.coalesce("group", "new_group"))
        .drop("new_group")
    )


def _components(moves: pl.DataFrame) -> pl.DataFrame:
    """Join the groups that moves link, by passing the smallest number on until nothing changes."""
    edges = moves.select("move", "group").unique()
    named = edges.with_columns(component=pl.col("group"))
    for _ in range(_ROUNDS_MAX):
        passed = named.with_columns(least=pl.col("component").min().over("move")).with_columns(
            least=pl.col("least").min().over("group")
        )
        if (passed["least"] == passed["component"]).all():
            break
        named = passed.with_columns(component=pl.col("least")).drop("least")
    return named.group_by("group").agg(pl.col("component").min())


def _changes(moves: pl.DataFrame) -> pl.DataFrame:
    """Say which state a move gives, from when, to which amount: the claim's, when one has it."""
    to = (
        moves.filter(pl.col("amount") > 0)
        .group_by("move")
        .agg(pl.col("root").min().alias("to_root"))
        .with_columns(
            state=pl.col("to_root").replace_strict(
                STATES, default="ordinary", return_dtype=pl.String
            )
        )
    )
    return (
        moves.filter((pl.col("amount") < 0) & (pl.col("root") != "419"))
        .join(to, on="move", how="inner")
        .filter((pl.col("to_root") != "419") & (pl.col("to_root") != pl.col("root")))
        .select("component", "group", "state", amount=-pl.col("amount"), from_on="entry_on")
        .select(list(CHANGES))
    )
