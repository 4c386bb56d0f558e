"""Where a table's rows come from: a window of a query, its totals, its count."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl


@dataclass(frozen=True, slots=True)
class Window:
    """What the person asked to see; `limit` None is everything, for an export."""

    sort: str
    is_descending: bool
    offset: int
    limit: int | None
    filters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Source:
    """The questions a table asks; each one is a query that already knows tenant and scope.

    `rows` returns the window's rows (for an export, any iterable); `totals` the sums of all the
    filtered rows by column key; `count` how many they are.
    """

    rows: Callable[[Window], Iterable[Any]]
    totals: Callable[[Window], Mapping[str, int]] | None = None
    count: Callable[[Window], int] | None = None


def in_memory(
    rows: Sequence[Any], *, matches: Callable[[Any, Mapping[str, str]], bool] | None = None
) -> Source:
    """Return the source of a short list that is already loaded; it sorts and cuts by itself."""

    def kept(window: Window) -> list[Any]:
        return [row for row in rows if matches is None or matches(row, window.filters)]

    def cut(window: Window) -> list[Any]:
        found = kept(window)
        if window.sort:
            found.sort(key=lambda row: _key(row, window.sort), reverse=window.is_descending)
        end = None if window.limit is None else window.offset + window.limit
        return found[window.offset : end]

    return Source(rows=cut, count=lambda window: len(kept(window)))


def in_frame(frame: pl.DataFrame, *, totals: Mapping[str, Any] | None = None) -> Source:
    """Return the source of a frame, however long: only the rows shown become mappings."""

    def cut(window: Window) -> Iterable[Any]:
        found = frame
        if window.sort:
            key = pl.col(window.sort)
            key = key.str.to_lowercase() if frame.schema[window.sort] == pl.String else key
            found = found.sort(
                key, descending=window.is_descending, nulls_last=True, maintain_order=True
            )
        return found.slice(window.offset, window.limit).iter_rows(named=True)

    return Source(
        rows=cut,
        totals=None if totals is None else lambda _window: totals,
        count=lambda _window: frame.height,
    )


def value_of(row: Any, key: str) -> Any:
    """Return a row's value by name, from a mapping or an object; `a.b` is the value b of its a."""
    head, dot, rest = key.partition(".")
    if dot:
        return value_of(value_of(row, head), rest)
    return row.get(key) if isinstance(row, Mapping) else getattr(row, key, None)


def _key(row: Any, name: str) -> tuple[bool, Any]:
    value = value_of(row, name)
    if isinstance(value, str):
        value = value.casefold()
    return (value is None, value if value is not None else 0)
