"""The scenarios that there are, whom each is for, and the rules that say who follows which."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from encours.dunning.actions import choices as actions
from encours.dunning.actions import scenarios as saving
from encours.dunning.actions.scenarios import NoName
from encours.dunning.queries import choices, scenarios
from encours.dunning.queries.scenarios import ScenarioCard
from encours.dunning.rules.audience import Rule
from encours.dunning.rules.shelf import NEVER
from encours.kernel.refusal import Refusal
from encours.web.ledger.words import CLASSES, NEVER_LABEL
from encours.web.rights import StaffRequest, needs
from encours.web.scoring.words import PROFILE_CHOICES
from encours.web.settings import forms
from encours.web.settings.level import Level, context, level
from encours.web.settings.scenario_form import NewScenario
from encours.web.settings.subject import shown

BLANK_ROWS: Final = 3
_NEVER: Final = (NEVER, NEVER_LABEL)


@require_http_methods(["GET", "POST"])
@needs("settings.read")
def gallery(request: StaffRequest) -> HttpResponse:
    """Show every scenario and the rules; store the rules."""
    mine = level(request)
    asked: dict[str, Any] = {"tenant_id": request.tenant_id, "creditor_id": mine.creditor_id}
    cards = scenarios.cards(**asked)
    rows, default = _forms(request, cards, choices.own_rules_of(**asked))
    is_sound = request.method == "POST" and all(one.is_valid() for one in (*rows, default))
    if is_sound and _saved(request, mine, rows, default):
        return mine.back("settings_scenarios")
    shown_with = {
        **context(request, mine),
        "cards": cards,
        "may_see_plan": request.access.may("dunning.read", mine.creditor_id),
        "followers": choices.followers(**asked),
        "rows": rows,
        "default_form": default,
        "new_form": NewScenario(scenarios=_names(cards)),
    }
    return shown(request, "settings/scenarios.html", shown_with)


@require_POST
@needs("settings.write")
def new(request: StaffRequest) -> HttpResponse:
    """Make a scenario of one's own, from blank or as another one is, and open it."""
    mine = level(request)
    asked: dict[str, Any] = {"tenant_id": request.tenant_id, "creditor_id": mine.creditor_id}
    form = NewScenario(request.POST, scenarios=_names(scenarios.cards(**asked)))
    if not form.is_valid():
        messages.error(request, str(NoName()))
        return mine.back("settings_scenarios")
    try:
        code = saving.create_scenario(
            **asked,
            name=form.cleaned_data["name"],
            like=form.cleaned_data["like"],
            actor_id=request.access.user_id,
            today=timezone.localdate(),
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return mine.back("settings_scenarios")
    said = _("Scénario créé : personne ne le suit tant qu'une règle ou un choix ne le nomme pas.")
    messages.success(request, said)
    return mine.back("settings_scenario", code=code)


def _names(cards: list[ScenarioCard]) -> list[tuple[str, str]]:
    return [(one.scenario.code, one.scenario.name) for one in cards]


def _forms(
    request: StaffRequest, cards: list[ScenarioCard], rules: tuple[Rule, ...]
) -> tuple[list[forms.ScenarioRule], forms.DefaultScenario]:
    posted = request.POST if request.method == "POST" else None
    asking = [rule for rule in rules if not rule.audience.is_everybody]
    offered = {
        "debtor_class": tuple(CLASSES.items()),
        "profile": PROFILE_CHOICES,
        "scenario": (*((one.scenario.code, one.scenario.name) for one in cards), _NEVER),
    }
    initial = [
        {
            "debtor_class": next(iter(rule.audience.debtor_class), ""),
            "profile": next(iter(rule.audience.profile), ""),
            "country": ", ".join(rule.audience.country),
            "scenario": rule.scenario,
        }
        for rule in asking
    ] + [{}] * BLANK_ROWS
    rows = [
        forms.ScenarioRule(posted, prefix=f"r{place}", initial=given, offered=offered)
        for place, given in enumerate(initial, start=1)
    ]
    chosen = next((one.scenario.code for one in cards if one.is_default), "")
    default = forms.DefaultScenario(
        posted,
        initial={"default": chosen},
        scenarios=_names(cards),
    )
    return rows, default


def _saved(
    request: StaffRequest,
    mine: Level,
    rows: list[forms.ScenarioRule],
    default: forms.DefaultScenario,
) -> bool:
    rules = [_rule(one.cleaned_data) for one in rows if one.cleaned_data["scenario"]]
    try:
        actions.save_rules(
            tenant_id=request.tenant_id,
            creditor_id=mine.creditor_id,
            rules=[*rules, ({}, default.cleaned_data["default"])],
            actor_id=request.access.user_id,
            today=timezone.localdate(),
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return False
    messages.success(request, _("Règles enregistrées : elles valent dès le prochain plan."))
    return True


def _rule(said: dict[str, Any]) -> tuple[dict[str, Any], str]:
    conditions: dict[str, Any] = {}
    if said["debtor_class"]:
        conditions["debtor_class"] = [said["debtor_class"]]
    if said["profile"]:
        conditions["profile"] = [said["profile"]]
    if said["country"]:
        conditions["country"] = said["country"]
    return conditions, said["scenario"]
