"""The whole filtered list as CSV (French Excel opens it as it is) or XLSX (real dates, numbers).

A text that a spreadsheet would run as a formula is written with an apostrophe before it (OWASP,
CSV injection); in XLSX it is written as a text cell, which runs nothing.
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

import xlsxwriter
from django.http import FileResponse, Http404, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import get_language, override

from encours.kernel.money import decimal_text
from encours.tenancy.scope import in_tenant
from encours.web import formats
from encours.web.tables.columns import Column, Table
from encours.web.tables.source import Source, Window, value_of

FORMULA_START: Final = ("=", "+", "-", "@", "\t", "\r")
XLSX_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BOM: Final = "\ufeff"
ROWS_A_PIECE: Final = 500
WIDTHS: Final = {"money": 16, "date": 12, "instant": 18, "count": 10, "percent": 10, "code": 16}


def export(
    kind: str, table: Table, source: Source, window: Window, *, tenant_id: int
) -> HttpResponseBase:
    """Return the file that was asked for; any other kind is not found."""
    name = f"{slugify(str(table.caption))}-{timezone.localdate():%Y-%m-%d}"
    if kind == "csv":
        response: HttpResponseBase = StreamingHttpResponse(
            _csv_pieces(table, source, window, tenant_id, get_language() or "fr"),
            content_type="text/csv; charset=utf-8",
        )
    elif kind == "xlsx":
        response = FileResponse(_workbook(table, source, window), content_type=XLSX_TYPE)
    else:
        raise Http404
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response


def safe_text(value: str) -> str:
    """Return a text that no spreadsheet runs as a formula."""
    return f"'{value}" if value.startswith(FORMULA_START) else value


class Lines:
    """What csv writes to: it keeps lines until they are taken."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def write(self, line: str) -> None:
        """Keep one line."""
        self.lines.append(line)

    def take(self) -> str:
        """Return what was kept and forget it."""
        taken, self.lines = "".join(self.lines), []
        return taken


def _csv_pieces(
    table: Table, source: Source, window: Window, tenant_id: int, language: str
) -> Iterator[str]:
    """Yield the file piece by piece, in a transaction of its own: the request's has ended."""
    columns = [column for column in table.columns if column.is_exported]
    lines = Lines()
    writer = csv.writer(lines, delimiter=";", lineterminator="\r\n")
    with in_tenant(tenant_id), override(language):
        yield BOM
        writer.writerow([str(column.label) for column in columns])
        for number, row in enumerate(source.rows(window), start=1):
            writer.writerow([_csv_cell(column, row) for column in columns])
            if number % ROWS_A_PIECE == 0:
                yield lines.take()
        yield lines.take()


def _csv_cell(column: Column, row: Any) -> str:
    value = value_of(row, column.key)
    if value is None:
        return ""
    if column.is_numeric:
        text = decimal_text(value) if column.kind == "money" else str(value)
        return text if formats.is_english() else text.replace(".", ",")
    if isinstance(value, datetime):
        return formats.instant(value)
    if isinstance(value, date):
        return value.isoformat() if formats.is_english() else f"{value:%d/%m/%Y}"
    return safe_text(_words(column, value))


def _words(column: Column, value: Any) -> str:
    badge = (column.badges or {}).get(value)
    return str(badge.label if badge else value)


def _workbook(table: Table, source: Source, window: Window) -> Any:
    """Write the workbook to a file that vanishes with the response; memory is constant."""
    columns = [column for column in table.columns if column.is_exported]
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    with xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet(str(table.caption)[:31].translate(_FORBIDDEN))
        styles = {
            "head": book.add_format({"bold": True, "bottom": 1}),
            "money": book.add_format({"num_format": "#,##0.00"}),
            "date": book.add_format({"num_format": "dd/mm/yyyy"}),
            "instant": book.add_format({"num_format": "dd/mm/yyyy hh:mm"}),
        }
        sheet.freeze_panes(1, 0)
        for position, column in enumerate(columns):
            sheet.set_column(position, position, WIDTHS.get(column.kind, 28))
            sheet.write_string(0, position, str(column.label), styles["head"])
        for number, row in enumerate(source.rows(window), start=1):
            for position, column in enumerate(columns):
                value = value_of(row, column.key)
                if value not in (None, ""):
                    _write_cell(sheet, (number, position), column, value, styles)
    file.seek(0)
    return file


_FORBIDDEN: Final = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))


def _write_cell(
    sheet: Any, place: tuple[int, int], column: Column, value: Any, styles: dict[str, Any]
) -> None:
    if column.kind == "money":
        sheet.write_number(*place, Decimal(value) / 100, styles["money"])
    elif column.is_numeric:
        sheet.write_number(*place, Decimal(value))
    elif isinstance(value, datetime):
        local = timezone.localtime(value).replace(tzinfo=None)
        sheet.write_datetime(*place, local, styles["instant"])
    elif isinstance(value, date):
        sheet.write_datetime(*place, value, styles["date"])
    else:
        sheet.write_string(*place, _words(column, value)[:32767])
