"""Real payments that explain inferred settlements: they take their place, the inference goes.

A payment explains what was settled by the day of a list: first what it quotes, then the same
amount, then the customer's earliest settlements whose day is not before the payment's.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

import polars as pl

from encours.imports.rules import spread
from encours.imports.rules.derived import ALLOCATIONS, PROPOSALS, RECLASSIFICATIONS, Documents
from encours.imports.rules.numbers import reference
from encours.imports.rules.tables.held import SETTLED, Difference, Held, is_inferred, unit_of
from encours.imports.rules.tables.placing import documents_promised, fifo, lines_promised

_EARLY: Final = timedelta(days=7)
_BY: Final = ["customer_code", "currency"]
_SHARES: Final[dict[str, Any]] = {"credit": pl.String, "entry": pl.String, "amount": pl.Int64}


def corrections(held: Held) -> Difference:
    """Put real credits in the place of what was inferred of the same customers."""
    entries, free = _entries(held), _free_credits(held)
    shares = _matched(entries, free)
    taken = shares.group_by(key="entry").agg(explained=pl.col("amount").sum())
    entries = entries.join(taken, on="key", how="left").with_columns(
        explained=pl.col("explained").fill_null(0)
    )
    touched = entries.filter((pl.col("explained") > 0) | (pl.col("left") > 0))
    gone = {
        "allocation": held.used.join(touched.select(credit_key="key"), on="credit_key", how="semi"),
        "credit": held.documents.join(touched.select("key"), on="key", how="semi"),
    }
    rest = touched.with_columns(amount=pl.col("open") - pl.col("explained")).filter(
        pl.col("amount") > 0
    )
    return Difference(
        documents=_documents(held, touched, shares, rest, gone["allocation"]),
        withdrawn={name: rows["id"] for name, rows in gone.items()},
        kept_settled=pl.DataFrame(),
    )


def _entries(held: Held) -> pl.DataFrame:
    """Return inferred settlements: `open`, what they settle, and `left`, what they no longer do."""
    used = held.used.group_by(key="credit_key").agg(open=pl.col("amount").sum())
    numbers = held.documents.select(unit="key", unit_number="number")
    return (
        held.documents.filter(pl.col("key").str.starts_with(SETTLED))
        .join(used, on="key", how="left")
        .with_columns(unit=unit_of(pl.col("key")), open=pl.col("open").fill_null(0))
        .join(numbers, on="unit", how="left")
        .with_columns(left=pl.col("amount") - pl.col("open"))
        .sort("on", "key")
    )


def _free_credits(held: Held) -> pl.DataFrame:
    used = held.used.group_by(key="credit_key").agg(taken=pl.col("amount").sum())
    real = held.documents.filter((pl.col("side") == "C") & ~is_inferred(pl.col("key")))
    return (
        real.join(used, on="key", how="left")
        .with_columns(open=pl.col("amount") - pl.col("taken").fill_null(0))
        .filter(pl.col("open") > 0)
        .sort("on", "key")
    )


def _matched(entries: pl.DataFrame, free: pl.DataFrame) -> pl.DataFrame:
    """Pair credits and entries: by number, by amount, then the earliest."""
    names = ["key", *_BY, "on", "open"]
    owed = entries.filter(pl.col("open") > 0).select(*names, ref=reference(pl.col("unit_number")))
    paid = free.select(*names, ref=reference(pl.col("number")))
    owed, paid = owed.with_row_index("item"), paid.with_row_index("item")
    quoted = spread.oldest_first(
        owed.filter(pl.col("ref") != ""), paid.filter(pl.col("ref") != ""), [*_BY, "ref"]
    )
    owed, paid = spread.less(owed, "claim", quoted), spread.less(paid, "credit", quoted)
    pairs = spread.equal_pairs(owed, paid, _BY)
    days = pairs.join(owed.select(claim="item", by_on="on"), on="claim").join(
        paid.select(credit="item", paid_on="on"), on="credit"
    )
    equal = days.filter(pl.col("paid_on") <= pl.col("by_on") + _EARLY).select(list(spread.SHARES))
    named = [_named(one, entries, free) for one in (quoted, equal)]
    owed, paid = spread.less(owed, "claim", equal), spread.less(paid, "credit", equal)
    return pl.concat([*named, _earliest(owed, paid)])


def _named(shares: pl.DataFrame, entries: pl.DataFrame, free: pl.DataFrame) -> pl.DataFrame:
    owed = entries.filter(pl.col("open") > 0).with_row_index("claim").select("claim", entry="key")
    paid = free.with_row_index("credit").select("credit", credit_key="key")
    both = shares.join(owed, on="claim").join(paid, on="credit")
    return both.select(credit="credit_key", entry="entry", amount="amount")


def _earliest(owed: pl.DataFrame, paid: pl.DataFrame) -> pl.DataFrame:
    """Let each credit explain the earliest settlements that it can have made."""
    waiting: dict[tuple[str, str], list[list[Any]]] = {}
    for key, code, currency, on, cents in owed.select("key", *_BY, "on", "open").iter_rows():
        waiting.setdefault((code, currency), []).append([on, key, cents])
    found = []
    for key, code, currency, on, left in paid.select("key", *_BY, "on", "open").iter_rows():
        rest = left
        for entry in waiting.get((code, currency), ()):
            part = min(rest, entry[2]) if entry[0] >= on else 0
            if part:
                found.append((key, entry[1], part))
                entry[2] -= part
                rest -= part
    return pl.DataFrame(found, schema=_SHARES, orient="row")


def _documents(
    held: Held,
    touched: pl.DataFrame,
    shares: pl.DataFrame,
    rest: pl.DataFrame,
    freed: pl.DataFrame,
) -> Documents:
    lines = freed.group_by("claim_key", "position").agg(open=pl.col("amount").sum())
    ready = (
        lines.with_columns(unit=unit_of(pl.col("claim_key")), key="claim_key")
        .join(held.documents.select("key", born_on="on"), on="key", how="left")
        .sort("unit", "key", "position")
    )
    days = held.documents.select(credit="key", paid_on="on")
    real = (
        shares.join(touched.select(entry="key", unit="unit"), on="entry")
        .join(days, on="credit", how="left")
        .select("unit", on="paid_on", key="credit", open="amount")
    )
    pieces = pl.concat([real, rest.select("unit", "on", "key", open="amount")]).sort("unit", "on")
    names = touched.select("unit", "customer_code").unique("unit")
    born = held.documents.select(claim_key="key", born_on="on")
    placed = fifo(ready, pieces).join(names, on="unit").join(born, on="claim_key", how="left")
    nothing = held.documents.clear()
    return Documents(
        claims=documents_promised(nothing, is_claim=True),
        instalments=lines_promised(held.lines.clear()),
        credits=documents_promised(rest, is_claim=False),
        allocations=placed.select(
            credit_key="credit_key",
            claim_key="claim_key",
            position="position",
            customer_code="customer_code",
            amount_cents="amount",
            effective_on=pl.max_horizontal("on", "born_on"),
            letter=pl.lit(None, pl.String),
            lettered_on=pl.lit(None, pl.Date),
            origin=pl.lit("inferred"),
        ).select(pl.col(name).cast(kind) for name, kind in ALLOCATIONS.items()),
        proposals=pl.DataFrame(schema=PROPOSALS),
        reclassifications=pl.DataFrame(schema=RECLASSIFICATIONS),
    )
