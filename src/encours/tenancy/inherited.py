"""What is set once on the tenant and may be overridden by each of its creditors.

One chain for every such setting: the creditor's own value, else the tenant's; where neither says,
what is shipped (docs/decisions, settings of an organisation). Default terms and the scenario, which
are rows, follow the same chain in their own packages.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

Origin = Literal["creditor", "tenant", "shipped"]

SETTINGS: Final = (
    "approval",
    "freshness_days",
    "calendar",
    "minimum_cents",
    "min_spacing_days",
    "contacts_a_week",
    "contacts_across",
    "penalty_rate",
    "day_count",
    "cycle_hour",
    "send_from_hour",
    "send_until_hour",
    "time_zone",
)
"""Columns of the same name on the tenant and on the creditor; null on the creditor: inherited."""


@dataclass(frozen=True, slots=True)
class InForce:
    """A setting as it holds, where it comes from, and what would hold without the creditor's own.

    `value` None: nobody says, the scenario's own number holds.
    """

    value: Any
    origin: Origin
    otherwise: Any = None

    @property
    def is_own(self) -> bool:
        """Say whether the creditor has it of its own."""
        return self.origin == "creditor"


def in_force(own: Any, theirs: Any) -> InForce:
    """Return what holds of a creditor's own value and its tenant's."""
    if own is not None:
        return InForce(own, "creditor", theirs)
    return InForce(theirs, "shipped" if theirs is None else "tenant", theirs)
