"""Reads Chorus Pro: where each invoice to a public body stands, kept and acted on as a status."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

import httpx

from encours.einvoicing.actions.flows import access_of
from encours.einvoicing.models import PORTAL, Connection
from encours.einvoicing.ports import (
    PORTALS,
    AccessDenied,
    PortalStatus,
    RefusedByPlatform,
    TryLater,
)
from encours.einvoicing.rules.portal import code_of
from encours.imports.actions.einvoices import statuses
from encours.imports.actions.einvoices.place import Place
from encours.imports.rules.einvoices.document import Read
from encours.imports.rules.einvoices.status import Status
from encours.parties.models import Batch
from encours.receivables.models import Invoice
from encours.tenancy.models import Creditor
from encours.tenancy.scope import in_tenant

LOOK_BACK: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Looked:
    """How many statuses were new, which words are not known, or why the portal did not answer."""

    new: int = 0
    unknown: tuple[str, ...] = ()
    error: str = ""


def read_portal(*, tenant_id: int, creditor_id: int, today: date) -> Looked:
    """Ask the portal about the last twelve months; opens its own transactions."""
    with in_tenant(tenant_id):
        rows = Connection.objects.of(tenant_id).filter(creditor_id=creditor_id, code=PORTAL)
        connection = rows.filter(is_active=True).first()
    if connection is None:
        return Looked()
    try:
        portal = PORTALS[PORTAL](access_of(connection))
        found = portal.statuses(today - LOOK_BACK, today)
    except (AccessDenied, RefusedByPlatform, TryLater, httpx.HTTPError) as problem:
        looked = Looked(error=str(problem)[:300] or type(problem).__name__)
    else:
        with in_tenant(tenant_id):
            looked = _take(tenant_id, creditor_id, found, today)
    with in_tenant(tenant_id):
        mine = Connection.objects.of(tenant_id).filter(pk=connection.pk)
        if looked.error:
            mine.update(last_error=looked.error)
        else:
            mine.update(last_error="", last_ok_at=datetime.now(UTC))
    return looked


def _take(tenant_id: int, creditor_id: int, found: Sequence[PortalStatus], today: date) -> Looked:
    """Keep the statuses of the invoices that we have, each once."""
    rows = Invoice.objects.of(tenant_id).filter(
        creditor_id=creditor_id, undone_at=None, number__in={one.number for one in found}
    )
    days = dict(rows.order_by("pk").values_list("number", "issued_on"))
    creditor = Creditor.objects.of(tenant_id).get(pk=creditor_id)
    unknown = sorted({one.status for one in found if code_of(one.status) is None})
    told = [
        _status(one, code, days[one.number], creditor.siren)
        for one in found
        if (code := code_of(one.status)) is not None and one.number in days
    ]
    if not told:
        return Looked(unknown=tuple(unknown))
    batch = Batch.objects.create(tenant_id=tenant_id, creditor=creditor, kind="portal")
    place = Place(tenant_id, creditor_id, batch.pk, None, today)
    reads = [Read(name="Chorus Pro", sha256="", size_bytes=0, status=one) for one in told]
    return Looked(statuses.take(reads, place).count, tuple(unknown))


def _status(one: PortalStatus, code: str, issued_on: date, siren: str) -> Status:
    """Return the portal's word as a status; its own message says the word and the moment."""
    at = one.at.astimezone(UTC).replace(tzinfo=None)
    return Status(
        code=code,
        number=one.number,
        issued_on=issued_on,
        seller_siren=siren,
        at=at,
        message=f"chorus:{one.status}:{at:%Y%m%dT%H%M%S}",
        issuer_role="BY",
    )
