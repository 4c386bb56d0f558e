"""What every page of reminders knows: its tabs, its creditor's day, whose messages it may show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from encours.dunning.queries import reminders
from encours.dunning.queries.day import Day, day_of, days_of
from encours.dunning.queries.outbox import Reach
from encours.dunning.queries.reminders import ReminderCard
from encours.tenancy.queries.places import CreditorChoice
from encours.web.rights import StaffRequest, require
from encours.web.tables import Badge, Column


def day(request: StaffRequest, creditor: CreditorChoice) -> Day:
    """Return the creditor's day."""
    return day_of(tenant_id=request.tenant_id, creditor_id=creditor.id, now=timezone.now())


@dataclass(frozen=True, slots=True)
class Those:
    """The creditors of a page, and the day of each."""

    creditors: tuple[CreditorChoice, ...]
    days: Mapping[int, Day]

    @property
    def one(self) -> CreditorChoice | None:
        """Return the creditor when there is but one."""
        return self.creditors[0] if len(self.creditors) == 1 else None

    @property
    def column(self) -> tuple[Column, ...]:
        """Return the column that says whose row it is, where several are shown."""
        badges = {one.id: Badge(one.name) for one in self.creditors}
        named = Column("creditor_id", _("Société"), "badge", badges=badges)  # type: ignore[arg-type]
        return () if self.one else (named,)

    def able(self, request: StaffRequest, right: str) -> tuple[CreditorChoice, ...]:
        """Return the creditors for which this person has the right."""
        return tuple(one for one in self.creditors if request.access.may(right, one.id))

    def owning(
        self, request: StaffRequest, right: str, owners: Mapping[int, int]
    ) -> dict[CreditorChoice, list[int]]:
        """Sort rows by their own creditor; 404 out of the page, 403 without the right for one."""
        known = {one.id: one for one in self.creditors}
        found: dict[CreditorChoice, list[int]] = {}
        for row_id, creditor_id in owners.items():
            if creditor_id not in known:
                raise Http404
            require(request, right, creditor_id)
            found.setdefault(known[creditor_id], []).append(row_id)
        return found


def those(request: StaffRequest, creditors: tuple[CreditorChoice, ...]) -> Those:
    """Return the creditors with their days, asked at once."""
    ids = [one.id for one in creditors]
    now = timezone.now()
    return Those(creditors, days_of(tenant_id=request.tenant_id, creditor_ids=ids, now=now))


def heads(request: StaffRequest, mine: Those) -> dict[str, Any]:
    """Return what the head of a list shows, of one creditor or of several."""
    if mine.one:
        return head(request, mine.one, mine.days[mine.one.id])
    named = [(one.name, mine.days[one.id]) for one in mine.creditors]
    return {
        "creditor": None,
        "day": max(mine.days.values(), key=lambda day: day.today),
        "rehearsing": [name for name, day in named if day.is_rehearsal],
        "stale": [name for name, day in named if day.is_stale],
        "may_decide": bool(mine.able(request, "dunning.decide")),
        "may_stop": False,
        "may_configure": False,
        "current": request.resolver_match.url_name if request.resolver_match else "",
    }


def head(request: StaffRequest, creditor: CreditorChoice, today: Day) -> dict[str, Any]:
    """Return what the head of the plan's pages shows."""
    may = request.access.may
    return {
        "creditor": creditor,
        "day": today,
        "may_decide": may("dunning.decide", creditor.id),
        "may_stop": may("dunning.stop", creditor.id),
        "may_configure": may("dunning.configure", creditor.id),
        "current": request.resolver_match.url_name if request.resolver_match else "",
    }


def reach(request: StaffRequest) -> Reach:
    """Return whose messages this person may see."""
    return Reach(request.tenant_id, request.scope.creditor_ids, request.scope.people)


def own_customers(request: StaffRequest) -> frozenset[int] | None:
    """Return the only customers that this person may see; None is all of them."""
    if request.scope.people is None:
        return None
    return reminders.own_customers(tenant_id=request.tenant_id, people=request.scope.people)


def reminder_or_404(request: StaffRequest, reminder_id: int, right: str = "") -> ReminderCard:
    """Return a reminder in scope, this person having the right for it."""
    found = reminders.one_reminder(tenant_id=request.tenant_id, reminder_id=reminder_id)
    if found is None or not request.scope.covers(found.creditor_id):
        raise Http404
    if not request.scope.is_own(found.salesperson_id, found.collector_id):
        raise Http404
    if right:
        require(request, right, found.creditor_id)
    return found


def ids(request: StaffRequest, name: str = "ids") -> list[int]:
    """Return the numbers that were ticked."""
    found = request.POST.getlist(name)
    return [int(one) for one in found if one.isascii() and one.isdecimal() and len(one) < 19]  # noqa: PLR2004 - bigint
