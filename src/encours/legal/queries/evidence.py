"""Claims with what they have and lack for court, and all the evidence of one claim.

What is attached is asked for given claims alone: it costs the same whatever the ledger holds.
Messages and imported files are read where they are, never copied.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import connection

from encours.legal.rules.evidence import UNKNOWN_SALE, Claim, Readiness, readiness
from encours.parties import faces
from encours.receivables.queries.moment import Moment, live

FORMAL_NOTICE: Final = "mise_en_demeure"
CLAIMS: Final = f"""
select i.id, i.customer_id, k.name, coalesce(nullif(i.number, ''), nullif(i.piece, ''), i.label),
    i.issued_on, l.due_on, l.open_cents, i.currency, k.debtor_class,
    k.class_confirmed_at is not null, l.is_certain,
    k.siren <> '' or (k.address_line1 <> '' and k.postcode <> '' and k.city <> ''),
    k.contract_rate <> '' or coalesce(s.penalty_rate, w.penalty_rate) <> '',
    coalesce(s.settings ->> 'sale', ''),
    pieces.kinds, o.id, o.file_name, o.sha256, o.applied_at
from receivables_invoice i
join parties_customer k on k.tenant_id = i.tenant_id and k.id = i.customer_id
join tenancy_creditor s on s.tenant_id = i.tenant_id and s.id = i.creditor_id
join tenancy_tenant w on w.id = i.tenant_id
cross join lateral (
    select min(x.due_on) as due_on, bool_and(x.due_source <> 'terms_assumed') as is_certain,
        sum(x.amount_cents - coalesce((
            select sum(a.amount_cents) from receivables_allocation a
            where a.tenant_id = x.tenant_id and a.instalment_id = x.id and a.undone_at is null
                and a.effective_on <= %(as_of)s), 0))::bigint as open_cents
    from receivables_instalment x
    where x.tenant_id = i.tenant_id and x.invoice_id = i.id and x.undone_at is null
        and (x.due_on < %(as_of)s or %(whole)s)
) l
left join {faces.LIVE} f on f.customer_id = i.customer_id
cross join lateral (
    select coalesce(array_agg(distinct d.kind), array[]::varchar[]) as kinds
    from documents_attachment a
    join documents_document d
        on d.tenant_id = a.tenant_id and d.id = a.document_id and d.removed_at is null
    where a.tenant_id = i.tenant_id and a.detached_at is null
        and ((a.creditor_id = i.creditor_id and a.natural_key = i.key and a.invoice_id is not null)
            or a.customer_id = any(array[i.customer_id, f.face_id])
            and d.kind = any(
                array['contract', 'terms', 'kbis', 'acknowledgment', 'order', 'quote']))
) pieces
left join lateral (
    select b.id, b.file_name, b.sha256, b.applied_at from imports_fileimport b
    where b.tenant_id = i.tenant_id and b.batch_id = i.batch_id order by b.id limit 1
) o on true
where live(i) and own(k) and i.id = any(%(ids)s)
order by i.id
"""
SENT: Final = f"""
select x.invoice_id, r.id, coalesce(r.sent_on, r.planned_on), r.step_code, r.channel, r.message_id,
    m.digest, m.provider_reference
from receivables_instalment x
left join {faces.LIVE} f on f.customer_id = x.customer_id
join dunning_reminder r on r.tenant_id = x.tenant_id
    and r.customer_id = any(array[x.customer_id, f.face_id])
    and r.state = 'sent' and not r.rehearsal
    and (x.id = any(r.instalment_ids) or x.lineage_id = any(r.instalment_ids))
left join messaging_message m on m.tenant_id = r.tenant_id and m.id = r.message_id
where x.tenant_id = %(tenant_id)s and x.invoice_id = any(%(ids)s) and x.undone_at is null
order by 3, 2
"""


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """One claim and how ready it is for court."""

    id: int
    customer_id: int
    customer_name: str
    document: str
    issued_on: date
    due_on: date | None
    open_cents: int
    currency: str
    debtor_class: str
    readiness: Readiness

    @property
    def score(self) -> int:
        """Return the score, for a column."""
        return self.readiness.score

    @property
    def lacking(self) -> str:
        """Return the names of the required pieces that lack."""
        return ", ".join(one.label for one in self.readiness.missing if one.is_required)


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A reminder that listed the claim, and the proof of its message."""

    reminder_id: int
    on: date
    step: str
    channel: str
    message_id: int | None
    digest: str | None
    reference: str | None


@dataclass(frozen=True, slots=True)
class OriginalFile:
    """The imported file that the claim was read in."""

    id: int
    file_name: str
    sha256: str
    applied_at: datetime | None


@dataclass(frozen=True, slots=True)
class ClaimEvidence:
    """All that proves one claim besides its documents."""

    claim: ClaimRow
    messages: tuple[SentMessage, ...]
    original: OriginalFile | None


def claims_of(moment: Moment, invoice_ids: Sequence[int]) -> list[ClaimRow]:
    """Return these overdue claims with what they have and lack."""
    return [one.claim for one in _evidence(moment, invoice_ids, whole=False)]


def claim_evidence(moment: Moment, invoice_id: int) -> ClaimEvidence | None:
    """Return what one invoice has and lacks, overdue or not; None when it is not there."""
    return next(iter(_evidence(moment, [invoice_id], whole=True)), None)


def _evidence(moment: Moment, ids: Sequence[int], *, whole: bool) -> list[ClaimEvidence]:
    """Return claims with all that proves them; `whole` counts lines not due yet too."""
    params = {**moment.params(), "ids": list(ids), "whole": whole}
    with connection.cursor() as cursor:
        cursor.execute(live(CLAIMS, moment), params)
        rows = cursor.fetchall()
    sent = _sent(moment.tenant_id, [row[0] for row in rows])
    return [_proved(row, sent.get(row[0], [])) for row in rows]


def _proved(row: Sequence[Any], sent: Sequence[SentMessage]) -> ClaimEvidence:
    kinds, original = frozenset(row[14]), row[15:19]
    claim = _row(row, kinds, sent)
    return ClaimEvidence(claim, tuple(sent), OriginalFile(*original) if original[0] else None)


def _row(row: Sequence[Any], kinds: frozenset[str], sent: Sequence[SentMessage]) -> ClaimRow:
    claim = Claim(
        debtor_class=row[8],
        is_class_confirmed=row[9],
        is_due_date_certain=bool(row[10]),
        is_debtor_located=row[11],
        has_contract_rate=row[12],
        sale=row[13] or UNKNOWN_SALE,
        kinds=kinds,
        reminders=len(sent),
        has_formal_notice=any(one.step == FORMAL_NOTICE for one in sent),
    )
    return ClaimRow(*(*row[:9], readiness(claim)))


def _sent(tenant_id: int, ids: Sequence[int]) -> dict[int, list[SentMessage]]:
    """Return the reminders that listed each claim; one that listed two of its lines is one."""
    found: dict[int, dict[int, SentMessage]] = {}
    with connection.cursor() as cursor:
        cursor.execute(SENT, {"tenant_id": tenant_id, "ids": list(ids)})
        for invoice_id, *rest in cursor.fetchall():
            found.setdefault(invoice_id, {})[rest[0]] = SentMessage(*rest)
    return {invoice_id: list(messages.values()) for invoice_id, messages in found.items()}
