"""The editor of a scenario: its steps on a time line, each of their fields, and its limits.

What is changed is kept in a draft that all who manage the scenario see; saving makes a version.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from encours.dunning.actions import drafts as actions
from encours.dunning.actions import scenarios as saving
from encours.dunning.queries import agencies, drafts, plans, scenarios
from encours.dunning.queries.drafts import Draft
from encours.dunning.rules.difference import day_text, difference
from encours.dunning.rules.gallery import SHIPPED
from encours.dunning.rules.scenario import Scenario, Step
from encours.dunning.rules.scenario_data import DAYS_MAX
from encours.dunning.rules.scenario_edit import issues_of
from encours.dunning.rules.scenario_steps import offers, orderings
from encours.kernel.issue import Issue
from encours.kernel.refusal import Refusal
from encours.tenancy.queries import people, policies
from encours.web.answers import fragment, telling
from encours.web.rights import StaffRequest, needs
from encours.web.settings import forms, policy
from encours.web.settings.level import Level, context, level
from encours.web.settings.step_form import StepFields
from encours.web.settings.subject import shown

EDGE_DAYS: Final = 5
LEAST_MOST: Final = 45
EDITOR: Final = "settings/_editor.html"


@dataclass(frozen=True, slots=True)
class Pin:
    """A step as the time line shows it; `day` is None where it does not count from the due date."""

    step: Step
    day: int | None
    said: str
    is_chosen: bool
    has_issue: bool
    address: str


@dataclass(frozen=True, slots=True)
class Customer:
    """The customer for whom messages are written."""

    id: int
    code: str
    name: str


@require_http_methods(["GET", "POST"])
@needs("settings.read")
def scenario(request: StaffRequest) -> HttpResponse:
    """Show the steps and the limits; save the draft, drop it, or store the limits."""
    mine, what = level(request), request.POST.get("what", "")
    asked: dict[str, Any] = {"tenant_id": request.tenant_id, "creditor_id": mine.creditor_id}
    code = code_of(request)
    found, values = scenarios.scenario_shown(**asked, code=code), policies.policy(**asked)
    usual = {
        "minimum_cents": found.given.minimum_cents.get(found.currency, 0),
        "min_spacing_days": found.given.min_spacing_days,
    }
    limits = forms.Limits(
        request.POST if what == "policy" else None, initial=policy.initial(values, usual)
    )
    if what == "policy" and limits.is_valid():
        policy.apply(request, mine, limits)
        return back(mine, found.scenario.code)
    if what in ("save", "drop"):
        _decide(request, mine, what, found.scenario.code)
        return back(mine, found.scenario.code)
    shown_with = {
        **editor_context(request, mine, drafts.draft_of(**asked, code=code)),
        "page": "scenario",
        "found": found,
        "limits": found.scenario,
        "policy_form": limits,
        "policy_fields": policy.form_fields(limits, values, mine, request.tenant_id, usual),
    }
    if request.htmx and request.htmx.target == "editor":
        return fragment(request, EDITOR, shown_with)
    return shown(request, "settings/scenario.html", shown_with)


@require_POST
@needs("settings.write")
def step(request: StaffRequest) -> HttpResponse:
    """Change the fields of a step of the draft."""
    mine = level(request)
    before = draft(request, mine)
    chosen = _chosen(request, before.scenario)
    form = StepFields(chosen, currency_of(request, mine), request.POST)
    if not form.is_valid():
        return answered(request, mine, before, form)
    return _changed(request, mine, chosen.code, form.values())


@require_POST
@needs("settings.write")
def move(request: StaffRequest) -> HttpResponse:
    """Move a step of the draft to another day, or by some days."""
    mine = level(request)
    before = draft(request, mine)
    chosen = _chosen(request, before.scenario)
    try:
        by, to = request.POST.get("by", ""), request.POST.get("day", "")
        day = chosen.offset_days + int(by) if by else int(to)
    except ValueError as wrong:
        raise Http404 from wrong
    day = max(-DAYS_MAX, min(DAYS_MAX, day))
    return _changed(request, mine, chosen.code, {"offset_days": day})


@require_POST
@needs("settings.write")
def inherit(request: StaffRequest) -> HttpResponse:
    """Follow the organisation's steps again."""
    mine = level(request)
    if mine.creditor is None:
        raise Http404
    with telling(request, _("Scénario de l'organisation repris.")):
        saving.inherit_steps(
            tenant_id=request.tenant_id,
            creditor_id=mine.creditor.id,
            actor_id=request.access.user_id,
            today=timezone.localdate(),
            code=code_of(request),
        )
    return back(mine, code_of(request))


def code_of(request: StaffRequest) -> str:
    """Return the code of the scenario that the page or the form is about."""
    return request.POST.get("code") or request.GET.get("code") or SHIPPED


def back(mine: Level, code: str, **more: str) -> HttpResponse:
    """Lead back to the editor."""
    asked = {} if code == SHIPPED else {"code": code}
    return mine.back("settings_scenario", **asked, **more)


def currency_of(request: StaffRequest, mine: Level) -> str:
    """Return the currency in which amounts are typed."""
    asked: dict[str, Any] = {"tenant_id": request.tenant_id, "creditor_id": mine.creditor_id}
    return scenarios.scenario_shown(**asked, code=code_of(request)).currency


def customer_of(request: StaffRequest, mine: Level) -> Customer | None:
    """Return the customer chosen for the preview, if it is one of this creditor's."""
    given = request.POST.get("client") or request.GET.get("client") or ""
    if mine.creditor is None or not (given.isascii() and given.isdecimal()):
        return None
    found = plans.customer_names(
        tenant_id=request.tenant_id,
        creditor_ids=[mine.creditor.id],
        customer_ids=[int(given[:18])],
    )
    return next((Customer(pk, *named) for pk, named in found.items()), None)


def query_of(request: StaffRequest, mine: Level) -> str:
    """Return what the address of every page of this scenario carries."""
    return urlencode(_base_query(request, mine, customer_of(request, mine)))


def editor_context(
    request: StaffRequest,
    mine: Level,
    draft: Draft,
    form: StepFields | None = None,
    *,
    chosen: str | None = None,
) -> dict[str, Any]:
    """Return what the editor shows: the time line, the chosen step, what changed, what is wrong.

    `chosen` is the step to show beside, rather than the one asked for.
    """
    now = draft.scenario
    asked = (now, request.tenant_id, mine.creditor_id, timezone.localdate())
    issues = (*issues_of(now), *agencies.lacking(*asked))
    beside = _chosen(request, now, chosen)
    places = {one.code: place for place, one in enumerate(now.steps, start=1)}
    if form is None:
        form = StepFields(beside, currency_of(request, mine))
        form.is_valid()
        form.tell(one for one in issues if one.line == places[beside.code])
    customer = customer_of(request, mine)
    pins = _pins(now, beside, issues, places, _base_query(request, mine, customer))
    days = [one.day for one in pins if one.day is not None]
    return {
        **context(request, mine),
        "draft": draft,
        "scenario": now,
        "origin": policy.ORIGINS[draft.origin],
        "pins": [one for one in pins if one.day is not None],
        "others": [one for one in pins if one.day is None],
        "least": min(days, default=0) - EDGE_DAYS,
        "most": max(LEAST_MOST, max(days, default=0) + EDGE_DAYS * 2),
        "chosen": beside,
        "form": form,
        "issues": [one for one in issues if one.line != places[beside.code]],
        "offers": offers(now),
        "may_turn": orderings(now, beside.code),
        "changes": difference(draft.base, now),
        "author": people.names_of({draft.author_id}) if draft.author_id else {},
        "customer": customer,
        "query": _query(request, mine, beside, customer),
    }


def draft(request: StaffRequest, mine: Level) -> Draft:
    """Return the draft that the page or the form is about."""
    return drafts.draft_of(
        tenant_id=request.tenant_id, creditor_id=mine.creditor_id, code=code_of(request)
    )


def _chosen(request: StaffRequest, now: Scenario, code: str | None = None) -> Step:
    """Return the step on the side: the one asked for, else the first reminder."""
    asked = request.POST.get("etape") or request.GET.get("etape") or ""
    wanted = asked if code is None else code
    return now.step(wanted) or next(iter(now.claims), now.steps[0])


def _changed(
    request: StaffRequest, mine: Level, chosen: str, values: dict[str, Any]
) -> HttpResponse:
    try:
        after = actions.change_step(
            tenant_id=request.tenant_id,
            creditor_id=mine.creditor_id,
            code=code_of(request),
            step=chosen,
            values=values,
            actor_id=request.access.user_id,
            now=timezone.now(),
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
        after = draft(request, mine)
    return answered(request, mine, after, None)


def answered(
    request: StaffRequest,
    mine: Level,
    draft: Draft,
    form: StepFields | None,
    *,
    chosen: str | None = None,
    said: str = "",
) -> HttpResponse:
    """Draw the editor anew, or lead back to the page where there is no script."""
    told = {**editor_context(request, mine, draft, form, chosen=chosen), "said": said}
    if request.htmx:
        return fragment(request, EDITOR, told)
    if form is not None:
        return shown(request, "settings/scenario.html", {**told, "is_alone": True})
    return back(mine, draft.base.code, etape=told["chosen"].code)


def _decide(request: StaffRequest, mine: Level, what: str, code: str) -> None:
    asked: dict[str, Any] = {"tenant_id": request.tenant_id, "creditor_id": mine.creditor_id}
    if what == "drop":
        actions.drop(**asked, code=code)
        messages.success(request, _("Brouillon abandonné."))
        return
    try:
        version = actions.save_draft(
            **asked,
            code=code,
            moves_running="moves_running" in request.POST,
            actor_id=request.access.user_id,
            today=timezone.localdate(),
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return
    told = _("Scénario enregistré (version %(version)s) : il vaut dès le prochain plan.")
    messages.success(request, told % {"version": version})


def _pins(
    now: Scenario,
    chosen: Step,
    issues: tuple[Issue, ...],
    places: dict[str, int],
    query: dict[str, Any],
) -> list[Pin]:
    wrong = {one.line for one in issues}
    return [
        Pin(
            step=one,
            day=one.offset_days if one.anchor == "due" else None,
            said=day_text(one).removeprefix("à "),
            is_chosen=one.code == chosen.code,
            has_issue=places[one.code] in wrong,
            address=f"?{urlencode({**query, 'etape': one.code})}",
        )
        for one in sorted(now.steps, key=lambda one: (one.offset_days, one.rank))
    ]


def _base_query(request: StaffRequest, mine: Level, customer: Customer | None) -> dict[str, Any]:
    asked: dict[str, Any] = {"code": code_of(request)}
    if mine.creditor is None:
        asked["niveau"] = "organisation"
    if customer is not None:
        asked["client"] = customer.id
    return asked


def _query(request: StaffRequest, mine: Level, chosen: Step, customer: Customer | None) -> str:
    return urlencode({**_base_query(request, mine, customer), "etape": chosen.code})
