"""What a kept file proves: attached to a customer, an invoice, a credit or a message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

from django.db import transaction
from django.db.models.functions import Now

from encours.documents.models import Attachment, Document
from encours.documents.rules.kinds import Kind
from encours.kernel.refusal import Refusal
from encours.messaging.models import Message
from encours.parties.models import Customer
from encours.receivables.models import Credit, Invoice
from encours.tenancy.journal import record

SUBJECTS: Final = {"customer": Customer, "invoice": Invoice, "credit": Credit, "message": Message}


class NoSuchThing(Refusal):
    """The subject or the file is not there, or belongs to another creditor."""

    message = "Cette pièce ou ce à quoi l'attacher n'existe pas dans cette société."


@dataclass(frozen=True, slots=True)
class Subject:
    """What a file is attached to, by kind and id."""

    kind: Literal["customer", "invoice", "credit", "message"]
    id: int


@transaction.atomic
def attach(
    *,
    tenant_id: int,
    document_id: int,
    subjects: Sequence[Subject],
    actor_id: int | None = None,
    today: date,
) -> int:
    """Attach a file to these things; return how many links are new (twice is once)."""
    document = held(tenant_id=tenant_id, document_id=document_id)
    fresh = 0
    for subject in dict.fromkeys(subjects):
        customer_id, key = _found(document, subject)
        _, is_new = Attachment.objects.of(tenant_id).get_or_create(
            tenant_id=tenant_id,
            document=document,
            **{f"{kind}_id": subject.id if kind == subject.kind else None for kind in SUBJECTS},
            detached_at=None,
            defaults={
                "creditor_id": document.creditor_id,
                "natural_key": key,
                "author_id": actor_id,
            },
        )
        if is_new:
            fresh += 1
            told: dict[str, Any] = {
                "customer_id": customer_id,
                "actor_id": actor_id,
                "today": today,
            }
            _tell("document.attached", document, subject, **told)
    if fresh and document.candidates:
        document.candidates = []
        document.save(update_fields=["candidates"])
    return fresh


@transaction.atomic
def detach(*, tenant_id: int, attachment_id: int, actor_id: int | None = None, today: date) -> None:
    """Undo one link; the file stays, and so does the trace of the link."""
    links = Attachment.objects.of(tenant_id).select_for_update()
    link = links.filter(pk=attachment_id, detached_at=None).first()
    if link is None:
        raise NoSuchThing
    Attachment.objects.of(tenant_id).filter(pk=link.pk).update(detached_at=Now())
    kind, subject_id = next(
        (kind, getattr(link, f"{kind}_id"))
        for kind in SUBJECTS
        if getattr(link, f"{kind}_id") is not None
    )
    document = held(tenant_id=tenant_id, document_id=link.document_id)
    subject = Subject(kind, subject_id)  # type: ignore[arg-type]  # a key of SUBJECTS
    customer_id = subject_id if kind == "customer" else None
    told: dict[str, Any] = {"customer_id": customer_id, "actor_id": actor_id, "today": today}
    _tell("document.detached", document, subject, **told)


@transaction.atomic
def reclassify(
    *, tenant_id: int, document_id: int, kind: str, actor_id: int | None = None, today: date
) -> None:
    """Say what a file is: its retention and what it proves follow."""
    if kind not in set(Kind):
        raise NoSuchThing
    document = held(tenant_id=tenant_id, document_id=document_id)
    if document.kind == kind:
        return
    record(
        "document.reclassified",
        tenant_id=tenant_id,
        subject=("document", document.pk),
        effective_on=today,
        actor_id=actor_id,
        creditor_id=document.creditor_id,
        data={"from": document.kind, "kind": kind},
    )
    document.kind = kind
    document.save(update_fields=["kind"])


def held(*, tenant_id: int, document_id: int) -> Document:
    """Return a file that is still there, its row locked."""
    rows = Document.objects.of(tenant_id).select_for_update(no_key=True)
    document = rows.filter(pk=document_id, removed_at=None).first()
    if document is None:
        raise NoSuchThing
    return document


def _found(document: Document, subject: Subject) -> tuple[int | None, str]:
    """Return the customer and the natural key of a subject of the same creditor."""
    rows: Any = SUBJECTS[subject.kind].objects.of(document.tenant_id)
    row = rows.filter(pk=subject.id, creditor_id=document.creditor_id).first()
    if row is None:
        raise NoSuchThing
    customer_id = row.pk if subject.kind == "customer" else row.customer_id
    return customer_id, getattr(row, "key", "")


def _tell(
    verb: str,
    document: Document,
    subject: Subject,
    *,
    customer_id: int | None,
    actor_id: int | None,
    today: date,
) -> None:
    record(
        verb,
        tenant_id=document.tenant_id,
        subject=("document", document.pk),
        effective_on=today,
        actor_id=actor_id,
        creditor_id=document.creditor_id,
        customer_id=customer_id,
        data={"to": subject.kind, "id": subject.id, "kind": document.kind},
    )
