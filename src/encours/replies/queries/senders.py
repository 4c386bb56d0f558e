"""Who wrote, found again by a digest; what a person wrote, for access and erasure."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from encours.replies.models import Reply
from encours.tenancy import vault
from encours.tenancy.persons import opened_all


def sender_digest(address: str) -> str:
    """Return the keyed hash under which an address is found again; nothing for none."""
    return vault.digest("reply-sender", address.lower()) if address else ""


@dataclass(frozen=True, slots=True)
class Wrote:
    """One reply of a person: when, what."""

    reply_id: int
    on: date
    subject: str
    text: str


def replies_of(
    *, tenant_id: int, customer_ids: Collection[int], email: str = ""
) -> list[tuple[int, date]]:
    """Return the replies of customers, and those that came from an address: number and day."""
    mine = Q(customer_id__in=list(customer_ids))
    if email:
        mine |= Q(sender_digest=sender_digest(email))
    rows = Reply.objects.of(tenant_id).filter(mine).exclude(words={}).order_by("pk")
    return [(pk, at.date()) for pk, at in rows.values_list("pk", "received_at")]


def wrote(*, tenant_id: int, reply_ids: Collection[int]) -> Iterator[Wrote]:
    """Yield what was written in these replies, opened."""
    rows = list(Reply.objects.of(tenant_id).filter(pk__in=list(reply_ids)).order_by("pk"))
    words = opened_all(tenant_id=tenant_id, kept=[row.words for row in rows])
    for row, told in zip(rows, words, strict=True):
        if told is not None:
            subject, text = str(told.get("subject", "")), str(told.get("text", ""))
            yield Wrote(row.pk, row.received_at.date(), subject, text)
