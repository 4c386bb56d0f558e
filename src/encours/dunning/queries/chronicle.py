"""A creditor's chronicle out of the database: every dated row, with when it was learned.

What was recorded while the creditor was being set up (before going live) says nothing of when it
was learned: it counts as known on its own day, payments a few days later if one asks so.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import polars as pl

from encours.dunning.queries import choices, deeds, ledger
from encours.dunning.rules import chronicle, frames
from encours.dunning.rules.chronicle import Chronicle
from encours.dunning.rules.shelf import Shelf
from encours.parties import faces
from encours.tenancy.frames import numbers_listed, one_process, read_frame, read_named

EVER: Final = "0001-01-01"
OF_CREDITOR: Final = """
join tenancy_creditor c on c.tenant_id = %(tenant)s and c.id = %(creditor)s
where {row}.tenant_id = %(tenant)s and {row}.creditor_id = %(creditor)s
  and ({row}.undone_at is null
       or (%(is_replay)s::boolean and {row}.undone_at::date > c.live_on))
  and (%(customers)s::bigint[] is null or {who} = any (%(customers)s::bigint[]))
"""


def _known(row: str, set_up: str = f"date '{EVER}'") -> str:
    """Return `known_on` and `gone_on`: `set_up` is when a row of the setting up was known."""
    return f"""
case when not %(is_replay)s::boolean then date '{EVER}'
     when c.live_on is null or {row}.recorded_at::date <= c.live_on then {set_up}
     else {row}.recorded_at::date end,
{row}.undone_at::date
"""


LINES: Final = f"""
select i.id, coalesce(i.lineage_id, i.id), i.customer_id, i.currency, i.invoice_id, i.issued_on,
       i.due_on, i.due_source, i.amount_cents, {_known("i")}
from receivables_instalment i {OF_CREDITOR.format(row="i", who="i.customer_id")}
"""
LINES_SCHEMA: Final[Mapping[str, Any]] = {
    "line_id": pl.Int64,
    "instalment_id": pl.Int64,
    "customer_id": pl.Int64,
    "currency": pl.String,
    "invoice_id": pl.Int64,
    "issued_on": pl.Date,
    "due_on": pl.Date,
    "due_source": pl.String,
    "amount_cents": pl.Int64,
    "known_on": pl.Date,
    "gone_on": pl.Date,
}
SHARES: Final = f"""
select a.instalment_id, a.amount_cents, a.effective_on,
       {_known("a", "a.effective_on + %(lag)s::integer")}
from receivables_allocation a {OF_CREDITOR.format(row="a", who="a.customer_id")}
"""
STATES: Final = f"""
select r.instalment_id, r.state, r.from_on, {_known("r")}
from receivables_reclassification r {
    OF_CREDITOR.format(
        row="r",
        who="(select o.customer_id from receivables_instalment o "
        "where o.tenant_id = r.tenant_id and o.id = r.instalment_id)",
    )
}
order by r.from_on, r.id
"""
MONEY: Final = f"""
select p.customer_id, p.currency, p.amount_cents, p.received_on,
       {_known("p", "p.received_on + %(lag)s::integer")}
from receivables_credit p {OF_CREDITOR.format(row="p", who="p.customer_id")}
union all
select a.payer_id, a.currency, -a.amount_cents, a.effective_on,
       {_known("a", "a.effective_on + %(lag)s::integer")}
from receivables_allocation a {OF_CREDITOR.format(row="a", who="a.payer_id")}
"""
FACTS: Final = f"""
select f.customer_id, coalesce(i.lineage_id, i.id), f.kind, f.starts_on, f.ends_on,
       case when f.kind = 'einvoice' then coalesce(f.details ->> 'status', '') else '' end,
       {_known("f")}
from standing_standingfact f
left join receivables_instalment i on i.tenant_id = f.tenant_id and i.id = f.instalment_id
{OF_CREDITOR.format(row="f", who="f.customer_id")}
"""
FACTS_SCHEMA: Final[Mapping[str, Any]] = {
    **frames.FACTS,
    "status": pl.String,
    "known_on": pl.Date,
    "gone_on": pl.Date,
}
# what is reserved leaves: the day's own, and what waits approved
MESSAGES: Final = """
select m.id, m.customer_id, m.currency, m.step_code, m.cycle, m.planned_on,
       case when m.state in ('planned', 'approved') then coalesce(m.sent_on, %(today)s)
            else m.sent_on end, false,
       m.scenario_code, m.scenario_version, array_to_string(m.instalment_ids, ' ')
from dunning_reminder m
where m.tenant_id = %(tenant)s and m.creditor_id = %(creditor)s and m.state <> 'cancelled'
  and not (m.state = 'planned' and m.planned_on < %(today)s) and m.rehearsal = %(rehearsal)s
  and (%(customers)s::bigint[] is null or m.customer_id = any (%(customers)s::bigint[]))
"""
MESSAGES_SCHEMA: Final[Mapping[str, Any]] = {**chronicle.MESSAGES, "listed": pl.String}
CUSTOMER_IDS: Final = """
select i.customer_id, count(*)::integer from receivables_instalment i
where i.tenant_id = %(tenant)s and i.creditor_id = %(creditor)s and i.undone_at is null
group by 1
"""
DELAYS: Final = """
select s.customer_id, greatest(ceil(s.expected_tenths / 10.0), 0)::integer
from scoring_score s
where s.tenant_id = %(tenant)s and s.creditor_id = %(creditor)s and s.expected_tenths is not null
"""
DELAYS_SCHEMA: Final[Mapping[str, Any]] = {"customer_id": pl.Int64, "delay_days": pl.Int64}


def chronicle_of(
    *,
    tenant_id: int,
    creditor_id: int,
    today: date,
    rehearsal: bool,
    shelf: Shelf,
    lag_days: int | None = None,
    customer_ids: list[int] | None = None,
) -> Chronicle:
    """Return everything dated of a creditor, or of some of its customers, and what was said.

    For a replay of the past, `lag_days` says how long a payment of the setting up took to be known;
    None is for the days to come: all that is recorded is known.
    """
    merged = faces.faces(tenant_id)
    params = {
        "tenant": tenant_id,
        "creditor": creditor_id,
        "today": today,
        "rehearsal": rehearsal,
        "is_replay": lag_days is not None,
        "lag": lag_days or 0,
        "mobile": ledger.MOBILE,
        "customers": None if customer_ids is None else ledger.families(customer_ids, merged),
    }

    def read(query: str, schema: Mapping[str, Any]) -> pl.DataFrame:
        return read_frame(query, params, schema=schema)

    def shown(query: str, schema: Mapping[str, Any]) -> pl.DataFrame:
        return faces.shown_under(read(query, schema), merged)

    with one_process(customer_ids is None):
        lines = shown(LINES, LINES_SCHEMA)
        shares = read(SHARES, chronicle.SHARES)
    documents = read_named(
        ledger.DOCUMENTS, params, lines["invoice_id"], schema=ledger.DOCUMENTS_SCHEMA
    )
    triage = read(ledger.TRIAGE, ledger.TRIAGE_SCHEMA).unique("instalment_id", keep="last")
    messages = shown(MESSAGES, MESSAGES_SCHEMA)
    facts = shown(FACTS, FACTS_SCHEMA)
    return Chronicle.of(
        lines=lines.join(documents, on="invoice_id").join(triage, on="instalment_id", how="left"),
        shares=shares,
        states=read(STATES, chronicle.STATES),
        money=shown(MONEY, chronicle.MONEY),
        facts=ledger.acting(facts),
        customers=ledger.reached_together(read(ledger.CUSTOMERS, frames.CUSTOMERS), merged),
        messages=messages,
        listings=numbers_listed(messages.select("message_id", instalment_id="listed")),
        choices=faces.shown_under(choices.choices(params, shelf.rules), merged),
        deeds=faces.shown_under(_deeds(shelf, params), merged),
    )


def _deeds(shelf: Shelf, params: Mapping[str, Any]) -> pl.DataFrame:
    told = deeds.told(shelf.behaviours, params)
    return pl.concat([pl.DataFrame(schema=frames.BEHAVIOURS), *told])


def usual_delays(*, tenant_id: int, creditor_id: int) -> pl.DataFrame:
    """Return in how many days after due each customer should pay; no history, no row."""
    params = {"tenant": tenant_id, "creditor": creditor_id}
    merged = faces.faces(tenant_id)
    found = faces.shown_under(read_frame(DELAYS, params, schema=DELAYS_SCHEMA), merged)
    return found.group_by("customer_id").agg(pl.col("delay_days").max())


def sizes(*, tenant_id: int, creditor_id: int) -> pl.DataFrame:
    """Return how many due lines each customer has: customer_id, `lines`."""
    params = {"tenant": tenant_id, "creditor": creditor_id}
    schema = {"customer_id": pl.Int64, "lines": pl.Int64}
    return read_frame(CUSTOMER_IDS, params, schema=schema)
