"""The day's end of retention: files destroyed, consumers anonymised, archives and orphans swept."""

from __future__ import annotations

from datetime import date, datetime

from encours.custody.actions import departures, erasing
from encours.custody.queries import retention as queries
from encours.documents import actions as documents
from encours.documents.actions.removing import sweep_orphans
from encours.tenancy.scope import in_tenant


def let_go(*, tenant_id: int, creditor_id: int, now: datetime, today: date) -> dict[str, int]:
    """Destroy what is past its time, one transaction a file; return what was done."""
    with in_tenant(tenant_id):
        found = queries.past(tenant_id=tenant_id, creditor_id=creditor_id, today=today)
    for one in found:
        with in_tenant(tenant_id):
            documents.remove(
                tenant_id=tenant_id,
                document_id=one.document_id,
                reason="retention",
                today=today,
            )
    people = _anonymise(tenant_id, creditor_id, today)
    with in_tenant(tenant_id):
        expired = departures.expire(tenant_id=tenant_id, now=now)
        orphans = sweep_orphans(tenant_id=tenant_id)
    return {"documents": len(found), "persons": people, "archives": expired, "orphans": orphans}


def _anonymise(tenant_id: int, creditor_id: int, today: date) -> int:
    with in_tenant(tenant_id):
        found = queries.persons(tenant_id=tenant_id, creditor_id=creditor_id, today=today)
    for one in found:
        with in_tenant(tenant_id):
            erasing.erase_person(
                tenant_id=tenant_id, person=("customer", one.customer_id), today=today
            )
    return len(found)
