"""Settings of the tenant and what a creditor has of its own (`tenancy.inherited`)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any, Final

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce

from encours.kernel.refusal import Refusal
from encours.tenancy import journal
from encours.tenancy.actions.creditors import locked_creditor
from encours.tenancy.inherited import SETTINGS
from encours.tenancy.models import Creditor, Tenant

HOURS: Final = ("send_from_hour", "send_until_hour")


class InvalidHours(Refusal):
    """A window of sending must have an hour in it, at every creditor that follows."""

    message = "L'heure de fin des envois doit suivre celle du début."


@transaction.atomic
def set_for_tenant(*, tenant_id: int, actor_id: int, today: date, **values: Any) -> list[str]:
    """Set what holds for every creditor without a value of its own; return what changed."""
    _known(values)
    tenant = Tenant.objects.select_for_update().get(id=tenant_id)
    changed = {name: value for name, value in values.items() if getattr(tenant, name) != value}
    if changed:
        whole = {name: changed.get(name, getattr(tenant, name)) for name in HOURS}
        if whole["send_until_hour"] <= whole["send_from_hour"]:
            raise InvalidHours
        Tenant.objects.filter(id=tenant_id).update(**changed)
        _refuse_empty_hours(tenant_id)
        journal.record(
            "policy.set",
            tenant_id=tenant_id,
            subject=("tenant", tenant_id),
            effective_on=today,
            actor_id=actor_id,
            data={"fields": sorted(changed), "values": changed},
        )
    return sorted(changed)


@transaction.atomic
def set_for_creditor(
    *, tenant_id: int, creditor_id: int, actor_id: int, today: date, **values: Any
) -> list[str]:
    """Override what differs from what holds; return what changed.

    A value that already holds, inherited or not, stays where it comes from.
    """
    _known(values)
    creditor = _locked(tenant_id, creditor_id)
    changed = {name: value for name, value in values.items() if creditor.in_force(name) != value}
    if changed:
        Creditor.objects.of(tenant_id).filter(id=creditor_id).update(**changed)
        _refuse_empty_hours(tenant_id)
        said = {"fields": sorted(changed), "values": changed}
        _record("policy.overridden", creditor, actor_id, today, said)
    return sorted(changed)


@transaction.atomic
def inherit(
    *, tenant_id: int, creditor_id: int, names: Collection[str], actor_id: int, today: date
) -> list[str]:
    """Go back to the tenant's value; return what was the creditor's own until now."""
    _known(names)
    creditor = _locked(tenant_id, creditor_id)
    own = sorted(name for name in names if getattr(creditor, name) is not None)
    if own:
        Creditor.objects.of(tenant_id).filter(id=creditor_id).update(**dict.fromkeys(own))
        _refuse_empty_hours(tenant_id)
        _record("policy.inherited", creditor, actor_id, today, {"fields": own})
    return own


def _known(names: Collection[str]) -> None:
    assert set(names) <= set(SETTINGS), names


def _refuse_empty_hours(tenant_id: int) -> None:
    """Refuse hours of which one creditor, following one and not the other, would keep none."""
    first, last = (Coalesce(name, f"tenant__{name}") for name in HOURS)
    found = Creditor.objects.of(tenant_id).annotate(first=first, last=last)
    names = list(found.filter(last__lte=F("first")).values_list("name", flat=True))
    if names:
        raise InvalidHours(
            f"Heures d'envoi : la fin doit suivre le début. À revoir d'abord : {', '.join(names)}."
        )


def _locked(tenant_id: int, creditor_id: int) -> Creditor:
    """Lock the tenant first: what is compared with it may not change meanwhile."""
    tenant = Tenant.objects.select_for_update().get(id=tenant_id)
    creditor = locked_creditor(tenant_id=tenant_id, creditor_id=creditor_id)
    creditor.tenant = tenant
    return creditor


def _record(verb: str, creditor: Creditor, actor_id: int, today: date, data: Any) -> None:
    journal.record(
        verb,
        tenant_id=creditor.tenant_id,
        subject=("creditor", creditor.pk),
        effective_on=today,
        actor_id=actor_id,
        creditor_id=creditor.pk,
        data=data,
    )
