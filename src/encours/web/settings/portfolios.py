"""Portfolios by rule, absences and stand-ins."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from encours.parties.actions import portfolios as actions
from encours.tenancy.actions import absences as absence_actions
from encours.tenancy.queries import absences, people
from encours.web import formats
from encours.web.answers import telling
from encours.web.ledger.subject import today
from encours.web.rights import StaffRequest, needs
from encours.web.settings import forms
from encours.web.settings.subject import shown


@require_GET
@needs("settings.read")
def portfolios(request: StaffRequest) -> HttpResponse:
    """Show who is away and who stands in, and the rule that shares customers out."""
    return _page(request, *_forms(request))


@require_POST
@needs("settings.write")
def assign(request: StaffRequest) -> HttpResponse:
    """Share customers out by a rule."""
    rule, absence = _forms(request, rule=request.POST)
    if not rule.is_valid():
        return _page(request, rule, absence)
    typed = rule.cleaned_data
    letters = (typed["first_letter"], typed["last_letter"])
    with telling(request):
        count = actions.assign_by_rule(
            **_actor(request),
            creditor_ids=request.scope.creditor_ids,
            part=typed["part"],
            user_id=typed["user_id"],
            postcodes=[
                one for one in typed["postcodes"].replace(";", ",").split(",") if one.strip()
            ],
            first_letters=letters if all(letters) else None,
            only_unassigned=not typed["again"],
        )
        done = ngettext("%(n)s client attribué.", "%(n)s clients attribués.", count)
        messages.success(request, done % {"n": formats.count(count)})
    return redirect("settings_portfolios")


@require_POST
@needs("settings.write")
def absent(request: StaffRequest) -> HttpResponse:
    """Record an absence and who stands in."""
    rule, absence = _forms(request, absence=request.POST)
    if not absence.is_valid():
        return _page(request, rule, absence)
    with telling(request, _("Absence enregistrée.")):
        absence_actions.record_absence(**_actor(request), **absence.cleaned_data)
    return redirect("settings_portfolios")


@require_POST
@needs("settings.write")
def back(request: StaffRequest, absence_id: int) -> HttpResponse:
    """Take an absence back."""
    with telling(request, _("Absence retirée.")):
        absence_actions.withdraw_absence(**_actor(request), absence_id=absence_id)
    return redirect("settings_portfolios")


def _forms(request: StaffRequest, **given: Any) -> tuple[forms.Assignment, forms.Absence]:
    names = list(people.names(request.tenant_id).items())
    return (
        forms.Assignment(given.get("rule"), people=names),
        forms.Absence(given.get("absence"), people=names, initial={"starts_on": today()}),
    )


def _page(request: StaffRequest, rule: forms.Assignment, absence: forms.Absence) -> HttpResponse:
    context = {
        "absences": absences.absences(tenant_id=request.tenant_id, since=today()),
        "rule_form": rule,
        "absence_form": absence,
        "may_write": request.access.may("settings.write", request.creditor_id),
        "today": today(),
    }
    return shown(request, "settings/portfolios.html", context)


def _actor(request: StaffRequest) -> dict[str, Any]:
    return {"tenant_id": request.tenant_id, "actor_id": request.access.user_id, "today": today()}
