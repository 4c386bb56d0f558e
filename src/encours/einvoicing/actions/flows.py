"""Hands messages to the platform, each once, and takes in what it answers and what came for us.

Claim, call outside any transaction, record (as the outbox of messages does). A call cut short is
looked up by its tracking id before anything else: the platform says whether it has the file.
"""

from __future__ import annotations

import uuid
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final, Protocol

import httpx
from django.db.models import F

from encours.einvoicing.models import PLATFORM, Connection, Flow
from encours.einvoicing.ports import (
    PLATFORMS,
    Access,
    AccessDenied,
    Handed,
    Outgoing,
    Platform,
    RefusedByPlatform,
    Seen,
    Syntax,
    TryLater,
)
from encours.tenancy import journal, vault
from encours.tenancy.scope import in_tenant

SYNTAX: Final[dict[str, Syntax]] = {"collected": "CDAR", "payments": "FRR", "note": "Factur-X"}
RULE: Final = {"collected": "B2B", "payments": "B2C", "note": "OutOfScope"}
STUCK: Final = timedelta(minutes=10)
FIRST_LOOK: Final = timedelta(days=30)
ERROR_MAX: Final = 500
AT_ONCE: Final = 200


class Receive(Protocol):
    """Takes a file that came for a creditor."""

    def __call__(self, *, tenant_id: int, creditor_id: int, name: str, content: bytes) -> None:
        """Take it; twice is once."""
        ...


def write_flow(
    *,
    tenant_id: int,
    creditor_id: int,
    kind: str,
    name: str,
    content: bytes,
    invoice_id: int | None = None,
) -> int:
    """Keep a message until it is handed over; return its id."""
    flow = Flow.objects.create(
        tenant_id=tenant_id,
        creditor_id=creditor_id,
        invoice_id=invoice_id,
        kind=kind,
        tracking=uuid.uuid4(),
        name=name[:200],
        content=zlib.compress(content),
        sha256=sha256(content).hexdigest(),
    )
    return flow.pk


@dataclass(slots=True)
class Tally:
    """What one run handed over and learned."""

    sent: int = 0
    refused: int = 0
    acknowledged: int = 0
    received: int = 0
    error: str = ""


def exchange(
    *, tenant_id: int, creditor_id: int, receive: Receive, now: datetime | None = None
) -> Tally:
    """Hand over what is ready, then read what changed; opens its own transactions.

    `receive` takes a file that came for the creditor.
    """
    tally = Tally()
    with in_tenant(tenant_id):
        connection = (
            Connection.objects.of(tenant_id)
            .filter(creditor_id=creditor_id, code=PLATFORM, is_active=True)
            .first()
        )
    if connection is None:
        return tally
    platform = PLATFORMS[PLATFORM](access_of(connection))
    with _told(connection, tally):
        _hand_over(tenant_id, creditor_id, platform, tally)
        _read(connection, platform, receive, tally, now or datetime.now(UTC))
    return tally


def access_of(connection: Connection) -> Access:
    """Return a connection with its secrets opened, for a call."""
    return Access(
        base_url=connection.base_url,
        token_url=connection.token_url,
        client_id=connection.client_id,
        client_secret=vault.opened(connection.client_secret),
        login=connection.login,
        password=vault.opened(connection.password),
    )


@contextmanager
def _told(connection: Connection, tally: Tally) -> Iterator[None]:
    """Keep when the platform last answered, or the sentence that says why it did not."""
    try:
        yield
    except (AccessDenied, TryLater, httpx.HTTPError) as problem:
        tally.error = str(problem)[:300] or type(problem).__name__
    with in_tenant(connection.tenant_id):
        mine = Connection.objects.of(connection.tenant_id).filter(pk=connection.pk)
        if tally.error:
            mine.update(last_error=tally.error)
        else:
            mine.update(last_ok_at=datetime.now(UTC), last_error="")


def _hand_over(tenant_id: int, creditor_id: int, platform: Platform, tally: Tally) -> None:
    for _ in range(AT_ONCE):
        with in_tenant(tenant_id):
            claimed = _claim(tenant_id, creditor_id)
        if claimed is None:
            return
        flow, was_cut = claimed
        outgoing = _outgoing(flow)
        try:
            handed = platform.find(outgoing.tracking) if was_cut else None
            handed = handed or platform.submit(outgoing)
        except RefusedByPlatform as refusal:
            _record(flow, "refused", error=str(refusal))
            tally.refused += 1
        except (AccessDenied, TryLater):
            _record(flow, "ready")
            raise
        except httpx.TimeoutException as problem:
            _record(flow, "uncertain", error=str(problem) or "Pas de réponse à temps.")
            raise
        else:
            _record(flow, "sent", handed=handed)
            tally.sent += 1


def _claim(tenant_id: int, creditor_id: int) -> tuple[Flow, bool] | None:
    """Take the oldest message that waits, or one whose call was cut short some time ago."""
    mine = Flow.objects.of(tenant_id).filter(creditor_id=creditor_id)
    long_ago = datetime.now(UTC) - STUCK
    cut = mine.filter(state__in=("sending", "uncertain"), claimed_at__lt=long_ago)
    for rows, was_cut in ((cut, True), (mine.filter(state="ready"), False)):
        flow = rows.select_for_update(skip_locked=True, of=("self",)).order_by("id").first()
        if flow is not None:
            flow.state, flow.claimed_at = "sending", datetime.now(UTC)
            flow.attempts += 1
            flow.save(update_fields=["state", "claimed_at", "attempts"])
            return flow, was_cut
    return None


def _outgoing(flow: Flow) -> Outgoing:
    return Outgoing(
        tracking=str(flow.tracking),
        name=flow.name,
        syntax=SYNTAX[flow.kind],
        rule=RULE[flow.kind],
        content=zlib.decompress(bytes(flow.content)),
        sha256=flow.sha256,
    )


def _record(flow: Flow, state: str, *, handed: Handed | None = None, error: str = "") -> None:
    with in_tenant(flow.tenant_id):
        mine = Flow.objects.of(flow.tenant_id).filter(pk=flow.pk, state="sending")
        changes = {"state": state, "last_error": error[:ERROR_MAX]}
        if handed is not None:
            changes |= {
                "reference": handed.reference[:80],
                "sent_at": handed.at or datetime.now(UTC),  # type: ignore[dict-item]
            }
        if state == "ready":
            mine.update(**changes, attempts=F("attempts") - 1)
        elif mine.update(**changes):
            _tell(flow, state)


def _tell(flow: Flow, state: str) -> None:
    journal.record(
        f"flow.{state}",
        tenant_id=flow.tenant_id,
        subject=("flow", flow.pk),
        effective_on=datetime.now(UTC).date(),
        creditor_id=flow.creditor_id,
        data={"kind": flow.kind, "sha256": flow.sha256},
    )


def _read(
    connection: Connection, platform: Platform, receive: Receive, tally: Tally, now: datetime
) -> None:
    """Take in what changed since last time; the mark moves only past what was taken in."""
    after = connection.polled_until or now - FIRST_LOOK
    while page := [one for one in platform.changed(after) if one.updated_at > after]:
        for seen in page:
            if seen.is_incoming and seen.ack != "error":
                content = platform.download(seen.reference)
                name = f"{seen.reference}.{'pdf' if seen.syntax == 'Factur-X' else 'xml'}"
                receive(
                    tenant_id=connection.tenant_id,
                    creditor_id=connection.creditor_id,
                    name=name,
                    content=content,
                )
                tally.received += 1
            elif not seen.is_incoming:
                tally.acknowledged += _acknowledge(connection.tenant_id, seen)
            after = seen.updated_at
            with in_tenant(connection.tenant_id):
                mine = Connection.objects.of(connection.tenant_id).filter(pk=connection.pk)
                mine.update(polled_until=after)


def _acknowledge(tenant_id: int, seen: Seen) -> int:
    state = {"ok": "accepted", "error": "refused"}.get(seen.ack)
    if state is None:
        return 0
    with in_tenant(tenant_id):
        flows = Flow.objects.of(tenant_id).filter(reference=seen.reference, state="sent")
        found = flows.select_for_update().first()
        if found is None:
            return 0
        found.state, found.last_error = state, " ; ".join(seen.reasons)[:ERROR_MAX]
        found.save(update_fields=["state", "last_error"])
        _tell(found, state)
    return 1
