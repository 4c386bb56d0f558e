"""When one may ring: between two hours of the debtor's own clock, on a day people work.

No statute fixes hours (law-fr 4.8): these are the house's, narrower than decency asks. A country
of several time zones is quiet as long as one of them is.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

Quiet = Literal["", "hour", "weekend", "holiday"]
SATURDAY = 5


def quiet(
    local: Sequence[datetime], *, from_hour: int, until_hour: int, is_holiday: bool = False
) -> Quiet:
    """Return why one should not ring now; empty when one may. `local` = the hour in each zone."""
    if is_holiday:
        return "holiday"
    if any(one.weekday() >= SATURDAY for one in local):
        return "weekend"
    if any(not from_hour <= one.hour < until_hour for one in local):
        return "hour"
    return ""
