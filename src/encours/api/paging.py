"""Pages of a list: rows in the order of their ids, and an opaque cursor to the next ones."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from typing import Any, Final, Generic, TypeVar

from ninja import Schema

from encours.api.kinds import ID_MAX
from encours.api.problems import Halt, field_issue

Row = TypeVar("Row")
VERSION: Final = "1"


class Page(Schema, Generic[Row]):
    """A piece of a list; `next` is null on the last one."""

    items: list[Row]
    next: str | None


def after(cursor: str, name: str) -> int:
    """Return the id after which a page starts; the cursor of another list is refused (422)."""
    if not cursor:
        return 0
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        version, of, number = urlsafe_b64decode(padded.encode()).decode("ascii").split(":")
        found = int(number)
    except ValueError:
        version = of = ""
        found = 0
    if version != VERSION or of != name or not 0 <= found <= ID_MAX:
        wrong = field_issue("cursor", "Ce curseur n'est pas celui de cette liste.")
        raise Halt(422, wrong.message, issues=[wrong])
    return found


def page(name: str, rows: Sequence[Any], limit: int, shown: Callable[[Any], Any]) -> dict[str, Any]:
    """Return a page from one row more than it shows: that one says that there is a next page."""
    kept = rows[:limit]
    more = len(rows) > limit
    return {
        "items": [shown(row) for row in kept],
        "next": _cursor(name, kept[-1]) if more else None,
    }


def _cursor(name: str, row: Any) -> str:
    number = row["id"] if isinstance(row, dict) else row.id
    return urlsafe_b64encode(f"{VERSION}:{name}:{number}".encode()).decode().rstrip("=")
