"""Background replays of the past."""

from __future__ import annotations

from typing import Final

from procrastinate.contrib.django import app

from encours.dunning.actions import replays

QUEUE: Final = "replays"


@app.task(queue=QUEUE, name="encours.scenario_replay")
def replay(*, tenant_id: int, replay_id: int) -> None:
    """Replay the past, or leave a row that says so: a page must not wait for ever."""
    try:
        replays.run(tenant_id=tenant_id, replay_id=replay_id)
    except Exception:
        replays.declare_failed(tenant_id=tenant_id, replay_id=replay_id)
        raise


def replay_soon(*, tenant_id: int, replay_id: int) -> None:
    """Queue it with the caller's transaction; those of a tenant take their turn."""
    replay.configure(lock=f"replay-{tenant_id}").defer(tenant_id=tenant_id, replay_id=replay_id)
