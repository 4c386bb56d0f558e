"""Brings the due dates that no document said in line with the terms of each customer.

A line whose date stands keeps its row: only its source is said anew (the journal dates that). A
line whose date moves is withdrawn and another takes its place, with its lineage; what settled it,
where it stands and what is proposed for it follow. The claim's total never changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import holidays
import polars as pl
from django.db import connection, transaction

from encours.kernel.refusal import Refusal
from encours.parties import usual_terms
from encours.parties.models import PaymentTerms
from encours.receivables.actions import acts, bulk
from encours.receivables.actions.acts import Act
from encours.receivables.rules import terms as rules
from encours.receivables.rules.terms import Postponement
from encours.tenancy.frames import read_frame, stage_frame

# As imports number them: the parts of the n-th exported line of a claim are 100(n-1) + 1, 2, …
PART_STEP: Final = 100
LEGAL_DAYS: Final = 30
LINES: Final = """
select l.id, coalesce(l.lineage_id, l.id), l.invoice_id, l.position, l.issued_on, l.due_on,
    l.due_source, l.amount_cents, coalesce(customer.terms_id, own.id, usual.id, 0)
from receivables_instalment l
join receivables_invoice i on i.tenant_id = l.tenant_id and i.id = l.invoice_id
join parties_customer customer
    on customer.tenant_id = l.tenant_id and customer.id = l.customer_id
left join parties_paymentterms own
    on own.tenant_id = l.tenant_id and own.creditor_id = l.creditor_id and own.is_default
left join parties_paymentterms usual
    on usual.tenant_id = l.tenant_id and usual.creditor_id is null and usual.is_default
where l.tenant_id = %(tenant_id)s and l.creditor_id = %(creditor_id)s and l.undone_at is null
    and l.due_source <> 'read' and i.kind in ('invoice', 'debit_note', 'opening')
    and (%(customers)s::bigint[] is null or l.customer_id = any(%(customers)s::bigint[]))
"""
SCHEMA: Final = {
    "id": pl.Int64,
    "lineage_id": pl.Int64,
    "invoice_id": pl.Int64,
    "position": pl.Int64,
    "issued_on": pl.Date,
    "due_on": pl.Date,
    "due_source": pl.String,
    "amount_cents": pl.Int64,
    "terms_id": pl.Int64,
}
READ_COLUMNS: Final = tuple(name for name in SCHEMA if name != "terms_id")
UNIT: Final = ("invoice_id", "unit")
OF_INVOICES: Final = """
select l.id, coalesce(l.lineage_id, l.id), l.invoice_id, l.position, l.issued_on, l.due_on,
    l.due_source, l.amount_cents
from receivables_instalment l
where l.tenant_id = %(tenant_id)s and l.undone_at is null
    and l.invoice_id = any(%(invoices)s::bigint[])
"""
LOCK: Final = """
select count(*) from (
    select l.id from receivables_instalment l join stage_due_old s on s.id = l.id
    where l.tenant_id = %(tenant)s and l.undone_at is null
    order by l.id for no key update of l
) held
"""
INSERT_LINES: Final = """
insert into receivables_instalment (tenant_id, id, creditor_id, batch_id, invoice_id, customer_id,
    issued_on, due_on, due_source, currency, amount_cents, position, lineage_id)
select l.tenant_id, n.id, l.creditor_id, coalesce(%(owner)s::bigint, l.batch_id), l.invoice_id,
    l.customer_id, l.issued_on, n.due_on, n.due_source, l.currency, n.amount_cents, n.position,
    n.lineage_id
from stage_due_new n
join receivables_instalment l on l.tenant_id = %(tenant)s and l.id = n.old_id
"""
# What settled the old lines of a unit fills the new ones in the order in which it was recorded,
# as imports spread it; its pieces are one again where they meet. Both sides add up to the same.
INSERT_ALLOCATIONS: Final = """
insert into receivables_allocation (tenant_id, creditor_id, batch_id, credit_id, instalment_id,
    customer_id, payer_id, issued_on, due_on, currency, amount_cents, effective_on, origin,
    letter, lettered_on)
select o.tenant_id, o.creditor_id, coalesce(%(owner)s::bigint, o.batch_id), o.credit_id, n.id,
    o.customer_id, o.payer_id,
    o.issued_on, n.due_on, o.currency, sum(least(o.until_cents, n.until_cents)
        - greatest(o.until_cents - o.amount_cents, n.from_cents))::bigint,
    o.effective_on, o.origin, o.letter, o.lettered_on
from (
    select a.*, s.unit, s.invoice_id as claim_id,
        (sum(a.amount_cents) over (partition by s.invoice_id, s.unit order by a.id))::bigint
            as until_cents
    from receivables_allocation a
    join stage_due_old s on s.id = a.instalment_id
    where a.tenant_id = %(tenant)s and a.undone_at is null
) o
join stage_due_new n on n.invoice_id = o.claim_id and n.unit = o.unit
    and n.until_cents > o.until_cents - o.amount_cents and n.from_cents < o.until_cents
group by o.tenant_id, o.creditor_id, o.batch_id, o.credit_id, n.id, o.customer_id, o.payer_id,
    o.issued_on, n.due_on, o.currency, o.effective_on, o.origin, o.letter, o.lettered_on
order by min(o.id), n.id
"""
INSERT_PROPOSALS: Final = """
insert into receivables_proposedallocation (tenant_id, creditor_id, batch_id, credit_id,
    instalment_id, amount_cents, reason)
select o.tenant_id, o.creditor_id, coalesce(%(owner)s::bigint, o.batch_id), o.credit_id, n.id,
    sum(least(o.until_cents, n.until_cents)
        - greatest(o.until_cents - o.amount_cents, n.from_cents))::bigint,
    o.reason
from (
    select p.*, s.unit, s.invoice_id as claim_id,
        (sum(p.amount_cents) over (partition by s.invoice_id, s.unit order by p.id))::bigint
            as until_cents
    from receivables_proposedallocation p
    join stage_due_old s on s.id = p.instalment_id
    where p.tenant_id = %(tenant)s and p.undone_at is null and p.decided_at is null
) o
join stage_due_new n on n.invoice_id = o.claim_id and n.unit = o.unit
    and n.until_cents > o.until_cents - o.amount_cents and n.from_cents < o.until_cents
group by o.tenant_id, o.creditor_id, o.batch_id, o.credit_id, n.id, o.reason
order by min(o.id), n.id
"""
INSERT_STATES: Final = """
insert into receivables_reclassification (tenant_id, creditor_id, batch_id, instalment_id, state,
    from_on)
select r.tenant_id, r.creditor_id, coalesce(%(owner)s::bigint, r.batch_id), n.id, r.state,
    r.from_on
from receivables_reclassification r
join stage_due_old s on s.id = r.instalment_id
join stage_due_new n on n.invoice_id = s.invoice_id and n.unit = s.unit
where r.tenant_id = %(tenant)s and r.undone_at is null
    and (s.rank = 1 or n.lineage_id = s.lineage_id)
"""
WITHDRAW: Final = """
update receivables_{table} t set undone_at = now(), undone_by_id = %(batch)s
from stage_due_old s
where t.tenant_id = %(tenant)s and t.{column} = s.id and t.undone_at is null
"""
SAY_SOURCE: Final = """
update receivables_instalment l set due_source = s.due_source
from stage_due_kept s where l.tenant_id = %(tenant)s and l.id = s.id and l.undone_at is null
"""


class Moved(Refusal):
    """The ledger changed between the look and the lock."""

    message = "Le compte vient d'être modifié par quelqu'un d'autre : recommencez."


@dataclass(frozen=True, slots=True)
class Recomputed:
    """How many due lines were confirmed as they stood, and how many were replaced."""

    kept: int
    replaced: int


@transaction.atomic
def recompute_due_dates(
    *,
    tenant_id: int,
    creditor_id: int,
    customer_ids: Sequence[int] | None = None,
    actor_id: int | None = None,
    today: date,
) -> Recomputed:
    """Compute again every due date that came from terms, for all customers or for some.

    Dates that a document said are left alone. Idempotent.
    """
    params = {
        "tenant_id": tenant_id,
        "creditor_id": creditor_id,
        "customers": None if customer_ids is None else list(customer_ids),
    }
    lines = _with_units(read_frame(LINES, params, schema=SCHEMA))
    wanted = _wanted(lines, tenant_id, creditor_id)
    moved = _moved(lines, wanted)
    old = lines.join(moved, on=UNIT, how="semi")
    new = wanted.join(moved, on=UNIT, how="semi")
    kept = _kept(lines.join(moved, on=UNIT, how="anti"), wanted)
    if old.is_empty() and kept.is_empty():
        return Recomputed(0, 0)
    act = acts.start(
        tenant_id=tenant_id,
        kind="due_dates",
        creditor_id=creditor_id,
        customer_id=None,
        actor_id=actor_id,
        today=today,
    )
    _say_sources(act, kept)
    _replace(act, old, new)
    act.tell("due_dates.recomputed", ("batch", act.batch_id), kept=kept.height, replaced=old.height)
    return Recomputed(kept.height, old.height)


@transaction.atomic
def replace_lines(act: Act, wanted: pl.DataFrame) -> int:
    """Give invoices the due lines that a document says; return how many lines were replaced.

    `wanted`: invoice_id, due_on, amount_cents, which add up to each invoice. What settled the old
    lines settles the new ones, oldest first; undoing the act's batch restores the old ones.
    """
    if wanted.is_empty():
        return 0
    asked = {"tenant_id": act.tenant_id, "invoices": wanted["invoice_id"].unique().to_list()}
    schema = {name: SCHEMA[name] for name in READ_COLUMNS}
    old = read_frame(OF_INVOICES, asked, schema=schema).with_columns(unit=pl.lit(1, pl.Int64))
    old = old.sort(*UNIT, "due_on", "position", "id")
    counts = old.group_by("invoice_id").agg(count=pl.len(), first=pl.col("position").first())
    new = (
        wanted.sort("invoice_id", "due_on", maintain_order=True)
        .with_columns(
            unit=pl.lit(1, pl.Int64),
            due_source=pl.lit("read"),
            rank=pl.int_range(1, pl.len() + 1).over("invoice_id"),
            wanted=pl.len().over("invoice_id"),
        )
        .join(counts, on="invoice_id", how="left", maintain_order="left")
        .with_columns(
            position=pl.when((pl.col("wanted") == 1) & (pl.col("count") == 1))
            .then("first")
            .otherwise(pl.col("rank"))
        )
    )
    columns = (*UNIT, "position", "due_on", "due_source", "amount_cents", "rank")
    _replace(act, old, new.select(columns), owner=act.batch_id)
    return old.height


def _with_units(lines: pl.DataFrame) -> pl.DataFrame:
    """Add `unit`, the exported line of the claim that each due line was cut from.

    Lines of one date were exported so, one by one; lines of several dates are parts.
    """
    is_cut = pl.col("due_on").n_unique().over("invoice_id") > 1
    unit = pl.when(is_cut).then((pl.col("position") - 1) // PART_STEP + 1).otherwise("position")
    return lines.with_columns(unit.alias("unit")).sort(*UNIT, "due_on", "position", "id")


def _wanted(lines: pl.DataFrame, tenant_id: int, creditor_id: int) -> pl.DataFrame:
    """Return the due lines that the terms give, one row each, in order within their unit."""
    claims = lines.group_by(*UNIT, maintain_order=True).agg(
        pl.col("issued_on").first(), pl.col("terms_id").first(), pl.col("amount_cents").sum()
    )
    stored = {row.pk: row for row in usual_terms.usable(tenant_id, creditor_id)}
    pieces = [_cut(lines.clear(), None)] if claims.is_empty() else []
    for (terms_id,), some in claims.group_by("terms_id"):
        pieces.append(_cut(some, stored.get(int(str(terms_id)))))
    return (
        pl.concat(pieces)
        .sort(*UNIT, "due_on", "position")
        .with_columns(pl.int_range(1, pl.len() + 1).over(UNIT).alias("rank"))
    )


def _cut(claims: pl.DataFrame, stored: PaymentTerms | None) -> pl.DataFrame:
    terms = rules.from_json(stored.definition) if stored else rules.single(LEGAL_DAYS)
    is_sure = stored is not None and stored.confirmed_at is not None
    is_cut = len(terms.parts) > 1
    days_off: frozenset[date] = frozenset()
    if terms.postponement is not Postponement.NONE and not claims.is_empty():
        days_off = _days_off(claims["issued_on"])
    cut = rules.due_lines(
        claims.select(*UNIT, "issued_on", "amount_cents"), terms, holidays=days_off
    )
    place = (pl.col("unit") - 1) * PART_STEP + pl.col("position") if is_cut else pl.col("unit")
    return cut.select(
        *UNIT,
        place.cast(pl.Int64).alias("position"),
        "due_on",
        pl.lit("terms_confirmed" if is_sure else "terms_assumed").alias("due_source"),
        pl.col("due_cents").alias("amount_cents"),
    )


def _days_off(issued: pl.Series) -> frozenset[date]:
    years = issued.dt.year().unique().to_list()
    found = holidays.country_holidays("FR", years=range(min(years), max(years) + 3))
    return frozenset(found)


def _moved(lines: pl.DataFrame, wanted: pl.DataFrame) -> pl.DataFrame:
    """Return the units whose dates or amounts are no longer those of the terms."""
    same = ["due_on", "amount_cents"]
    before = lines.group_by(*UNIT).agg(pl.col(same))
    after = wanted.group_by(*UNIT).agg(pl.col(same))
    return before.join(after, on=[*UNIT, *same], how="anti").select(UNIT)


def _kept(lines: pl.DataFrame, wanted: pl.DataFrame) -> pl.DataFrame:
    """Return the lines that stand but whose source changes: id and its new source."""
    ranked = lines.with_columns(pl.int_range(1, pl.len() + 1).over(UNIT).alias("rank"))
    told = ranked.join(wanted, on=[*UNIT, "rank"], suffix="_now")
    return told.filter(pl.col("due_source") != pl.col("due_source_now")).select(
        "id", pl.col("due_source_now").alias("due_source")
    )


def _say_sources(act: Act, kept: pl.DataFrame) -> None:
    if kept.is_empty():
        return
    stage_frame("stage_due_kept", kept)
    with connection.cursor() as cursor:
        cursor.execute(SAY_SOURCE, {"tenant": act.tenant_id})
        cursor.execute("drop table stage_due_kept")


def _replace(act: Act, old: pl.DataFrame, new: pl.DataFrame, *, owner: int | None = None) -> None:
    """Withdraw the old lines and put the new ones, with all that rests on them, in their place.

    They stay the rows of the act that wrote them, or become those of the batch `owner`, so that
    undoing it gives the old ones back.
    """
    if old.is_empty():
        return
    ranked = old.with_columns(pl.int_range(1, pl.len() + 1).over(UNIT).alias("rank"))
    first = ranked.group_by(*UNIT, maintain_order=True).agg(pl.col("id").first().alias("old_id"))
    heirs = ranked.select(*UNIT, "rank", "lineage_id")
    placed = (
        new.join(first, on=UNIT, how="left", maintain_order="left")
        .join(heirs, on=[*UNIT, "rank"], how="left", maintain_order="left")
        .with_columns(
            bulk.new_ids("instalment", new.height).alias("id"),
            pl.col("amount_cents").cum_sum().over(UNIT).alias("until_cents"),
        )
        .with_columns((pl.col("until_cents") - pl.col("amount_cents")).alias("from_cents"))
    )
    stage_frame("stage_due_old", ranked.select("id", *UNIT, "rank", "lineage_id"))
    stage_frame("stage_due_new", placed)
    names: dict[str, Any] = {"tenant": act.tenant_id, "batch": act.batch_id, "owner": owner}
    with connection.cursor() as cursor:
        cursor.execute(LOCK, names)
        if cursor.fetchone()[0] != old.height:
            raise Moved
        for statement in (INSERT_LINES, INSERT_ALLOCATIONS, INSERT_STATES, INSERT_PROPOSALS):
            cursor.execute(statement, names)
        for table, column in (
            ("allocation", "instalment_id"),
            ("reclassification", "instalment_id"),
            ("proposedallocation", "instalment_id"),
            ("instalment", "id"),
        ):
            cursor.execute(WITHDRAW.replace("{table}", table).replace("{column}", column), names)
        cursor.execute("drop table stage_due_old, stage_due_new")
