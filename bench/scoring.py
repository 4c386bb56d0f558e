"""Payer profiles over many due lines, most of them settled: computed, written, nothing new."""

from __future__ import annotations

import io
import json
from datetime import date
from typing import Any, Final

import polars as pl
import psycopg
from psycopg import sql

from bench import doors, open_items
from bench.aged_balance import TODAY
from bench.figures import Figure, spaced, timed
from bench.installation import Books, found_books, owner

LINES_A_CUSTOMER: Final = 10
SETTLED: Final = """
copy (
    select i.customer_id, i.due_on, i.amount_cents, a.effective_on
    from receivables_instalment i
    left join receivables_allocation a on a.tenant_id = i.tenant_id and a.instalment_id = i.id
    where i.creditor_id = {creditor}) to stdout (format csv)
"""


def measure(size: int) -> list[Figure]:
    """Score ten times fewer customers than there are lines."""
    books = found_books("BANC-SCORE")
    customers = max(1, size // LINES_A_CUSTOMER)
    open_items.fill(books, lines=size, customers=customers, today=TODAY)
    with owner() as connection:
        _settle(connection, books, TODAY)
        limit = timed(lambda: _mean_delays(connection, books))
    first, again = _ours(books)
    label = f"{spaced(size)} due lines of {spaced(customers)} customers"
    return [
        Figure(f"payer profiles, {label}, written", first, limit, to_reach=15),
        Figure("the same again, nothing new", again, limit, to_reach=15),
    ]


def _settle(connection: psycopg.Connection[Any], books: Books, today: date) -> None:
    """Pay the rest of four lines in five, between five days early and forty days late."""
    given = {"tenant_id": sql.Literal(books.tenant_id), "creditor_id": books_id(books)}
    source = (
        "(select i.*, i.due_on - 5 + (abs(hashint8(i.id)::bigint) % 45)::int as paid_on,"
        " i.amount_cents - coalesce(a.amount_cents, 0) as rest"
        " from receivables_instalment i left join receivables_allocation a"
        " on a.tenant_id = i.tenant_id and a.instalment_id = i.id"
        f" where i.creditor_id = {books.creditor_id} and abs(hashint8(i.id)::bigint) % 5 > 0) i"
    )
    paid = f"{source} where i.paid_on <= date '{today.isoformat()}'"
    open_items.insert(
        connection,
        "receivables.Credit",
        {
            **given,
            "customer_id": "i.customer_id",
            "received_on": "i.paid_on",
            "amount_cents": "i.rest",
            "key": "'S' || i.id",
            "label": "'VIR'",
        },
        paid,
    )
    open_items.insert(
        connection,
        "receivables.Allocation",
        {
            **given,
            "credit_id": "p.id",
            "instalment_id": "i.id",
            "customer_id": "i.customer_id",
            "payer_id": "i.customer_id",
            "issued_on": "i.issued_on",
            "due_on": "i.due_on",
            "amount_cents": "i.rest",
            "effective_on": "i.paid_on",
            "origin": "'letter'",
        },
        f"{source} join receivables_credit p on p.creditor_id = {books.creditor_id}"
        " and p.key = 'S' || i.id",
    )


def books_id(books: Books) -> sql.Literal:
    """Return the creditor as SQL takes it."""
    return sql.Literal(books.creditor_id)


def _mean_delays(connection: psycopg.Connection[Any], books: Books) -> pl.DataFrame:
    """Do the least: read lines with their settlements, group the mean delay by customer."""
    buffer = io.BytesIO()
    asked = sql.SQL(SETTLED).format(creditor=books_id(books))
    with connection.cursor() as cursor, cursor.copy(asked) as copy:
        for block in copy:
            buffer.write(block)
    buffer.seek(0)
    schema = {"customer": pl.Int64, "due": pl.Date, "cents": pl.Int64, "paid": pl.Date}
    frame = pl.read_csv(buffer, has_header=False, schema=schema)
    days = (pl.col("paid") - pl.col("due")).dt.total_days() * pl.col("cents")
    return frame.group_by("customer").agg(days.sum() / pl.col("cents").sum())


def _ours(books: Books) -> tuple[float, float]:
    from encours.scoring.actions.running import score_creditor  # noqa: PLC0415 - Django is set up
    from encours.tenancy.scope import in_tenant  # noqa: PLC0415 - idem

    def run() -> None:
        with in_tenant(books.tenant_id):
            place = {"tenant_id": books.tenant_id, "creditor_id": books.creditor_id}
            score_creditor(**place, today=TODAY)

    first, again = timed(run, runs=1), timed(run, runs=1)
    words = ("score", "--creditor", books.code, "--as-of", TODAY.isoformat(), "--json")
    told = json.loads(doors.run(*words, "--known-at", "2100-01-01").text)
    assert all(one["figures"]["settled_lines"] > 0 for one in told[:100])
    return first, again
