"""Rows of a table as a mapping reads them: amounts to cents, days, customers; problems gathered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import polars as pl

from encours.imports.rules.findings import Findings
from encours.imports.rules.tables import amounts, days
from encours.imports.rules.tables.fields import CUSTOM_PREFIX, FIELDS
from encours.imports.rules.tables.layout import code_and_name, with_roles
from encours.imports.rules.tables.mapping import TableMapping
from encours.kernel.issue import Issue, Severity

TEXTS: Final = (
    "customer_code",
    "customer_name",
    "siren",
    "siret",
    "vat_number",
    "kind",
    "number",
    "reference",
    "letter",
    "journal",
    "account",
    "entry_number",
    "label",
    "currency",
    "side",
)
DAYS: Final = ("issued_on", "due_on", "settled_on", "lettered_on")
CENTS: Final = {
    "amount_cents": "amount",
    "open_cents": "open_amount",
    "paid_cents": "paid_amount",
    "net_cents": "net_amount",
    "vat_cents": "vat_amount",
}
ROWS: Final[dict[str, Any]] = {
    "line": pl.UInt32,
    **dict.fromkeys(TEXTS, pl.String),
    **dict.fromkeys(DAYS, pl.Date),
    **dict.fromkeys(CENTS, pl.Int64),
    "bad": pl.Boolean,
}
"""A row as read; `amount_cents` is signed, owed positive. `bad`: an error was said of it.

After these come the columns that go to the tenant's own fields, as text, `custom.<code>` each.
"""

_CODES: Final = ("customer_code", "number", "reference", "account", "entry_number")
_CURRENCY_SIGNS: Final = {"€": "EUR", "$": "USD", "£": "GBP", "EURO": "EUR", "EUROS": "EUR"}
_WIDTHS: Final = {"customer_code": 60, "customer_name": 200, "number": 80, "label": 200}
_DEBITS: Final = ("D", "DB", "DR", "DEBIT", "DÉBIT", "S", "+")
_CREDITS: Final = ("C", "CR", "CREDIT", "CRÉDIT", "H", "-")


class RowReading:
    """Reads blocks of one table in file order: what a heading or a merged cell says goes down."""

    def __init__(
        self, mapping: TableMapping, labels: Sequence[str], findings: Findings, *, header_line: int
    ) -> None:
        """Start above the first row; `labels` are the columns', as `headings.labels` names them."""
        self._mapping = mapping
        self._labels = tuple(labels)
        self._findings = findings
        self._header_line = header_line
        self._places = {label: f"c{at}" for at, label in enumerate(labels)}
        self._above: dict[str, str | None] = {}

    def table(self, block: pl.DataFrame) -> pl.DataFrame:
        """Return the rows of a block that are the table's own, as text by field, with `line`."""
        names = [f"c{at}" for at in range(len(self._labels))]
        below = block.filter(pl.col("line") > self._header_line).select(
            "line",
            *(
                name if name in block.columns else pl.lit(None, pl.String).alias(name)
                for name in names
            ),
        )
        told = with_roles(below, self._labels)
        columns = {
            name: self._places[label]
            for name, label in self._mapping.columns.items()
            if label in self._places
        }
        cells = told.select(
            "line",
            "role",
            "said",
            *(pl.col(place).alias(name) for name, place in columns.items()),
            **self._defaults(columns),
        )
        cells = self._grouped(cells) if self._mapping.has_groups else cells
        cells = self._carried(cells)
        return cells.filter(pl.col("role") == "row").drop("role", "said")

    def read(self, block: pl.DataFrame) -> pl.DataFrame:
        """Return a block as `ROWS`."""
        cells = self.table(block)
        return _Typing(cells, self._mapping, self._findings).rows()

    def _defaults(self, columns: dict[str, str]) -> dict[str, pl.Expr]:
        return {
            name: pl.lit(value)
            for name, value in self._mapping.defaults.items()
            if name not in columns
        }

    def _grouped(self, cells: pl.DataFrame) -> pl.DataFrame:
        """Give rows the customer of the group heading above them."""
        is_group = pl.col("role") == "group"
        above = pl.lit(self._above.get("_group"), pl.String)
        cells = cells.with_columns(_group=pl.when(is_group).then("said")).with_columns(
            pl.col("_group").forward_fill().fill_null(above)
        )
        self._remember(cells, "_group")
        code, name = code_and_name(pl.col("_group"))
        given = {"customer_code": code, "customer_name": name}
        return cells.with_columns(
            **{
                field: pl.coalesce(pl.col(field), said) if field in cells.columns else said
                for field, said in given.items()
            }
        ).drop("_group")

    def _carried(self, cells: pl.DataFrame) -> pl.DataFrame:
        """Carry down what a merged cell says once; a code takes its name with it."""
        names = [name for name in self._mapping.carried if name in cells.columns]
        for name in names:
            above = self._above.get(name)
            cells = cells.with_columns(
                pl.col(name).forward_fill().fill_null(pl.lit(above, pl.String))
            )
            self._remember(cells, name)
        return cells

    def _remember(self, cells: pl.DataFrame, name: str) -> None:
        if len(cells):
            self._above[name] = cells[name][-1]


class _Typing:
    """The cells of one block, typed column after column."""

    def __init__(self, cells: pl.DataFrame, mapping: TableMapping, findings: Findings) -> None:
        self._cells = cells
        self._mapping = mapping
        self._findings = findings
        self._bad = pl.repeat(False, len(cells), dtype=pl.Boolean, eager=True)

    def rows(self) -> pl.DataFrame:
        """Return the block as `ROWS`, then the own fields."""
        texts = {name: self._text(name) for name in TEXTS}
        read = {name: self._days(name) for name in DAYS}
        cents = {name: self._cents(field) for name, field in CENTS.items()}
        cents["amount_cents"] = self._signed(cents["amount_cents"], texts["side"])
        if self._mapping.sign == "owed_negative":
            cents["amount_cents"] = -cents["amount_cents"]
            cents["open_cents"] = -cents["open_cents"]
        columns = {"line": self._cells["line"], **texts, **read, **cents}
        frame = pl.DataFrame({**columns, "bad": self._bad})
        own = (self._cells[name] for name in self._cells.columns if name.startswith(CUSTOM_PREFIX))
        return frame.select(pl.col(name).cast(kind) for name, kind in ROWS.items()).hstack(
            list(own)
        )

    def _blank(self, kind: Any) -> pl.Series:
        return pl.Series([None], dtype=kind).new_from_index(0, len(self._cells))

    def _text(self, name: str) -> pl.Series:
        if name not in self._cells.columns:
            return self._blank(pl.String)
        text = self._cells[name]
        if name in _CODES:
            text = text.str.replace(r"^(\d+)\.0+$", "$1")
        if name == "currency":
            text = text.str.to_uppercase().replace(_CURRENCY_SIGNS)
        most = _WIDTHS.get(name)
        return text.str.slice(0, most) if most else text

    def _days(self, name: str) -> pl.Series:
        if name not in self._cells.columns:
            return self._blank(pl.Date)
        text = self._cells[name]
        day = days.to_days(text, self._mapping.order)
        wrong = (
            text.is_not_null()
            & day.is_null()
            & ~text.str.contains(days.NO_DAY).fill_null(value=True)
        )
        expected = {"mdy": "mm/jj/aaaa"}.get(self._mapping.order or "", "jj/mm/aaaa")
        self._say(
            wrong,
            name,
            "date_unreadable",
            f"Date illisible dans « {FIELDS[name].label} ».",
            expected,
        )
        return day

    def _cents(self, name: str) -> pl.Series:
        if name not in self._cells.columns:
            return self._blank(pl.Int64)
        text = self._cells[name]
        read = amounts.to_cents(text, self._mapping.decimals)
        wrong = text.is_not_null() & read["cents"].is_null() & (text != "-").fill_null(value=True)
        mark = "1234.56" if self._mapping.decimals == "dot" else "1234,56"
        self._say(
            wrong,
            name,
            "amount_unreadable",
            f"Montant illisible dans « {FIELDS[name].label} ».",
            mark,
        )
        self._say(
            read["is_rounded"],
            name,
            "amount_sub_cent",
            "Plus de deux décimales ; arrondi au centime.",
            mark,
            severity="warning",
        )
        return read["cents"]

    def _signed(self, amount: pl.Series, side: pl.Series) -> pl.Series:
        """Return amounts with their sign: of the debit or credit column, or of the side."""
        if "debit" in self._cells.columns or "credit" in self._cells.columns:
            debit, credit = self._cents("debit"), self._cents("credit")
            nothing = debit.is_null() & credit.is_null()
            return (debit.fill_null(0) - credit.fill_null(0)).set(nothing, None)
        if "side" not in self._cells.columns:
            return amount
        which = side.str.to_uppercase()
        is_debit, is_credit = which.is_in(_DEBITS), which.is_in(_CREDITS)
        unknown = ~(is_debit | is_credit).fill_null(value=False) & amount.is_not_null()
        self._say(unknown, "side", "side_unreadable", "Sens illisible.", "D ou C")
        return (
            pl.DataFrame({"a": amount, "c": is_credit})
            .select(pl.when("c").then(-pl.col("a")).otherwise("a"))
            .to_series()
        )

    def _say(
        self,
        where: pl.Series,
        name: str,
        code: str,
        message: str,
        expected: str,
        *,
        severity: Severity = "error",
    ) -> None:
        where = where.fill_null(value=False)
        number = int(where.sum())
        if not number:
            return
        if severity == "error":
            self._bad = self._bad | where
        found = self._cells[name] if name in self._cells.columns else self._blank(pl.String)
        label = self._mapping.columns.get(name, FIELDS[name].label)
        shown = (
            pl.DataFrame({"line": self._cells["line"], "found": found})
            .filter(where)
            .head(self._findings.room(code))
        )
        for line, text in shown.iter_rows():
            self._findings.add(Issue(code, message, line, label, text or "", expected, severity))
        self._findings.count(code, number - len(shown), severity)
