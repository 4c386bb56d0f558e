"""When each creditor means to bill interest and indemnities."""

from __future__ import annotations

from dataclasses import dataclass

from encours.einvoicing.models import BillingPolicy


@dataclass(frozen=True, slots=True)
class Policy:
    """`always`, `never`, or `from_step`: from so many reminders sent in a cycle."""

    mode: str = "always"
    from_reminder: int = 1

    @property
    def is_never(self) -> bool:
        """Say whether nothing is ever billed, hence never announced as billed."""
        return self.mode == "never"

    def asks(self, reminders: int) -> bool:
        """Say whether a note is proposed after so many reminders."""
        if self.mode == "from_step":
            return reminders >= self.from_reminder
        return self.mode == "always"


def policy_of(*, tenant_id: int, creditor_id: int) -> Policy:
    """Return what a creditor chose, or what is shipped: always."""
    return policies(tenant_id=tenant_id).get(creditor_id, Policy())


def policies(*, tenant_id: int) -> dict[int, Policy]:
    """Return the choices of a tenant's creditors; the others are as shipped."""
    rows = BillingPolicy.objects.of(tenant_id)
    return {row.creditor_id: Policy(row.mode, row.from_reminder) for row in rows}
