"""Calling habits, of a creditor or of the organisation."""

from __future__ import annotations

from dataclasses import asdict

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from encours.recovery.actions import policies
from encours.recovery.queries.policies import policy_of
from encours.recovery.rules.outcomes import Policy
from encours.web.answers import telling
from encours.web.recovery.forms import Habits
from encours.web.rights import StaffRequest, needs
from encours.web.settings.level import context, level
from encours.web.settings.policy import ORIGINS
from encours.web.settings.subject import shown


@require_http_methods(["GET", "POST"])
@needs("settings.read")
def habits(request: StaffRequest) -> HttpResponse:
    """Show how often calls are tried and at which hours; change it."""
    mine = level(request)
    held, origin = policy_of(tenant_id=request.tenant_id, creditor_id=mine.creditor_id)
    is_post = request.method == "POST"
    form = Habits(request.POST if is_post else None, initial=asdict(held))
    if is_post and form.is_valid():
        with telling(request, _("Habitudes d'appel enregistrées.")):
            policies.set_policy(
                tenant_id=request.tenant_id,
                creditor_id=mine.creditor_id,
                policy=Policy(**form.cleaned_data),
                actor_id=request.access.user_id,
                today=timezone.localdate(),
            )
        return mine.back("settings_calls")
    told = {
        **context(request, mine),
        "form": form,
        "origin": "" if mine.creditor is None and origin.value else ORIGINS[origin.origin],
        "is_own": origin.is_own,
    }
    return shown(request, "recovery/settings.html", told, status=422 if form.errors else 200)


@require_POST
@needs("settings.write")
def inherit(request: StaffRequest) -> HttpResponse:
    """Follow the organisation's habits again."""
    mine = level(request)
    if mine.creditor_id is not None:
        with telling(request, _("Habitudes de l'organisation reprises.")):
            policies.inherit_policy(
                tenant_id=request.tenant_id,
                creditor_id=mine.creditor_id,
                actor_id=request.access.user_id,
                today=timezone.localdate(),
            )
    return mine.back("settings_calls")
