"""Overdue claims of a whole ledger, filtered by the piece they lack; a window is then read in full.

The overdue lines are one answer of the ledger, kept while no fact changes it; what is attached is a
small set beside it. Only the claims of the window are asked for their evidence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import polars as pl

from encours.legal.queries.evidence import ClaimRow, claims_of
from encours.parties import faces
from encours.receivables.queries.items import Days, open_items
from encours.receivables.queries.moment import Moment
from encours.receivables.rules.ageing import AgeBy
from encours.tenancy import kept
from encours.tenancy.frames import read_frame

AT_ONCE: Final = 2000
ELSEWHERE: Final = ("document", "documents", "message", "reminder", "reminders")
"""First words of facts that change no due line."""

ATTACHED: Final = f"""
select i.id, null::bigint from documents_document d
join documents_attachment a
    on a.tenant_id = d.tenant_id and a.document_id = d.id and a.detached_at is null
join receivables_invoice i on a.invoice_id is not null and i.tenant_id = a.tenant_id
    and i.creditor_id = a.creditor_id and i.key = a.natural_key and i.undone_at is null
where d.tenant_id = %(tenant_id)s and d.removed_at is null and d.kind = any(%(kinds)s)
union select null, coalesce(f.face_id, a.customer_id) from documents_document d
join documents_attachment a
    on a.tenant_id = d.tenant_id and a.document_id = d.id and a.detached_at is null
left join {faces.LIVE} f on f.customer_id = a.customer_id
where d.tenant_id = %(tenant_id)s and d.removed_at is null and d.kind = any(%(kinds)s)
    and a.customer_id is not null and d.kind <> all(%(of_invoice)s)
"""
NOTIFIED: Final = """
select distinct l.invoice_id, null::bigint from dunning_reminder r
cross join unnest(r.instalment_ids) listed (id)
join receivables_instalment l on l.tenant_id = r.tenant_id and l.id = listed.id
where r.tenant_id = %(tenant_id)s and r.state = 'sent' and not r.rehearsal
    and r.step_code = 'mise_en_demeure'
"""
CLASSED: Final = """
select null::bigint, k.id from parties_customer k
where k.tenant_id = %(tenant_id)s and k.class_confirmed_at is not null
    and k.debtor_class <> 'unknown'
"""
FOUND: Final = {"invoice_id": pl.Int64, "customer_id": pl.Int64}
KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    "invoice": ("invoice",),
    "agreement": ("order", "quote", "contract"),
    "performance": ("delivery", "service"),
}
OF_INVOICE: Final = ("invoice", "delivery", "service")
"""Kinds that prove one invoice alone, even when they hang on the customer."""

LACKS: Final = (*KINDS, "formal_notice", "class")
SORTS: Final = {"due_on": "due_on", "open_cents": "open_cents", "customer_name": "customer_name"}
CLAIM: Final = ("invoice_id", "customer_id", "customer_name", "document", "due_on", "open_cents")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which overdue claims are wanted; `lacks` is one of `LACKS`, or nothing."""

    search: str = ""
    lacks: str = ""
    sort: str = "due_on"
    descending: bool = False
    offset: int = 0
    limit: int | None = None


def overdue_claims(moment: Moment, asked: Asked) -> Iterator[ClaimRow]:
    """Yield the overdue claims that match, with their readiness."""
    found = kept.kept(
        moment.tenant_id, ("claims", moment), lambda: _overdue(moment), ignored=ELSEWHERE
    )
    if text := asked.search.strip().lower():
        found = found.filter(
            pl.col("document").str.to_lowercase().str.starts_with(text)
            | pl.col("customer_name").str.to_lowercase().str.starts_with(text)
        )
    if asked.lacks in LACKS:
        found = _lacking(found, moment, asked.lacks)
    column = SORTS.get(asked.sort, "due_on")
    found = found.sort(column, "invoice_id", descending=[asked.descending, False])
    ids = found.slice(asked.offset, asked.limit)["invoice_id"].to_list()
    for start in range(0, len(ids), AT_ONCE):
        wanted = ids[start : start + AT_ONCE]
        rows = {row.id: row for row in claims_of(moment, wanted)}
        yield from (rows[one] for one in wanted if one in rows)


def _overdue(moment: Moment) -> pl.DataFrame:
    """Return one row for each invoice with something overdue."""
    days = Days(AgeBy.DUE, last_on=moment.as_of - timedelta(days=1))
    lines = open_items(moment, days=days).filter(pl.col("kind") == "invoice")
    first = [pl.col(name).first() for name in ("customer_id", "customer_name", "document")]
    sums = (pl.col("due_on").min(), pl.col("open_cents").sum())
    return lines.group_by("invoice_id").agg(*first, *sums).select(CLAIM)


def _lacking(found: pl.DataFrame, moment: Moment, piece: str) -> pl.DataFrame:
    """Keep the claims for which nothing of that piece is there."""
    params: dict[str, Any] = {"tenant_id": moment.tenant_id}
    query = {"formal_notice": NOTIFIED, "class": CLASSED}.get(piece, ATTACHED)
    if piece in KINDS:
        params |= {"kinds": list(KINDS[piece]), "of_invoice": list(OF_INVOICE)}
    there = read_frame(query, params, schema=FOUND)
    for key in ("invoice_id", "customer_id"):
        found = found.join(there.select(key).drop_nulls(), on=key, how="anti")
    return found
