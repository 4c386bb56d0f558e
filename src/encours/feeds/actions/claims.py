"""One run at a time: a source is claimed, and what its run came to is written when it ends."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.db.models import Q

from encours.feeds.actions import sources
from encours.feeds.models import Source, SourceRun
from encours.tenancy.scope import in_tenant

DEAD_AFTER: Final = timedelta(hours=2)
SENTENCE_MAX: Final = 400
SHOWN: Final = 3


@dataclass(slots=True)
class Tally:
    """What a run brings, as it goes: files, rows, what waits for a person, what went wrong."""

    files: int = 0
    rows: int = 0
    is_fresh: bool = False
    is_ledger: bool = False
    notes: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    position: dict[str, Any] | None = None
    wait_s: int = 0
    is_failed: bool = False

    @property
    def state(self) -> str:
        """Return how the run ends."""
        if self.is_failed:
            return "failed"
        if self.problems:
            return "partial"
        return "done" if self.files or self.rows or self.notes else "nothing"

    @property
    def sentence(self) -> str:
        """Return what its line says: the problems first."""
        told = [*self.problems, *self.notes]
        more = f" (et {len(told) - SHOWN} autres)" if len(told) > SHOWN else ""
        return (" ".join(told[:SHOWN])[: SENTENCE_MAX - len(more)] + more) or "Rien de nouveau."


def claim(
    *, tenant_id: int, source_id: int, trigger: str, author_id: int | None, now: datetime
) -> tuple[Source, int] | None:
    """Take a source for one run; None when it is running already, paused or removed."""
    with in_tenant(tenant_id):
        free = Q(running_since=None) | Q(running_since__lt=now - DEAD_AFTER)
        rows = Source.objects.of(tenant_id).filter(free, pk=source_id, removed_at=None)
        if trigger == "schedule":
            rows = rows.filter(is_enabled=True)
        if not rows.update(running_since=now, progress=""):
            return None
        SourceRun.objects.of(tenant_id).filter(source_id=source_id, state="running").update(
            state="failed", finished_at=now, sentence="Le passage précédent s'est interrompu."
        )
        run = SourceRun.objects.create(
            tenant_id=tenant_id, source_id=source_id, trigger=trigger, author_id=author_id
        )
        source = (
            Source.objects.of(tenant_id)
            .select_related("tenant", "creditor__tenant")
            .get(pk=source_id)
        )
    return source, run.pk


def show_progress(source: Source, sentence: str) -> None:
    """Say how far a run is."""
    with in_tenant(source.tenant_id):
        Source.objects.of(source.tenant_id).filter(pk=source.pk).update(progress=sentence[:120])


def end(source: Source, run_id: int, tally: Tally) -> None:
    """Write what a run came to, and when the next one is."""
    now, tenant_id = datetime.now(UTC), source.tenant_id
    with in_tenant(tenant_id):
        SourceRun.objects.of(tenant_id).filter(pk=run_id).update(
            state=tally.state,
            finished_at=now,
            files=tally.files,
            rows=tally.rows,
            sentence=tally.sentence,
        )
        row = Source.objects.of(tenant_id).select_for_update(no_key=True).get(pk=source.pk)
        was_failing = row.failures > 0
        is_bad = bool(tally.problems)
        row.running_since, row.progress = None, ""
        row.failures = row.failures + 1 if is_bad else 0
        if is_bad:
            row.failed_at, row.failure = now, tally.problems[0][:SENTENCE_MAX]
        else:
            row.succeeded_at = now
        if tally.is_fresh:
            row.fresh_at = now
        if tally.is_fresh and tally.is_ledger:
            row.ledger_at = now
        if tally.rows:
            row.rows = tally.rows
        if tally.position is not None:
            row.position = tally.position
        row.next_run_at = sources.planned(row, now=now, wait_s=tally.wait_s)
        row.save()
        today = now.astimezone(sources.zone_of(row)).date()
        if is_bad and not was_failing:
            sources.tell("source.failed", row, None, today)
        elif was_failing and not is_bad:
            sources.tell("source.recovered", row, None, today)
