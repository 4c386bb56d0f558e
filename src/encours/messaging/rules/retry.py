"""When to try again after a temporary refusal, and when to give up (RFC 5321, 4.5.4.1)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

# Greylisting lets in after 1 to 15 minutes; later, a server is down for hours or a box is full.
DELAYS: Final = (
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(minutes=45),
    timedelta(hours=2),
    timedelta(hours=4),
    timedelta(hours=8),
    timedelta(hours=12),
    timedelta(hours=24),
)
GIVE_UP_AFTER: Final = timedelta(days=3)
SPREAD_PERCENT: Final = 20


def next_attempt(
    *, refusals: int, reserved_at: datetime, refused_at: datetime, message: UUID
) -> datetime | None:
    """Return when to try again after the nth temporary refusal; None: give up, a person decides.

    Messages refused together spread over 20 % of the delay, each always by the same share.
    """
    assert refusals >= 1, "a first attempt waits for nothing"
    if refusals > len(DELAYS):
        return None
    delay = DELAYS[refusals - 1]
    at = refused_at + delay + delay * (message.int % (SPREAD_PERCENT + 1)) / 100
    return at if at - reserved_at <= GIVE_UP_AFTER else None
