"""What every page of reminders knows: its tabs, its creditor's day, whose messages it may show."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.utils import timezone

from encours.dunning.queries import reminders
from encours.dunning.queries.day import Day, day_of
from encours.dunning.queries.outbox import Reach
from encours.dunning.queries.reminders import ReminderCard
from encours.tenancy.queries.places import CreditorChoice
from encours.web.rights import StaffRequest, require


def day(request: StaffRequest, creditor: CreditorChoice) -> Day:
    """Return the creditor's day."""
    return day_of(tenant_id=request.tenant_id, creditor_id=creditor.id, now=timezone.now())


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
