"""Read a scenario that a person wrote as data: every problem is an Issue, all are gathered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeGuard, get_args

from encours.dunning.rules.scenario import (
    BEHAVIOURS,
    CHANNELS,
    KINDS,
    Anchor,
    Approval,
    Attachment,
    Days,
    Effect,
    Scenario,
    Sender,
    Step,
    Tone,
)
from encours.dunning.rules.scenario_sense import scenario_issue as _issue
from encours.dunning.rules.scenario_sense import sense_issues
from encours.kernel.issue import Issue

LISTS: Final[Mapping[str, tuple[str, ...]]] = {
    "channels": CHANNELS,
    "fallback": CHANNELS,
    "attachments": get_args(Attachment),
    "effects": get_args(Effect),
    "stops": BEHAVIOURS,
    "when": BEHAVIOURS,
    "unless": BEHAVIOURS,
}
BOUNDS: Final = ("minimum_cents", "maximum_cents")
DAYS_MAX: Final = 400
_LIMITS: Final = (
    "min_spacing_days",
    "formal_notice_gap_days",
    "stale_after_hours",
    "severity",
)
_CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "kind": KINDS,
    "anchor": get_args(Anchor),
    "days": get_args(Days),
    "tone": get_args(Tone),
    "sender": get_args(Sender),
    "approval": get_args(Approval),
}
_YES_OR_NO: Final[Mapping[str, tuple[bool | None, ...]]] = {
    "is_active": (True, False),
    "discount": (True, False),
    "interest": (True, False, None),
    "indemnity": (True, False, None),
}


def read_scenario(data: Mapping[str, Any]) -> tuple[Scenario | None, tuple[Issue, ...]]:
    """Return the scenario, or None with what is wrong; `line` is the step's place, from 1."""
    issues = tuple(_shape_issues(data))
    if issues:
        return None, issues
    scenario = built(data)
    issues = tuple(sense_issues(scenario))
    return (None if issues else scenario), issues


def built(data: Mapping[str, Any]) -> Scenario:
    """Return the scenario of data that has the right shape, whether it makes sense or not."""
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
    yield from _amount_issues(data, "minimum_cents")
    steps = data.get("steps")
    if not isinstance(steps, list) or not steps:
        yield _issue("scenario_steps", "Un scénario a au moins une étape.", "steps")
        return
    for place, step in enumerate(steps, start=1):
        if isinstance(step, dict):
            yield from _step_issues(step, place)
        else:
            yield _issue("scenario_steps", "Étape illisible.", "steps", place)


def _amount_issues(data: Mapping[str, Any], name: str, place: int = 0) -> Iterator[Issue]:
    found = data.get(name, {})
    good = isinstance(found, dict) and all(
        isinstance(currency, str) and _is_whole(cents) and cents >= 0
        for currency, cents in found.items()
    )
    if not good:
        which = "minimum" if name == "minimum_cents" else "maximum"
        said = f"Le montant {which} se donne par devise, en centimes."
        yield _issue("scenario_value", said, name, place, found)


def _step_issues(step: Mapping[str, Any], place: int) -> Iterator[Issue]:
    yield from _unknown_names(step, Step.__dataclass_fields__, place)
    for name in ("code", "name"):
        yield from _text(step, name, place)
    yield from _whole(step, "rank", least=0, place=place)
    yield from _whole(step, "offset_days", least=-DAYS_MAX, place=place)
    if "lapse_days" in step:
        yield from _whole(step, "lapse_days", least=0, place=place)
    for name in ("texts", "contact_role"):
        if not isinstance(step.get(name, ""), str):
            yield _issue("scenario_value", "Un texte est attendu.", name, place, step[name])
    for name in BOUNDS:
        yield from _amount_issues(step, name, place)
    yield from _chosen_issues(step, place)


def _chosen_issues(step: Mapping[str, Any], place: int) -> Iterator[Issue]:
    for name, answers in _YES_OR_NO.items():
        if not any(step.get(name, answers[0]) is one for one in answers):
            expected = tuple("null" if one is None else str(one).lower() for one in answers)
            yield _choice_issue(name, step[name], expected, place)
    for name, allowed in _CHOICES.items():
        if (name in step or name == "kind") and step.get(name) not in allowed:
            yield _choice_issue(name, step.get(name), allowed, place)
    for name, allowed in LISTS.items():
        values = step.get(name, [])
        if not isinstance(values, list) or any(value not in allowed for value in values):
            yield _choice_issue(name, values, allowed, place)


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
