"""One run of one source: what waits is taken once and handed over; nothing stops the rest."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime

from encours.feeds.actions import claims, pulling, taking
from encours.feeds.actions.claims import Tally
from encours.feeds.models import Source
from encours.feeds.ports import SlowDown, Unreachable
from encours.feeds.rules.kinds import KINDS

log = logging.getLogger(__name__)
OUR_FAULT = "Le passage s'est arrêté sur une erreur du programme ; le détail est dans son journal."


@dataclass(frozen=True, slots=True)
class Ran:
    """What one run came to: the shape of `feed run --json`."""

    state: str
    files: int
    rows: int
    sentence: str

    def as_json(self) -> dict[str, object]:
        """Return the promised shape."""
        return {
            "state": self.state,
            "files": self.files,
            "rows": self.rows,
            "sentence": self.sentence,
        }


def run_source(
    *,
    tenant_id: int,
    source_id: int,
    trigger: str = "schedule",
    author_id: int | None = None,
    now: datetime | None = None,
) -> Ran | None:
    """Run a source outside any transaction; None when it is running already, or paused."""
    found = claims.claim(
        tenant_id=tenant_id,
        source_id=source_id,
        trigger=trigger,
        author_id=author_id,
        now=now or datetime.now(UTC),
    )
    if found is None:
        return None
    source, run_id = found
    tally = Tally()
    try:
        _work(source, run_id, tally)
    except Unreachable as problem:
        tally.is_failed = not tally.files
        tally.problems.insert(0, str(problem))
        tally.wait_s = problem.wait_s if isinstance(problem, SlowDown) else 0
    except Exception:
        tally.is_failed = True
        tally.problems.insert(0, OUR_FAULT)
        log.exception("source %s", source_id)
    claims.end(source, run_id, tally)
    return Ran(tally.state, tally.files, tally.rows, tally.sentence)


def _work(source: Source, run_id: int, tally: Tally) -> None:
    if KINDS[source.kind].brings == "files":
        taking.take_files(source, run_id, tally)
    elif KINDS[source.kind].brings == "rows":
        pulling.pull_rows(source, run_id, tally)
