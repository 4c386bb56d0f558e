"""A table as the template reads it: headers, cells, totals and pages, every value as text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from django.http import QueryDict

from encours.web import formats
from encours.web.tables.columns import Column, Filter, Table
from encours.web.tables.source import Source, Window, value_of
from encours.web.wording import Text


@dataclass(frozen=True, slots=True)
class Header:
    """A column's head: where its sort leads, and the order it shows."""

    column: Column
    sort_query: str
    aria_sort: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of one row, written for the reader."""

    column: Column
    text: Text
    url: str
    tone: str
    row: Any


@dataclass(frozen=True, slots=True)
class Line:
    """One row of cells; `id` is what a checkbox sends."""

    id: Any
    css: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """A filter and the value it holds."""

    filter: Filter
    value: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One page of a table."""

    table: Table
    headers: tuple[Header, ...]
    lines: tuple[Line, ...]
    totals: tuple[Text, ...]
    fields: tuple[Field, ...]
    sort: str
    page: int
    count: int | None
    previous_query: str
    next_query: str
    query: str
    may_export: bool

    @property
    def is_filtered(self) -> bool:
        """Say whether some filter hides rows, which changes what an empty table means."""
        return any(field.value for field in self.fields)

    @property
    def near(self) -> tuple[Field, ...]:
        """Return the filters that always show."""
        return tuple(field for field in self.fields if not field.filter.is_more)

    @property
    def more(self) -> tuple[Field, ...]:
        """Return the filters behind « Plus de filtres »."""
        return tuple(field for field in self.fields if field.filter.is_more)

    @property
    def is_more_used(self) -> bool:
        """Say whether one of those holds a value: they are then open."""
        return any(field.value for field in self.more)

    @property
    def first(self) -> int:
        """Return the rank of the first row shown."""
        return (self.page - 1) * self.table.per_page + 1

    @property
    def last(self) -> int:
        """Return the rank of the last row shown."""
        return self.first + len(self.lines) - 1


def show(
    table: Table, source: Source, window: Window, asked: QueryDict, *, may_export: bool
) -> Shown:
    """Ask the source for one page (one row more tells whether another follows) and its totals."""
    assert window.limit is not None
    found = list(islice(source.rows(replace(window, limit=window.limit + 1)), window.limit + 1))
    page = window.offset // table.per_page + 1
    count = source.count(window) if source.count else None
    return Shown(
        table=table,
        headers=tuple(_header(column, window, asked) for column in table.columns),
        lines=tuple(_line(table, row) for row in found[: window.limit]),
        totals=_totals(table, source, window) if found else (),
        fields=tuple(Field(one, window.filters.get(one.key, "")) for one in table.filters),
        sort=f"-{window.sort}" if window.is_descending else window.sort,
        page=page,
        count=count,
        previous_query=_query(asked, page=str(page - 1)) if page > 1 else "",
        next_query=_query(asked, page=str(page + 1)) if len(found) > window.limit else "",
        query=_query(asked, page=None),
        may_export=may_export,
    )


def _header(column: Column, window: Window, asked: QueryDict) -> Header:
    if not column.sort:
        return Header(column, "", "")
    is_current = column.key == window.sort
    order = f"-{column.key}" if is_current and not window.is_descending else column.key
    direction = "descending" if window.is_descending else "ascending"
    return Header(column, _query(asked, sort=order, page=None), direction if is_current else "none")


def _line(table: Table, row: Any) -> Line:
    css = table.row_class(row) if table.row_class else ""
    return Line(
        value_of(row, table.select_key), css, tuple(_cell(column, row) for column in table.columns)
    )


def _cell(column: Column, row: Any) -> Cell:
    value = value_of(row, column.key)
    url = column.link(row) if column.link and value not in (None, "") else ""
    badge = (column.badges or {}).get(value) if column.kind == "badge" else None
    if badge is not None:
        return Cell(column, badge.label, url, badge.tone, row)
    currency = str(value_of(row, column.currency_key) or "EUR")
    return Cell(column, formats.text(column.kind, value, currency), url, "", row)


def _totals(table: Table, source: Source, window: Window) -> tuple[Text, ...]:
    if source.totals is None:
        return ()
    sums: Mapping[str, Any] = source.totals(window)
    currency = str(sums.get("currency", "EUR"))
    return tuple(
        formats.text(column.kind, sums[column.key], currency) if column.key in sums else ""
        for column in table.columns
    )


def _query(asked: QueryDict, **changes: str | None) -> str:
    kept = asked.copy()
    kept.pop("export", None)
    for key, value in changes.items():
        if value is None:
            kept.pop(key, None)
        else:
            kept[key] = value
    return f"?{kept.urlencode()}"
