"""The user's own rows with a column of remarks, as a file: CSV for text, XLSX for workbooks."""

from __future__ import annotations

import csv
import re
import tempfile
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import PurePath
from typing import Any, Final

import xlsxwriter
from django.http import FileResponse, Http404, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.text import slugify
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from encours.imports.actions import annotating
from encours.imports.actions.annotating import Annotated, OwnRow
from encours.web import formats
from encours.web.imports.ledger_files import import_or_404
from encours.web.imports.sentences import SEVERITIES
from encours.web.rights import StaffRequest, needs
from encours.web.tables.exports import BOM, ROWS_A_PIECE, XLSX_TYPE, Lines, safe_text

_NUMBER: Final = re.compile(r"^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,9})?$")
_DAY: Final = re.compile(r"^\d{4}-\d{2}-\d{2}$")
_AMOUNT: Final = re.compile(r"^[+-]?\s?[\d\s.,\u00a0\u202f]*\d\s?[%€]?$")
CELL_MAX: Final = 32_767


@require_GET
@needs("imports.read")
def annotated(request: StaffRequest, import_id: int) -> HttpResponseBase:
    """Give the rows back with what is wrong with each; `wrong=1` keeps only those."""
    row = import_or_404(request, import_id)
    found = annotating.annotated(
        tenant_id=request.tenant_id,
        import_id=row.id,
        only_wrong=request.GET.get("wrong") == "1",
    )
    if found is None:
        raise Http404
    name = slugify(PurePath(row.file_name).stem) or "import"
    if found.separator:
        pieces = csv_pieces(found, get_language() or "fr")
        answer: HttpResponseBase = StreamingHttpResponse(
            pieces, content_type="text/csv; charset=utf-8"
        )
        kind = "csv"
    else:
        answer = FileResponse(_workbook(found), content_type=XLSX_TYPE)
        kind = "xlsx"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}-remarques.{kind}"'
    return answer


def csv_pieces(found: Annotated, language: str) -> Iterator[str]:
    """Yield the file piece by piece: its own separator, and the mark by which Excel sees UTF-8."""
    lines = Lines()
    writer = csv.writer(lines, delimiter=found.separator, lineterminator="\r\n")
    with override(language):
        yield BOM
        for number, row in enumerate(found.rows):
            cells = [own_text(cell) for cell in row.cells]
            writer.writerow([*cells, safe_text(_remark(row, is_first=number == 0))])
            if number % ROWS_A_PIECE == ROWS_A_PIECE - 1:
                yield lines.take()
        if found.missing > 0:
            writer.writerow([_missing(found)])
        yield lines.take()


def own_text(cell: str) -> str:
    """Return a cell that no spreadsheet runs; a signed amount stays one."""
    return cell if _AMOUNT.match(cell) else safe_text(cell)


def _remark(row: OwnRow, *, is_first: bool) -> str:
    said = [f"{SEVERITIES[severity].label} : {message}" for severity, message in row.said]
    return " · ".join([*([_("Remarques")] if is_first else []), *said])


def _missing(found: Annotated) -> str:
    return _("Et %(more)s remarques de plus, qui ne sont pas gardées.") % {
        "more": formats.count(found.missing)
    }


def _workbook(found: Annotated) -> Any:
    """Write a workbook to a file that vanishes with the response; memory is constant."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        red = book.add_format({"font_color": "#B42318", "bold": True})
        at = -1
        for at, row in enumerate(found.rows):
            for place, cell in enumerate(row.cells):
                if cell:
                    _write(sheet, at, place, cell, day)
            if remark := _remark(row, is_first=at == 0):
                sheet.write_string(at, len(row.cells), remark[:CELL_MAX], red)
        if found.missing > 0:
            sheet.write_string(at + 1, 0, _missing(found))
    file.seek(0)
    return file


def _write(sheet: Any, at: int, place: int, cell: str, day: Any) -> None:
    if _NUMBER.match(cell):
        sheet.write_number(at, place, Decimal(cell))
        return
    if _DAY.match(cell):
        try:
            sheet.write_datetime(at, place, date.fromisoformat(cell), day)
        except ValueError:
            sheet.write_string(at, place, cell)
        return
    sheet.write_string(at, place, cell[:CELL_MAX])
