"""A list of what is open on a day, against the ledger: what appeared, and what was settled by then.

Between two lists nobody saw the payment: what is no longer open is an *inferred* settlement of the
day of the list, what is open again an inferred reopening. They are entries of a unit, which is
one document: up to a day, what its documents come to, less what is really known to have settled
them, less its entries, is what the list of that day says. A list put in between two others
changes the entries of its own day and of the next list's, no other.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from encours.imports.rules.derived import (
    ALLOCATIONS,
    PROPOSALS,
    RECLASSIFICATIONS,
    Documents,
)
from encours.imports.rules.tables.held import (
    ADDED,
    CONSUMED,
    INFERRED,
    REOPENED,
    SETTLED,
    Days,
    Difference,
    Held,
    unit_of,
)
from encours.imports.rules.tables.placing import (
    documents_promised,
    fifo,
    inferred_label,
    lines_promised,
)


def difference(items: pl.DataFrame, held: Held, days: Days) -> Difference:
    """Compare a list (`ITEMS`) with the ledger; absent documents of these customers are settled."""
    fresh = _fresh(items, held, days)
    units = _units(items, held, fresh, days)
    entries = _entries(units, days)
    changed = entries.filter(pl.col("cents") != pl.col("was"))
    gone = _gone(changed, held)
    written = changed.filter(pl.col("cents") != 0).with_columns(
        key=_entry_key(pl.col("side"), pl.col("cents"), pl.col("on"), pl.col("unit"))
    )
    return Difference(
        documents=_documents(items, held, fresh, written, gone=gone),
        withdrawn={name: rows["id"] for name, rows in gone.items()},
        kept_settled=units.filter("is_kept").select("unit", "customer_code", "number"),
    )


def _fresh(items: pl.DataFrame, held: Held, days: Days) -> pl.DataFrame:
    """Return the items whose document the ledger lacks, with the day from which they count.

    What an earlier list lacked was not there yet, whatever day the document bears.
    """
    new = items.join(held.documents.select("key"), on="key", how="anti")
    dated = pl.coalesce("issued_on", pl.min_horizontal("due_on", pl.lit(days.on)))
    seen = pl.lit(days.before, pl.Date).dt.offset_by("1d")
    return new.with_columns(issued_on=dated).with_columns(
        on=pl.min_horizontal(
            pl.max_horizontal("issued_on", seen).fill_null(pl.col("issued_on")), pl.lit(days.on)
        )
    )


def _units(items: pl.DataFrame, held: Held, fresh: pl.DataFrame, days: Days) -> pl.DataFrame:
    """Return one row per document, held or listed, with what its entries must add up to."""
    is_entry = pl.col("key").str.contains(INFERRED)
    base = held.documents.filter(~is_entry).select(
        "side", "customer_code", "number", "currency", "is_listed", unit="key",
        gross=pl.when(pl.col("on") <= days.on).then("amount").otherwise(0),
        is_new=pl.lit(value=False),
    )  # fmt: skip
    new = fresh.group_by("key", maintain_order=True).agg(
        pl.col("side", "customer_code", "number", "currency").first(), gross=pl.col("amount").sum()
    )
    base = pl.concat(
        [
            base,
            new.select(
                "side", "customer_code", "number", "currency", is_listed=pl.lit(value=True),
                unit="key", gross="gross", is_new=pl.lit(value=True),
            ),
        ]
    )  # fmt: skip
    listed = items.group_by(unit="key").agg(listed=pl.col("open").sum())
    units = (
        base.join(listed, on="unit", how="left")
        .join(_really_used(held, days), on="unit", how="left")
        .join(_known_entries(held, days), on="unit", how="left")
        .with_columns(pl.col("used", "earlier", "same_day", "later").fill_null(0))
        .filter(pl.col("listed").is_not_null() | pl.col("is_listed"))
    )
    wanted = pl.col("gross") - pl.col("used") - pl.col("listed").fill_null(0)
    is_kept = (pl.col("used") > 0) & (wanted < 0)
    return units.with_columns(
        wanted=pl.when(is_kept).then(pl.max_horizontal(wanted, pl.lit(0))).otherwise(wanted),
        is_kept=is_kept,
    )


def _really_used(held: Held, days: Days) -> pl.DataFrame:
    """Return what is known to have settled each document by the day, inferences apart."""
    is_entry = pl.col("credit_key").str.starts_with(SETTLED) | pl.col("claim_key").str.starts_with(
        CONSUMED
    )
    real = held.used.filter(~is_entry & (pl.col("on") <= days.on))
    sides = [
        real.select(unit_of(pl.col(name)).alias("unit"), used="amount")
        for name in ("claim_key", "credit_key")
    ]
    return pl.concat(sides).group_by("unit").agg(pl.col("used").sum())


def _known_entries(held: Held, days: Days) -> pl.DataFrame:
    """Return each unit's entries: before the day, of the day, of the next list's day."""
    entries = _signed_entries(held)
    after = pl.lit(days.after, pl.Date)

    def summed(when: pl.Expr) -> pl.Expr:
        return pl.col("cents").filter(when).sum()

    return entries.group_by("unit").agg(
        earlier=summed(pl.col("on") < days.on),
        same_day=summed(pl.col("on") == days.on),
        later=summed((pl.col("on") == after).fill_null(value=False)),
    )


def _signed_entries(held: Held) -> pl.DataFrame:
    """Return entries with their unit and `cents`: positive where they settle."""
    signed = pl.when(pl.col("key").str.contains(r"^[IJ]")).then("amount")
    return held.documents.filter(pl.col("key").str.contains(INFERRED)).with_columns(
        unit=unit_of(pl.col("key")), cents=signed.otherwise(-pl.col("amount"))
    )


def _entries(units: pl.DataFrame, days: Days) -> pl.DataFrame:
    """Return the entries of the day and of the next list: `cents` as they must be, `was` as is."""
    names = ["side", "unit", "customer_code", "number", "currency"]
    of_day = units.select(
        *names, on=pl.lit(days.on), cents=pl.col("wanted") - pl.col("earlier"), was="same_day"
    )
    if days.after is None:
        return of_day
    through = (
        pl.when("is_new")
        .then("gross")
        .otherwise(pl.col("earlier") + pl.col("same_day") + pl.col("later"))
    )
    of_next = units.select(
        *names, on=pl.lit(days.after), cents=through - pl.col("wanted"), was="later"
    )
    return pl.concat([of_day, of_next])


def _displaced(gone: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """Return what real credits had settled on rows that leave: it is placed again."""
    return (
        gone["allocation"]
        .filter(
            ~pl.col("credit_key").str.contains(INFERRED)
            & ~pl.col("claim_key").str.starts_with(CONSUMED)
        )
        .select(unit_of(pl.col("claim_key")).alias("unit"), "on", key="credit_key", open="amount")
    )


def _entry_key(side: pl.Expr, cents: pl.Expr, on: pl.Expr, unit: pl.Expr) -> pl.Expr:
    is_claim, is_use = side == "D", cents > 0
    prefix = (
        pl.when(is_claim & is_use)
        .then(pl.lit(SETTLED))
        .when(is_claim)
        .then(pl.lit(REOPENED))
        .when(is_use)
        .then(pl.lit(CONSUMED))
        .otherwise(pl.lit(ADDED))
    )
    return prefix + on.dt.strftime("%Y%m%d") + pl.lit("|") + unit


def _gone(changed: pl.DataFrame, held: Held) -> dict[str, pl.DataFrame]:
    """Return what the changed entries had written before: its rows leave the ledger.

    All that was inferred of their documents is placed again, the earliest first.
    """
    was = changed.filter(pl.col("was") != 0).select(
        key=_entry_key(pl.col("side"), pl.col("was"), pl.col("on"), pl.col("unit"))
    )
    documents = held.documents.join(was, on="key", how="semi")
    lines = held.lines.join(was, on="key", how="semi")
    used = held.used.join(was.rename({"key": "claim_key"}), on="claim_key", how="semi")
    paid = held.used.join(was.rename({"key": "credit_key"}), on="credit_key", how="semi")
    placed_again = held.used.filter("is_inferred").join(
        changed.select("unit").unique(),
        left_on=unit_of(pl.col("claim_key")),
        right_on="unit",
        how="semi",
    )
    return {
        "allocation": pl.concat([used, paid, placed_again]).unique("id"),
        "instalment": lines,
        "credit": documents.filter(pl.col("key").str.contains(r"^[IS]\|")),
        "invoice": documents.filter(pl.col("key").str.contains(r"^[RJ]\|")),
    }


def _documents(
    items: pl.DataFrame,
    held: Held,
    fresh: pl.DataFrame,
    written: pl.DataFrame,
    *,
    gone: dict[str, pl.DataFrame],
) -> Documents:
    entries = written.with_columns(
        amount=pl.col("cents").abs(),
        issued_on="on",
        label=inferred_label(),
    )
    is_claim = pl.col("key").str.contains(r"^[RJ]\|")
    new_lines = _new_lines(fresh.filter(pl.col("side") == "D"), entries.filter(is_claim), held)
    born = pl.concat([one.select("key", "on") for one in (held.documents, fresh, entries)])
    lines = _capacities(held, new_lines, born.unique("key"), gone, items)
    entry_claims = entries.filter(is_claim).with_columns(kind=pl.lit("other"))
    entry_credits = entries.filter(~is_claim).with_columns(
        kind=pl.when(pl.col("key").str.starts_with(SETTLED))
        .then(pl.lit("inferred"))
        .otherwise(pl.lit("other"))
    )
    claims = [_grouped(fresh.filter(pl.col("side") == "D")), entry_claims.select(_DOC)]
    credits_ = [_grouped(fresh.filter(pl.col("side") == "C")), entry_credits.select(_DOC)]
    return Documents(
        claims=documents_promised(pl.concat(claims), is_claim=True),
        instalments=lines_promised(new_lines),
        credits=documents_promised(pl.concat(credits_), is_claim=False),
        allocations=_allocations(
            lines,
            _credit_capacities(entries, fresh, held, gone),
            _displaced(gone),
            _names(items, held),
        ),
        proposals=pl.DataFrame(schema=PROPOSALS),
        reclassifications=pl.DataFrame(schema=RECLASSIFICATIONS),
    )


_DOC: Final = (
    "key",
    "customer_code",
    "currency",
    "kind",
    "number",
    "issued_on",
    "on",
    "amount",
    "label",
)


def _grouped(fresh: pl.DataFrame) -> pl.DataFrame:
    """Return the documents of new items: several due lines are one document."""
    return (
        fresh.group_by("key", maintain_order=True)
        .agg(
            pl.col("customer_code", "currency", "kind", "number", "label").first(),
            pl.col("issued_on", "on").min(),
            pl.col("amount").sum(),
        )
        .select(_DOC)
    )


def _new_lines(fresh: pl.DataFrame, entries: pl.DataFrame, held: Held) -> pl.DataFrame:
    """Return the due lines of new claims; a reopened one keeps the day on which it was due."""
    own = (
        fresh.group_by("key", "due_on", maintain_order=True)
        .agg(pl.col("amount").sum())
        .sort("key", "due_on", nulls_last=True)
        .with_columns(position=pl.int_range(pl.len(), dtype=pl.UInt32).over("key"))
    )
    due = pl.concat([own.select("key", "due_on"), held.lines.select("key", "due_on")])
    first_due = due.group_by(unit="key").agg(was_due=pl.col("due_on").min())
    others = entries.join(first_due, on="unit", how="left").select(
        "key",
        "amount",
        due_on=pl.when(pl.col("key").str.starts_with(REOPENED))
        .then(pl.coalesce("was_due", "on"))
        .otherwise("on"),
        position=pl.lit(0, pl.UInt32),
    )
    columns = ["key", "position", "due_on", "amount"]
    return pl.concat([own.select(columns), others.select(columns)])


def _capacities(
    held: Held,
    new_lines: pl.DataFrame,
    born: pl.DataFrame,
    gone: dict[str, pl.DataFrame],
    items: pl.DataFrame,
) -> pl.DataFrame:
    """Return every due line with what may still be set against it.

    The first there go first (`born`: key, on), then those that the list lacks.
    """
    stays = held.used.join(gone["allocation"].select("id"), on="id", how="anti")
    taken = stays.group_by(key="claim_key", position="position").agg(taken=pl.col("amount").sum())
    old = held.lines.join(gone["instalment"].select("id"), on="id", how="anti")
    listed = items.select(unit="key", due_on="due_on", is_open=pl.lit(value=True)).unique()
    return (
        pl.concat([old.drop("id").select(new_lines.columns), new_lines])
        .join(taken, on=["key", "position"], how="left")
        .with_columns(
            unit=unit_of(pl.col("key")),
            open=pl.col("amount") - pl.col("taken").fill_null(0),
        )
        .join(born, on="key", how="left")
        .join(listed, on=["unit", "due_on"], how="left", nulls_equal=True)
        .with_columns(is_open=pl.col("is_open").fill_null(value=False))
        .filter(pl.col("open") > 0)
        .sort("unit", "on", "is_open", "due_on", "key", "position", nulls_last=True)
    )


def _names(items: pl.DataFrame, held: Held) -> pl.DataFrame:
    """Return the customer of each unit."""
    columns = ["key", "customer_code"]
    both = pl.concat([items.select(columns), held.documents.select(columns)])
    return both.select(unit=unit_of(pl.col("key")), customer_code="customer_code")


def _allocations(
    lines: pl.DataFrame,
    credits_: pl.DataFrame,
    displaced: pl.DataFrame,
    names: pl.DataFrame,
) -> pl.DataFrame:
    """Set entries against what they settle, the earliest first, with what they displaced."""
    is_use = pl.col("key").str.starts_with(CONSUMED)
    names = names.select("unit", "customer_code").unique("unit")
    inferred = credits_.filter(pl.col("key").str.starts_with(SETTLED))
    settled = pl.concat([displaced, inferred.select("unit", "on", "key", "open")]).sort(
        "unit", "on", maintain_order=True
    )
    of_claims = fifo(lines.filter(~is_use), settled)
    spent = settled.group_by("key").agg(spent=pl.col("open").sum())
    used = (
        credits_.filter(~pl.col("key").str.starts_with(SETTLED))
        .join(spent, on="key", how="left")
        .with_columns(open=pl.col("open") - pl.col("spent").fill_null(0))
        .filter(pl.col("open") > 0)
        .sort("unit", "on", "key")
    )
    of_credits = fifo(lines.filter(is_use).with_columns(effect="on"), used)
    return (
        pl.concat([of_claims, of_credits])
        .join(names, on="unit", how="left")
        .select(
            credit_key="credit_key",
            claim_key="claim_key",
            position="position",
            customer_code="customer_code",
            amount_cents="amount",
            effective_on="on",
            letter=pl.lit(None, pl.String),
            lettered_on=pl.lit(None, pl.Date),
            origin=pl.lit("inferred"),
        )
        .select(pl.col(name).cast(kind) for name, kind in ALLOCATIONS.items())
    )


def _credit_capacities(
    entries: pl.DataFrame, fresh: pl.DataFrame, held: Held, gone: dict[str, pl.DataFrame]
) -> pl.DataFrame:
    """Return every credit, entries included, with what is left of it, the oldest first."""
    stays = held.used.join(gone["allocation"].select("id"), on="id", how="anti")
    taken = stays.group_by(key="credit_key").agg(taken=pl.col("amount").sum())
    kept = held.documents.filter(pl.col("side") == "C").join(
        gone["credit"].select("key"), on="key", how="anti"
    )
    new = _grouped(fresh.filter(pl.col("side") == "C"))
    added = entries.filter(pl.col("key").str.contains(r"^[IS]\|"))
    columns = ["key", "on", "amount"]
    return (
        pl.concat([one.select(columns) for one in (kept, new, added)])
        .join(taken, on="key", how="left")
        .with_columns(
            unit=unit_of(pl.col("key")), open=pl.col("amount") - pl.col("taken").fill_null(0)
        )
        .filter(pl.col("open") > 0)
        .sort("unit", "on", "key")
    )
