"""The table component: what it reads from an address, shows, and writes in files."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.http import QueryDict
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from encours.web.tables import Badge, Column, Filter, Source, Table, Window, exports, in_memory
from encours.web.tables.shown import Shown, show


@dataclass(frozen=True)
class Row:
    id: int
    code: str
    name: str
    open_cents: int
    due_on: date
    state: str
    currency: str = "EUR"


ROWS = [
    Row(1, "C001", "Alpha", 123_456, date(2026, 1, 31), "late"),
    Row(2, "C002", "=HYPERLINK(1)", -500, date(2026, 2, 28), "ok"),
    Row(3, "C003", "éclair", 7, date(2025, 12, 1), "ok"),
]
TABLE = Table(
    name="clients",
    caption="Clients",
    columns=(
        Column("code", "Code", "code", sort=True, link=lambda row: f"/clients/{row.id}/"),
        Column("name", "Nom", sort=True),
        Column("open_cents", "Encours", "money", sort=True, total=True),
        Column("due_on", "Échéance", "date"),
        Column("state", "État", "badge", badges={"late": Badge("En retard", "red")}),
        Column("actions", "", "custom", template="components/brand.html"),
    ),
    sort="-open_cents",
    filters=(
        Filter("q", "Rechercher"),
        Filter("state", "État", "select", (("", "Tous"), ("late", "En retard"))),
    ),
    per_page=2,
)


def asked(query: str) -> Window:
    return TABLE.ask(RequestFactory().get(f"/?{query}"))


def drawn(query: str = "", source: Source | None = None) -> Shown:
    source = source or in_memory(ROWS)
    return show(TABLE, source, asked(query), QueryDict(query), may_export=True)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param("", ("open_cents", True, 0, {}), id="nothing asked: the table's own order"),
        pytest.param("sort=name", ("name", False, 0, {}), id="a sortable column"),
        pytest.param("sort=-name&page=3", ("name", True, 4, {}), id="descending, third page"),
        pytest.param("sort=id;drop", ("open_cents", True, 0, {}), id="a column that is not ours"),
        pytest.param("page=-1", ("open_cents", True, 0, {}), id="a page that is not a number"),
        pytest.param("page=9²", ("open_cents", True, 0, {}), id="a digit that is not ASCII"),
        pytest.param("q=+a%00b+", ("open_cents", True, 0, {"q": "ab"}), id="a search, cleaned"),
        pytest.param("state=x", ("open_cents", True, 0, {}), id="a choice that is not offered"),
        pytest.param("state=late", ("open_cents", True, 0, {"state": "late"}), id="a choice"),
    ],
)
def test_what_an_address_asks(query: str, expected: tuple[Any, ...]) -> None:
    window = asked(query)

    assert (window.sort, window.is_descending, window.offset, window.filters) == expected


def test_a_page_shows_its_rows_and_knows_that_another_follows() -> None:
    first, second = drawn(), drawn("page=2")

    assert [line.id for line in first.lines] == [1, 3]
    assert (first.next_query, first.previous_query) == ("?page=2", "")
    assert [line.id for line in second.lines] == [2]
    assert (second.next_query, second.previous_query) == ("", "?page=1")
    assert (second.first, second.last, second.count) == (3, 3, 3)


def test_a_head_says_its_order_and_leads_to_the_other_one() -> None:
    heads = {head.column.key: head for head in drawn("sort=name&page=2").headers}

    assert (heads["name"].aria_sort, heads["name"].sort_query) == ("ascending", "?sort=-name")
    assert (heads["code"].aria_sort, heads["code"].sort_query) == ("none", "?sort=code")
    assert heads["due_on"].sort_query == ""


def test_values_are_written_in_the_language_of_the_reader() -> None:
    with translation.override("fr"):
        french = [str(cell.text) for cell in drawn().lines[0].cells[:5]]
    with translation.override("en"):
        english = [str(cell.text) for cell in drawn().lines[0].cells[:5]]

    assert french == ["C001", "Alpha", "1\u202f234,56\u00a0€", "31/01/2026", "En retard"]
    assert english == ["C001", "Alpha", "€1,234.56", "31 Jan 2026", "En retard"]


def test_the_totals_are_those_of_the_source_and_only_under_their_columns() -> None:
    source = Source(rows=in_memory(ROWS).rows, totals=lambda _window: {"open_cents": 122_963})

    assert [str(total) for total in drawn("", source).totals] == [
        "", "", "1\u202f229,63\u00a0€", "", "", "",
    ]  # fmt: skip


def test_the_template_is_a_real_table(db: None) -> None:
    drawing = render_to_string("components/table.html", {"table": drawn(), "request": None})
    html = " ".join(drawing.split())

    assert '<th scope="row" class="stay kind-code"> <a href="/clients/1/">C001</a>' in html
    assert 'aria-sort="descending"' in html
    assert "<caption>Clients</caption>" in html
    assert "?page=2" in html


def _csv(house: Any, language: str) -> str:
    window = Window("code", is_descending=False, offset=0, limit=None)
    with translation.override(language):
        response = exports.export("csv", TABLE, in_memory(ROWS), window, tenant_id=house.tenant_id)
    return b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]


def test_the_csv_opens_in_a_french_excel_and_runs_nothing(house: Any) -> None:
    assert _csv(house, "fr") == (
        "\ufeffCode;Nom;Encours;Échéance;État\r\n"
        "C001;Alpha;1234,56;31/01/2026;En retard\r\n"
        "C002;'=HYPERLINK(1);-5,00;28/02/2026;ok\r\n"
        "C003;éclair;0,07;01/12/2025;ok\r\n"
    )


def test_the_english_csv_has_dots_and_iso_dates(house: Any) -> None:
    assert "C001;Alpha;1234.56;2026-01-31;" in _csv(house, "en")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_text_starts_like_a_formula(start: str) -> None:
    assert exports.safe_text(f"{start}cmd") == f"'{start}cmd"


def test_the_workbook_holds_numbers_dates_and_no_formula() -> None:
    window = Window("code", is_descending=False, offset=0, limit=None)
    response = exports.export("xlsx", TABLE, in_memory(ROWS), window, tenant_id=1)
    book = zipfile.ZipFile(io.BytesIO(b"".join(response)))  # type: ignore[arg-type]
    sheet = book.read("xl/worksheets/sheet1.xml").decode()

    assert "<v>1234.56</v>" in sheet
    assert "<v>46053</v>" in sheet, "31/01/2026 as Excel counts days"
    assert "<f>" not in sheet
    assert "=HYPERLINK(1)" in sheet
    assert response.headers["Content-Disposition"].startswith('attachment; filename="clients-')


def test_a_mapping_is_a_row_too() -> None:
    rows = [{"id": 1, "name": "b"}, {"id": 2, "name": "A"}, {"id": 3, "name": None}]
    window = Window("name", is_descending=False, offset=0, limit=None)

    assert [row["id"] for row in in_memory(rows).rows(window)] == [2, 1, 3]
