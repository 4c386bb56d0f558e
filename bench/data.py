"""Big ledgers: an FEC of any number of lines, made by columns.

The shape is that of `reference/performance.md`: of a million lines, 11 101 customers, 208 000
invoices of three lines (40 000 of them open at the cut), 188 000 receipts of two. The same seed
gives the same bytes: the draws are integer arithmetic, not a library's generator.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import date
from itertools import product
from pathlib import Path
from string import ascii_uppercase
from typing import Final

import polars as pl

SIREN: Final = "000325175"
YEAR: Final = 2025
INVOICES, RECEIPTS, CUSTOMERS = 0.208, 0.188, 0.011_101
SHOWN = 0.5
COLUMNS: Final = (
    *("JournalCode", "JournalLib", "EcritureNum", "EcritureDate", "CompteNum", "CompteLib"),
    *("CompAuxNum", "CompAuxLib", "PieceRef", "PieceDate", "EcritureLib", "Debit", "Credit"),
    *("EcritureLet", "DateLet", "ValidDate", "Montantdevise", "Idevise"),
)


@dataclass(frozen=True, slots=True)
class BigFec:
    """A file and what an importer must find in it."""

    path: Path
    lines: int
    customers: int
    invoices: int
    receipts: int
    open_invoices: int
    open_cents: int


def uniform(number: pl.Expr, salt: int) -> pl.Expr:
    """Return a draw in [0, 1) from a row number: splitmix64, the same on every machine."""
    mixed = number.cast(pl.UInt64) * 0x9E37_79B9_7F4A_7C15 + salt * 0x632B_E59B_D9B4_E019 % 2**63
    for shift, factor in ((30, 0xBF58_476D_1CE4_E5B9), (27, 0x94D0_49BB_1331_11EB)):
        mixed = (mixed ^ (mixed // 2**shift)) * factor
    mixed ^= mixed // 2**31
    return (mixed // 2**11).cast(pl.Float64) / 2**53


def write_fec(folder: Path, lines: int, *, seed: int = 1) -> BigFec:
    """Write an FEC of about `lines` lines in `folder` and say what is in it."""
    invoices = _invoices(lines, seed)
    receipts = _receipts(invoices, round(lines * RECEIPTS), seed)
    rows = _rows(invoices, receipts)
    path = folder / f"{SIREN}FEC{YEAR}1231.txt"
    rows.write_csv(path, separator="\t", quote_style="never", line_terminator="\r\n")
    still_open = invoices.filter(~pl.col("paid"))
    return BigFec(
        path,
        rows.height,
        invoices["customer"].n_unique(),
        invoices.height,
        receipts.height,
        still_open.height,
        int(still_open["cents"].sum()),
    )


def _invoices(lines: int, seed: int) -> pl.DataFrame:
    """Draw invoices in the order of days; the last fifth has the open ones, more and more."""
    size, customers = round(lines * INVOICES), max(1, round(lines * CUSTOMERS))
    number = pl.col("n")
    first = date(YEAR, 1, 1)
    return (
        pl.DataFrame({"n": pl.int_range(size, eager=True)})
        .with_columns(
            customer=(uniform(number, seed) ** 1.6 * customers).cast(pl.Int64),
            day=(number * 350 // size).cast(pl.Int64),
            net=(1_000 + uniform(number, seed + 1) ** 4 * 2_000_000).cast(pl.Int64),
            paid=uniform(number, seed + 2) * size >= _chance_of_open(number, size),
            delay=(uniform(number, seed + 3) * 60).cast(pl.Int64) + 5,
            shown=uniform(number, seed + 4) < SHOWN,
        )
        .with_columns(vat=(pl.col("net") * 20 + 50) // 100)
        .with_columns(
            cents=pl.col("net") + pl.col("vat"),
            on=pl.lit(first) + pl.duration(days="day"),
            piece=pl.format("FA{}", (number + 1).cast(pl.String).str.zfill(7)),
        )
        .with_columns(
            paid=pl.col("paid") & (pl.col("day") + pl.col("delay") <= 364),
            due=pl.col("on") + pl.duration(days=30),
        )
    )


def _chance_of_open(number: pl.Expr, size: int) -> pl.Expr:
    """Old invoices are open one in fourteen, those of the last weeks one in two."""
    return pl.when(number < size * 0.8).then(size * 0.07).otherwise(size * 0.5)


def _receipts(invoices: pl.DataFrame, wanted: int, seed: int) -> pl.DataFrame:
    """Pay what is paid: by one receipt, or by two so that as many come as wanted."""
    paid = invoices.filter("paid").with_row_index("r")
    doubled = max(0.0, (wanted - paid.height) / max(1, paid.height))
    paid = paid.with_columns(twice=uniform(pl.col("n"), seed + 5) < doubled)
    on = pl.col("on") + pl.duration(days="delay")
    first = pl.when("twice").then(pl.col("cents") * 2 // 5).otherwise("cents")
    whole = paid.with_columns(part=first, on=on)
    rest = paid.filter("twice").with_columns(
        part=pl.col("cents") - pl.col("cents") * 2 // 5, on=on + pl.duration(days=1)
    )
    return pl.concat([whole, rest]).filter(pl.col("on") <= date(YEAR, 12, 31)).drop("r", "twice")


def _letters(invoices: pl.DataFrame, receipts: pl.DataFrame) -> pl.DataFrame:
    """Give each paid invoice a letter of three, starting again for each customer."""
    last = receipts.group_by("n").agg(lettered=pl.col("on").max(), sum=pl.col("part").sum())
    codes = ["".join(three) for three in product(ascii_uppercase, repeat=3)]
    table = pl.DataFrame({"rank": pl.int_range(len(codes), eager=True), "letter": codes})
    return (
        invoices.select("n", "customer", "cents")
        .join(last, on="n")
        .filter(pl.col("sum") == pl.col("cents"))
        .sort("customer", "lettered", "n")
        .with_columns(rank=pl.int_range(pl.len()).over("customer") % len(codes))
        .join(table, on="rank")
        .select("n", "letter", "lettered")
    )


def _rows(invoices: pl.DataFrame, receipts: pl.DataFrame) -> pl.DataFrame:
    letters = _letters(invoices, receipts)
    sales = invoices.with_columns(journal=pl.lit("VE"), part=pl.col("cents"))
    paid = receipts.with_columns(journal=pl.lit("BQ"))
    entries = (
        pl.concat([sales, paid], how="diagonal")
        .join(letters, on="n", how="left")
        .sort("on", "journal", "n")
        .with_columns(
            entry=pl.int_range(1, pl.len() + 1).over("journal"), order=pl.int_range(pl.len())
        )
    )
    sale, receipt = pl.col("journal") == "VE", pl.col("journal") == "BQ"
    parts = [
        _part(entries.filter(sale), 0, "411000", "Clients", pl.col("cents")),
        _part(entries.filter(sale), 1, "707000", "Ventes de marchandises", -pl.col("net")),
        _part(entries.filter(sale), 2, "445710", "TVA collectée", -pl.col("vat")),
        _part(entries.filter(receipt), 0, "512000", "Banque", pl.col("part")),
        _part(entries.filter(receipt), 1, "411000", "Clients", -pl.col("part")),
    ]
    return pl.concat(parts).sort("order", "position").drop("order", "position")


def _part(
    entries: pl.DataFrame, position: int, account: str, name: str, cents: pl.Expr
) -> pl.DataFrame:
    """Return one line of each entry, as text in the legal columns."""
    debtor = account == "411000"
    blank = pl.lit("")
    code = pl.format("C{}", pl.col("customer").cast(pl.String).str.zfill(6))
    client = pl.format("Client numéro {} SARL", "customer")
    day = pl.col("on").dt.strftime("%Y%m%d")
    shown = pl.format("{} {} Éch. {}", "piece", client, pl.col("due").dt.strftime("%d/%m/%Y"))
    text = pl.when("shown").then(shown).otherwise(pl.format("{} {}", "piece", client))
    if debtor and position == 1:
        text = pl.format("VIR SEPA {} {}", "piece", client)
    reference = pl.format("R{}", pl.col("entry").cast(pl.String).str.zfill(7))
    return entries.select(
        "order",
        pl.lit(position).alias("position"),
        pl.col("journal").alias("JournalCode"),
        pl.col("journal").replace({"VE": "Ventes", "BQ": "Banque"}).alias("JournalLib"),
        pl.col("entry").cast(pl.String).str.zfill(7).alias("EcritureNum"),
        day.alias("EcritureDate"),
        pl.lit(account).alias("CompteNum"),
        pl.lit(name).alias("CompteLib"),
        (code if debtor else blank).alias("CompAuxNum"),
        (client if debtor else blank).alias("CompAuxLib"),
        pl.when(pl.col("journal") == "VE").then("piece").otherwise(reference).alias("PieceRef"),
        day.alias("PieceDate"),
        text.alias("EcritureLib"),
        _amount(cents).alias("Debit"),
        _amount(-cents).alias("Credit"),
        (pl.col("letter").fill_null("") if debtor else blank).alias("EcritureLet"),
        (pl.col("lettered").dt.strftime("%Y%m%d").fill_null("") if debtor else blank).alias(
            "DateLet"
        ),
        day.alias("ValidDate"),
        blank.alias("Montantdevise"),
        blank.alias("Idevise"),
    )


def _amount(cents: pl.Expr) -> pl.Expr:
    """Write cents as the law does, with a comma; the other side is 0,00."""
    kept = pl.max_horizontal(cents, pl.lit(0))
    return pl.format("{},{}", kept // 100, (kept % 100).cast(pl.String).str.zfill(2))


if __name__ == "__main__":
    target, size = Path(sys.argv[1]), int(sys.argv[2])
    print(write_fec(target, size))
