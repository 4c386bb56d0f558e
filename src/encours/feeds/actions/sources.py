"""Sources set up by a person: their settings, their secrets sealed, their schedule."""

from __future__ import annotations

import json
import secrets as random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import transaction

from encours.feeds.models import Source
from encours.feeds.ports import Account
from encours.feeds.rules.kinds import KINDS, Kind, faults
from encours.feeds.rules.schedule import next_run, read_schedule
from encours.kernel.refusal import Refusal
from encours.tenancy import vault
from encours.tenancy.journal import record
from encours.tenancy.models import Creditor
from encours.tenancy.scope import in_tenant

NAME_MAX: Final = 80
FRESH_MAX: Final = 24 * 366
TOKEN_BYTES: Final = 32


class UnknownSource(Refusal):
    """Removed, or never there."""

    message = "Cette source n'existe plus."


class InvalidSource(Refusal):
    """Say what is wrong in what was typed: `by_field`."""

    message = "Cette source ne peut pas être enregistrée ainsi."

    def __init__(self, by_field: Mapping[str, str]) -> None:
        """Keep what is wrong, field by field."""
        super().__init__(" ; ".join(by_field.values()))
        self.by_field = dict(by_field)


@dataclass(frozen=True, slots=True)
class Told:
    """What a person says of a source; a secret left out stays as it is."""

    name: str
    creditor_id: int | None
    settings: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    schedule: str = ""
    fresh_hours: int = 0
    mapping_id: int | None = None
    allows_private: bool = False


@transaction.atomic
def create_source(*, tenant_id: int, kind: str, told: Told, actor_id: int, today: date) -> int:
    """Set a source up and return its id; it runs from the next minute on."""
    if kind not in KINDS:
        raise InvalidSource({"kind": "Cette nature de source n'existe pas."})
    source = Source(tenant_id=tenant_id, kind=kind, author_id=actor_id)
    _put(source, told)
    if KINDS[kind].brings != "pushed" and source.schedule:
        source.next_run_at = datetime.now(UTC)
    source.save()
    tell("source.created", source, actor_id, today, {"kind": kind})
    if source.allows_private:
        tell("source.private_allowed", source, actor_id, today)
    return source.pk


@transaction.atomic
def update_source(
    *, tenant_id: int, source_id: int, told: Told, actor_id: int, today: date
) -> None:
    """Change a source; what is new of it is tried at once."""
    source = locked(tenant_id=tenant_id, source_id=source_id)
    before = (source.allows_private, source.creditor_id, dict(source.settings))
    _put(source, told)
    if before[1:] != (source.creditor_id, dict(source.settings)):
        source.position = {}
    source.failures = 0
    source.next_run_at = datetime.now(UTC) if source.is_enabled and source.schedule else None
    source.save()
    tell("source.updated", source, actor_id, today, {"kind": source.kind})
    if source.allows_private and not before[0]:
        tell("source.private_allowed", source, actor_id, today)


@transaction.atomic
def set_enabled(
    *, tenant_id: int, source_id: int, is_enabled: bool, actor_id: int | None, today: date
) -> None:
    """Pause a source, or let it run again."""
    source = locked(tenant_id=tenant_id, source_id=source_id)
    if source.is_enabled == is_enabled:
        return
    source.is_enabled = is_enabled
    source.failures = 0
    if is_enabled and KINDS[source.kind].brings == "rows":
        source.position = {}
    source.next_run_at = datetime.now(UTC) if is_enabled and source.schedule else None
    source.save(update_fields=["is_enabled", "failures", "next_run_at", "position"])
    tell("source.resumed" if is_enabled else "source.paused", source, actor_id, today)


@transaction.atomic
def remove_source(*, tenant_id: int, source_id: int, actor_id: int, today: date) -> None:
    """Forget a source and its secrets; what it brought stays."""
    source = locked(tenant_id=tenant_id, source_id=source_id)
    source.removed_at = datetime.now(UTC)
    source.secrets = source.digest = ""
    source.is_enabled, source.next_run_at = False, None
    source.save()
    tell("source.removed", source, actor_id, today)


@transaction.atomic
def new_token(*, tenant_id: int, source_id: int, actor_id: int, today: date) -> str:
    """Return a new token for a pushed source, shown once; the one before opens nothing more."""
    source = locked(tenant_id=tenant_id, source_id=source_id)
    if KINDS[source.kind].brings != "pushed":
        raise InvalidSource({"kind": "Cette source n'a pas d'adresse de dépôt."})
    token = random.token_urlsafe(TOKEN_BYTES)
    source.digest = digest_of_token(token)
    source.save(update_fields=["digest"])
    tell("source.token_made", source, actor_id, today)
    return token


def digest_of_token(token: str) -> str:
    """Return the hash under which a token is kept; the secret of it is not in the database."""
    return vault.digest("feed-token", token)


def locked(*, tenant_id: int, source_id: int) -> Source:
    """Return a source, its row locked; raises UnknownSource."""
    rows = Source.objects.of(tenant_id).select_for_update(no_key=True)
    found = rows.filter(pk=source_id, removed_at=None).first()
    if found is None:
        raise UnknownSource
    return found


def zone_of(source: Source) -> ZoneInfo:
    """Return the clock of a source: its creditor's, else the tenant's."""
    creditor = source.creditor
    return ZoneInfo(creditor.in_force("time_zone") if creditor else source.tenant.time_zone)


def planned(source: Source, *, now: datetime, wait_s: int = 0) -> datetime | None:
    """Return when a source runs next."""
    if not source.is_enabled:
        return None
    return next_run(
        read_schedule(source.schedule),
        after=now,
        zone=zone_of(source),
        failures=source.failures,
        wait_s=wait_s,
    )


def account_of(source: Source) -> Account:
    """Return what a source is opened with, its secrets opened."""
    tenant_id, source_id = source.tenant_id, source.pk

    def keep(found: Mapping[str, str], secret: Mapping[str, str]) -> None:
        with in_tenant(tenant_id):
            row = locked(tenant_id=tenant_id, source_id=source_id)
            row.settings = {**row.settings, **found}
            row.secrets = _sealed({**_opened(row), **secret})
            row.save(update_fields=["settings", "secrets"])

    return Account(
        settings={name: str(value) for name, value in source.settings.items()},
        secrets=_opened(source),
        position=source.position,
        private=source.allows_private,
        keep=keep,
    )


def tell(
    verb: str,
    source: Source,
    actor_id: int | None,
    today: date,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Write a fact about a source."""
    record(
        verb,
        tenant_id=source.tenant_id,
        subject=("source", source.pk),
        effective_on=today,
        actor_id=actor_id,
        creditor_id=source.creditor_id,
        data=data,
    )


def _put(source: Source, told: Told) -> None:
    kind = KINDS[source.kind]
    found, kept = _cleaned(kind, told.settings), _opened(source)
    typed = {name: text for name, text in told.secrets.items() if text}
    moved = dict[str, str]()
    if kept and vault.is_elsewhere(source.settings, found):
        moved = {} if typed else dict.fromkeys(list(kept)[:1], vault.AGAIN)
        kept = {}
    opened = {**kept, **typed}
    secrets = {name: text.strip() for name, text in opened.items() if name in kind.secrets}
    wrong = {**faults(kind, found, secrets), **_wrong(source, told), **moved}
    if wrong:
        raise InvalidSource(wrong)
    source.name = " ".join(told.name.split())
    source.creditor_id = told.creditor_id
    source.settings, source.secrets = found, _sealed(secrets)
    source.schedule = read_schedule(told.schedule).as_text()
    source.fresh_hours, source.mapping_id = told.fresh_hours, told.mapping_id
    source.allows_private = told.allows_private


def _cleaned(kind: Kind, given: Mapping[str, str]) -> dict[str, str]:
    return {
        one.name: (str(given.get(one.name, "")).strip() or one.default)
        for one in kind.fields
        if not one.is_secret
    }


def _wrong(source: Source, told: Told) -> dict[str, str]:
    wrong = {}
    name = " ".join(told.name.split())
    others = Source.objects.of(source.tenant_id).filter(name=name, removed_at=None)
    if not name or len(name) > NAME_MAX:
        wrong["name"] = f"Donnez un nom à la source ({NAME_MAX} caractères au plus)."
    elif others.exclude(pk=source.pk).exists():
        wrong["name"] = "Une autre source porte déjà ce nom."
    own = Creditor.objects.of(source.tenant_id)
    if told.creditor_id is not None and not own.filter(pk=told.creditor_id).exists():
        wrong["creditor"] = "Cette société n'existe pas."
    if told.creditor_id is None and KINDS[source.kind].brings == "rows":
        wrong["creditor"] = "Choisissez la société dont ce logiciel tient les comptes."
    if not 0 <= told.fresh_hours <= FRESH_MAX:
        wrong["fresh_hours"] = "Indiquez un nombre d'heures (0 : sans limite)."
    try:
        read_schedule(told.schedule)
    except ValueError as problem:
        wrong["schedule"] = str(problem)
    return wrong


def _opened(source: Source) -> dict[str, str]:
    return dict(json.loads(vault.opened(source.secrets))) if source.secrets else {}


def _sealed(secrets: Mapping[str, str]) -> str:
    kept = {name: text for name, text in secrets.items() if text}
    return vault.sealed(json.dumps(kept)) if kept else ""
