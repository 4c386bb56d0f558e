"""Whether a promise was kept: what was promised came, between the two days it spoke of."""

from __future__ import annotations

from datetime import date
from typing import Literal

State = Literal["running", "kept", "broken"]


def promise_state(*, promised_cents: int, received_cents: int, ends_on: date, today: date) -> State:
    """Return where a promise stands; `received_cents` came by its last day."""
    if received_cents >= promised_cents > 0:
        return "kept"
    return "running" if ends_on >= today else "broken"
