"""Entries of a ledger: which parts belong together, and which do not balance.

An entry is a journal, a number and a date. Some software numbers one operation alike in two
journals, lets an entry run over two days, or balances only by day: what does not balance alone
is sought in wider scopes before it is called wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from encours.imports.rules.ledger import FAMILIES
from encours.kernel.issue import Issue, Severity
from encours.kernel.money import french_text

_ENTRY: Final = ["journal", "entry_number", "entry_on"]
_SCOPES: Final[tuple[tuple[list[str], str], ...]] = (
    (["journal", "entry_number"], "avec les lignes de même numéro à d'autres dates"),
    (["entry_number", "entry_on"], "avec les lignes de même numéro d'un autre journal"),
    (["journal", "entry_on"], "avec la journée du journal"),
    (["entry_on"], "avec la journée"),
)


@dataclass(frozen=True, slots=True)
class Entries:
    """Parts with their `entry` and `scope`, bad ones apart, and what was found."""

    parts: pl.DataFrame
    dropped: pl.DataFrame
    issues: tuple[Issue, ...]


def entries_of(parts: pl.DataFrame) -> Entries:
    """Find each entry, the scope in which it balances, and set the bad ones apart.

    `dropped` has the parts of entries that cannot be taken: unreadable, or unbalanced in a file
    that does not balance either.
    """
    numbered = parts.with_columns(entry=_numbered(parts))
    if parts.select((pl.col("net") == 0).all() & ~pl.col("bad").any()).item():
        return Entries(numbered.with_columns(scope="entry"), _none(numbered), ())
    sums = numbered.group_by("entry", maintain_order=True).agg(
        pl.col("net").sum(), pl.col("bad").any()
    )
    odd = sums.filter((pl.col("net") != 0) | pl.col("bad"))
    named = (
        numbered.select("entry", *_ENTRY, "first_line")
        .join(odd.select("entry"), on="entry", how="semi")
        .group_by("entry")
        .agg(*(pl.col(name).first() for name in _ENTRY), pl.col("first_line").min())
    )
    scoped = _scoped(odd.join(named, on="entry", maintain_order="left"))
    issues = tuple(_issues(scoped.filter(pl.col("found") != "")))
    scope = (
        numbered.select("entry")
        .join(scoped.select("entry", "scope"), on="entry", how="left", maintain_order="left")
        .select(pl.coalesce("scope", "entry"))
        .to_series()
    )
    whole = numbered.with_columns(scope=scope)
    bad = scoped.filter(pl.col("bad")).select("scope").unique()
    if bad.is_empty():
        return Entries(whole, _none(whole), issues)
    return Entries(
        parts=whole.join(bad, on="scope", how="anti", maintain_order="left"),
        dropped=whole.join(bad, on="scope", how="semi", maintain_order="left"),
        issues=issues,
    )


def _none(parts: pl.DataFrame) -> pl.DataFrame:
    """Return no part, with a scope."""
    return parts.clear().with_columns(scope="entry")


def _numbered(parts: pl.DataFrame) -> pl.Series:
    """Return the number of each part's entry; neighbours first, as entries rarely scatter."""
    changes = pl.any_horizontal(pl.col(name).ne_missing(pl.col(name).shift()) for name in _ENTRY)
    starts = parts.select(changes.fill_null(value=True)).to_series()
    entry = starts.cum_sum().cast(pl.UInt32).alias("entry")
    firsts = parts.filter(starts).select(same=pl.struct(_ENTRY).hash())
    if firsts["same"].n_unique() == len(firsts):
        return entry
    merged = firsts.with_row_index("entry", 1).select(
        "entry", first=pl.col("entry").min().over("same")
    )
    return entry.to_frame().join(merged, on="entry", how="left", maintain_order="left")["first"]


def _scoped(entries: pl.DataFrame) -> pl.DataFrame:
    """Widen the scope of unbalanced entries until each balances; what never does is bad."""
    uneven = (pl.col("net") != 0) & ~pl.col("bad")
    left = entries.filter(uneven)
    file_balances = left["net"].sum() == 0
    done = [entries.filter(~uneven).with_columns(_found("", "entry"))]
    for keys, found in _SCOPES:
        grouped = left.with_columns(
            total=pl.col("net").sum().over(keys), scope=pl.col("entry").min().over(keys)
        )
        settled = grouped.filter(pl.col("total") == 0)
        done.append(settled.with_columns(found=pl.lit(found)).drop("total"))
        left = left.join(settled.select("entry"), on="entry", how="anti", maintain_order="left")
    last = "avec le fichier entier" if file_balances else "nulle part"
    done.append(
        left.with_columns(_found(last, "entry")).with_columns(bad=pl.lit(not file_balances))
    )
    columns = [*entries.columns, "scope", "found"]
    return pl.concat(frame.select(columns) for frame in done)


def _found(said: str, scope: str) -> list[pl.Expr]:
    return [pl.lit(said).alias("found"), pl.col(scope).alias("scope")]


def _issues(unbalanced: pl.DataFrame) -> Iterator[Issue]:
    """Yield one issue per unbalanced entry, with its difference."""
    for entry in unbalanced.sort("first_line").iter_rows(named=True):
        severity: Severity = "error" if entry["found"] == "nulle part" else "warning"
        difference = french_text(entry["net"])
        said = (
            f"Cette écriture ne s'équilibre {entry['found']} : écart de {difference}."
            if severity == "error"
            else f"Cette écriture a un écart de {difference} ; elle s'équilibre {entry['found']}."
        )
        yield Issue(
            code="entry_unbalanced",
            message=said,
            line=entry["first_line"],
            column="EcritureNum",
            found=entry_name(entry),
            expected="débit = crédit",
            severity=severity,
        )


def entry_name(entry: dict[str, Any]) -> str:
    """Name an entry as an accountant looks it up: journal, number, date."""
    day = f"{entry['entry_on']:%d/%m/%Y}" if entry["entry_on"] else "sans date"
    return f"{entry['journal'] or '?'} {entry['entry_number'] or '?'} du {day}"


def contexts_of(parts: pl.DataFrame) -> pl.DataFrame:
    """Return for each part what its lines stand against: the piece alone, or its whole scope.

    A piece that balances by itself speaks for itself (several invoices in one entry); otherwise
    the scope does. Columns: part, context (a number), then the families as signed cents.
    """
    pieces = parts.with_columns(
        piece_key=pl.struct("entry", "piece").hash(), scope_key=pl.struct("scope").hash()
    )
    by_piece = _sums(pieces, "piece_key")
    by_scope = _sums(pieces, "scope_key")
    alone = by_piece.filter((pl.col("net") == 0) & _stands_against_something())
    chosen = (
        pieces.select("part", "piece_key", "scope_key")
        .join(alone.select("piece_key", alone=pl.lit(value=True)), on="piece_key", how="left")
        .select(
            "part",
            context=pl.when(pl.col("alone")).then("piece_key").otherwise("scope_key"),
        )
    )
    sums = pl.concat(
        [alone.rename({"piece_key": "context"}), by_scope.rename({"scope_key": "context"})]
    )
    return chosen.join(sums, on="context", how="left")


def _sums(pieces: pl.DataFrame, key: str) -> pl.DataFrame:
    return pieces.group_by(key).agg(pl.col("net").sum(), *(pl.col(name).sum() for name in FAMILIES))


def _stands_against_something() -> pl.Expr:
    return pl.any_horizontal(pl.col(name) != 0 for name in FAMILIES if name != "customer") | (
        pl.col("customer") != 0
    )
