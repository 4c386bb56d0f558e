"""The open due lines of whoever answered, those that the reply speaks of first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from encours.parties import faces
from encours.receivables.models import Instalment
from encours.receivables.queries.moment import Moment
from encours.replies.models import Reply
from encours.replies.rules.proposing import OpenLine
from encours.standing import queries as standing


@dataclass(frozen=True, slots=True)
class ReplyLine:
    """One open due line; `is_cited` where the reply, or what it answers, speaks of it."""

    line_id: int
    invoice_id: int
    document: str
    due_on: date
    days_late: int
    currency: str
    open_cents: int
    status: str
    is_cited: bool

    def as_open_line(self) -> OpenLine:
        """Return the line as the rules of promises read it."""
        return OpenLine(self.line_id, self.due_on, self.open_cents)


def lines(reply: Reply, today: date) -> list[ReplyLine]:
    """Return the open lines of a reply's customer, those cited first, then the oldest."""
    return lines_of(
        tenant_id=reply.tenant_id,
        customer_id=reply.customer_id,
        lineages=reply.instalment_ids,
        today=today,
    )


def lines_of(
    *, tenant_id: int, customer_id: int | None, lineages: Sequence[int], today: date
) -> list[ReplyLine]:
    """Return the open lines of a customer; `lineages` are the due lines spoken of."""
    if customer_id is None:
        return []
    face = faces.face_of(tenant_id=tenant_id, customer_id=customer_id)
    opened = standing.open_items(Moment(tenant_id=tenant_id, as_of=today, customer_id=face))
    spoken_of = _live(tenant_id, lineages)
    found = [
        ReplyLine(
            line_id=row["line_id"],
            invoice_id=row["invoice_id"],
            document=row["document"],
            due_on=row["due_on"],
            days_late=max((today - row["due_on"]).days, 0),
            currency=row["currency"],
            open_cents=row["open_cents"],
            status=row["status"],
            is_cited=row["line_id"] in spoken_of,
        )
        for row in opened.iter_rows(named=True)
    ]
    return sorted(found, key=lambda one: (not one.is_cited, one.due_on, one.line_id))


def cited(*, tenant_id: int, customer_id: int, numbers: Sequence[str]) -> list[int]:
    """Return the due lines of a customer whose invoice is among these numbers."""
    wanted = {_folded(one) for one in numbers if _folded(one)}
    family = faces.family_of(tenant_id=tenant_id, customer_id=customer_id)
    rows = Instalment.objects.of(tenant_id).filter(customer_id__in=family, undone_at=None)
    told = rows.values_list("pk", "lineage_id", "invoice__number").order_by("due_on", "pk")
    return [lineage or pk for pk, lineage, number in told if _folded(number) in wanted]


def _live(tenant_id: int, lineages: Sequence[int]) -> set[int]:
    """Return today's version of due lines that go by their lineage."""
    if not lineages:
        return set()
    same = Q(lineage_id__in=lineages) | Q(pk__in=lineages)
    rows = Instalment.objects.of(tenant_id).filter(same, undone_at=None)
    return set(rows.values_list("pk", flat=True))


def _folded(number: str) -> str:
    return re.sub(r"[^A-Za-z0-9]", "", number).upper()
