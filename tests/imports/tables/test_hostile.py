"""Tables made to harm: each is refused with a sentence, soon, or read as the plain text it is."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from tests.conftest import House
from tests.imports.tables.doors import bring, cents

from encours.imports.actions.tables import open_sheet
from encours.imports.ports import Unreadable
from encours.imports.readers import workbook

HEADER = "Code client;N° facture;Date;Reste dû\n"
QUOTED = 'C1;"F1";01/01/2026;1,00\n'


def refusal(path: Path) -> str:
    with pytest.raises(Unreadable) as refused:
        for _block in open_sheet(path).blocks():
            pass
    return refused.value.issue.code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("a;" * 30_000 + "\n", "too_many_columns", id="thirty thousand columns"),
        pytest.param(
            "\n".join([";".join("abcdefghij" * 200)] * 3), "too_many_columns", id="2,000, thrice"
        ),
        pytest.param(
            HEADER + "C1;F" + "x" * 200_000 + ";01/01/2026;1,00\n", "field_too_long", id="a field"
        ),
        pytest.param(
            HEADER + QUOTED * 4_000 + 'C1;"F' + "x" * 200_000 + '\n";01/01/2026;1,00\n',
            "field_too_long",
            id="a field of several lines",
        ),
        pytest.param(
            HEADER + QUOTED * 4_000 + "x" * 9 * 2**20, "line_too_long", id="a line without end"
        ),
        pytest.param(
            HEADER
            + QUOTED * 4_000
            + 'C1;"F1;01/01/2026;1,00\n'
            + "C2;F2;01/01/2026;2,00\n" * 450_000,
            "line_too_long",
            id="a quote that nothing closes",
        ),
        pytest.param("\x00\x01\x02" * 9_000, "not_a_table", id="bytes"),
        pytest.param("", "not_a_table", id="nothing"),
    ],
)
def test_text_that_is_no_table_is_refused(tmp_path: Path, text: str, code: str) -> None:
    path = tmp_path / "hostile.csv"
    path.write_text(text, "utf-8")

    assert refusal(path) == code


def test_a_million_columns_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    path.write_text(";".join(["Montant"] * 10**6) + "\n" + ";" * (10**6 - 1) + "\n")

    assert refusal(path) == "too_many_columns"


@pytest.mark.parametrize(
    ("parts", "limits"),
    [
        pytest.param(1, {"PART_SMALL": 2**20}, id="one part packed too well"),
        pytest.param(3, {"UNPACKED_MAX": 8 * 2**20}, id="too much in all"),
    ],
)
def test_a_zip_bomb_is_refused_before_it_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, parts: int, limits: dict[str, int]
) -> None:
    for name, value in limits.items():
        monkeypatch.setattr(workbook, name, value)
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        for number in range(parts):
            archive.writestr(f"xl/worksheets/sheet{number}.xml", b" " * (4 * 2**20))

    assert refusal(path) == "workbook_too_large"


def test_a_workbook_cut_short_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cut.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet().write_row(0, 0, ["Code client", "Reste dû"])
    path.write_bytes(path.read_bytes()[:-200])

    assert refusal(path) == "workbook_broken"


def test_the_content_decides_not_the_name(tmp_path: Path) -> None:
    text, book = tmp_path / "text.xlsx", tmp_path / "book.csv"
    text.write_text(HEADER + "C1;F1;05/01/2026;100,00\n")
    with xlsxwriter.Workbook(tmp_path / "b.xlsx") as made:
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, ["Code client", "N° facture", "Date", "Reste dû"])
        sheet.write_row(1, 0, ["C1", "F1", "05/01/2026", 100])
    (tmp_path / "b.xlsx").rename(book)

    assert open_sheet(text).labels == open_sheet(book).labels


def test_formulas_are_text(house: House, tmp_path: Path) -> None:
    path = tmp_path / "formulas.csv"
    path.write_text(
        HEADER
        + 'C1;=HYPERLINK("http://x.example");05/01/2026;100,00\n@SUM(A1);F2;05/01/2026;50,00\n'
        + "C3;F3;05/01/2026;=1+1\n"
    )

    outcome = bring(house, path, accept_rest=True)

    assert [(one.code, one.line, one.found) for one in outcome.issues if one.line] == [
        ("amount_unreadable", 4, "=1+1")
    ]
    assert sorted(cents(house).values()) == [50_00, 100_00], "nothing is computed"
