"""Workbooks: no column is lost, wherever the table stands in its sheet."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter

from encours.imports.ports import TABLE_READERS


@pytest.mark.parametrize(("top", "left"), [(0, 0), (2, 1)])
def test_every_cell_is_read(tmp_path: Path, top: int, left: int) -> None:
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(top, left, ["Client", "Montant", "Chantier"])
        sheet.merge_range(top + 1, left, top + 2, left, "Martin")
        sheet.write_row(top + 1, left + 1, [10, "Pont"])
        sheet.write_row(top + 2, left + 1, [20, "Gare"])

    opened = TABLE_READERS["workbook"].open(path)
    cells = [row for block in opened.blocks(None) for row in block.iter_rows()]

    assert opened.sheets[0].columns == 3
    assert cells[-3:] == [
        (top + 1, "Client", "Montant", "Chantier"),
        (top + 2, "Martin", "10", "Pont"),
        (top + 3, "Martin", "20", "Gare"),
    ]
