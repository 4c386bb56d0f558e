"""Chronicles out of books: what is open today was issued in its time, and nothing was paid."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
from tests.dunning.ledgers import FRENCH, Book

from encours.dunning.rules.chronicle import (
    FACTS,
    LINES,
    MESSAGES,
    MONEY,
    SHARES,
    STATES,
    Chronicle,
)

EVER = date(1, 1, 1)


def known(**row: Any) -> dict[str, Any]:
    """Return a row that was always known, and never undone, unless it says so."""
    return {"known_on": EVER, "gone_on": None, **row}


def chronicle_of(one: Book) -> Chronicle:
    """Return the book over time; a settled line was 1,00 EUR, paid whole."""
    lines, shares, states = [], [], []
    for row in one.rows["lines"]:
        lines.append(known(**row, line_id=row["instalment_id"], amount_cents=row["open_cents"]))
        if row["state"] != "ordinary":
            states.append(
                known(line_id=row["instalment_id"], state=row["state"], from_on=row["issued_on"])
            )
    for row in one.rows["settled"]:
        line = {"kind": "invoice", "issued_on": row["due_on"], "due_source": "read"}
        number = row["instalment_id"]
        lines.append(known(**row, **line, line_id=number, amount_cents=100, triage=None))
        shares.append(known(line_id=number, amount_cents=100, effective_on=row["settled_on"]))
    money = [
        known(
            customer_id=row["customer_id"],
            currency=row["currency"],
            amount_cents=row["unallocated_cents"],
            effective_on=EVER,
        )
        for row in one.rows["cover"]
    ]
    said = [
        {**row, "scenario": FRENCH.code, "version": FRENCH.version} for row in one.rows["messages"]
    ]
    return Chronicle.of(
        lines=pl.DataFrame(lines, schema=LINES),
        shares=pl.DataFrame(shares, schema=SHARES),
        states=pl.DataFrame(states, schema=STATES),
        money=pl.DataFrame(money, schema=MONEY),
        facts=pl.DataFrame([known(**row) for row in one.rows["facts"]], schema=FACTS),
        messages=pl.DataFrame(said, schema=MESSAGES),
        **{name: getattr(one.ledger(), name) for name in ("customers", "listings", "choices")},
    )
