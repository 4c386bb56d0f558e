"""The scenario: its steps and its limits, for a creditor or for the organisation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from encours.dunning.actions import scenarios as actions
from encours.dunning.actions.scenarios import InvalidScenario
from encours.dunning.queries import scenarios
from encours.dunning.queries.scenarios import ScenarioShown
from encours.dunning.rules.gallery import SHIPPED
from encours.dunning.rules.scenario import Step
from encours.dunning.rules.scenario_edit import StepEdit, route_of
from encours.tenancy.queries import policies
from encours.web.answers import telling
from encours.web.rights import StaffRequest, needs
from encours.web.settings import forms, policy
from encours.web.settings.level import Level, context, level
from encours.web.settings.subject import shown


@dataclass(frozen=True, slots=True)
class EditedStep:
    """A step and the form that changes it."""

    step: Step
    form: forms.Step


@require_http_methods(["GET", "POST"])
@needs("settings.read")
def scenario(request: StaffRequest) -> HttpResponse:
    """Show the steps in their order and the limits; store what was changed."""
    mine, what = level(request), request.POST.get("what", "")
    asked: dict[str, Any] = {"tenant_id": request.tenant_id, "creditor_id": mine.creditor_id}
    code = _code(request)
    found, values = scenarios.scenario_shown(**asked, code=code), policies.policy(**asked)
    steps = _steps(found, request.POST if what == "steps" else None)
    usual = {
        "minimum_cents": found.given.minimum_cents.get(found.currency, 0),
        "min_spacing_days": found.given.min_spacing_days,
    }
    limits = forms.Limits(
        request.POST if what == "policy" else None, initial=policy.initial(values, usual)
    )
    if what == "policy" and limits.is_valid():
        policy.apply(request, mine, limits)
        return _back(mine, found.scenario.code)
    issues: tuple[str, ...] = ()
    if what == "steps" and all(one.form.is_valid() for one in steps):
        issues = _save(request, mine, steps, found.scenario.code)
        if not issues:
            return _back(mine, found.scenario.code)
    shown_with = {
        **context(request, mine),
        "page": "scenario",
        "found": found,
        "scenario": found.scenario,
        "origin": policy.ORIGINS[found.origin],
        "steps": steps,
        "issues": issues,
        "policy_form": limits,
        "policy_fields": policy.form_fields(limits, values, mine, request.tenant_id, usual),
    }
    return shown(request, "settings/scenario.html", shown_with)


@require_POST
@needs("settings.write")
def inherit(request: StaffRequest) -> HttpResponse:
    """Follow the organisation's steps again."""
    mine = level(request)
    if mine.creditor is None:
        raise Http404
    with telling(request, _("Scénario de l'organisation repris.")):
        actions.inherit_steps(
            tenant_id=request.tenant_id,
            creditor_id=mine.creditor.id,
            actor_id=request.access.user_id,
            today=timezone.localdate(),
            code=_code(request),
        )
    return _back(mine, _code(request))


def _code(request: StaffRequest) -> str:
    return request.POST.get("code") or request.GET.get("code") or SHIPPED


def _back(mine: Level, code: str) -> HttpResponse:
    asked = {} if code == SHIPPED else {"code": code}
    return mine.back("settings_scenario", **asked)


def _steps(found: ScenarioShown, posted: Any) -> list[EditedStep]:
    return [
        EditedStep(
            step,
            forms.Step(
                posted,
                prefix=step.code,
                route=route_of(step),
                initial={
                    "offset_days": step.offset_days,
                    "route": route_of(step),
                    "is_active": step.is_active,
                },
            ),
        )
        for step in sorted(found.scenario.steps, key=lambda step: step.rank)
    ]


def _save(
    request: StaffRequest, mine: Level, steps: list[EditedStep], code: str
) -> tuple[str, ...]:
    """Store the next version; return what is wrong with it, in words."""
    edits = [StepEdit(code=one.step.code, **one.form.cleaned_data) for one in steps]
    try:
        version = actions.save_steps(
            tenant_id=request.tenant_id,
            creditor_id=mine.creditor_id,
            edits=edits,
            actor_id=request.access.user_id,
            today=timezone.localdate(),
            code=code,
            moves_running="moves_running" in request.POST,
        )
    except InvalidScenario as refusal:
        return tuple(dict.fromkeys(issue.message for issue in refusal.issues))
    told = _("Scénario enregistré (version %(version)s) : il vaut dès le prochain plan.")
    messages.success(request, told % {"version": version})
    return ()
