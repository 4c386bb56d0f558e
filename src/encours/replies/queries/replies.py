"""Replies as rows: the list with its counts, one with everything that its page shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db.models import Case, Count, Min, Q, When

from encours.documents.models import Document
from encours.parties import faces
from encours.parties.models import Customer
from encours.replies.models import Answer, Reply
from encours.tenancy.models import TenantQuerySet
from encours.tenancy.persons import opened_all

EXCERPT_MAX: Final = 120
TO_DECIDE: Final = ("new", "proposed")
SORTS: Final = {"received_at": "received_at", "said_on": "said_on", "amount_cents": "amount_cents"}


@dataclass(frozen=True, slots=True)
class Reach:
    """Whose replies a page may show: creditors and people, None being all of them."""

    tenant_id: int
    creditor_ids: tuple[int, ...] | None = None
    people: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which replies are wanted; empty fields ask nothing; `state` may be `to_decide`."""

    kind: str = ""
    state: str = ""
    customer_id: int | None = None
    sort: str = "received_at"
    descending: bool = True
    offset: int = 0
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class ReplyRow:
    """One reply of a list; its words are empty once erased."""

    id: int
    creditor_id: int
    customer_id: int | None
    customer: str
    received_at: datetime
    kind: str
    state: str
    confidence: int
    said_on: date | None
    amount_cents: int | None
    currency: str
    cause: str
    outcome: str
    sender: str
    excerpt: str


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """What was answered."""

    id: int
    state: str
    created_at: datetime
    sent_at: datetime | None
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class ReplyCard:
    """One reply whole; the words of whoever wrote it are plain text, whatever came in."""

    row: ReplyRow
    reader: str
    evidence: str
    is_abstained: bool
    share: str
    message_id: int | None
    subject: str
    sender_name: str
    text: str
    own: str
    why: tuple[str, ...]
    others: tuple[str, ...]
    address: str
    reference: str
    attachments: tuple[str, ...]
    refused_files: tuple[str, ...]
    files: tuple[tuple[int, str], ...]
    numbers: tuple[str, ...]
    hold_id: int | None
    fact_ids: tuple[int, ...]
    lineages: tuple[int, ...]
    decided_at: datetime | None
    candidates: tuple[tuple[int, str], ...] = ()
    answers: tuple[AnswerRow, ...] = ()
    salesperson_id: int | None = None
    collector_id: int | None = None
    language: str = "fr"
    is_erased: bool = False
    customer_language: str = "fr"

    @property
    def left_files(self) -> tuple[str, ...]:
        """Return the names of what was joined and never taken: to a machine's mail, say."""
        return () if self.files or self.refused_files else self.attachments


def replies(reach: Reach, asked: Asked) -> list[ReplyRow]:
    """Return the replies that match, the words of those alone opened.

    The latest first, those come before that wait for a person.
    """
    rows = _matching(reach, asked).select_related("customer")
    order = SORTS.get(asked.sort, "received_at")
    waits = Case(When(state__in=TO_DECIDE, then=0), default=1)
    first = (waits,) if order == "received_at" and asked.descending else ()
    rows = rows.order_by(*first, f"-{order}" if asked.descending else order, "-pk")
    end = None if asked.limit is None else asked.offset + asked.limit
    found = list(rows[asked.offset : end])
    words = opened_all(tenant_id=reach.tenant_id, kept=[row.words for row in found])
    return [_row(row, told) for row, told in zip(found, words, strict=True)]


def count(reach: Reach, asked: Asked) -> int:
    """Return how many replies match."""
    return _matching(reach, asked).count()


def counts(reach: Reach) -> dict[str, tuple[int, int]]:
    """Return how many wait for a person and the first of them, by kind."""
    waiting = _reached(reach).filter(state__in=TO_DECIDE).values_list("kind")
    found = waiting.annotate(found=Count("pk"), first=Min("pk")).order_by("kind")
    return {kind: (number, first) for kind, number, first in found}


def first_to_decide(reach: Reach, *, after: int = 0) -> int | None:
    """Return the oldest reply that waits for a person, another than the one just seen."""
    waiting = _reached(reach).filter(state__in=TO_DECIDE).exclude(pk=after)
    return waiting.order_by("received_at", "pk").values_list("pk", flat=True).first()


def card(*, tenant_id: int, reply_id: int) -> ReplyCard | None:
    """Return one reply, or None."""
    row = Reply.objects.of(tenant_id).select_related("customer").filter(pk=reply_id).first()
    if row is None:
        return None
    answers = list(Answer.objects.of(tenant_id).filter(reply_id=row.pk).order_by("pk"))
    words = opened_all(tenant_id=tenant_id, kept=[row.words, *(one.words for one in answers)])
    told = words[0] or {}
    return ReplyCard(
        row=_row(row, words[0]),
        reader=row.reader,
        evidence=row.evidence,
        is_abstained=row.is_abstained,
        share=row.share,
        message_id=row.message_id,
        subject=str(told.get("subject", "")),
        sender_name=str(told.get("name", "")),
        text=str(told.get("text", "")),
        own=str(told.get("own", "")),
        why=_texts(told, "why"),
        others=_texts(told, "others"),
        address=str(told.get("address", "")),
        reference=str(told.get("reference", "")),
        attachments=_texts(told, "attachments"),
        refused_files=_texts(told, "refused_files"),
        files=_files(row),
        numbers=tuple(row.numbers),
        hold_id=row.hold_id,
        fact_ids=tuple(row.fact_ids),
        lineages=tuple(row.instalment_ids),
        decided_at=row.decided_at,
        candidates=tuple(_named(tenant_id, row.candidates)),
        answers=tuple(_answer(one, said) for one, said in zip(answers, words[1:], strict=True)),
        salesperson_id=row.customer.salesperson_id if row.customer else None,
        collector_id=row.customer.collector_id if row.customer else None,
        language=row.language,
        is_erased=words[0] is None,
        customer_language=row.customer.language if row.customer else "fr",
    )


def _files(row: Reply) -> tuple[tuple[int, str], ...]:
    """Return the kept files of a reply, those destroyed since left out."""
    if not row.document_ids:
        return ()
    rows = Document.objects.of(row.tenant_id).filter(pk__in=row.document_ids, removed_at=None)
    return tuple(rows.order_by("pk").values_list("pk", "name"))


def _matching(reach: Reach, asked: Asked) -> TenantQuerySet[Reply]:
    rows = _reached(reach)
    if asked.kind:
        rows = rows.filter(kind=asked.kind)
    if asked.state == "to_decide":
        rows = rows.filter(state__in=TO_DECIDE)
    elif asked.state:
        rows = rows.filter(state=asked.state)
    if asked.customer_id is not None:
        family = faces.family_of(tenant_id=reach.tenant_id, customer_id=asked.customer_id)
        rows = rows.filter(customer_id__in=family)
    return rows


def _reached(reach: Reach) -> TenantQuerySet[Reply]:
    rows = Reply.objects.of(reach.tenant_id)
    if reach.creditor_ids is not None:
        rows = rows.filter(creditor_id__in=reach.creditor_ids)
    if reach.people is not None:
        own = Q(customer__salesperson_id__in=reach.people)
        rows = rows.filter(own | Q(customer__collector_id__in=reach.people))
    return rows


def _row(row: Reply, words: Mapping[str, Any] | None) -> ReplyRow:
    told = words or {}
    own = " ".join(str(told.get("own") or told.get("text") or "").split())
    return ReplyRow(
        id=row.pk,
        creditor_id=row.creditor_id,
        customer_id=row.customer_id,
        customer=row.customer.name if row.customer else "",
        received_at=row.received_at,
        kind=row.kind,
        state=row.state,
        confidence=row.confidence,
        said_on=row.said_on,
        amount_cents=row.amount_cents,
        currency=row.currency,
        cause=row.cause,
        outcome=row.outcome,
        sender=str(told.get("sender", "")),
        excerpt=own if len(own) <= EXCERPT_MAX else f"{own[:EXCERPT_MAX]}…",
    )


def _answer(row: Answer, words: Mapping[str, Any] | None) -> AnswerRow:
    told = words or {}
    subject, body = str(told.get("subject", "")), str(told.get("body", ""))
    return AnswerRow(row.pk, row.state, row.created_at, row.sent_at, subject, body)


def _named(tenant_id: int, customer_ids: Sequence[int]) -> list[tuple[int, str]]:
    if not customer_ids:
        return []
    rows = Customer.objects.of(tenant_id).filter(pk__in=customer_ids).order_by("name", "pk")
    return [(pk, f"{name} ({code})") for pk, name, code in rows.values_list("pk", "name", "code")]


def _texts(told: Mapping[str, Any], name: str) -> tuple[str, ...]:
    found = told.get(name) or ()
    return tuple(str(one) for one in found)
