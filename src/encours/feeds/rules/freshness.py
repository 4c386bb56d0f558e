"""How a source is: fresh, late, failing, never run, paused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

State = Literal["paused", "failing", "late", "waiting", "fresh"]


@dataclass(frozen=True, slots=True)
class Health:
    """What is known of a source: `fresh_at` is when it last brought data, or found none newer."""

    is_enabled: bool
    fresh_hours: int
    created_at: datetime
    fresh_at: datetime | None
    succeeded_at: datetime | None
    failed_at: datetime | None

    def is_stale(self, now: datetime) -> bool:
        """Say whether the limit is passed; one that never brought any, from birth."""
        if not self.is_enabled or not self.fresh_hours:
            return False
        return now - (self.fresh_at or self.created_at) > timedelta(hours=self.fresh_hours)

    def state(self, now: datetime) -> State:
        """Return the one word that its line shows, the worst first."""
        if not self.is_enabled:
            return "paused"
        if self.is_stale(now):
            return "late"
        if self.failed_at and (self.succeeded_at is None or self.failed_at > self.succeeded_at):
            return "failing"
        return "fresh" if self.fresh_at else "waiting"
