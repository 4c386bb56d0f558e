"""Join a year to the one before: opening lines are documents that the ledger already has.

Each opening line is sought among what was open on the eve; a lump stands for all that no line
matched. Letters on opening lines then settle the real claims, and nothing is there twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import polars as pl

from encours.imports.rules import spread
from encours.imports.rules.derived import (
    ALLOCATIONS,
    CLAIMS,
    CREDITS,
    INSTALMENTS,
    Documents,
)
from encours.imports.rules.numbers import reference
from encours.kernel.issue import Issue
from encours.kernel.money import french_text

EXISTING: Final[dict[str, Any]] = {
    "key": pl.String,
    "position": pl.UInt32,
    "customer_code": pl.String,
    "number": pl.String,
    "issued_on": pl.Date,
    "open_cents": pl.Int64,
}
DIFFERENCES: Final[dict[str, Any]] = {
    "customer_code": pl.String,
    "file_cents": pl.Int64,
    "ledger_cents": pl.Int64,
}
_NUMBERED: Final = ["customer_code", "ref"]
_UNNUMBERED: Final = (["customer_code", "issued_on"], ["customer_code"])
_ROW: Final = ["credit_key", "claim_key", "position", "customer_code"]


@dataclass(frozen=True, slots=True)
class Existing:
    """What was open on the eve of the year: due lines and unallocated credits (`EXISTING`).

    `position` is the due line's; 0 for credits. Keys are those of the ledger.
    """

    claims: pl.DataFrame
    credits: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Continued:
    """Documents without the opening lines already known; where both balances differ, and why."""

    documents: Documents
    differences: pl.DataFrame
    issues: tuple[Issue, ...]


def continue_from(documents: Documents, existing: Existing, *, on: date | None) -> Continued:
    """Map opening lines to what the ledger has, customer by customer; `on` dates a difference.

    Customers of whom the ledger knows nothing keep their opening lines as documents. Where the
    two balances differ, one document makes up the difference, so that the control still holds.
    """
    known = pl.concat([existing.claims, existing.credits]).select("customer_code").unique()
    claims = documents.claims.filter("is_opening").join(known, on="customer_code", how="semi")
    credits_ = documents.credits.filter("is_opening").join(known, on="customer_code", how="semi")
    owed = _matched(_claim_items(claims, documents.instalments), _items(existing.claims))
    paid = _matched(_credit_items(credits_), _items(existing.credits))
    rest = _rest(owed, paid)
    made_up = _MadeUp.of(rest, on)
    lumps = rest.filter("is_lump").select("customer_code")
    gone_claims, gone_credits = owed.gone(lumps, ["key"]), paid.gone(lumps, ["key"])
    return Continued(
        documents=Documents(
            claims=pl.concat(
                [_less(documents.claims, gone_claims, "key"), made_up.documents("D", CLAIMS)]
            ),
            instalments=pl.concat(
                [_less(documents.instalments, gone_claims, "claim_key"), made_up.instalments()]
            ),
            credits=pl.concat(
                [_less(documents.credits, gone_credits, "key"), made_up.documents("C", CREDITS)]
            ),
            allocations=_allocations(documents.allocations, owed, paid, made_up, lumps),
            proposals=_mapped(documents.proposals, owed, paid, lumps),
            reclassifications=_mapped_states(documents.reclassifications, owed, lumps),
        ),
        differences=rest.filter(pl.col("file") != pl.col("ledger")).select(
            "customer_code", file_cents="file", ledger_cents="ledger"
        ),
        issues=tuple(_issues(rest)),
    )


@dataclass(frozen=True, slots=True)
class _Side:
    """One side matched: pairs (key, position → to_key, to_position), and what is left of each."""

    pairs: pl.DataFrame
    file: pl.DataFrame
    ledger: pl.DataFrame

    def gone(self, lumps: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
        """Return what the file must not bring again: matched, or part of a lump."""
        lump = self.file.join(lumps, on="customer_code", how="semi")
        return pl.concat([self.pairs.select(keys), lump.select(keys)]).unique()


def _claim_items(claims: pl.DataFrame, instalments: pl.DataFrame) -> pl.DataFrame:
    named = claims.select("customer_code", "number", "issued_on", claim_key="key")
    lines = instalments.join(named, on="claim_key")
    return _items(lines.rename({"claim_key": "key", "amount_cents": "open_cents"}))


def _credit_items(credits_: pl.DataFrame) -> pl.DataFrame:
    renamed = credits_.rename({"received_on": "issued_on", "amount_cents": "open_cents"})
    return _items(renamed.with_columns(position=pl.lit(0)))


def _items(lines: pl.DataFrame) -> pl.DataFrame:
    """Return lines as items to match, oldest first."""
    return (
        lines.select(
            "key",
            pl.col("position").cast(pl.UInt32),
            "customer_code",
            "issued_on",
            ref=pl.when(pl.col("number") != "").then(reference(pl.col("number"))),
            open="open_cents",
        )
        .sort("customer_code", "issued_on", "key", "position")
        .with_row_index("item")
    )


def _matched(file: pl.DataFrame, ledger: pl.DataFrame) -> _Side:
    """Match one to one by amount: of the same number, of the same date, then the oldest first.

    A number that both sides have is sought nowhere else: another document may owe as much.
    """
    on_both = file.select(_NUMBERED).join(ledger, on=_NUMBERED, how="semi").unique()
    found: list[pl.DataFrame] = []
    left, right = file, ledger
    for by in (_NUMBERED, *_UNNUMBERED):
        if by != _NUMBERED:
            left, right = (side.join(on_both, on=_NUMBERED, how="anti") for side in (left, right))
        pairs = spread.equal_pairs(left.sort("item"), right.sort("item"), by)
        found.append(pairs)
        left = left.join(pairs, left_on="item", right_on="claim", how="anti")
        right = right.join(pairs, left_on="item", right_on="credit", how="anti")
    matched = pl.concat(found)
    pairs = (
        matched.join(file.select("key", "position", claim="item"), on="claim")
        .join(ledger.select(to_key="key", to_position="position", credit="item"), on="credit")
        .select("key", "position", "to_key", "to_position")
    )
    return _Side(
        pairs,
        file.join(matched, left_on="item", right_on="claim", how="anti", maintain_order="left"),
        ledger.join(matched, left_on="item", right_on="credit", how="anti", maintain_order="left"),
    )


def _rest(owed: _Side, paid: _Side) -> pl.DataFrame:
    """Add up what no line matched: file, ledger (cents), is_lump where the ledger has some."""
    signed = [
        side.select("customer_code", pl.lit(where).alias("where"), open=pl.col("open") * sign)
        for both, sign in ((owed, 1), (paid, -1))
        for where, side in (("file", both.file), ("ledger", both.ledger))
    ]
    in_file, in_ledger = pl.col("where") == "file", pl.col("where") == "ledger"
    return (
        pl.concat(signed)
        .group_by("customer_code")
        .agg(
            file=pl.col("open").filter(in_file).sum(),
            ledger=pl.col("open").filter(in_ledger).sum(),
            is_lump=in_ledger.any(),
        )
        .sort("customer_code")
    )


@dataclass(frozen=True, slots=True)
class _MadeUp:
    """Documents that make up a difference: customer_code, difference (cents, of its own sign)."""

    differences: pl.DataFrame
    on: date | None

    @classmethod
    def of(cls, rest: pl.DataFrame, on: date | None) -> _MadeUp:
        """Take the customers whose unmatched lines do not add up to the same."""
        lumps = rest.filter("is_lump").with_columns(difference=pl.col("file") - pl.col("ledger"))
        return cls(lumps.filter(pl.col("difference") != 0), on)

    def side(self, prefix: str) -> pl.DataFrame:
        """Return those of one side as items: key, position, customer_code, open."""
        sign = 1 if prefix == "D" else -1
        return self.differences.filter(pl.col("difference") * sign > 0).select(
            key=pl.format("{}|{}|ecart|{}", pl.lit(prefix), "customer_code", pl.lit(self._day())),
            position=pl.lit(0, dtype=pl.UInt32),
            customer_code="customer_code",
            open=pl.col("difference") * sign,
        )

    def documents(self, prefix: str, schema: dict[str, Any]) -> pl.DataFrame:
        """Return those of one side as documents of kind opening."""
        day = pl.lit(self.on, dtype=pl.Date)
        made = self.side(prefix).with_columns(
            kind=pl.lit("opening"),
            number=pl.lit(""),
            issued_on=day,
            received_on=day,
            entry_on=day,
            amount_cents="open",
            label=pl.lit("Écart d'à-nouveaux"),
            line=pl.lit(0),
            is_opening=pl.lit(value=True),
        )
        return made.select(
            (pl.col(name) if name in made.columns else pl.lit(None)).cast(dtype).alias(name)
            for name, dtype in schema.items()
        )

    def instalments(self) -> pl.DataFrame:
        """Return the due lines of those that are claims."""
        return (
            self.side("D")
            .select(
                claim_key="key",
                position="position",
                due_on=pl.lit(None, dtype=pl.Date),
                due_source=pl.lit(None, dtype=pl.String),
                amount_cents="open",
                state=pl.lit("ordinary"),
            )
            .select(list(INSTALMENTS))
        )

    def _day(self) -> str:
        return f"{self.on:%Y%m%d}" if self.on else ""


def _less(frame: pl.DataFrame, gone: pl.DataFrame, on: str) -> pl.DataFrame:
    return frame.join(gone, left_on=on, right_on="key", how="anti", maintain_order="left")


def _with_targets(
    rows: pl.DataFrame, owed: _Side, paid: _Side, lumps: pl.DataFrame
) -> pl.DataFrame:
    """Give matched lines the keys of the ledger; say which rows touch a lump, on which side."""
    lump_claims, lump_credits = (
        side.file.join(lumps, on="customer_code", how="semi").select("key").unique()
        for side in (owed, paid)
    )
    return (
        rows.join(
            owed.pairs.rename({"key": "claim_key"}),
            on=["claim_key", "position"],
            how="left",
            maintain_order="left",
        )
        .join(
            paid.pairs.select(credit_key="key", to_credit="to_key"),
            on="credit_key",
            how="left",
            maintain_order="left",
        )
        .with_columns(
            from_lump=pl.col("credit_key").is_in(lump_credits["key"].implode()),
            on_lump=pl.col("claim_key").is_in(lump_claims["key"].implode())
            & pl.col("to_key").is_null(),
            credit_key=pl.coalesce("to_credit", "credit_key"),
            claim_key=pl.coalesce("to_key", "claim_key"),
            position=pl.coalesce("to_position", "position"),
        )
        .select(*rows.columns, "from_lump", "on_lump")
    )


def _allocations(
    allocations: pl.DataFrame, owed: _Side, paid: _Side, made_up: _MadeUp, lumps: pl.DataFrame
) -> pl.DataFrame:
    """Map allocations; what was set on a lump is spread over what the ledger had.

    First on the document of the same number, then oldest first.
    """
    rows = _with_targets(allocations, owed, paid, lumps)
    plain = rows.filter(~pl.col("from_lump") & ~pl.col("on_lump"))
    on_claims = _spread_rows(
        rows.filter(~pl.col("from_lump") & pl.col("on_lump")), owed, made_up.side("D"), "D"
    )
    from_credits = _spread_rows(
        rows.filter(pl.col("from_lump") & ~pl.col("on_lump")), paid, made_up.side("C"), "C"
    )
    columns = list(ALLOCATIONS)
    same = [name for name in columns if name != "amount_cents"]
    return (
        pl.concat([plain.select(columns), on_claims, from_credits])
        .group_by(same, maintain_order=True)
        .agg(pl.col("amount_cents").sum())
        .select(columns)
        .sort(_ROW)
    )


def _spread_rows(
    rows: pl.DataFrame, matched: _Side, made_up: pl.DataFrame, side: str
) -> pl.DataFrame:
    """Set rows against the ledger's own lines: of the same number, then equal, then the oldest."""
    names = ["key", "position", "customer_code", "ref", "open"]
    made_up = made_up.with_columns(ref=pl.lit(None, dtype=pl.String))
    targets = pl.concat([matched.ledger.select(names), made_up.select(names)])
    targets = targets.with_row_index("item")
    own = ["claim_key", "position"] if side == "D" else ["credit_key"]
    refs = matched.file.rename({"key": own[0]}).select(*own, "ref").unique(own)
    rows = rows.sort("effective_on", *_ROW).with_row_index("item")
    offers = rows.join(refs, on=own, how="left", maintain_order="left").select(
        "item", "customer_code", "ref", open="amount_cents"
    )
    claims, credits_ = (targets, offers) if side == "D" else (offers, targets)
    found: list[pl.DataFrame] = []
    for by in (_NUMBERED, ["customer_code"]):
        for take in (spread.equal_pairs, spread.oldest_first):
            taken = take(claims, credits_, by)
            found.append(taken)
            claims = spread.less(claims, "claim", taken)
            credits_ = spread.less(credits_, "credit", taken)
    shares = pl.concat(found)
    target, row = ("claim", "credit") if side == "D" else ("credit", "claim")
    placed = shares.join(rows, left_on=row, right_on="item").join(
        targets.select("item", "key", to_position="position"), left_on=target, right_on="item"
    )
    if side == "D":
        placed = placed.with_columns(claim_key="key", position="to_position")
    else:
        placed = placed.with_columns(credit_key="key")
    return placed.with_columns(amount_cents="amount").select(list(ALLOCATIONS))


def _mapped(proposals: pl.DataFrame, owed: _Side, paid: _Side, lumps: pl.DataFrame) -> pl.DataFrame:
    rows = _with_targets(proposals, owed, paid, lumps)
    return rows.filter(~pl.col("from_lump") & ~pl.col("on_lump")).select(proposals.columns)


def _mapped_states(states: pl.DataFrame, owed: _Side, lumps: pl.DataFrame) -> pl.DataFrame:
    """Keep the states of matched lines, under the ledger's keys; a lump's state says nothing."""
    lump = owed.file.join(lumps, on="customer_code", how="semi").select("key", "position")
    on = ["claim_key", "position"]
    return (
        states.join(lump.rename({"key": "claim_key"}), on=on, how="anti", maintain_order="left")
        .join(owed.pairs.rename({"key": "claim_key"}), on=on, how="left", maintain_order="left")
        .with_columns(
            claim_key=pl.coalesce("to_key", "claim_key"),
            position=pl.coalesce("to_position", "position"),
        )
        .select(states.columns)
    )


def _issues(rest: pl.DataFrame) -> Iterator[Issue]:
    """Yield a warning for each customer whose opening balance is not the ledger's."""
    for row in rest.filter(pl.col("file") != pl.col("ledger")).iter_rows(named=True):
        yield Issue(
            code="opening_differs",
            message=f"Les à-nouveaux du client {row['customer_code']} ne sont pas ce qui restait "
            "ouvert : l'écart est porté par une ligne à part.",
            column="CompAuxNum",
            found=french_text(row["file"]),
            expected=french_text(row["ledger"]),
            severity="warning",
        )
