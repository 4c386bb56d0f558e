"""Where a table's rows come from: a window of a query, its totals, its count."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


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


def value_of(row: Any, key: str) -> Any:
    """Return a row's value by name, from a mapping or an object."""
    return row.get(key) if isinstance(row, Mapping) else getattr(row, key, None)


def _key(row: Any, name: str) -> tuple[bool, Any]:
    value = value_of(row, name)
    if isinstance(value, str):
        value = value.casefold()
    return (value is None, value if value is not None else 0)
