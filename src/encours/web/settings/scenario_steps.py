"""The steps of a draft: added from a menu, removed, doubled, told earlier or later."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from encours.dunning.actions import drafts as actions
from encours.dunning.queries.drafts import Draft
from encours.kernel.refusal import Refusal
from encours.web.rights import StaffRequest, needs
from encours.web.settings import scenario
from encours.web.settings.level import Level, level


@dataclass(frozen=True, slots=True)
class Deed:
    """What was done to the draft, in a sentence; `chosen` is the step to show beside."""

    draft: Draft
    chosen: str
    said: str


@require_POST
@needs("settings.write")
def add(request: StaffRequest) -> HttpResponse:
    """Add the step that the menu names, after the chosen one."""

    def deed(asked: dict[str, Any]) -> Deed:
        key, after = request.POST.get("nature", ""), asked.pop("step")
        draft, code = actions.add_step(**asked, key=key, after=after)
        return Deed(draft, code, _("Étape ajoutée : %(name)s.") % {"name": _name(draft, code)})

    return _done(request, level(request), deed)


@require_POST
@needs("settings.write")
def double(request: StaffRequest) -> HttpResponse:
    """Say the chosen reminder again later, or give it a variant."""

    def deed(asked: dict[str, Any]) -> Deed:
        draft, code = actions.double_step(**asked, is_variant="variante" in request.POST)
        return Deed(draft, code, _("Étape ajoutée : %(name)s.") % {"name": _name(draft, code)})

    return _done(request, level(request), deed)


@require_POST
@needs("settings.write")
def remove(request: StaffRequest) -> HttpResponse:
    """Take the chosen step out of the draft."""

    def deed(asked: dict[str, Any]) -> Deed:
        draft = actions.remove_step(**asked)
        return Deed(draft, "", _("Étape retirée du brouillon."))

    return _done(request, level(request), deed)


@require_POST
@needs("settings.write")
def reorder(request: StaffRequest) -> HttpResponse:
    """Have the chosen reminder change its turn with the one before or after it."""
    way = request.POST.get("sens", "")
    if way not in ("plus-tot", "plus-tard"):
        raise Http404

    def deed(asked: dict[str, Any]) -> Deed:
        draft = actions.reorder_step(**asked, later=way == "plus-tard")
        said = _("%(name)s : ordre changé.") % {"name": _name(draft, asked["step"]).capitalize()}
        return Deed(draft, asked["step"], said)

    return _done(request, level(request), deed)


def _done(
    request: StaffRequest, mine: Level, deed: Callable[[dict[str, Any]], Deed]
) -> HttpResponse:
    """Do it and draw the editor anew; a foreseen no is said and changes nothing."""
    asked: dict[str, Any] = {
        "tenant_id": request.tenant_id,
        "creditor_id": mine.creditor_id,
        "code": scenario.code_of(request),
        "step": request.POST.get("etape", ""),
        "actor_id": request.access.user_id,
        "now": timezone.now(),
    }
    try:
        done = deed(asked)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return scenario.answered(request, mine, scenario.draft(request, mine), None)
    if not request.htmx:
        messages.success(request, done.said)
    return scenario.answered(request, mine, done.draft, None, chosen=done.chosen, said=done.said)


def _name(draft: Draft, code: str) -> str:
    step = draft.scenario.step(code)
    return step.name if step else code
