"""Steps that a person adds, removes, doubles or puts in another order: the draft is always whole.

Codes stay unique, and never name another step than the one they named; ranks stay unique but for
variants. Whether the result makes sense is said by `scenario_sense`, not here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import count
from typing import Any, Final

from encours.dunning.rules.gallery import CALL, STATEMENT
from encours.dunning.rules.scenario import EVENTS, Kind, Scenario, Step, french_scenario
from encours.dunning.rules.scenario_data import DAYS_MAX

APART_DAYS: Final = 7
FORMAL_DAYS: Final = 10
RANKS_APART: Final = 10
CODE_MAX: Final = 32
_FRENCH: Final = {step.kind: step for step in french_scenario().steps}


@dataclass(frozen=True, slots=True)
class Offer:
    """A step that one may add: how the menu calls it (French), and what it is to begin with.

    `stem` begins its code. A step of a `kind` that comes once keeps the code by which its
    messages are known (the formal notice is looked for by it in a file for court).
    """

    key: str
    label: str
    kind: Kind
    stem: str
    given: Mapping[str, Any]

    @property
    def is_single(self) -> bool:
        """Say whether a scenario has at most one of them."""
        return self.kind != "reminder"


def _like(step: Step, **given: Any) -> Mapping[str, Any]:
    names = ("anchor", "channels", "fallback", "tone", "approval", "attachments", "lapse_days")
    return {name: getattr(step, name) for name in names} | given


OFFERS: Final = (
    Offer(
        "email",
        "Relance par e-mail",
        "reminder",
        "relance",
        {"channels": ("email",), "fallback": ("letter",)},
    ),
    Offer(
        "letter",
        "Relance par courrier",
        "reminder",
        "relance",
        {"channels": ("letter",), "approval": "manual"},
    ),
    Offer(
        "sms",
        "Relance par SMS",
        "reminder",
        "sms",
        {"channels": ("sms",), "fallback": ("email",)},
    ),
    Offer("call", "Appel", "reminder", "appel", {"channels": ("call",), "approval": "manual"}),
    Offer(
        "pre_due",
        "Prévenance, avant l'échéance",
        "pre_due",
        "prevenance",
        _like(_FRENCH["pre_due"], offset_days=-15),
    ),
    Offer(
        "formal_notice",
        "Mise en demeure",
        "formal_notice",
        "mise_en_demeure",
        _like(_FRENCH["formal_notice"]),
    ),
    Offer(
        "thank_you",
        "Remerciement",
        "thank_you",
        "remerciement",
        _like(_FRENCH["thank_you"], offset_days=0),
    ),
    Offer(
        "statement",
        "Relevé de compte périodique",
        "statement",
        "releve",
        _like(STATEMENT, offset_days=STATEMENT.offset_days),
    ),
)
"""The menu: what may be added, with what people in the trade would begin with."""

NAMES: Final[Mapping[str, str]] = {
    "relance": "relance",
    "sms": "SMS",
    "appel": "appel",
    "prevenance": "prévenance",
    "mise_en_demeure": "mise en demeure",
    "remerciement": "remerciement",
    "releve": STATEMENT.name,
}


def blank_scenario() -> Scenario:
    """Return the least that can be followed: one reminder, a week after the due date."""
    first = Step(
        "relance_1",
        "relance 1",
        RANKS_APART,
        "reminder",
        APART_DAYS,
        channels=("email",),
        fallback=("letter",),
        tone="friendly",
    )
    return replace(french_scenario(), steps=(first,))


def free_code(name: str, taken: Iterable[str]) -> str:
    """Return a code made of a name, which nothing has yet."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:CODE_MAX] or "scenario"
    used = set(taken)
    for number in count(1):
        code = stem if number == 1 else f"{stem}_{number}"
        if code not in used:
            return code
    raise AssertionError(stem)


def offers(scenario: Scenario) -> tuple[Offer, ...]:
    """Return what may still be added to the scenario."""
    kinds = {step.kind for step in scenario.steps}
    return tuple(one for one in OFFERS if not (one.is_single and one.kind in kinds))


def added(
    scenario: Scenario, key: str, *, after: str = "", taken: Iterable[str] = ()
) -> tuple[Scenario, str]:
    """Return the scenario with one more step, and its code.

    A reminder comes after the step `after`, else after the last one. `taken` are codes that this
    scenario gave to steps that it has no more: a new step does not inherit what they said.
    """
    offer = next(one for one in offers(scenario) if one.key == key)
    code, number = _code(offer.stem, scenario, () if offer.is_single else taken)
    name = NAMES[offer.stem]
    if offer.stem == "relance" or number > 1:
        name = f"{name} {number}"
    before = _before(scenario, offer.kind, after)
    given: dict[str, Any] = {**_moment(scenario, offer, before), **offer.given}
    if offer.stem != CALL.code and before is not None:
        given.setdefault("tone", before.tone)
    return _placed(scenario, Step(code, name, 0, offer.kind, **given), before), code


def removed(scenario: Scenario, code: str) -> Scenario:
    """Return the scenario without that step; the last one stays."""
    assert len(scenario.steps) > 1, code
    return replace(scenario, steps=tuple(one for one in scenario.steps if one.code != code))


def doubled(
    scenario: Scenario, code: str, *, taken: Iterable[str] = (), is_variant: bool = False
) -> tuple[Scenario, str]:
    """Return the scenario with a reminder said twice, and the code of the second.

    A variant has the same place and day: the first of both that fits the customer leaves. Another
    step comes after, on a day of its own.
    """
    step = scenario.step(code)
    assert step is not None, code
    assert step.kind == "reminder", code
    stem = CALL.code if not step.is_written else _stem(step.code)
    twin, _number = _code(stem, scenario, taken)
    names = {one.name for one in scenario.steps}
    base = f"{step.name} (variante)" if is_variant else f"{step.name} bis"
    name = next(one for one in _numbered(base) if one not in names)
    other = replace(step, code=twin, name=name[:80])
    if is_variant:
        place = scenario.steps.index(step) + 1
        steps = (*scenario.steps[:place], other, *scenario.steps[place:])
        return replace(scenario, steps=steps), twin
    return _placed(scenario, replace(other, **_after(scenario, step)), step), twin


def orderings(scenario: Scenario, code: str) -> tuple[bool, bool]:
    """Say whether a step may be told earlier, and whether it may be told later."""
    reminders = _reminders(scenario)
    place = next((at for at, one in enumerate(reminders) if one.code == code), None)
    if place is None:
        return False, False
    return place > 0, place < len(reminders) - 1


def reordered(scenario: Scenario, code: str, *, later: bool) -> Scenario:
    """Return the scenario where a reminder changes its turn with its neighbour.

    Between variants the first is preferred; between places both exchange their days, so that the
    ladder still climbs. A step counted from what happens to a line keeps its own day.
    """
    reminders = _reminders(scenario)
    place = next(at for at, one in enumerate(reminders) if one.code == code)
    step, other = reminders[place], reminders[place + 1 if later else place - 1]
    if step.rank == other.rank:
        return _exchanged(scenario, step, other)
    swapped = dict[int, dict[str, Any]]()
    keeps = {step.anchor, other.anchor} & set(EVENTS)
    for mine, theirs in ((step, other), (other, step)):
        day = {} if keeps else {name: getattr(theirs, name) for name in MOMENT}
        swapped[mine.rank] = {"rank": theirs.rank, **day}
    steps = [
        replace(one, **swapped[one.rank]) if one.kind == "reminder" and one.rank in swapped else one
        for one in scenario.steps
    ]
    return replace(scenario, steps=tuple(steps))


MOMENT: Final = ("anchor", "days", "offset_days")
"""The fields that say when a step falls; variants share them."""


def _exchanged(scenario: Scenario, step: Step, other: Step) -> Scenario:
    places = {step.code: other, other.code: step}
    steps = tuple(places.get(one.code, one) for one in scenario.steps)
    return replace(scenario, steps=steps)


def _reminders(scenario: Scenario) -> list[Step]:
    return [step for step in scenario.claims if step.kind == "reminder"]


def _before(scenario: Scenario, kind: Kind, after: str) -> Step | None:
    """Return the step after which one of that kind comes; None: before all of them."""
    if kind == "pre_due":
        return None
    reminders = _reminders(scenario)
    if kind == "reminder":
        chosen = next((one for one in reminders if one.code == after), None)
        return chosen or next(iter(reversed(reminders)), None)
    if kind == "formal_notice":
        return next(iter(reversed(reminders)), None)
    return max(scenario.steps, key=_rank)


def _moment(scenario: Scenario, offer: Offer, before: Step | None) -> dict[str, Any]:
    if before is None or offer.kind in ("thank_you", "statement", "pre_due"):
        return {"offset_days": APART_DAYS}
    if offer.kind == "formal_notice":
        return _after(scenario, before, FORMAL_DAYS)
    return _after(scenario, before)


def _after(scenario: Scenario, before: Step, apart: int = APART_DAYS) -> dict[str, Any]:
    """Return the moment of a step that comes after that one: halfway to the next, or a week.

    Steps asleep are not counted with: their days bother nobody.
    """
    if before.anchor in EVENTS or before.anchor == "previous":
        return {"anchor": "previous", "days": before.days, "offset_days": apart}
    alike = [one for one in scenario.ladder if _since(one) == _since(before)]
    days = [one.offset_days for one in alike if one.rank <= before.rank]
    start = max(days, default=before.offset_days)
    following = next((one for one in alike if one.rank > before.rank), None)
    room = following.offset_days - start if following else 2 * apart
    day = start + max(1, min(apart, room // 2))
    return {"anchor": before.anchor, "days": before.days, "offset_days": min(DAYS_MAX, day)}


def _placed(scenario: Scenario, step: Step, before: Step | None) -> Scenario:
    """Return the scenario with the step at a rank of its own, after `before`."""
    ranks = sorted({one.rank for one in scenario.steps})
    place = 0 if before is None else ranks.index(before.rank) + 1
    low = ranks[place - 1] if place else -1
    high = ranks[place] if place < len(ranks) else low + 2 * RANKS_APART
    if high - low < 2:  # noqa: PLR2004 - no whole number between them
        spread = {rank: RANKS_APART * (at + 1) for at, rank in enumerate(ranks)}
        told = tuple(replace(one, rank=spread[one.rank]) for one in scenario.steps)
        moved = None if before is None else replace(before, rank=spread[before.rank])
        return _placed(replace(scenario, steps=told), step, moved)
    placed = replace(step, rank=(low + high) // 2)
    steps = sorted((*scenario.steps, placed), key=_rank)
    return replace(scenario, steps=tuple(steps))


def _code(stem: str, scenario: Scenario, taken: Iterable[str]) -> tuple[str, int]:
    used = {*taken, *(one.code for one in scenario.steps)}
    for number in count(1):
        code = f"{stem}_{number}" if number > 1 or stem == "relance" else stem
        if code not in used:
            return code, number
    raise AssertionError(stem)


def _numbered(name: str) -> Iterable[str]:
    yield name
    for number in count(2):
        yield f"{name} {number}"


def _stem(code: str) -> str:
    head, _, tail = code.rpartition("_")
    return head if head and tail.isdecimal() else code


def _since(step: Step) -> tuple[str, str]:
    return step.anchor, step.days


def _rank(step: Step) -> int:
    return step.rank
