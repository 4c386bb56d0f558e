"""Every table of `../shared/data` goes in to the cent, or is refused with the issue one needs.

`make real` prints the table of files and results.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
from tests.conftest import House
from tests.imports.tables.doors import bring, cents, still_open, undo
from tests.real.test_fec_files import DATA

from encours.imports.actions import tables
from encours.imports.ports import Unreadable

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not DATA.is_dir(), reason="les fichiers réels ne sont pas sur ce poste"),
]
FOLDERS = ("erp", "spreadsheets", "receivables")
FILES = sorted(path for folder in FOLDERS for path in (DATA / folder).rglob("*") if path.is_file())
TABLE: list[tuple[str, str]] = []
REFUSED = {
    "erp/ebp_edi.edi": "not_a_table",
    "erp/ekylibre_sales.csv": "mapping_unsure",
    "erp/i_seven_journal_entries.ecx": "not_a_table",
    "erp/exchange/financial_year_exchange_import.csv": "no_customer_line",
    "erp/exchange/financial_year_exchange_import_entry_date_invalid.csv": "no_customer_line",
    "erp/exchange/financial_year_exchange_import_invalid.csv": "not_a_table",
    "erp/exchange/financial_year_exchange_import_isacompta.csv": "no_customer_line",
    "erp/exchange/financial_year_exchange_import_isacompta_entry_date_invalid.csv":
        "no_customer_line",
    "erp/exchange/financial_year_exchange_import_isacompta_nonexistant_journal.csv":
        "no_customer_line",
    "spreadsheets/calamine_any_sheets.ods": "no_header",
    "spreadsheets/calamine_any_sheets.xlsb": "no_header",
    "spreadsheets/calamine_base.ods": "no_header",
    "spreadsheets/calamine_base.xlsb": "no_header",
    "spreadsheets/calamine_issue139.xlsx": "no_header",
    "spreadsheets/calamine_password.xls": "workbook_password",
    "spreadsheets/calamine_password.xlsx": "workbook_password",
}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def table() -> Iterator[None]:
    yield
    for name, said in TABLE:
        print(f"{name:75} {said}")  # noqa: T201 - the table that `make real` prints


def named(path: Path) -> str:
    return str(path.relative_to(DATA))


def amounts(name: str, column: str) -> Decimal:
    """Add up a column as written, each cell rounded to the cent."""
    with (DATA / "receivables" / name).open(encoding="utf-8") as handle:
        rows = csv.DictReader(handle)
        cells = (Decimal(row[column] or "0") for row in rows)
        return sum((cell.quantize(Decimal("0.01"), ROUND_HALF_UP) for cell in cells), Decimal(0))


@pytest.mark.parametrize("path", FILES, ids=named)
def test_a_table_goes_in_or_says_why_not(path: Path, house: House) -> None:
    expected = REFUSED.get(named(path))
    try:
        outcome = bring(house, path)
    except tables.Unsure as unsure:
        codes, said = {issue.code for issue in unsure.issues}, unsure.issues[0].message
    except Unreadable as unreadable:
        codes, said = {unreadable.issue.code}, unreadable.issue.message
    else:
        codes = {issue.code for issue in outcome.issues if issue.severity == "error"}
        said = next((one.message for one in outcome.issues if one.severity == "error"), "")
        if outcome.is_refused and not expected:
            outcome = bring(house, path, accept_rest=True)
        if outcome.applied:
            assert outcome.control["ok"], outcome.control["differences"]
            counts, control = outcome.counts, outcome.control
            TABLE.append((named(path), (
                f"{counts['invoices']} factures {counts['payments']} règlements "
                f"{counts['allocations']} lettrages  net {control['ledger_net']} = "
                f"{control['file_net']}" + (f"  sans {len(codes)} sortes d'erreurs : {said}" if codes else "")
            )))  # fmt: skip
            assert expected is None
            return
    TABLE.append((named(path), f"refusé : {said}"))
    assert expected in codes
    assert still_open(house) == []


def test_the_school_ledger_maps_without_code(house: House) -> None:
    name = "school_fees_ledger_public60.csv"
    outcome = bring(house, DATA / "receivables" / name)

    due, paid = amounts(name, "amount_due"), amounts(name, "amount_paid")
    assert outcome.control["ok"]
    assert Decimal(outcome.control["file_net"]) == due - paid == amounts(name, "receivables")
    assert sum(cents(house).values()) == (due - paid) * 100
    undo(house, outcome)
    assert still_open(house) == []


def test_the_open_items_map_without_code(house: House) -> None:
    name = "highradius_open_items_public60.csv"
    on = date(2020, 5, 31)
    outcome = bring(house, DATA / "receivables" / name, as_of=on)

    total = amounts(name, "converted_usd")
    assert outcome.control["ok"]
    assert Decimal(outcome.control["file_net"]) == total
    assert {row[4] for row in still_open(house, on)} == {"USD"}
    assert sum(cents(house, on).values()) == total * 100
    assert outcome.counts["invoices"] == 6147
