"""What makes no sense in a scenario whose words are all known: each problem is an Issue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from encours.dunning.rules import agency
from encours.dunning.rules.scenario import CLAIMS, EVENTS, Scenario, Step
from encours.kernel.issue import Issue

LADDER_MAX: Final = 12
FORMAL_GAP_DAYS: Final = 8
NOT_FORMAL: Final = frozenset({"sms", "whatsapp", "call"})
SOON: Final[Mapping[str, tuple[Any, ...]]] = {}
"""What a step may say today of each of these; the rest is refused until something acts on it."""

UNTOLD: Final = frozenset({"opened", "clicked"})
"""Behaviours that no row tells yet: a branch on one would never be taken (`queries.deeds`)."""


def sense_issues(scenario: Scenario) -> Iterator[Issue]:
    """Yield what keeps this scenario from being followed; `line` is the step's place, from 1."""
    yield from _repeated(scenario)
    for kind, said in (
        ("pre_due", "une seule prévenance"),
        ("formal_notice", "une seule mise en demeure"),
        ("thank_you", "un seul remerciement"),
        ("statement", "un seul relevé périodique"),
    ):
        if sum(step.kind == kind for step in scenario.steps) > 1:
            yield scenario_issue("scenario_kinds", f"Un scénario a {said}.", "kind")
    for place, step in enumerate(scenario.steps, start=1):
        yield from _place_issues(step, place)
    for step, column, said in agency.sense(scenario):
        place = scenario.steps.index(step) + 1
        yield scenario_issue("scenario_agency", said, column, place)
    yield from _ladder_issues(scenario)


def _place_issues(step: Step, place: int) -> Iterator[Issue]:
    yield from _soon_issues(step, place)
    yield from _channel_issues(step, place)
    yield from _anchor_issues(step, place)
    yield from _bound_issues(step, place)
    yield from _discount_issues(step, place)
    yield from _branch_issues(step, place)


def _soon_issues(step: Step, place: int) -> Iterator[Issue]:
    for name, honoured in SOON.items():
        if getattr(step, name) not in honoured:
            said = "Pas encore en usage."
            yield scenario_issue("scenario_soon", said, name, place, getattr(step, name))


def _channel_issues(step: Step, place: int) -> Iterator[Issue]:
    if not step.channels:
        said = "Une étape part par au moins un canal."
        yield scenario_issue("scenario_channels", said, "channels", place)
    unfit = NOT_FORMAL & {*step.channels, *step.fallback}
    if step.kind == "formal_notice" and unfit:
        said = "Une mise en demeure s'écrit : ni SMS, ni WhatsApp, ni appel."
        found = ", ".join(sorted(unfit))
        yield scenario_issue("scenario_channels", said, "channels", place, found)


def _anchor_issues(step: Step, place: int) -> Iterator[Issue]:
    if (step.kind == "thank_you") != (step.anchor == "settlement"):
        said = "Seul un remerciement se compte depuis le règlement."
        yield scenario_issue("scenario_anchor", said, "anchor", place, step.anchor)
    if step.kind == "pre_due" and step.anchor not in ("due", "settlement"):
        said = "Une prévenance se compte depuis l'échéance."
        yield scenario_issue("scenario_anchor", said, "anchor", place, step.anchor)
    if step.kind == "statement" and step.anchor not in ("month_end", "previous"):
        said = "Un relevé se compte depuis la fin du mois ou depuis le relevé précédent."
        yield scenario_issue("scenario_anchor", said, "anchor", place, step.anchor)
    if (step.kind == "pre_due") != (step.offset_days < 0):
        said = "Une prévenance précède l'échéance, les autres étapes la suivent."
        yield scenario_issue("scenario_offset", said, "offset_days", place, step.offset_days)
    elif step.offset_days == 0 and (step.kind in CLAIMS or step.anchor == "previous"):
        yield scenario_issue("scenario_offset", _SAME_DAY[step.anchor], "offset_days", place, 0)


_SAME_DAY: Final = {
    "due": "Le jour de l'échéance, rien n'est en retard.",
    "month_end": "À la fin du mois de l'échéance, rien n'est encore en retard.",
    "previous": "Deux étapes ne partent pas le même jour.",
    "settlement": "Le jour de l'échéance, rien n'est en retard.",
    "promise": "Le jour promis n'est passé que le lendemain.",
    "plan": "Le jour convenu n'est passé que le lendemain.",
    "dispute_closed": "Le jour où un litige se ferme, le client vient de l'apprendre.",
}


def _discount_issues(step: Step, place: int) -> Iterator[Issue]:
    if step.discount and step.kind != "pre_due":
        said = "Un escompte s'offre avant l'échéance : par une prévenance seulement."
        yield scenario_issue("scenario_discount", said, "discount", place)


def _bound_issues(step: Step, place: int) -> Iterator[Issue]:
    if step.kind == "thank_you" and (step.minimum_cents or step.maximum_cents):
        said = "Un remerciement ne réclame rien : il n'a pas de montant."
        yield scenario_issue("scenario_bounds", said, "minimum_cents", place)
    for currency, most in step.maximum_cents.items():
        if most < step.minimum_cents.get(currency, 0):
            said = f"En {currency}, le montant maximum est inférieur au minimum."
            yield scenario_issue("scenario_bounds", said, "maximum_cents", place, most)


def _branch_issues(step: Step, place: int) -> Iterator[Issue]:
    if step.kind not in CLAIMS and (step.when or step.unless or step.stops):
        said = "Seules les relances et la mise en demeure dépendent de ce que fait le client."
        yield scenario_issue("scenario_branch", said, "when", place)
    untold = sorted(UNTOLD & {*step.when, *step.unless, *step.stops})
    if untold:
        said = "Pas encore en usage."
        yield scenario_issue("scenario_soon", said, "when", place, ", ".join(untold))
    both = set(step.when) & {*step.unless, *step.stops}
    if both:
        said = "Le même fait ne peut être exigé et exclu."
        yield scenario_issue("scenario_branch", said, "when", place, ", ".join(sorted(both)))


def _ladder_issues(scenario: Scenario) -> Iterator[Issue]:
    ladder = scenario.ladder
    if not scenario.claims and scenario.statement:
        return
    if not ladder or ladder[0].kind != "reminder":
        said = "Un scénario commence par une relance ; une mise en demeure vient après elle."
        yield scenario_issue("scenario_ladder", said, "steps")
    elif ladder[0].anchor in {"previous", *EVENTS}:
        said = "La première relance se compte depuis l'échéance ou la fin de son mois."
        place = scenario.steps.index(ladder[0]) + 1
        yield scenario_issue("scenario_anchor", said, "anchor", place, ladder[0].anchor)
    if any(step.kind == "formal_notice" for step in ladder[:-1]):
        said = "La mise en demeure est la dernière étape avant une personne."
        yield scenario_issue("scenario_ladder", said, "rank")
    if len(scenario.rungs) > LADDER_MAX:
        said = f"Un scénario a au plus {LADDER_MAX} relances."
        yield scenario_issue("scenario_ladder", said, "steps", found=len(scenario.rungs))
    yield from _formal_issues(scenario)
    yield from _order_issues(scenario)


def _order_issues(scenario: Scenario) -> Iterator[Issue]:
    """Yield the steps that fall too early, among those that are counted alike."""
    before = dict[tuple[str, str], Step]()
    for step in scenario.ladder:
        if step.anchor in {"previous", *EVENTS}:
            continue
        earlier = before.get((step.anchor, step.days))
        if earlier and step.rank > earlier.rank and step.offset_days <= earlier.offset_days:
            said = f"« {step.name} » doit tomber après « {earlier.name} »."
            place = scenario.steps.index(step) + 1
            yield scenario_issue("scenario_ladder", said, "offset_days", place, step.offset_days)
        before[step.anchor, step.days] = step


def _formal_issues(scenario: Scenario) -> Iterator[Issue]:
    gap = scenario.formal_notice_gap_days
    if gap < FORMAL_GAP_DAYS:
        said = f"Une mise en demeure attend au moins {FORMAL_GAP_DAYS} jours après une relance."
        yield scenario_issue("scenario_formal", said, "formal_notice_gap_days", found=gap)
    if scenario.formal_rung and scenario.ladder[0].kind == "reminder":
        first, formal = scenario.ladder[0], scenario.ladder[-1]
        alike = (first.anchor, first.days) == (formal.anchor, formal.days)
        if alike and formal.offset_days - first.offset_days < gap:
            said = (
                f"« {formal.name} » doit tomber au moins {gap} jours après « {first.name} » : "
                "le temps de la lire."
            )
            place = scenario.steps.index(formal) + 1
            yield scenario_issue("scenario_formal", said, "offset_days", place, formal.offset_days)


def _repeated(scenario: Scenario) -> Iterator[Issue]:
    """Yield the codes said twice, and the ranks of steps that are no alternatives."""
    said = "Deux étapes ne peuvent porter le même code ni le même rang."
    codes, ranks = set[str](), dict[int, Step]()
    for place, step in enumerate(scenario.steps, start=1):
        if step.code in codes:
            yield scenario_issue("scenario_repeated", said, "code", place, step.code)
        codes.add(step.code)
    for place, step in enumerate(scenario.steps, start=1):
        other = ranks.setdefault(step.rank, step)
        if other is step:
            continue
        if (step.kind, other.kind) != ("reminder", "reminder"):
            yield scenario_issue("scenario_repeated", said, "rank", place, step.rank)
        elif _moment_of(step) != _moment_of(other):
            said_alike = f"« {step.name} » et « {other.name} », au même rang, tombent le même jour."
            yield scenario_issue("scenario_repeated", said_alike, "offset_days", place, step.rank)


def _moment_of(step: Step) -> tuple[object, ...]:
    return step.anchor, step.days, step.offset_days


def scenario_issue(
    code: str, message: str, column: str, line: int = 0, found: object = ""
) -> Issue:
    """Return an issue about a scenario: what was found, as text."""
    return Issue(code, message, line, column, str(found))
