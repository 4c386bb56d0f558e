"""Where a table begins, and which rows are none of it: titles, totals, group headings, repeats."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from encours.imports.rules.tables import days, headings
from encours.imports.rules.tables.amounts import LIKE_AMOUNT

LOOKED_AT: Final = 60
TEXT_MAX: Final = 60
_NUMBER: Final = re.compile(LIKE_AMOUNT)
TOTAL: Final = (
    r"(?i)^\s*(?:sous[- ]?totaux|sous[- ]?total|totaux|total|cumul|solde total|solde final"
    r"|grand total|report|à reporter|a reporter|montant total|somme|subtotal|sum|balance totale"
    r"|solde au|total g[eé]n[eé]ral|nombre d|nb de)\b"
)
GROUP: Final = (
    r"(?i)^\s*(?:code\s+)?(?:client|compte client|compte auxiliaire|compte tiers|compte|tiers"
    r"|customer|debtor|account|auxiliaire|partenaire|partner)\s*(?:n[°o.]*)?\s*[:\-–]\s*(\S.*)$"
)
_SOLD_ON: Final = re.compile(
    r"(?i)\b(?:au|arr[eê]t[eé]e?s?|as of|as at|on|le|date|situation|[eé]dition)\b\D{0,20}?"
    r"(\d{1,2}[/.-]\d{1,2}[/.-]\d{4}|\d{4}-\d{2}-\d{2}|\d{1,2}\s+[a-zéû]{3,9}\s+\d{4})"
)
_IN_NAME: Final = re.compile(r"(?<!\d)((?:19|20)\d{2})[-_.]?(\d{2})[-_.]?(\d{2})(?!\d)")


@dataclass(frozen=True, slots=True)
class Header:
    """The row of the headings: its place among the first rows, its labels, how well it is known."""

    at: int
    line: int
    labels: tuple[str, ...]
    known: int


def header_of(rows: pl.DataFrame) -> Header | None:
    """Find the headings among the first rows: words that software uses, else words over figures.

    None when no row can be one: fewer than two columns, or no text at all.
    """
    first = rows.head(LOOKED_AT)
    cells = [row[1:] for row in first.iter_rows()]
    best: tuple[float, int] | None = None
    for at, row in enumerate(cells):
        score = _score(row, cells[at + 1 : at + 4])
        if score > 0 and (best is None or score > best[0]):
            best = (score, at)
    if best is None:
        return None
    row = cells[best[1]]
    named = headings.labels(row[: _last_filled(row, cells[best[1] + 1 :])])
    known = sum(bool(headings.recognise(label)) for label in named)
    return Header(best[1], int(first["line"][best[1]]), named, known)


def header_at(rows: pl.DataFrame, line: int) -> Header | None:
    """Return the headings of a line that a person chose; 0: none, columns are named by place.

    None where the first rows do not have that line.
    """
    if line == 0:
        cells = [row[1:] for row in rows.head(LOOKED_AT).iter_rows()]
        width = _last_filled((), cells)
        return Header(-1, 0, headings.labels([None] * width), 0) if width else None
    found = rows.with_row_index("at").filter(pl.col("line") == line)
    if found.is_empty():
        return None
    at = int(found["at"][0])
    row = rows.row(at)[1:]
    below = [one[1:] for one in rows.slice(at + 1, LOOKED_AT).iter_rows()]
    named = headings.labels(row[: _last_filled(row, below)])
    known = sum(bool(headings.recognise(label)) for label in named)
    return Header(at, line, named, known) if named else None


def _score(row: Sequence[str | None], below: Sequence[Sequence[str | None]]) -> float:
    filled = [cell for cell in row if cell]
    if len(filled) < 2 or any(len(cell) > TEXT_MAX for cell in filled):  # noqa: PLR2004
        return 0.0
    figures = sum(bool(_NUMBER.match(cell) or days.read_day(cell, None)) for cell in filled)
    if figures > len(filled) // 4:
        return 0.0
    known = sum(_sureness(cell) for cell in filled) / 100
    under = sum(bool(cell) for one in below for cell in one) / max(len(below), 1)
    repeated = len(filled) - len({cell.lower() for cell in filled})
    over_figures = any(_NUMBER.match(cell) for one in below for cell in one if cell)
    return (
        3 * known
        + len(filled) / 10
        + (0.5 if over_figures else 0)
        - repeated / 4
        - (2 if under < 1 and below else 0)
    )


def _sureness(cell: str) -> int:
    found = headings.recognise(" ".join(cell.split()))
    return found[0].sureness if found else 0


def _last_filled(row: Sequence[str | None], below: Sequence[Sequence[str | None]]) -> int:
    """Return how many columns the table has: the last one with a heading, or with cells."""
    ends = [max((at for at, cell in enumerate(one) if cell), default=-1) for one in below[:20]]
    own = max((at for at, cell in enumerate(row) if cell), default=-1)
    return max([own, *ends]) + 1


def sold_on(rows: pl.DataFrame, above: int, name: str) -> date | None:
    """Return the day that the title rows or the file's name give: "Balance au 31/03/2026"."""
    for row in rows.head(max(above, 0)).iter_rows():
        text = " ".join(str(cell) for cell in row[1:] if cell)
        match = _SOLD_ON.search(text)
        if match and (day := days.read_day(match[1], "dmy")):
            return day
    match = _IN_NAME.search(name)
    return days.read_day("-".join(match.groups()), None) if match else None


def with_roles(rows: pl.DataFrame, header: Sequence[str]) -> pl.DataFrame:
    """Add `role`: row, total, group, repeat (the headings again) or blank; and `said`.

    `said` is what a group heading says of its customer; it is not carried yet.
    """
    names = [name for name in rows.columns if name.startswith("c")]
    filled = pl.sum_horizontal(pl.col(name).is_not_null() for name in names)
    first = pl.coalesce(pl.col(name) for name in names)
    figures = pl.sum_horizontal(
        (
            pl.col(name).str.contains(LIKE_AMOUNT) | pl.col(name).str.contains(r"^\d+[/.-]\d+[/.-]")
        ).fill_null(value=False)
        for name in names
    )
    said_again = [
        pl.col(name).fill_null("").str.replace_all(r"\s+", " ") == label
        for name, label in zip(names, header, strict=False)
        if not label.startswith("Colonne ") and not label.endswith(")")
    ]
    repeats = pl.all_horizontal(said_again) if said_again else pl.lit(value=False)
    few = filled <= max(3, len(header) // 3)
    said = first.str.extract(GROUP)
    alone = first.str.contains(r"(?i)^\s*(?:client|customer|tiers|compte|debtor|account)\s*:?$")
    said = said.fill_null(pl.when(alone & few).then(_second(names)))
    return rows.with_columns(
        role=pl.when(filled == 0)
        .then(pl.lit("blank"))
        .when(repeats)
        .then(pl.lit("repeat"))
        .when(first.str.contains(TOTAL) & (filled < len(header)))
        .then(pl.lit("total"))
        .when(said.is_not_null() & few & (figures <= 1))
        .then(pl.lit("group"))
        .otherwise(pl.lit("row")),
        said=said,
    )


def _second(names: Sequence[str]) -> pl.Expr:
    """Return the filled cells after the first, joined: a code and a name in cells of their own."""
    cells = pl.concat_list(pl.col(name) for name in names).list.drop_nulls()
    return cells.list.slice(1, 2).list.join(" ")


_CODE_AND_NAME: Final = (
    r"^([0-9A-Z][0-9A-Z._/-]*\d[0-9A-Z._/-]*|\d+|[A-Z0-9]{2,})\s*(?:[-–:]\s*|\s+)(\S.*)$"
)


def code_and_name(said: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """Part what a group heading says: `411DUP - Dupont SA` is a code and a name."""
    code = said.str.extract(_CODE_AND_NAME, 1)
    name = said.str.extract(_CODE_AND_NAME, 2)
    is_bare = said.str.contains(r"^\S*\d\S*$")
    return (
        pl.when(is_bare).then(said).otherwise(code),
        pl.when(is_bare).then(pl.lit(None)).otherwise(pl.coalesce(name, said)),
    )
