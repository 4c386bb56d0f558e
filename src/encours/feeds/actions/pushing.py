"""Files that a program pushes to an address with a token: kept at once, applied by a job.

The same bytes again answer the same import: nothing enters twice.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from django.conf import settings
from django.db import connection

from encours.feeds.actions import claims, handing, sources, taking
from encours.feeds.actions.claims import Tally
from encours.feeds.models import Source, TakenFile
from encours.feeds.ports import Unreachable
from encours.feeds.rules.names import owner_of, safe_name
from encours.kernel.refusal import Refusal
from encours.tenancy.scope import in_tenant

MINUTE_S: Final = 60
TOKEN_MIN: Final = 20


class NoSuchAddress(Refusal):
    """No source has this token."""

    message = "Cette adresse de dépôt n'existe pas, ou n'est plus en service."


class TooManyPushes(Refusal):
    """Too many calls in one minute."""

    message = "Trop d'envois dans la minute : attendez un peu."


class NotTakenIn(Refusal):
    """What was pushed cannot be taken: the message says why."""


@dataclass(frozen=True, slots=True)
class Knocked:
    """The source that a token opens."""

    tenant_id: int
    source_id: int


@dataclass(frozen=True, slots=True)
class Pushed:
    """What a push came to: its import, whether it was there already, whether a job waits."""

    tenant_id: int
    source_id: int
    import_id: int | None
    is_known: bool
    is_waiting: bool = True


def knock(token: str) -> Knocked:
    """Return the source of a token and count the call; outside any tenant."""
    if len(token) < TOKEN_MIN:
        raise NoSuchAddress
    with connection.cursor() as cursor:
        cursor.execute(
            "select tenant_id, id, is_enabled, calls from encours_feed(%s, %s)",
            [sources.digest_of_token(token), int(time.time()) // MINUTE_S],
        )
        row = cursor.fetchone()
    if row is None or not row[2]:
        raise NoSuchAddress
    if row[3] > settings.FEED_PUSHES_PER_MINUTE:
        raise TooManyPushes
    return Knocked(row[0], row[1])


def receive_push(knocked: Knocked, *, name: str, chunks: Iterator[bytes]) -> Pushed:
    """Keep what is pushed; the job that follows applies it. Raises NotTakenIn."""
    name = safe_name(name)
    tenant_id, source_id = knocked.tenant_id, knocked.source_id
    with in_tenant(tenant_id):
        source = Source.objects.of(tenant_id).get(pk=source_id)
        owners = taking.owners_of(source)
    try:
        with taking.spooled(chunks, name=name) as file:
            if not file.size:
                raise NotTakenIn("Le fichier est vide.")
            with in_tenant(tenant_id):
                rows = TakenFile.objects.of(tenant_id).filter(source_id=source_id)
                before = rows.filter(identity=file.sha256).first()
            if before is not None:
                waits = before.state == "received"  # its caller may have died before the job
                return Pushed(
                    tenant_id, source_id, before.import_id, is_known=True, is_waiting=waits
                )
            creditor_id = owner_of(name, owners)
            if creditor_id is None:
                raise NotTakenIn(taking.unplaced(name))
            import_id = handing.receive(
                tenant_id=tenant_id, creditor_id=creditor_id, path=file.path, name=name
            )
            _keep(source, name, file, import_id)
    except Unreachable as problem:
        raise NotTakenIn(str(problem)) from problem
    return Pushed(tenant_id, source_id, import_id, is_known=False)


def finish_push(*, tenant_id: int, source_id: int, import_id: int) -> None:
    """Apply what was pushed; a job's work, outside any transaction."""
    found = None
    with in_tenant(tenant_id):
        rows = TakenFile.objects.of(tenant_id).filter(
            source_id=source_id, import_id=import_id, state="received"
        )
        waiting = rows.first()
    if waiting is None:
        return
    found = claims.claim(
        tenant_id=tenant_id,
        source_id=source_id,
        trigger="push",
        author_id=None,
        now=datetime.now(UTC),
    )
    if found is None:
        raise StillRunning
    source, run_id = found
    tally = Tally()
    try:
        handed = handing.finish(
            tenant_id=tenant_id, import_id=import_id, mapping_id=source.mapping_id
        )
        taking.count(tally, handed)
        with in_tenant(tenant_id):
            TakenFile.objects.of(tenant_id).filter(pk=waiting.pk).update(
                state=handed.state,
                import_id=handed.import_id,
                sentence=handed.sentence[: claims.SENTENCE_MAX],
                run_id=run_id,
            )
    except Exception:
        tally.is_failed = True
        tally.problems.append("Un fichier déposé n'a pas pu être traité : erreur du programme.")
        raise
    finally:
        claims.end(source, run_id, tally)


class StillRunning(Exception):
    """Another push of the same source is being applied: the job tries again."""


def _keep(source: Source, name: str, file: taking.Spooled, import_id: int) -> None:
    with in_tenant(source.tenant_id):
        TakenFile.objects.create(
            tenant_id=source.tenant_id,
            source_id=source.pk,
            identity=file.sha256,
            name=name[-255:],
            sha256=file.sha256,
            size_bytes=file.size,
            state="received",
            import_id=import_id,
        )
