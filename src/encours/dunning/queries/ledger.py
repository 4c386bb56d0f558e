"""The planner's frames out of the database: set statements, one creditor, all or some customers.

Each query names the tenant and the creditor; `%(customers)s` is null for all of them. A due line
goes by its lineage, so that what was said or decided of it outlives a corrected export.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

import polars as pl

from encours.discounts.queries.offers import earned_of
from encours.dunning.queries import choices, deeds, persons
from encours.dunning.rules import chronicle, cycles, frames
from encours.dunning.rules.frames import Ledger
from encours.dunning.rules.shelf import Shelf
from encours.parties import faces
from encours.standing import rules as standing
from encours.tenancy.frames import numbers_listed, one_process, read_frame, read_named

SETTLEMENT: Final = """
select instalment_id, sum_cents(amount_cents) as paid, max(effective_on) as last_on
from receivables_allocation
where tenant_id = %(tenant)s and creditor_id = %(creditor)s and undone_at is null
  and effective_on <= %(today)s
  and (%(customers)s::bigint[] is null or instalment_id = any (array(
      select mine.id from receivables_instalment mine
      where mine.tenant_id = %(tenant)s and mine.customer_id = any (%(customers)s::bigint[]))))
group by 1
"""
REMINDED: Final = """
i.customer_id in (
    select m.customer_id from dunning_reminder m
    where m.tenant_id = %(tenant)s and m.creditor_id = %(creditor)s and m.state <> 'cancelled'
      and m.rehearsal = %(rehearsal)s
      and (%(customers)s::bigint[] is null or m.customer_id = any (%(customers)s::bigint[])))
"""
# What is open, and what a reminded customer owed before, in one pass: a line is read once
LINES: Final = f"""
select coalesce(i.lineage_id, i.id), i.invoice_id, i.customer_id, i.currency, i.issued_on,
       i.due_on, i.due_source, i.amount_cents, coalesce(a.paid, 0), a.last_on,
       coalesce(r.state, 'ordinary')
from receivables_instalment i
left join ({SETTLEMENT}) a on a.instalment_id = i.id
left join (
    select distinct on (instalment_id) instalment_id, state from receivables_reclassification
    where tenant_id = %(tenant)s and creditor_id = %(creditor)s and undone_at is null
      and from_on <= %(today)s
    order by instalment_id, from_on desc, id desc) r on r.instalment_id = i.id
where i.tenant_id = %(tenant)s and i.creditor_id = %(creditor)s and i.undone_at is null
  and i.issued_on <= %(today)s
  and (%(customers)s::bigint[] is null or i.customer_id = any (%(customers)s::bigint[]))
  and (i.amount_cents > coalesce(a.paid, 0) or {REMINDED})
"""
LINES_SCHEMA: Final[Mapping[str, Any]] = {
    "instalment_id": pl.Int64,
    "invoice_id": pl.Int64,
    "customer_id": pl.Int64,
    "currency": pl.String,
    "issued_on": pl.Date,
    "due_on": pl.Date,
    "due_source": pl.String,
    "amount_cents": pl.Int64,
    "paid_cents": pl.Int64,
    "settled_on": pl.Date,
    "state": pl.String,
}
DOCUMENTS: Final = """
select v.id, v.number, v.kind from receivables_invoice v
where v.tenant_id = %(tenant)s and named(v.id)
"""
DOCUMENTS_SCHEMA: Final[Mapping[str, Any]] = {
    "invoice_id": pl.Int64,
    "document": pl.String,
    "kind": pl.String,
}
TRIAGE: Final = """
select coalesce(o.lineage_id, o.id), d.decision from dunning_triage d
join receivables_instalment o on o.tenant_id = d.tenant_id and o.id = d.instalment_id
where d.tenant_id = %(tenant)s and d.creditor_id = %(creditor)s
  and (%(customers)s::bigint[] is null or o.customer_id = any (%(customers)s::bigint[]))
order by d.decided_at, d.id
"""
TRIAGE_SCHEMA: Final[Mapping[str, Any]] = {"instalment_id": pl.Int64, "triage": pl.String}
CUSTOMERS: Final = """
select c.id, c.debtor_class, c.class_confirmed_at is not null,
       coalesce(e.has_email, false),
       c.address_line1 <> '' and c.postcode <> '' and c.city <> '',
       c.siren <> '' and exists (
         select from tenancy_creditor o where o.tenant_id = %(tenant)s and o.siren = c.siren),
       coalesce(e.has_phone, false), coalesce(e.has_mobile, false), coalesce(e.has_mobile, false),
       c.id in (select o.customer_id from postal_consent o
                where o.tenant_id = %(tenant)s and o.undone_at is null),
       c.country, coalesce(s.is_chosen and s.profile = 'key_account', false)
from parties_customer c
left join scoring_score s on s.tenant_id = c.tenant_id and s.customer_id = c.id
left join (select customer_id, bool_or(email <> '' and bounced_at is null) as has_email,
                  bool_or(phone not in ('', phone_wrong)) as has_phone,
                  bool_or(case when phone = '' and mobile = '' or mobile_refused_at is not null
                          then false
                          else regexp_replace(mobile, '[ .()-]', '', 'g') ~ %(mobile)s
                            or phone <> phone_wrong
                              and regexp_replace(phone, '[ .()-]', '', 'g') ~ %(mobile)s end)
                    as has_mobile
           from parties_contact
           where tenant_id = %(tenant)s
             and (%(customers)s::bigint[] is null
                  or customer_id = any (%(customers)s::bigint[]))
           group by customer_id) e
  on e.customer_id = c.id
where c.tenant_id = %(tenant)s and c.creditor_id = %(creditor)s
  and (%(customers)s::bigint[] is null or c.id = any (%(customers)s::bigint[]))
"""
MOBILE: Final = r"^(\+33[67][0-9]{8}|\+(?!33)[1-9][0-9]{7,14}|0[67][0-9]{8})$"
"""A number that a text message may reach: E.164 (ITU-T), a French one being mobile; a number
written the French way is read as French."""
FACTS: Final = """
select f.customer_id, coalesce(i.lineage_id, i.id), f.kind, f.starts_on, f.ends_on,
       case when f.kind = 'einvoice' then coalesce(f.details ->> 'status', '') else '' end
from standing_standingfact f
left join receivables_instalment i on i.tenant_id = f.tenant_id and i.id = f.instalment_id
where f.tenant_id = %(tenant)s and f.creditor_id = %(creditor)s and f.undone_at is null
  and (%(customers)s::bigint[] is null or f.customer_id = any (%(customers)s::bigint[]))
"""
COVER: Final = """
select customer_id, currency, greatest(sum(unallocated), 0)::bigint, sum(in_flight)::bigint from (
    select customer_id, currency, amount_cents as unallocated, 0 as in_flight
    from receivables_credit
    where tenant_id = %(tenant)s and creditor_id = %(creditor)s and undone_at is null
      and received_on <= %(today)s
      and (%(customers)s::bigint[] is null or customer_id = any (%(customers)s::bigint[]))
    union all
    select payer_id, currency, -amount_cents, 0 from receivables_allocation
    where tenant_id = %(tenant)s and creditor_id = %(creditor)s and undone_at is null
      and effective_on <= %(today)s
      and (%(customers)s::bigint[] is null or credit_id = any (array(
          select mine.id from receivables_credit mine
          where mine.tenant_id = %(tenant)s and mine.customer_id = any (%(customers)s::bigint[]))))
) money group by 1, 2 having sum(unallocated) > 0 or sum(in_flight) > 0
"""
OUTDATED: Final = "(m.state = 'planned' and m.planned_on < %(today)s)"
MESSAGES: Final = f"""
select m.id, m.customer_id, m.currency, m.step_code, m.cycle, m.planned_on, m.sent_on,
       m.state in ('planned', 'approved'),
       case when {OUTDATED} then '' else array_to_string(m.instalment_ids, ' ') end, {OUTDATED}
from dunning_reminder m
where m.tenant_id = %(tenant)s and m.creditor_id = %(creditor)s and m.state <> 'cancelled'
  and m.rehearsal = %(rehearsal)s
  and (%(customers)s::bigint[] is null or m.customer_id = any (%(customers)s::bigint[]))
"""
MESSAGES_SCHEMA: Final[Mapping[str, Any]] = {
    **frames.MESSAGES,
    "listed": pl.String,
    "is_outdated": pl.Boolean,
}
EINVOICE_KINDS: Final = {
    "rejected": "einvoice",
    **{kind: kind for kind in ("dispute", "credit_expected", "direct_payer", "assignment")},
}
FACTS_SCHEMA: Final[Mapping[str, Any]] = {**frames.FACTS, "status": pl.String}


def acting(facts: pl.DataFrame) -> pl.DataFrame:
    """Name e-invoice statuses by what they act as; those that stand in nobody's way are left."""
    told = [
        kind if kind != "einvoice" else EINVOICE_KINDS.get(standing.effect_of(kind, status))
        for kind, status in facts.select("kind", "status").iter_rows()
    ]
    return facts.with_columns(pl.Series("kind", told, dtype=pl.String)).drop_nulls("kind")


def load(
    *,
    tenant_id: int,
    creditor_id: int,
    today: date,
    rehearsal: bool,
    shelf: Shelf | None = None,
    customer_ids: Sequence[int] | None = None,
) -> Ledger:
    """Return everything the planner reads of one creditor, or of some of its customers.

    `shelf` = the scenarios it may follow; without one nobody chose anything. Customers merged
    together are one, under the id of the one that stands for them.
    """
    merged = faces.faces(tenant_id)
    params = {
        "tenant": tenant_id,
        "creditor": creditor_id,
        "today": today,
        "rehearsal": rehearsal,
        "mobile": MOBILE,
        "customers": None if customer_ids is None else families(customer_ids, merged),
    }

    def read(query: str, schema: Mapping[str, Any]) -> pl.DataFrame:
        return read_frame(query, params, schema=schema)

    with one_process(customer_ids is None):
        known = read(LINES, LINES_SCHEMA)
    said = read(MESSAGES, MESSAGES_SCHEMA)
    is_reminded = pl.col("customer_id").is_in(said["customer_id"].unique().implode())
    documents = read_named(DOCUMENTS, params, known["invoice_id"], schema=DOCUMENTS_SCHEMA)
    known = _less_earned(known, tenant_id, creditor_id, today)
    known = known.with_columns(is_reminded=is_reminded).join(documents, on="invoice_id")
    known = faces.shown_under(known, merged)
    facts = acting(faces.shown_under(read(FACTS, FACTS_SCHEMA), merged))
    messages = faces.shown_under(said.filter(~pl.col("is_outdated")), merged)
    listings = numbers_listed(messages.select("message_id", instalment_id="listed"))
    reminded = known.lazy().filter("is_reminded")
    minimum_cents = shelf.default.minimum_cents if shelf else {}
    return Ledger.of(
        lines=_open(known, read(TRIAGE, TRIAGE_SCHEMA)),
        customers=reached_together(read(CUSTOMERS, frames.CUSTOMERS), merged),
        facts=facts,
        cover=faces.shown_under(read(COVER, frames.COVER), merged).group_by(frames.ACCOUNT).sum(),
        messages=messages,
        listings=listings,
        settled=chronicle.settled(reminded, listings, today),
        clears=cycles.last_clear(chronicle.spans(reminded, facts, minimum_cents), today),
        behaviours=_conduct(params, merged, shelf, known, facts),
        **persons.persons(params, merged),
        **_followed(params, merged, shelf),
    )


def _less_earned(
    known: pl.DataFrame, tenant_id: int, creditor_id: int, today: date
) -> pl.DataFrame:
    """Take off what a payment in time earned as a discount, granted or not yet: not owed."""
    earned = earned_of(tenant_id=tenant_id, creditor_id=creditor_id, today=today)
    if earned.is_empty():
        return known
    taken = pl.col("paid_cents") + pl.col("earned_cents").fill_null(0)
    joined = known.join(earned, on="instalment_id", how="left", maintain_order="left")
    return joined.with_columns(paid_cents=taken).drop("earned_cents")


def _conduct(
    params: Mapping[str, Any],
    merged: pl.DataFrame,
    shelf: Shelf | None,
    known: pl.DataFrame,
    facts: pl.DataFrame,
) -> pl.DataFrame | None:
    """Return what customers did, where a scenario asks."""
    asked = shelf.behaviours if shelf else frozenset()
    if not asked:
        return None
    told = deeds.behaviours(asked, params, known=known, facts=facts)
    return faces.shown_under(told, merged)


def _followed(
    params: Mapping[str, Any], merged: pl.DataFrame, shelf: Shelf | None
) -> dict[str, pl.DataFrame]:
    """Return who follows which scenario; versions are asked for only where several are in use."""
    if shelf is None:
        return {}
    chosen = faces.shown_under(choices.choices(params, shelf.rules), merged)
    if not shelf.former:
        return {"choices": chosen}
    return {"choices": chosen, "running": faces.shown_under(choices.running(params), merged)}


def _open(known: pl.DataFrame, triage: pl.DataFrame) -> pl.DataFrame:
    """Return the open lines, each with the last decision of triage of its lineage."""
    left = pl.col("amount_cents") - pl.col("paid_cents")
    opened = known.with_columns(open_cents=left).filter(pl.col("open_cents") > 0)
    decided = triage.unique("instalment_id", keep="last")
    return opened.join(decided, on="instalment_id", how="left")


def families(customer_ids: Sequence[int], merged: pl.DataFrame) -> list[int]:
    """Return these customers, who stands for them, and all who are merged into those."""
    asked = pl.DataFrame({"customer_id": customer_ids}, schema={"customer_id": pl.Int64})
    shown = faces.shown_under(asked, merged)["customer_id"].to_list()
    return [*shown, *merged.filter(pl.col("face_id").is_in(shown))["customer_id"]]


def reached_together(customers: pl.DataFrame, merged: pl.DataFrame) -> pl.DataFrame:
    """Keep those who stand for others: an address of one merged into them is theirs."""
    if merged.is_empty():
        return customers
    ways = [name for name in customers.columns if name.startswith("has_") and name != "has_postal"]
    reached = (
        faces.shown_under(customers.select("customer_id", *ways), merged)
        .group_by("customer_id")
        .agg(pl.col(ways).any())
    )
    alone = customers.join(merged, on="customer_id", how="anti").drop(ways)
    return alone.join(reached, on="customer_id", how="left").select(customers.columns)
