"""Read a scenario that a person wrote as data: every problem is an Issue, all are gathered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any, Final, TypeGuard, get_args

from encours.dunning.rules.scenario import (
    CHANNELS,
    KINDS,
    Anchor,
    Approval,
    Attachment,
    Scenario,
    Step,
    Tone,
)
from encours.kernel.issue import Issue

LISTS: Final = ("channels", "fallback", "attachments")
LADDER_MAX: Final = 12
DAYS_MAX: Final = 400
FORMAL_GAP_DAYS: Final = 8
_LIMITS: Final = (
    "min_spacing_days",
    "formal_notice_gap_days",
    "stale_after_hours",
    "severity",
)
_CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "kind": KINDS,
    "anchor": get_args(Anchor),
    "tone": get_args(Tone),
    "approval": get_args(Approval),
}


def read_scenario(data: Mapping[str, Any]) -> tuple[Scenario | None, tuple[Issue, ...]]:
    """Return the scenario, or None with what is wrong; `line` is the step's place, from 1."""
    issues = tuple(_shape_issues(data))
    if issues:
        return None, issues
    scenario = _built(data)
    issues = tuple(_sense_issues(scenario))
    return (None if issues else scenario), issues


def _built(data: Mapping[str, Any]) -> Scenario:
    steps = tuple(
        Step(**{**step, **{name: tuple(step[name]) for name in LISTS if name in step}})
        for step in data["steps"]
    )
    plain = {name: value for name, value in data.items() if name not in {"steps", "minimum_cents"}}
    return Scenario(**plain, steps=steps, minimum_cents=dict(data.get("minimum_cents", {})))


def _shape_issues(data: Mapping[str, Any]) -> Iterator[Issue]:
    yield from _unknown_names(data, Scenario.__dataclass_fields__)
    for name in ("code", "name"):
        yield from _text(data, name)
    yield from _whole(data, "version", least=1)
    for name in _LIMITS:
        if name in data:
            yield from _whole(data, name, least=0)
    yield from _minimum_issues(data.get("minimum_cents", {}))
    steps = data.get("steps")
    if not isinstance(steps, list) or not steps:
        yield _issue("scenario_steps", "Un scénario a au moins une étape.", "steps")
        return
    for place, step in enumerate(steps, start=1):
        if isinstance(step, dict):
            yield from _step_issues(step, place)
        else:
            yield _issue("scenario_steps", "Étape illisible.", "steps", place)


def _minimum_issues(minimum: object) -> Iterator[Issue]:
    good = isinstance(minimum, dict) and all(
        isinstance(currency, str) and _is_whole(cents) and cents >= 0
        for currency, cents in minimum.items()
    )
    if not good:
        said = "Le montant minimum se donne par devise, en centimes."
        yield _issue("scenario_value", said, "minimum_cents", found=minimum)


def _step_issues(step: Mapping[str, Any], place: int) -> Iterator[Issue]:
    yield from _unknown_names(step, Step.__dataclass_fields__, place)
    for name in ("code", "name"):
        yield from _text(step, name, place)
    yield from _whole(step, "rank", least=0, place=place)
    yield from _whole(step, "offset_days", least=-DAYS_MAX, place=place)
    if "lapse_days" in step:
        yield from _whole(step, "lapse_days", least=0, place=place)
    if not isinstance(step.get("is_active", True), bool):
        yield _choice_issue("is_active", step["is_active"], ("true", "false"), place)
    for name, allowed in _CHOICES.items():
        if (name in step or name == "kind") and step.get(name) not in allowed:
            yield _choice_issue(name, step.get(name), allowed, place)
    for name in LISTS:
        allowed = get_args(Attachment) if name == "attachments" else CHANNELS
        values = step.get(name, [])
        if not isinstance(values, list) or any(value not in allowed for value in values):
            yield _choice_issue(name, values, allowed, place)


def _sense_issues(scenario: Scenario) -> Iterator[Issue]:
    yield from _repeated(scenario, "code")
    yield from _repeated(scenario, "rank")
    for kind, said in (
        ("pre_due", "une seule prévenance"),
        ("formal_notice", "une seule mise en demeure"),
        ("thank_you", "un seul remerciement"),
    ):
        if sum(step.kind == kind for step in scenario.steps) > 1:
            yield _issue("scenario_kinds", f"Un scénario a {said}.", "kind")
    for place, step in enumerate(scenario.steps, start=1):
        yield from _place_issues(step, place)
    yield from _ladder_issues(scenario)


def _place_issues(step: Step, place: int) -> Iterator[Issue]:
    if (step.kind == "thank_you") != (step.anchor == "settlement"):
        said = "Seul un remerciement se compte depuis le règlement."
        yield _issue("scenario_anchor", said, "anchor", place, step.anchor)
    if not step.channels:
        said = "Une étape part par au moins un canal."
        yield _issue("scenario_channels", said, "channels", place)
    if (step.kind == "pre_due") != (step.offset_days < 0):
        said = "Une prévenance précède l'échéance, les autres étapes la suivent."
        yield _issue("scenario_offset", said, "offset_days", place, step.offset_days)
    elif step.offset_days == 0 and step.kind != "thank_you":
        said = "Le jour de l'échéance, rien n'est en retard."
        yield _issue("scenario_offset", said, "offset_days", place, 0)


def _ladder_issues(scenario: Scenario) -> Iterator[Issue]:
    ladder = scenario.ladder
    if not ladder or ladder[0].kind != "reminder":
        said = "Un scénario commence par une relance ; une mise en demeure vient après elle."
        yield _issue("scenario_ladder", said, "steps")
    if any(step.kind == "formal_notice" for step in ladder[:-1]):
        said = "La mise en demeure est la dernière étape avant une personne."
        yield _issue("scenario_ladder", said, "rank")
    if len(ladder) > LADDER_MAX:
        said = f"Un scénario a au plus {LADDER_MAX} relances."
        yield _issue("scenario_ladder", said, "steps", found=len(ladder))
    yield from _formal_issues(scenario)
    for step, following in pairwise(ladder):
        if following.offset_days <= step.offset_days:
            said = f"« {following.name} » doit tomber après « {step.name} »."
            yield _issue("scenario_ladder", said, "offset_days", found=following.offset_days)


def _formal_issues(scenario: Scenario) -> Iterator[Issue]:
    gap = scenario.formal_notice_gap_days
    if gap < FORMAL_GAP_DAYS:
        said = f"Une mise en demeure attend au moins {FORMAL_GAP_DAYS} jours après une relance."
        yield _issue("scenario_formal", said, "formal_notice_gap_days", found=gap)
    if scenario.formal_rung and scenario.ladder[0].kind == "reminder":
        first, formal = scenario.ladder[0], scenario.ladder[-1]
        if formal.offset_days - first.offset_days < gap:
            said = (
                f"« {formal.name} » doit tomber au moins {gap} jours après « {first.name} » : "
                "le temps de la lire."
            )
            yield _issue("scenario_formal", said, "offset_days", found=formal.offset_days)


def _repeated(scenario: Scenario, name: str) -> Iterator[Issue]:
    values = [getattr(step, name) for step in scenario.steps]
    for place, value in enumerate(values, start=1):
        if value in values[: place - 1]:
            said = "Deux étapes ne peuvent porter le même code ni le même rang."
            yield _issue("scenario_repeated", said, name, place, value)


def _unknown_names(
    data: Mapping[str, Any], known: Mapping[str, Any], place: int = 0
) -> Iterator[Issue]:
    for name in data:
        if name not in known:
            yield _issue("scenario_name", "Rubrique inconnue.", str(name), place, name)


def _text(data: Mapping[str, Any], name: str, place: int = 0) -> Iterator[Issue]:
    value = data.get(name)
    if not isinstance(value, str) or not value.strip():
        yield _issue("scenario_value", "Un texte est attendu.", name, place, value)


def _whole(data: Mapping[str, Any], name: str, *, least: int, place: int = 0) -> Iterator[Issue]:
    value = data.get(name)
    if not _is_whole(value) or not least <= value <= DAYS_MAX:
        said = f"Un nombre entier de {least} à {DAYS_MAX} est attendu."
        yield _issue("scenario_value", said, name, place, value)


def _is_whole(value: Any) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _choice_issue(name: str, found: object, allowed: tuple[str, ...], place: int) -> Issue:
    said = "Valeur inconnue."
    expected = ", ".join(allowed)
    return Issue("scenario_value", said, place, name, str(found), expected)


def _issue(code: str, message: str, column: str, line: int = 0, found: object = "") -> Issue:
    return Issue(code, message, line, column, str(found))
