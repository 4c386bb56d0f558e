"""A million due lines straight into the ledger's tables: SQL of the server, as its owner."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import psycopg
from psycopg import sql

from bench.figures import say
from bench.installation import Books, owner

PART_PAYMENTS: Final = 0.15


@dataclass(frozen=True, slots=True)
class Filled:
    """What was written, and the sums to check a report with."""

    lines: int
    customers: int
    billed_cents: int
    paid_cents: int


def fill(books: Books, *, lines: int, customers: int, today: date, late: bool = False) -> Filled:
    """Write customers with their address, open invoices of one due line, and part payments.

    Due dates go from 180 days ago to 30 days ahead; `late` puts them all 3 to 60 days ago. A
    customer has its lines spread over all dates.
    """
    given = {"tenant_id": sql.Literal(books.tenant_id)}
    dated = sql.SQL("date {}").format(sql.Literal(today.isoformat()))
    span = sql.SQL("-3 - (g * 104729 % 58)") if late else sql.SQL("30 - (g * 104729 % 211)")
    with owner() as connection:
        _customers(connection, books, customers, given)
        first = _lowest(connection, "parties_customer", books)
        _contacts(connection, books, given)
        due = sql.SQL("({} + ({})::int)").format(dated, span)
        owed_by = f"{first} + g * 7919 % {customers}"
        _invoices(connection, books, given, lines, owed_by=owed_by, due=due)
        _instalments(connection, books, given)
        _payments(connection, books, given, today)
        billed, paid = (
            connection.execute(
                f"select coalesce(sum(amount_cents), 0)::bigint from receivables_{table}"
                " where creditor_id = %s",
                [books.creditor_id],
            ).fetchone()
            for table in ("instalment", "allocation")
        )
    return Filled(lines, customers, *(int(found[0]) if found else 0 for found in (billed, paid)))


def insert(
    connection: psycopg.Connection[Any], model: str, values: Mapping[str, Any], source: str
) -> None:
    """Insert-select into a model's table; columns not given take the model's default."""
    from django.apps import apps  # noqa: PLC0415 - once Django is set up

    found: Any = apps.get_model(model)._meta  # noqa: SLF001 - Django's public surface
    columns = dict(values)
    for field in found.concrete_fields:
        if field.column in columns or field.primary_key or field.null or field.has_db_default():
            continue
        columns[field.column] = sql.Literal(field.get_default())
    table = sql.Identifier(found.db_table)
    start = time.perf_counter()
    connection.execute(
        sql.SQL("insert into {} ({}) select {} from {}").format(
            table,
            sql.SQL(", ").join(sql.Identifier(name) for name in columns),
            sql.SQL(", ").join(
                value if isinstance(value, sql.Composable) else sql.SQL(value)
                for value in columns.values()
            ),
            sql.SQL(source),
        )
    )
    # what autovacuum does within a minute of a large import
    connection.execute(sql.SQL("vacuum analyze {}").format(table))
    say(f"{model}: {time.perf_counter() - start:.1f} s")


def _lowest(connection: psycopg.Connection[Any], table: str, books: Books) -> int:
    found = connection.execute(
        f"select min(id) from {table} where creditor_id = %s", [books.creditor_id]
    ).fetchone()
    assert found is not None
    return int(found[0])


def _customers(
    connection: psycopg.Connection[Any], books: Books, customers: int, given: Mapping[str, Any]
) -> None:
    insert(
        connection,
        "parties.Customer",
        {
            **given,
            "creditor_id": sql.Literal(books.creditor_id),
            "code": "'C' || lpad(g::text, 7, '0')",
            "name": "'Client numéro ' || g || ' SARL'",
            "debtor_class": "'business'",
            "class_confirmed_at": "now()",
            "address_line1": "'1 rue des Serres'",
            "postcode": "'49000'",
            "city": "'Angers'",
        },
        f"generate_series(1, {customers}) g",
    )


def _contacts(connection: psycopg.Connection[Any], books: Books, given: Mapping[str, Any]) -> None:
    insert(
        connection,
        "parties.Contact",
        {
            **given,
            "customer_id": "c.id",
            "name": "'Comptabilité'",
            "email": "'compta@client-' || c.id || '.example'",
        },
        f"parties_customer c where c.creditor_id = {books.creditor_id} order by c.id",
    )


def _invoices(
    connection: psycopg.Connection[Any],
    books: Books,
    given: Mapping[str, Any],
    lines: int,
    *,
    owed_by: str,
    due: sql.Composable,
) -> None:
    insert(
        connection,
        "receivables.Invoice",
        {
            **given,
            "creditor_id": sql.Literal(books.creditor_id),
            "customer_id": owed_by,
            "number": "'FA' || lpad(g::text, 8, '0')",
            "issued_on": sql.SQL("{} - 30").format(due),
            "amount_cents": "1200 + (g * 7907 % 400000)",
            "net_cents": "(1200 + (g * 7907 % 400000)) * 5 / 6",
            "vat_cents": "(1200 + (g * 7907 % 400000)) - (1200 + (g * 7907 % 400000)) * 5 / 6",
            "key": "'FA' || g",
            "journal": "'VE'",
            "piece": "'FA' || lpad(g::text, 8, '0')",
            "label": "'Facture ' || g",
        },
        f"generate_series(1::bigint, {lines}) g",
    )


def _instalments(
    connection: psycopg.Connection[Any], books: Books, given: Mapping[str, Any]
) -> None:
    insert(
        connection,
        "receivables.Instalment",
        {
            **given,
            "creditor_id": sql.Literal(books.creditor_id),
            "invoice_id": "i.id",
            "customer_id": "i.customer_id",
            "issued_on": "i.issued_on",
            "due_on": "i.issued_on + 30",
            "due_source": "'read'",
            "amount_cents": "i.amount_cents",
        },
        f"receivables_invoice i where i.creditor_id = {books.creditor_id} order by i.id",
    )


def _payments(
    connection: psycopg.Connection[Any], books: Books, given: Mapping[str, Any], today: date
) -> None:
    """Pay a part of fifteen lines in a hundred, between issue and today."""
    source = (
        "(select *, least(issued_on + 10 + (id % 25)::int,"
        f" date '{today.isoformat()}') as paid_on, amount_cents / 3 + 1 as part"
        f" from receivables_instalment where creditor_id = {books.creditor_id}"
        f" and id % 100 < {round(PART_PAYMENTS * 100)}"
        f" and issued_on <= date '{today.isoformat()}') i"
    )
    insert(
        connection,
        "receivables.Credit",
        {
            **given,
            "creditor_id": sql.Literal(books.creditor_id),
            "customer_id": "i.customer_id",
            "received_on": "i.paid_on",
            "amount_cents": "i.part",
            "key": "'R' || i.id",
            "piece": "'R' || i.id",
            "journal": "'BQ'",
            "label": "'VIR'",
        },
        source,
    )
    insert(
        connection,
        "receivables.Allocation",
        {
            **given,
            "creditor_id": sql.Literal(books.creditor_id),
            "credit_id": "p.id",
            "instalment_id": "i.id",
            "customer_id": "i.customer_id",
            "payer_id": "i.customer_id",
            "issued_on": "i.issued_on",
            "due_on": "i.due_on",
            "amount_cents": "i.part",
            "effective_on": "i.paid_on",
            "origin": "'letter'",
            "letter": "'aa'",
        },
        f"{source} join receivables_credit p on p.creditor_id = {books.creditor_id}"
        " and p.key = 'R' || i.id",
    )
