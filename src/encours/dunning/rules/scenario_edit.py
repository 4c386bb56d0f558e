"""What a person changes of a scenario's steps: any field of a draft, or the plain ones at once.

Steps come, go and change their order in `scenario_steps`; here each stays the one that it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from encours.dunning.rules.scenario import Channel, Scenario, Step
from encours.dunning.rules.scenario_data import read_scenario
from encours.dunning.rules.scenario_steps import MOMENT
from encours.kernel.issue import Issue

ROUTES: Final[Mapping[str, tuple[tuple[Channel, ...], tuple[Channel, ...]]]] = {
    "email_else_letter": (("email",), ("letter",)),
    "email": (("email",), ()),
    "letter": (("letter",), ()),
    "letter_and_email": (("letter", "email"), ()),
}
"""Ways out that a step may be given: its channels, and those it falls back on."""


@dataclass(frozen=True, slots=True)
class StepEdit:
    """One step as a person wants it; `route` is a key of `ROUTES`, or "" to leave it as it is."""

    code: str
    offset_days: int
    is_active: bool
    route: str = ""


def route_of(step: Step) -> str:
    """Return the way out that a step has, or "" when it is none of those that one may choose."""
    mine = (tuple(sorted(step.channels)), step.fallback)
    return next(
        (
            name
            for name, (channels, fallback) in ROUTES.items()
            if mine == (tuple(sorted(channels)), fallback)
        ),
        "",
    )


def edited(
    scenario: Scenario, edits: Sequence[StepEdit], *, version: int
) -> tuple[Scenario | None, tuple[Issue, ...]]:
    """Return the next version of the scenario, or None with what is wrong.

    An issue of one step names its place, from 1. Every edit names a step of the scenario.
    """
    wanted = {edit.code: edit for edit in edits}
    assert wanted.keys() <= {step.code for step in scenario.steps}, wanted
    steps = tuple(_step(step, wanted.get(step.code)) for step in scenario.steps)
    return read_scenario(replace(scenario, steps=steps, version=version).as_json())


FIXED: Final = ("code", "rank", "kind")
"""What makes a step the one that it is: a new version never changes it."""


def changed(scenario: Scenario, code: str, values: Mapping[str, Any]) -> Scenario:
    """Return the scenario where the step of that code has these values; it may make no sense yet.

    A list of values is taken as a tuple, as a step has it. Its variants fall when it does.
    """
    assert not set(values) & set(FIXED), values
    step = scenario.step(code)
    assert step is not None, code
    given: dict[str, Any]
    given = {name: tuple(one) if isinstance(one, list) else one for name, one in values.items()}
    moment = {name: given[name] for name in MOMENT if name in given}
    steps = tuple(
        replace(one, **given)
        if one.code == code
        else replace(one, **moment)
        if (one.rank, one.kind) == (step.rank, step.kind)
        else one
        for one in scenario.steps
    )
    return replace(scenario, steps=steps)


def issues_of(scenario: Scenario) -> tuple[Issue, ...]:
    """Return what keeps this draft from being saved; `line` is the place of a step, from 1."""
    return read_scenario(scenario.as_json())[1]


def _step(step: Step, edit: StepEdit | None) -> Step:
    if edit is None:
        return step
    kept = (step.channels, step.fallback)
    is_other = edit.route != route_of(step)
    channels, fallback = ROUTES.get(edit.route, kept) if is_other else kept
    return replace(
        step,
        offset_days=edit.offset_days,
        is_active=edit.is_active,
        channels=channels,
        fallback=fallback,
    )
