"""The creditor's side of a plan: its scenarios, its mode, its clock, how fresh its data is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Max

from encours.dunning import calendars
from encours.dunning.queries import agencies, scenarios
from encours.dunning.rules.frames import Mode, Moment
from encours.dunning.rules.shelf import Shelf
from encours.feeds.queries import sources
from encours.imports.models import FileImport
from encours.tenancy.calendars import around
from encours.tenancy.models import Creditor


@dataclass(frozen=True, slots=True)
class Setting:
    """What a plan is asked with."""

    creditor: Creditor
    shelf: Shelf
    moment: Moment

    @property
    def is_rehearsal(self) -> bool:
        """Say whether what is planned only rehearses."""
        return self.moment.mode is Mode.REHEARSAL


def setting(
    *, tenant_id: int, creditor_id: int, on: date, now: datetime, allow_stale: bool = False
) -> Setting:
    """Return the scenarios and the moment of a creditor's day."""
    creditor = Creditor.objects.of(tenant_id).select_related("tenant").get(pk=creditor_id)
    moment = Moment(
        today=on,
        now=now,
        holidays=around(on, creditor.in_force("calendar")),
        last_import_at=last_import_at(tenant_id=tenant_id, creditor_id=creditor_id),
        is_source_late=bool(
            sources.late(tenant_id=tenant_id, creditor_ids=(creditor_id,), now=now)
        ),
        mode=_mode(creditor, on),
        live_on=creditor.live_on,
        allow_stale=allow_stale,
        abroad=calendars.abroad_around(on),
        contacts_a_week=creditor.in_force("contacts_a_week"),
        has_agency=agencies.may_write(creditor, on),
    )
    return Setting(creditor, scenarios.shelf_of(creditor), moment)


def last_import_at(*, tenant_id: int, creditor_id: int) -> datetime | None:
    """Return when the ledger was last fed, or found to be as its source is; None when never."""
    applied = FileImport.objects.of(tenant_id).filter(creditor_id=creditor_id, state="applied")
    # neither an invoice nor a list of customers says what was paid since
    applied = applied.exclude(kind__in=("einvoice", "master", "contacts", "numbers"))
    latest: datetime | None = applied.aggregate(at=Max("applied_at"))["at"]
    known = sources.ledger_at(tenant_id=tenant_id, creditor_id=creditor_id)
    return max((one for one in (latest, known) if one is not None), default=None)


def _mode(creditor: Creditor, on: date) -> Mode:
    if creditor.tenant.sending_stopped_at is not None or creditor.sending_stopped_at is not None:
        return Mode.STOPPED
    if creditor.live_on is None or creditor.live_on > on:
        return Mode.REHEARSAL
    return Mode.LIVE
