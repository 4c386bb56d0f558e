"""The calling habits in force at a creditor: its own, else its organisation's, else ours."""

from __future__ import annotations

from encours.recovery.models import CallPolicy
from encours.recovery.rules.outcomes import Policy, Then
from encours.tenancy.inherited import InForce, in_force

PROGRAM = Policy()


def policy_of(*, tenant_id: int, creditor_id: int | None) -> tuple[Policy, InForce]:
    """Return how calls are tried, and where that comes from; None is the organisation."""
    found = policies_of(tenant_id=tenant_id)
    own = found.get(creditor_id) if creditor_id is not None else None
    theirs = found.get(None)
    origin = in_force(own, theirs)
    return own or theirs or PROGRAM, origin


def policies_of(*, tenant_id: int) -> dict[int | None, Policy]:
    """Return every set of habits that somebody gave, by creditor."""
    rows = CallPolicy.objects.of(tenant_id)
    return {row.creditor_id: _policy(row) for row in rows}


def _policy(row: CallPolicy) -> Policy:
    then: Then = "done" if row.then == "done" else "next_channel"
    return Policy(row.tries, then, row.from_hour, row.until_hour)
