"""The files joined to a reply, examined and kept with the evidence before the reply itself is.

In that order, a worker that dies between the two files them again: the same content is kept once.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db.models import Q

from encours.documents import actions as documents
from encours.documents.actions import Subject
from encours.documents.examine import examined
from encours.documents.models import Attachment
from encours.documents.pages import PdfReader
from encours.documents.rules.content import NotTaken
from encours.kernel.refusal import Refusal
from encours.receivables.models import Instalment
from encours.replies.models import Inbox, Reply
from encours.replies.rules.joined import JoinedFile
from encours.tenancy.scope import in_tenant

log = logging.getLogger(__name__)
SOURCE: Final = "mail"
OUR_FAULT: Final = "ce fichier n'a pas pu être gardé."
LEFT: Final = "resté dans la boîte, au-delà de ce qui est gardé d'un seul message."


@dataclass(frozen=True, slots=True)
class Filed:
    """The files kept, by id, and what was said of the others."""

    document_ids: tuple[int, ...] = ()
    refused: tuple[str, ...] = ()


def file_all(
    files: Sequence[JoinedFile],
    inbox: Inbox,
    *,
    customer_id: int | None,
    line_ids: Sequence[int],
    today: date,
) -> Filed:
    """Keep the files of a mail, outside any transaction; one that is refused stops none."""
    if not files:
        return Filed()
    with in_tenant(inbox.tenant_id):
        subjects = _subjects(inbox.tenant_id, customer_id, line_ids)
    kept, refused = list[int](), list[str]()
    with PdfReader() as reader:
        for one in files:
            if not one.content:
                refused.append(f"{one.name} : {LEFT}")
                continue
            try:
                kept.append(_file(one, inbox, subjects, reader, today))
            except NotTaken as problem:
                refused.append(f"{one.name} : {problem}")
            except Refusal:
                refused.append(f"{one.name} : {OUR_FAULT}")
            except OSError:
                log.exception("inbox %s, a joined file", inbox.pk)
                refused.append(f"{one.name} : {OUR_FAULT}")
    return Filed(tuple(dict.fromkeys(kept)), tuple(refused))


def _file(
    one: JoinedFile,
    inbox: Inbox,
    subjects: Sequence[Subject],
    reader: PdfReader,
    today: date,
) -> int:
    with ExitStack() as stack:
        found = stack.enter_context(examined(one.name, [one.content], reader))
        stack.enter_context(in_tenant(inbox.tenant_id))
        return documents.keep_examined(
            found,
            tenant_id=inbox.tenant_id,
            creditor_id=inbox.creditor_id,
            subjects=subjects,
            source=SOURCE,
            today=today,
        ).document_id


def move_to(reply: Reply, *, customer_id: int, actor_id: int | None, today: date) -> None:
    """Attach the files of a reply to the customer whose it is found to be, and to no other."""
    if reply.customer_id not in (None, customer_id):
        _detach(reply, actor_id, today)
    for document_id in reply.document_ids:
        try:
            documents.attach(
                tenant_id=reply.tenant_id,
                document_id=document_id,
                subjects=_subjects(reply.tenant_id, customer_id, reply.instalment_ids),
                actor_id=actor_id,
                today=today,
            )
        except Refusal:  # destroyed meanwhile: there is nothing left to attach
            continue


def _detach(reply: Reply, actor_id: int | None, today: date) -> None:
    wrong = Q(customer_id=reply.customer_id) | Q(invoice__customer_id=reply.customer_id)
    links = Attachment.objects.of(reply.tenant_id).filter(
        wrong, document_id__in=reply.document_ids, detached_at=None
    )
    for link in links.values_list("pk", flat=True):
        documents.detach(
            tenant_id=reply.tenant_id, attachment_id=link, actor_id=actor_id, today=today
        )


def _subjects(
    tenant_id: int, customer_id: int | None, line_ids: Iterable[int]
) -> tuple[Subject, ...]:
    """Return what the files of a reply prove something of: its customer, the invoices it cites."""
    if customer_id is None:
        return ()
    ids = list(line_ids)
    rows = Instalment.objects.of(tenant_id).filter(
        Q(pk__in=ids) | Q(lineage_id__in=ids), undone_at=None, customer_id=customer_id
    )
    cited = sorted({one for one in rows.values_list("invoice_id", flat=True) if one})
    invoices = (Subject("invoice", one) for one in cited)
    return (Subject("customer", customer_id), *invoices)
