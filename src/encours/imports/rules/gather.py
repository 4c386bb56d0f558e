"""Fold typed lines, block after block, into the bounded `Ledger` that rules work on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Final

import polars as pl

from encours.imports.rules.findings import Findings
from encours.imports.rules.ledger import (
    CUSTOMER_ROOTS,
    FAMILIES,
    LINES,
    PARTIES,
    PARTS,
    Layout,
    Ledger,
    Totals,
)

_PARTY: Final = ["account", "account_label", "aux", "aux_label"]
_ENTRY: Final = ["journal", "entry_number", "entry_on"]
_PART: Final = [*_ENTRY, "piece"]
_DOUBT: Final = ("658", "758", "768", "668", "666", "766")


def family(account: pl.Expr) -> pl.Expr:
    """Return the family of an account of the plan comptable général, null for the others.

    51, 53, 54 and 58 are money; 70 sales; other products of class 7 are income; 4457 and 4458
    VAT; 665 and 709 discounts (709 stays a sale, negative); 654 and 6714 losses on debts.
    """
    two, three = account.str.slice(0, 2), account.str.slice(0, 3)
    return (
        pl.when(three.is_in(CUSTOMER_ROOTS))
        .then(pl.lit("customer"))
        .when(two == "70")
        .then(pl.lit("sale"))
        .when(three.is_in(_DOUBT))
        .then(pl.lit("rounding"))
        .when(account.str.slice(0, 4).is_in(["4457", "4458"]))
        .then(pl.lit("vat"))
        .when(two.is_in(["51", "53", "54", "58"]))
        .then(pl.lit("cash"))
        .when(three == "665")
        .then(pl.lit("discount"))
        .when((three == "654") | (account.str.slice(0, 4) == "6714"))
        .then(pl.lit("loss"))
        .when((account.str.slice(0, 1) == "7") & ~two.is_in(["78"]))
        .then(pl.lit("income"))
    )


def _is_family(name: str) -> pl.Expr:
    """Say which lines add up under a name of `FAMILIES`."""
    if name == "cash_in":
        return (pl.col("family") == "cash") & (pl.col("amount") > 0)
    if name == "cash_out":
        return (pl.col("family") == "cash") & (pl.col("amount") < 0)
    return pl.col("family") == name


class Gathering:
    """Take blocks of typed lines in file order, then `finish`."""

    def __init__(self) -> None:
        """Start with an empty ledger."""
        self._lines: list[pl.DataFrame] = []
        self._parts: list[pl.DataFrame] = []
        self._entries: list[pl.Series] = []
        self._journals: list[pl.DataFrame] = []
        self._families = pl.DataFrame(schema={"account": pl.String, "family": pl.String})
        self._parties = pl.DataFrame(schema=PARTIES)
        self._names = pl.DataFrame(schema={"named": pl.UInt64, "party": pl.UInt32})
        self._totals = Totals()
        self._runs = 0

    def take(self, block: pl.DataFrame) -> None:
        """Fold one block; its columns are `TYPED_LINES`."""
        if block.is_empty():
            return
        self._count(block)
        self._learn_accounts(block)
        runs = self._with_runs(block)
        self._keep_parts(runs)
        self._keep_lines(runs)

    def _count(self, block: pl.DataFrame) -> None:
        """Add a block to the totals, and note its journals."""
        debit, credit, first, last = block.select(
            pl.col("debit").sum(),
            pl.col("credit").sum(),
            pl.col("entry_on").min().alias("first"),
            pl.col("entry_on").max().alias("last"),
        ).row(0)
        had = self._totals
        self._totals = replace(
            had,
            lines=had.lines + len(block),
            debit_cents=had.debit_cents + debit,
            credit_cents=had.credit_cents + credit,
            first_on=_earlier(had.first_on, first),
            last_on=_later(had.last_on, last),
        )
        self._journals.append(block.select("journal", "journal_label").unique())

    def _learn_accounts(self, block: pl.DataFrame) -> None:
        """Keep the family of each account met for the first time."""
        new = (
            block.select("account")
            .unique(maintain_order=True)
            .join(self._families, on="account", how="anti")
            .with_columns(family=family(pl.col("account")))
        )
        if len(new):
            self._families = pl.concat([self._families, new])

    def _with_runs(self, block: pl.DataFrame) -> pl.DataFrame:
        """Add `part`, one for neighbouring lines of one entry and piece, and the families."""
        changes = pl.any_horizontal(pl.col(name).ne_missing(pl.col(name).shift()) for name in _PART)
        numbered = block.with_columns(
            part=(changes.cum_sum() + self._runs).cast(pl.UInt32),
            amount=pl.col("debit") - pl.col("credit"),
        ).join(self._families, on="account", how="left", maintain_order="left")
        self._runs = int(numbered["part"][-1]) + 1
        return numbered

    def _keep_parts(self, runs: pl.DataFrame) -> None:
        """Sum each run; keep those that say something of a customer, a sale or a difference.

        Lines of a run are neighbours: its sum is the difference of two running sums.
        """
        is_last = pl.col("part").ne_missing(pl.col("part").shift(-1))
        is_first = pl.col("part").ne_missing(pl.col("part").shift())
        amount = pl.col("amount")
        sums = {
            "net": amount,
            **{name: pl.when(_is_family(name)).then(amount).otherwise(0) for name in FAMILIES},
            "customers": pl.col("family").eq_missing("customer").cast(pl.Int64),
            "bads": pl.col("bad").cast(pl.Int64),
        }
        parts = (
            runs.lazy()
            .select(
                "part",
                *_PART,
                *(value.cum_sum().alias(name) for name, value in sums.items()),
                is_last=is_last,
            )
            .filter("is_last")
            .with_columns(pl.col(name) - pl.col(name).shift(fill_value=0) for name in sums)
            .with_columns(has_customer=pl.col("customers") > 0, bad=pl.col("bads") > 0)
            .collect()
        )
        parts = parts.with_columns(runs.filter(is_first)["line"].alias("first_line"))
        self._entries.append(parts.select(pl.struct(_ENTRY).hash()).to_series().unique())
        telling = pl.col("has_customer") | pl.col("bad") | (pl.col("sale") != 0)
        kept = parts.filter(telling | (pl.col("net") != 0))
        self._parts.append(_compact(kept.select(list(PARTS))))

    def _keep_lines(self, runs: pl.DataFrame) -> None:
        """Keep the customer lines whole, their account and name as a number."""
        mine = runs.filter(pl.col("family") == "customer").with_columns(
            named=pl.struct(_PARTY).hash()
        )
        if mine.is_empty():
            return
        new = (
            mine.select("named", *_PARTY)
            .unique("named", keep="first", maintain_order=True)
            .join(self._names, on="named", how="anti", maintain_order="left")
            .with_row_index("party", len(self._parties))
        )
        if len(new):
            self._parties = pl.concat([self._parties, new.select(list(PARTIES))])
            self._names = pl.concat([self._names, new.select("named", "party")])
        known = mine.join(self._names, on="named", how="left", maintain_order="left")
        self._lines.append(_compact(known.select(list(LINES))))

    def finish(self, layout: Layout, findings: Findings) -> Ledger:
        """Return the ledger of everything taken."""
        entries = pl.concat(self._entries).n_unique() if self._entries else 0
        return Ledger(
            lines=_whole(self._lines, LINES),
            parts=_whole(self._parts, PARTS),
            parties=self._parties,
            journals=_whole(
                self._journals, {"journal": pl.String, "journal_label": pl.String}
            ).unique(maintain_order=True),
            accounts=self._families.select("account"),
            totals=replace(self._totals, entries=entries),
            layout=layout,
            issues=findings.sealed(),
        )


def _compact(kept: pl.DataFrame) -> pl.DataFrame:
    """Copy the texts that were kept, or they would hold the whole block they came from."""
    return kept.with_columns(
        pl.concat_str(name, pl.lit("")).alias(name)
        for name, dtype in kept.schema.items()
        if dtype == pl.String
    )


def _whole(blocks: list[pl.DataFrame], schema: dict[str, object]) -> pl.DataFrame:
    """Join blocks, and let go of them."""
    whole = pl.concat(blocks) if blocks else pl.DataFrame(schema=schema)  # type: ignore[arg-type]
    blocks.clear()
    return whole


def _earlier(one: date | None, other: date | None) -> date | None:
    """Return the earlier of two days, either of which may be missing."""
    return min((day for day in (one, other) if day), default=None)


def _later(one: date | None, other: date | None) -> date | None:
    """Return the later of two days, either of which may be missing."""
    return max((day for day in (one, other) if day), default=None)
