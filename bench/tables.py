"""Tables of movements of any number of rows: as text, and as a workbook; by columns."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Final

import polars as pl
import xlsxwriter

from bench.data import uniform

COLUMNS: Final = {
    "customer_code": "Code client",
    "customer_name": "Nom du client",
    "kind": "Nature",
    "number": "N° de pièce",
    "reference": "Facture réglée",
    "issued_on": "Date",
    "due_on": "Échéance",
    "amount": "Montant TTC",
}
PAID: Final = 0.5
ROWS_A_CUSTOMER: Final = 90
START: Final = date(2025, 1, 1)


def rows(count: int) -> pl.DataFrame:
    """Return invoices, then payments of the first of them: as many rows as asked."""
    invoices = round(count / (1 + PAID))
    frame = pl.DataFrame({"n": pl.int_range(invoices, eager=True)})
    customer = (uniform(pl.col("n"), 1) * max(1, count // ROWS_A_CUSTOMER)).cast(pl.Int64)
    frame = frame.with_columns(
        customer=customer,
        on=pl.lit(START) + pl.duration(days=(uniform(pl.col("n"), 2) * 330).cast(pl.Int64)),
        cents=(uniform(pl.col("n"), 3) * 500_000).cast(pl.Int64) + 100,
    ).sort("on", "n")
    said = frame.select(
        "customer",
        kind=pl.lit("Facture"),
        number=pl.format("F{}", "n"),
        reference=pl.lit(None, pl.String),
        on="on",
        due=pl.col("on") + pl.duration(days=30),
        cents="cents",
    )
    paid = said.head(count - invoices).select(
        "customer",
        kind=pl.lit("Règlement"),
        number=pl.format("R{}", pl.int_range(pl.len())),
        reference="number",
        on=pl.col("on") + pl.duration(days=35),
        due=pl.lit(None, pl.Date),
        cents="cents",
    )
    return pl.concat([said, paid])


def write_csv(folder: Path, count: int) -> Path:
    """Write them as French software does: semicolons, commas in amounts, days first."""
    path = folder / f"mouvements-{count}.csv"
    euros = pl.format(
        "{},{}", pl.col("cents") // 100, (pl.col("cents") % 100).cast(pl.String).str.zfill(2)
    )
    text = rows(count).select(
        pl.format("C{}", "customer").alias("Code client"),
        pl.format("Client numéro {}", "customer").alias("Nom du client"),
        pl.col("kind").alias("Nature"),
        pl.col("number").alias("N° de pièce"),
        pl.col("reference").alias("Facture réglée"),
        pl.col("on").dt.strftime("%d/%m/%Y").alias("Date"),
        pl.col("due").dt.strftime("%d/%m/%Y").alias("Échéance"),
        euros.alias("Montant TTC"),
    )
    text.write_csv(path, separator=";", line_terminator="\r\n")
    return path


def write_xlsx(folder: Path, count: int) -> Path:
    """Write them as a workbook: real dates, real numbers."""
    path = folder / f"mouvements-{count}.xlsx"
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("Mouvements")
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write_row(0, 0, list(COLUMNS.values()))
        for at, row in enumerate(rows(count).iter_rows(), start=1):
            customer, kind, number, reference, on, due, cents = row
            texts = (f"C{customer}", f"Client numéro {customer}", kind, number, reference or "")
            sheet.write_row(at, 0, texts)
            sheet.write_datetime(at, 5, on, day)
            if due:
                sheet.write_datetime(at, 6, due, day)
            sheet.write_number(at, 7, cents / 100)
    return path


def write_mapping(folder: Path) -> Path:
    """Write what the columns are, as a person would have chosen them."""
    path = folder / "correspondance.json"
    said = {"meaning": "movements", "columns": COLUMNS, "decimals": "comma", "order": "dmy"}
    path.write_text(json.dumps(said), "utf-8")
    return path
