"""Sources with their health, their runs, and the files that wait for a person."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Max, Q

from encours.feeds.models import Source, SourceRun, TakenFile
from encours.feeds.rules.freshness import Health, State
from encours.imports.models import FileImport

RUNS_SHOWN: Final = 30
FILES_SHOWN: Final = 100
OPEN_IMPORTS: Final = ("mapping", "previewed", "refused", "failed")


@dataclass(frozen=True, slots=True)
class ShownSource:
    """A source as its list and its page show it; never a secret, only which ones are set."""

    id: int
    name: str
    kind: str
    creditor_id: int | None
    settings: dict[str, Any]
    secrets_set: bool
    allows_private: bool
    schedule: str
    mapping_id: int | None
    is_enabled: bool
    is_running: bool
    progress: str
    next_run_at: datetime | None
    succeeded_at: datetime | None
    failed_at: datetime | None
    failure: str
    fresh_at: datetime | None
    fresh_hours: int
    rows: int
    has_token: bool
    state: State
    is_stale: bool


@dataclass(frozen=True, slots=True)
class ShownRun:
    """One run."""

    id: int
    trigger: str
    state: str
    started_at: datetime
    finished_at: datetime | None
    files: int
    rows: int
    sentence: str


@dataclass(frozen=True, slots=True)
class ShownFile:
    """One file that was taken."""

    id: int
    name: str
    state: str
    sentence: str
    import_id: int | None
    size_bytes: int
    taken_at: datetime


def sources(
    *, tenant_id: int, creditor_ids: Collection[int] | None = None, now: datetime
) -> list[ShownSource]:
    """Return the sources of some creditors, or of all; those without one belong to everybody."""
    rows = Source.objects.of(tenant_id).filter(removed_at=None)
    if creditor_ids is not None:
        rows = rows.filter(Q(creditor_id__in=creditor_ids) | Q(creditor=None))
    return [_shown(one, now) for one in rows.order_by("name")]


def one_source(*, tenant_id: int, source_id: int, now: datetime) -> ShownSource | None:
    """Return one source, or None."""
    found = Source.objects.of(tenant_id).filter(pk=source_id, removed_at=None).first()
    return _shown(found, now) if found else None


def runs(*, tenant_id: int, source_id: int) -> list[ShownRun]:
    """Return the last runs of a source, newest first."""
    rows = SourceRun.objects.of(tenant_id).filter(source_id=source_id).order_by("-pk")
    return [
        ShownRun(
            id=one.pk,
            trigger=one.trigger,
            state=one.state,
            started_at=one.started_at,
            finished_at=one.finished_at,
            files=one.files,
            rows=one.rows,
            sentence=one.sentence,
        )
        for one in rows[:RUNS_SHOWN]
    ]


def files(*, tenant_id: int, source_id: int) -> list[ShownFile]:
    """Return the last files of a source, newest first."""
    rows = TakenFile.objects.of(tenant_id).filter(source_id=source_id).order_by("-pk")
    return [
        ShownFile(
            id=one.pk,
            name=one.name,
            state=one.state,
            sentence=one.sentence,
            import_id=one.import_id,
            size_bytes=one.size_bytes,
            taken_at=one.taken_at,
        )
        for one in rows[:FILES_SHOWN]
    ]


def due(*, tenant_id: int, now: datetime) -> list[int]:
    """Return the sources whose time has come."""
    rows = Source.objects.of(tenant_id).filter(
        is_enabled=True, removed_at=None, next_run_at__lte=now
    )
    return list(rows.order_by("next_run_at").values_list("pk", flat=True))


def ledger_at(*, tenant_id: int, creditor_id: int) -> datetime | None:
    """Return when a source last brought a creditor's ledger, or found it as it was."""
    rows = Source.objects.of(tenant_id).filter(creditor_id=creditor_id, removed_at=None)
    latest: datetime | None = rows.aggregate(at=Max("ledger_at"))["at"]
    return latest


def late(*, tenant_id: int, creditor_ids: Collection[int] | None, now: datetime) -> list[str]:
    """Return the names of the sources whose freshness limit is passed."""
    rows = Source.objects.of(tenant_id).filter(removed_at=None, is_enabled=True, fresh_hours__gt=0)
    if creditor_ids is not None:
        rows = rows.filter(Q(creditor_id__in=creditor_ids) | Q(creditor=None))
    return [one.name for one in rows.order_by("name") if _health(one).is_stale(now)]


def waiting_files(*, tenant_id: int, creditor_ids: Collection[int] | None) -> int:
    """Count the files that came by themselves and wait for a person."""
    taken = TakenFile.objects.of(tenant_id).filter(state__in=("waiting", "refused"))
    imports = FileImport.objects.of(tenant_id).filter(
        state__in=OPEN_IMPORTS, pk__in=taken.values("import_id")
    )
    if creditor_ids is not None:
        imports = imports.filter(creditor_id__in=creditor_ids)
    return imports.count()


def _health(one: Source) -> Health:
    return Health(
        is_enabled=one.is_enabled,
        fresh_hours=one.fresh_hours,
        created_at=one.created_at,
        fresh_at=one.fresh_at,
        succeeded_at=one.succeeded_at,
        failed_at=one.failed_at,
    )


def _shown(one: Source, now: datetime) -> ShownSource:
    health = _health(one)
    return ShownSource(
        id=one.pk,
        name=one.name,
        kind=one.kind,
        creditor_id=one.creditor_id,
        settings=dict(one.settings),
        secrets_set=bool(one.secrets),
        allows_private=one.allows_private,
        schedule=one.schedule,
        mapping_id=one.mapping_id,
        is_enabled=one.is_enabled,
        is_running=one.running_since is not None,
        progress=one.progress,
        next_run_at=one.next_run_at,
        succeeded_at=one.succeeded_at,
        failed_at=one.failed_at,
        failure=one.failure,
        fresh_at=one.fresh_at,
        fresh_hours=one.fresh_hours,
        rows=one.rows,
        has_token=bool(one.digest),
        state=health.state(now),
        is_stale=health.is_stale(now),
    )
