"""What a table is made of: columns, filters, and the state read from the address."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from django.http import HttpRequest

from encours.web.tables.source import Window
from encours.web.wording import Text

Kind = Literal[
    "text", "code", "money", "count", "number", "percent", "date", "instant", "badge", "custom"
]
FilterKind = Literal["search", "select", "date", "checkbox"]

PER_PAGE: Final = 50
PAGE_MAX: Final = 10_000
NUMERIC: Final = frozenset({"money", "count", "number", "percent"})


@dataclass(frozen=True, slots=True)
class Badge:
    """How one value of a badge column reads; `tone` is green, red, orange, blue or secondary."""

    label: Text
    tone: str = "secondary"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `key` names the row's attribute (money: cents) and the sort.

    `link` gives the address of a cell, `badges` the words of each value, `template` draws a
    `custom` cell, which is not exported. `total` asks for the sum under the column; `wide` for
    room, where sentences stand.
    """

    key: str
    label: Text
    kind: Kind = "text"
    sort: bool = False
    link: Callable[[Any], str] | None = None
    badges: Mapping[str, Badge] | None = None
    template: str = ""
    total: bool = False
    wide: bool = False
    currency_key: str = "currency"

    @property
    def is_numeric(self) -> bool:
        """Say whether the cells are set to the right."""
        return self.kind in NUMERIC

    @property
    def css(self) -> str:
        """Return the classes of the column's cells."""
        kind = "money" if self.is_numeric else f"kind-{self.kind}"
        return f"{kind} wide" if self.wide else kind

    @property
    def is_exported(self) -> bool:
        """Say whether the column has a value to write in a file."""
        return self.kind != "custom"


@dataclass(frozen=True, slots=True)
class Filter:
    """One field above the table; its value comes back in `Window.filters` under `key`.

    `is_more` keeps it behind « Plus de filtres ».
    """

    key: str
    label: Text
    kind: FilterKind = "search"
    choices: Sequence[tuple[str, Text]] = ()
    placeholder: Text = ""
    is_more: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A list as data; `sort` is the first order, `-` before it for descending.

    `select` puts a checkbox named so, with the row's `id`, before each row, belonging to the
    form whose id is `select_form`. Where `select_key` names another value, a row without one has
    no checkbox.
    """

    name: str
    caption: Text
    columns: tuple[Column, ...]
    sort: str = ""
    filters: tuple[Filter, ...] = ()
    per_page: int = PER_PAGE
    empty: Text = ""
    empty_template: str = "components/empty.html"
    select: str = ""
    select_form: str = ""
    select_key: str = "id"
    row_class: Callable[[Any], str] | None = None
    export_right: str = "ledger.export"

    @property
    def dom_id(self) -> str:
        """Return the id of the element that htmx replaces."""
        return f"table-{self.name}"

    def ask(self, request: HttpRequest) -> Window:
        """Read sort, page and filters from the address; what is not ours is ignored."""
        wanted = request.GET.get("sort", "")
        sortable = {column.key for column in self.columns if column.sort}
        order = wanted if wanted.removeprefix("-") in sortable else self.sort
        page = request.GET.get("page", "1")
        number = min(max(int(page), 1), PAGE_MAX) if page.isascii() and page.isdecimal() else 1
        return Window(
            sort=order.removeprefix("-"),
            is_descending=order.startswith("-"),
            offset=(number - 1) * self.per_page,
            limit=self.per_page,
            filters=self._filters(request),
        )

    def _filters(self, request: HttpRequest) -> dict[str, str]:
        found = {}
        for one in self.filters:
            value = request.GET.get(one.key, "").replace("\0", "").strip()
            known = one.kind != "select" or value in {choice for choice, _ in one.choices}
            if value and known:
                found[one.key] = value[:200]
        return found
