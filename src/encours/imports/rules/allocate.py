"""Which credit settles which due line: by letter, by reference, else only proposed.

Lettering is the truth; without it only a proof allocates (the same piece and the same amount), and
what merely looks right is left for a person to confirm.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from encours.imports.rules import spread
from encours.imports.rules.documents import Side
from encours.imports.rules.numbers import reference

_TOKENS: Final = r"[A-Z]{0,6}-?\d[\dA-Z/-]{2,}"
_EARLY_DAYS: Final = 7
ALLOCATED: Final[dict[str, Any]] = {
    **spread.SHARES,
    "effective_on": pl.Date,
    "letter": pl.String,
    "lettered_on": pl.Date,
    "origin": pl.String,
}


@dataclass(frozen=True, slots=True)
class Allocated:
    """Shares by item with their dates and origin; proposals with their reason."""

    allocations: pl.DataFrame
    proposals: pl.DataFrame


def allocate(claims: Side, credits_: Side, groups: pl.DataFrame) -> Allocated:
    """Allocate what letters and references prove; propose the rest.

    `groups` says of each letter group when it took effect (group, latest_on, lettered_on).
    """
    owed = claims.items.with_columns(open=pl.col("amount"))
    paid = credits_.items.with_columns(open=pl.col("amount"))
    lettered = pl.col("component").is_not_null()
    by_letter = _by_letter(owed.filter(lettered), paid.filter(lettered))
    owed, paid = owed.filter(~lettered), paid.filter(~lettered)
    proven: list[pl.DataFrame] = []
    for prove in (_same_entry, _same_piece, _same_amount_and_piece, _deposits_used):
        shares = prove(owed, paid)
        proven.append(shares)
        owed, paid = spread.less(owed, "claim", shares), spread.less(paid, "credit", shares)
    by_reference = pl.concat(proven)
    return Allocated(
        pl.concat(
            [
                _dated_by_letter(by_letter, claims.items, credits_.items, groups),
                _dated_by_entry(by_reference, claims.items, credits_.items),
            ]
        ),
        proposals(owed, paid, credits_.docs),
    )


def _by_letter(owed: pl.DataFrame, paid: pl.DataFrame) -> pl.DataFrame:
    """Settle letter groups; where one stays open, a returned payment takes its payment back.

    The invoice, which has a number and a due date, is then what is open again.
    """
    returned = owed.filter(pl.col("kind") == "returned_payment")
    payments = paid.filter(pl.col("kind") == "payment")
    taken_back = spread.equal_pairs(returned, payments, ["component"])
    rest = spread.settle(
        spread.less(owed, "claim", taken_back),
        spread.less(paid, "credit", taken_back),
        group="component",
        reference="ref",
    )
    return pl.concat([taken_back, rest])


def _same_entry(owed: pl.DataFrame, paid: pl.DataFrame) -> pl.DataFrame:
    """Set off what one entry books and settles at once (a cash sale passed through 411)."""
    return _balanced(owed, paid, ["customer", "entry"])


def _same_piece(owed: pl.DataFrame, paid: pl.DataFrame) -> pl.DataFrame:
    """Set off the credits that quote a document's number and add up to it."""
    return _balanced(owed, paid, ["customer", "ref"])


def _same_amount_and_piece(owed: pl.DataFrame, paid: pl.DataFrame) -> pl.DataFrame:
    """Pair a credit with the due line of the same number and amount."""
    return spread.equal_pairs(owed, paid, ["customer", "ref"])


def _deposits_used(owed: pl.DataFrame, paid: pl.DataFrame) -> pl.DataFrame:
    """Use deposits: a debit of 419 can only consume the customer's credits of that account."""
    is_deposit = pl.col("root") == "419"
    return spread.oldest_first(
        owed.filter(is_deposit), paid.filter(is_deposit), ["customer", "account_no"]
    )


def _balanced(owed: pl.DataFrame, paid: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    """Spread the groups whose claims and credits add up to the same amount."""
    if owed.is_empty() or paid.is_empty():
        return spread.no_shares()
    sums = [side.drop_nulls(by).group_by(by).agg(pl.col("open").sum()) for side in (owed, paid)]
    equal = sums[0].join(sums[1], on=[*by, "open"], how="semi").select(by)
    if equal.is_empty():
        return spread.no_shares()
    return spread.oldest_first(
        owed.join(equal, on=by, how="semi", maintain_order="left"),
        paid.join(equal, on=by, how="semi", maintain_order="left"),
        by,
    )


def _dated_by_letter(
    shares: pl.DataFrame, owed: pl.DataFrame, paid: pl.DataFrame, groups: pl.DataFrame
) -> pl.DataFrame:
    """Date shares at the latest entry of the credit's group, never before either side."""
    effects = groups.select("group", "latest_on", "lettered_on")
    return (
        shares.join(owed.select("item", "entry_on"), left_on="claim", right_on="item", how="left")
        .join(
            paid.select("item", "group", "letter", received_on="entry_on"),
            left_on="credit",
            right_on="item",
            how="left",
        )
        .join(effects, on="group", how="left")
        .with_columns(
            effective_on=pl.max_horizontal("latest_on", "entry_on", "received_on"),
            origin=pl.lit("letter"),
        )
        .select(list(ALLOCATED))
    )


def _dated_by_entry(shares: pl.DataFrame, owed: pl.DataFrame, paid: pl.DataFrame) -> pl.DataFrame:
    """Date shares at the later of both entries."""
    return (
        shares.join(owed.select("item", "entry_on"), left_on="claim", right_on="item", how="left")
        .join(
            paid.select("item", received_on="entry_on"),
            left_on="credit",
            right_on="item",
            how="left",
        )
        .with_columns(
            effective_on=pl.max_horizontal("entry_on", "received_on"),
            letter=pl.lit(None, dtype=pl.String),
            lettered_on=pl.lit(None, dtype=pl.Date),
            origin=pl.lit("reference"),
        )
        .select(list(ALLOCATED))
    )


def proposals(owed: pl.DataFrame, paid: pl.DataFrame, docs: pl.DataFrame) -> pl.DataFrame:
    """Propose the numbers that a credit's label quotes, then amounts that only one pair has."""
    quoted = _quoted(owed, paid, docs)
    owed, paid = spread.less(owed, "claim", quoted), spread.less(paid, "credit", quoted)
    alone = _only_amount(owed, paid)
    return pl.concat(
        [
            quoted.with_columns(reason=pl.lit("numéro cité dans le libellé")),
            alone.with_columns(reason=pl.lit("seul montant identique")),
        ]
    )


def _quoted(owed: pl.DataFrame, paid: pl.DataFrame, docs: pl.DataFrame) -> pl.DataFrame:
    numbered = owed.drop_nulls("ref").select("customer", "ref", claim="item", owed="open")
    said = paid.join(docs.select("doc", "label"), on="doc", how="left").select(
        "customer",
        credit="item",
        paid="open",
        ref=pl.col("label").str.to_uppercase().str.extract_all(_TOKENS),
    )
    tokens = said.explode("ref").drop_nulls("ref").with_columns(ref=reference(pl.col("ref")))
    return (
        tokens.join(numbered, on=["customer", "ref"])
        .sort("claim", "credit")
        .unique("credit", keep="first", maintain_order=True)
        .unique("claim", keep="first", maintain_order=True)
        .select("claim", "credit", amount=pl.min_horizontal("owed", "paid"))
        .select(list(spread.SHARES))
    )


def _only_amount(owed: pl.DataFrame, paid: pl.DataFrame) -> pl.DataFrame:
    keys = ["customer", "open"]
    alone = [
        items.filter(pl.len().over(keys) == 1).select("item", "entry_on", *keys)
        for items in (owed, paid)
    ]
    return (
        alone[0]
        .join(alone[1].rename({"item": "credit", "entry_on": "received_on"}), on=keys)
        .filter(pl.col("received_on") >= pl.col("entry_on").dt.offset_by(f"-{_EARLY_DAYS}d"))
        .select("credit", claim="item", amount="open")
        .select(list(spread.SHARES))
    )
