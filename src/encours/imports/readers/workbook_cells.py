"""The child process that reads a workbook: cells out as text, one line a row; limits on itself.

`python -m encours.imports.readers.workbook_cells FILE SHEET OUT` writes OUT and one line of JSON.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, TextIO

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
    WorksheetNotFound,
)

MEMORY_MAX: Final = 3 * 2**30
CPU_MAX_S: Final = 240
WRITTEN_MAX: Final = 2 * 2**30
COLUMNS_MAX: Final = 1_000
TEXT_MAX: Final = 32_767
SEPARATOR: Final = "\x1f"
_GAPS: Final = str.maketrans({SEPARATOR: " ", "\n": " ", "\r": " ", "\x00": " "})


def main(path: str, sheet: str, out: str) -> dict[str, Any]:
    """Write the cells of one sheet; return what the parent must know, or the problem's code."""
    limit_myself()
    try:
        book = CalamineWorkbook.from_path(path)
        listed = [_listed(book, meta) for meta in book.sheets_metadata if _is_sheet(meta)]
        chosen = sheet or _first_filled(listed)
        if not chosen:
            return {"problem": "empty"}
        found = book.get_sheet_by_name(chosen)
    except PasswordError:
        return {"problem": "password"}
    except WorksheetNotFound:
        return {"problem": "no_sheet"}
    except (CalamineError, OSError, ValueError):
        return {"problem": "broken"}
    if found.width > COLUMNS_MAX:
        return {"problem": "too_large"}
    with Path(out).open("w", encoding="utf-8", newline="\n") as handle:
        width = write_cells(found, handle)
    return {"sheets": listed, "sheet": chosen, "width": width}


def limit_myself() -> None:
    """Bound memory, time and the size of files, where the system can."""
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return
    for what, most in (
        (resource.RLIMIT_AS, MEMORY_MAX),
        (resource.RLIMIT_CPU, CPU_MAX_S),
        (resource.RLIMIT_FSIZE, WRITTEN_MAX),
    ):
        resource.setrlimit(what, (most, most))


def write_cells(sheet: CalamineSheet, out: TextIO) -> int:
    """Write rows with their number in the sheet; values of merged cells go down their range.

    Rows are counted from the top of the sheet, cells from its first filled column.
    """
    left = sheet.start[1] if sheet.start else 0
    merged = _merged(sheet.merged_cell_ranges or (), left)
    width = sheet.width
    above: dict[int, str] = {}
    for number, row in enumerate(sheet.iter_rows(), start=1):
        cells = [as_text(value) for value in row[:width]]
        begun = [one for one in merged.get(number, ()) if one[1] > 0]
        for column, until in begun:
            above[column] = cells[column] if column < len(cells) else ""
            merged.setdefault(until, []).append((column, -1))
        ended = [column for column, until in merged.get(number, ()) if until < 0]
        for column, text in above.items():
            if column < len(cells) and not cells[column]:
                cells[column] = text
        for column in ended:
            above.pop(column, None)
        cells += [""] * (width - len(cells))
        out.write(SEPARATOR.join((str(number), *cells)) + "\n")
    return width


def as_text(value: Any) -> str:
    """Return a cell as text: whole floats without their `.0`, days as ISO, no float notation."""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else f"{Decimal(str(value)):f}"
    write = _WRITERS.get(type(value))
    return write(value) if write else str(value)[:TEXT_MAX].translate(_GAPS).strip()


def _instant(value: datetime) -> str:
    is_day = value.time() == time(0)
    return value.date().isoformat() if is_day else value.isoformat(sep=" ", timespec="seconds")


_WRITERS: Final[dict[type, Callable[[Any], str]]] = {
    bool: lambda value: "oui" if value else "non",
    int: str,
    datetime: _instant,
    date: date.isoformat,
    time: time.isoformat,
    timedelta: str,
}


def _merged(ranges: Iterable[Any], first: int) -> dict[int, list[tuple[int, int]]]:
    """Return, by the number of the row where a range of several rows begins, its column and end."""
    found: dict[int, list[tuple[int, int]]] = {}
    for (top, left), (bottom, _right) in ranges:
        if bottom > top:
            found.setdefault(top + 1, []).append((left - first, bottom + 1))
    return found


def _is_sheet(meta: Any) -> bool:
    return bool(meta.typ == SheetTypeEnum.WorkSheet)


def _listed(book: CalamineWorkbook, meta: Any) -> dict[str, Any]:
    try:
        sheet = book.get_sheet_by_name(meta.name)
        rows, columns = sheet.height, sheet.width
    except (CalamineError, OSError):
        rows = columns = 0
    hidden = meta.visible != SheetVisibleEnum.Visible
    return {"name": meta.name, "rows": rows, "columns": columns, "hidden": hidden}


def _first_filled(listed: list[dict[str, Any]]) -> str:
    """Take the first visible sheet that has rows; a cover sheet of a few cells gives way."""
    filled = [one for one in listed if one["rows"] and one["columns"]]
    shown = [one for one in filled if not one["hidden"]] or filled
    tables = [one for one in shown if one["rows"] > 1 and one["columns"] > 1]
    return str((tables or shown or [{"name": ""}])[0]["name"])


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(*sys.argv[1:4])) + "\n")
