"""The limits: the least work that would do, with no rule, no policy and no record.

A ratio against them is judged within one run; the milliseconds of two runs are not compared.
"""

from __future__ import annotations

import io
import smtplib
from datetime import date
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Final

import polars as pl
import psycopg

from bench.installation import Books, owner

DATES: Final = ("EcritureDate", "PieceDate", "DateLet", "ValidDate")
AMOUNTS: Final = ("Debit", "Credit")
BUCKETS: Final = """
    sum({cents}) filter (where due_on >= {on}),
    sum({cents}) filter (where {on} - due_on between 1 and 30),
    sum({cents}) filter (where {on} - due_on between 31 and 60),
    sum({cents}) filter (where {on} - due_on between 61 and 90),
    sum({cents}) filter (where {on} - due_on > 90), sum({cents})
"""


def parse_and_copy(path: Path) -> int:
    """Read an FEC by columns, type it, COPY it into a typed table with a key; return its rows."""
    frame = pl.read_csv(path, separator="\t", quote_char=None, infer_schema=False, encoding="utf8")
    columns = [
        pl.col(name).str.strptime(pl.Date, "%Y%m%d", strict=False)
        if name in DATES
        else pl.col(name).str.replace(",", "", literal=True).cast(pl.Int64)
        if name in AMOUNTS
        else pl.col(name)
        for name in frame.columns
    ]
    typed = frame.select(columns)
    kinds = {pl.Date: "date", pl.Int64: "bigint", pl.String: "text"}
    fields = ", ".join(f"c{n} {kinds[kind.base_type()]}" for n, kind in enumerate(typed.dtypes))
    names = ", ".join(f"c{n}" for n in range(typed.width))
    with owner() as connection:
        connection.execute("drop table if exists bench_fec")
        connection.execute(
            f"create table bench_fec (id bigint generated always as identity primary key, {fields})"
        )
        into = f"copy bench_fec ({names}) from stdin (format csv)"
        with connection.cursor() as cursor, cursor.copy(into) as copy:
            for piece in typed.iter_slices(100_000):
                copy.write(piece.write_csv(include_header=False).encode())
        connection.execute("drop table bench_fec")
    return typed.height


def table_and_copy(path: Path) -> int:
    """Read a table by columns, type it, COPY it into a typed table with a key; return its rows."""
    frame = pl.read_csv(path, separator=";", infer_schema=False, encoding="utf8")
    *texts, on, due, amount = frame.columns
    typed = frame.select(
        *texts,
        *(pl.col(name).str.strptime(pl.Date, "%d/%m/%Y", strict=False) for name in (on, due)),
        pl.col(amount).str.replace(",", "", literal=True).cast(pl.Int64),
    )
    fields = ", ".join(
        [*(f"c{n} text" for n in range(len(texts))), "d1 date, d2 date, cents bigint"]
    )
    names = ", ".join([*(f"c{n}" for n in range(len(texts))), "d1, d2, cents"])
    with owner() as connection:
        connection.execute("drop table if exists bench_table")
        connection.execute(
            f"create table bench_table (id bigint generated always as identity primary key,"
            f" {fields})"
        )
        into = f"copy bench_table ({names}) from stdin (format csv)"
        with connection.cursor() as cursor, cursor.copy(into) as copy:
            for piece in typed.iter_slices(100_000):
                copy.write(piece.write_csv(include_header=False).encode())
        connection.execute("drop table bench_table")
    return typed.height


def read_workbook(path: Path) -> int:
    """Read the cells of a workbook, as calamine gives them; return its rows below the headings."""
    from python_calamine import CalamineWorkbook  # noqa: PLC0415 - for this limit only

    return len(CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()) - 1


def flatten_open_items(books: Books) -> None:
    """Copy the ledger's rows into two bare tables: what the one SQL aggregate reads."""
    with owner() as connection:
        connection.execute("drop table if exists bench_item, bench_part")
        connection.execute(
            f"""create table bench_item as select i.id, i.customer_id, i.issued_on, i.due_on,
                i.amount_cents, (i.amount_cents - coalesce(a.paid, 0))::bigint as open_cents
            from receivables_instalment i left join (select instalment_id,
                sum(amount_cents) as paid from receivables_allocation group by 1) a
                on a.instalment_id = i.id
            where i.creditor_id = {books.creditor_id} order by i.customer_id, i.due_on"""
        )
        connection.execute(
            f"""create table bench_part as select instalment_id, effective_on, amount_cents
            from receivables_allocation where creditor_id = {books.creditor_id}"""
        )
        connection.execute("alter table bench_item add primary key (id)")
        connection.execute(
            "create index on bench_item (customer_id, due_on) include (open_cents)"
            " where open_cents <> 0"
        )
        connection.execute("vacuum analyze bench_item")
        connection.execute("vacuum analyze bench_part")


def aggregate_today(connection: psycopg.Connection[Any], on: date) -> list[tuple[Any, ...]]:
    """Sum what is open by customer and bucket: one statement over rows that know it."""
    sums = BUCKETS.format(cents="open_cents", on=f"date '{on.isoformat()}'")
    return connection.execute(
        f"select customer_id, {sums} from bench_item where open_cents <> 0 group by customer_id"
    ).fetchall()


def aggregate_past(connection: psycopg.Connection[Any], on: date) -> list[tuple[Any, ...]]:
    """Sum what was open on a past date: issue dates and dated part payments."""
    day = f"date '{on.isoformat()}'"
    sums = BUCKETS.format(cents="amount_cents - coalesce(paid, 0)", on=day)
    return connection.execute(
        f"""select customer_id, {sums} from bench_item i left join
            (select instalment_id, sum(amount_cents) as paid from bench_part
             where effective_on <= {day} group by 1) p on p.instalment_id = i.id
        where issued_on <= {day} group by customer_id"""
    ).fetchall()


def read_and_group(connection: psycopg.Connection[Any], on: date) -> int:
    """Bring the open lines into memory and group the overdue ones; return the customers.

    By COPY and Polars: ADBC, which is a little faster, is not a dependency.
    """
    buffer = io.BytesIO()
    statement = (
        "copy (select customer_id, due_on, open_cents from bench_item where open_cents <> 0)"
        " to stdout (format csv)"
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for block in copy:
            buffer.write(block)
    buffer.seek(0)
    frame = pl.read_csv(
        buffer,
        has_header=False,
        schema={"customer": pl.Int64, "due": pl.Date, "cents": pl.Int64},
    )
    late = frame.filter(pl.col("due") < on).group_by("customer")
    return late.agg(pl.len(), pl.col("cents").sum(), pl.col("due").min()).height


def send_bare(port: int, messages: int) -> None:
    """Build and send plain messages one after the other on one kept connection."""
    with smtplib.SMTP("127.0.0.1", port) as client:
        for number in range(messages):
            message = EmailMessage()
            message["From"] = "comptabilite@vertrameau.example"
            message["To"] = f"compta@client-{number}.example"
            message["Subject"] = f"Facture FA{number:07d} échue"
            message["Message-ID"] = f"<{number}@bench.example>"
            message.set_content("Bonjour,\n\nNotre facture reste à régler.\n" * 12)
            message.add_alternative("<p>Bonjour,</p><p>Facture à régler.</p>" * 12, subtype="html")
            client.send_message(message)


BARE_PAGE: Final = """#set page("a4")
#set text(size: 10pt)
#let given = json(bytes(sys.inputs.given))
Vertrameau Distribution SAS

#given.customer

Facture #given.number, échue : #given.amount euros.
#table(columns: 4, ..for n in range(15) {
  ([FA#n], [01/10/2026], [31/10/2026], [#given.amount])
})
#for n in range(8) [Nous vous prions de régler cette somme sous huit jours. ]
"""


def typeset_bare(folder: Path, letters: int) -> None:
    """Compile a bare page with a table of 15 rows for each letter, one compiler kept."""
    import typst  # noqa: PLC0415 - slow to import, for this limit only

    source = folder / "bare.typ"
    source.write_text(BARE_PAGE, "utf-8")
    compiler = typst.Compiler(str(source))
    for number in range(letters):
        given = (
            f'{{"customer": "Client {number}", "number": "FA{number}", "amount": "{number},00"}}'
        )
        compiler.compile(sys_inputs={"given": given})
