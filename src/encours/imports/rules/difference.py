"""What an export changes in a ledger: rows to write, rows to withdraw, rows that stay.

Pure: frames in, frames out. A live row is matched by its key; one that says the same stays, one
that says otherwise is withdrawn and replaced, one of the export's own period that the export no
longer has is withdrawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

SAME_PAIR: Final = ("credit_id", "instalment_id", "amount_cents")
SAME_SHARE: Final = ("credit_id", "instalment_id", "amount_cents", "effective_on", "letter")


@dataclass(frozen=True, slots=True)
class Documents:
    """Documents of one side: `fresh` rows have no id yet; `kept` rows have the live one.

    `fresh.replaces` is the id of the live row whose place is taken, null for a new document.
    """

    fresh: pl.DataFrame
    kept: pl.DataFrame
    withdrawn: pl.Series


@dataclass(frozen=True, slots=True)
class Lines:
    """Due lines: `fresh` to write (`lineage_id` null when new), `kept`, and ids withdrawn."""

    fresh: pl.DataFrame
    kept: pl.DataFrame
    withdrawn: pl.Series


@dataclass(frozen=True, slots=True)
class Shares:
    """Allocations: `fresh` to write, ids withdrawn."""

    fresh: pl.DataFrame
    withdrawn: pl.Series


def documents(
    exported: pl.DataFrame, live: pl.DataFrame, *, day: str, first_on: date, last_on: date
) -> Documents:
    """Compare documents by key; `day` names the date column (issued_on or received_on)."""
    known = live.select(
        "key",
        replaces="id",
        was_customer="customer_id",
        was_amount="amount_cents",
        was_on="issued_on",
    )
    rows = exported.join(known, on="key", how="left", maintain_order="left")
    same = (
        (pl.col("was_customer") == pl.col("customer_id"))
        & (pl.col("was_amount") == pl.col("amount_cents"))
        & (pl.col("was_on") == pl.col(day))
    ).fill_null(value=False)
    seen = ("was_customer", "was_amount", "was_on")
    fresh = rows.filter(~same).drop(seen)
    gone = live.join(exported.select("key"), on="key", how="anti").filter(
        pl.col("entry_on").is_between(first_on, last_on)
    )
    return Documents(
        fresh=fresh,
        kept=rows.filter(same).drop(seen).rename({"replaces": "id"}),
        withdrawn=pl.concat([gone["id"], fresh["replaces"].drop_nulls()]),
    )


def as_read(exported: pl.DataFrame, live: pl.DataFrame) -> pl.DataFrame:
    """Return the exported lines, those that a document said standing in for computed ones.

    An export that says no due date of a claim, in one line, does not undo what its electronic
    invoice said, while the amount is the same.
    """
    by_claim = ["claim_key"]
    said = (
        live.group_by(by_claim)
        .agg(pl.col("amount_cents").sum(), is_read=(pl.col("due_source") == "read").all())
        .filter("is_read")
        .drop("is_read")
    )
    silent = (
        exported.group_by(by_claim)
        .agg(
            pl.col("amount_cents").sum(),
            silent=pl.col("is_computed").all() & ~pl.col("invoice_is_fresh").any(),
            parts=pl.col("exported_position").n_unique(),
        )
        .filter(pl.col("silent") & (pl.col("parts") == 1))
    )
    standing = silent.join(said, on=[*by_claim, "amount_cents"], how="semi").select(by_claim)
    if standing.is_empty():
        return exported
    own = ["claim_key", "position", "due_on", "amount_cents"]
    heads = exported.unique(by_claim, keep="first", maintain_order=True).drop(own[1:])
    kept = (
        live.join(standing, on=by_claim, how="semi")
        .sort("claim_key", "due_on", "position")
        .select(own)
        .join(heads, on=by_claim, how="left", maintain_order="left")
        .with_columns(
            due_source=pl.lit("read"),
            is_computed=pl.lit(value=False),
            from_cents=pl.col("amount_cents").cum_sum().over("claim_key") - pl.col("amount_cents"),
        )
    )
    others = exported.join(standing, on=by_claim, how="anti", maintain_order="left")
    return pl.concat([others, kept.select(others.columns)])


def lines(exported: pl.DataFrame, live: pl.DataFrame, gone_invoices: pl.Series) -> Lines:
    """Compare due lines by claim and position.

    `exported`: claim_key, position, due_on, due_source (null: computed from terms, which a live
    line has already been), amount_cents, invoice_id, invoice_is_fresh.
    """
    known = live.select(
        "claim_key",
        "position",
        was_id="id",
        was_lineage="lineage_id",
        was_due="due_on",
        was_amount="amount_cents",
    )
    rows = exported.join(known, on=["claim_key", "position"], how="left", maintain_order="left")
    same = (
        ~pl.col("invoice_is_fresh")
        & (pl.col("was_amount") == pl.col("amount_cents"))
        & ((pl.col("was_due") == pl.col("due_on")) | pl.col("is_computed"))
    ).fill_null(value=False)
    fresh = rows.filter(~same).with_columns(lineage_id="was_lineage")
    kept = rows.filter(same).with_columns(id="was_id", due_on="was_due")
    spoken = exported.select("claim_key").unique()
    orphans = (
        live.join(spoken, on="claim_key", how="semi")
        .join(exported, on=["claim_key", "position"], how="anti")
        .get_column("id")
    )
    of_gone = live.filter(pl.col("invoice_id").is_in(gone_invoices.implode()))["id"]
    withdrawn = pl.concat([fresh["was_id"].drop_nulls(), orphans, of_gone]).unique()
    return Lines(fresh=fresh, kept=kept, withdrawn=withdrawn)


def shares(
    exported: pl.DataFrame,
    live: pl.DataFrame,
    *,
    gone_lines: pl.Series,
    gone_credits: pl.Series,
    first_on: date,
    last_on: date,
) -> Shares:
    """Compare allocations; an export says all of those that took effect in its period.

    `exported`: SAME_SHARE and what else is to be written. `live`: id, SAME_SHARE, from_export.
    What was settled before the period stays settled then, whatever day the export gives it.
    """
    lost = pl.col("instalment_id").is_in(gone_lines.implode()) | pl.col("credit_id").is_in(
        gone_credits.implode()
    )
    spoken = pl.col("effective_on").is_between(first_on, last_on)
    orphaned = live.filter(lost)
    alive = live.filter(~lost)
    unsaid = alive.filter(pl.col("from_export") & spoken).join(exported, on=SAME_SHARE, how="anti")
    earlier = alive.filter(pl.col("effective_on") < first_on)
    fresh = exported.join(
        alive.filter("from_export"), on=SAME_SHARE, how="anti", maintain_order="left"
    ).join(earlier, on=SAME_PAIR, how="anti", maintain_order="left")
    return Shares(fresh=fresh, withdrawn=pl.concat([orphaned["id"], unsaid["id"]]).unique())


def crowded_out(
    live: pl.DataFrame, fresh: pl.DataFrame, *, by: str, amounts: pl.DataFrame
) -> pl.Series:
    """Return the live allocations to withdraw where, with the fresh ones, there would be too much.

    `amounts`: id and amount_cents of the lines or credits named by `by`; what a person or the law
    set goes before what the export says.
    """
    new = fresh.group_by(by).agg(fresh_cents=pl.col("amount_cents").sum())
    old = live.group_by(by).agg(live_cents=pl.col("amount_cents").sum())
    tight = (
        new.join(old, on=by)
        .join(amounts.select(pl.col("id").alias(by), limit="amount_cents"), on=by)
        .filter(pl.col("fresh_cents") + pl.col("live_cents") > pl.col("limit"))
    )
    return live.join(tight.select(by), on=by, how="semi")["id"]
