"""What changed between two versions of a scenario, in sentences that a credit manager reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from encours.dunning.rules.scenario import Scenario, Step
from encours.kernel.money import french_text

FIELDS: Final = {
    "name": "Nom",
    "rank": "Rang",
    "kind": "Nature",
    "offset_days": "Jour",
    "anchor": "Compté depuis",
    "days": "Jours comptés",
    "channels": "Canaux",
    "fallback": "À défaut",
    "tone": "Ton",
    "approval": "Validation",
    "attachments": "Pièces jointes",
    "lapse_days": "Abandonnée après",
    "is_active": "État",
    "texts": "Textes",
    "sender": "Signataire",
    "contact_role": "Interlocuteur",
    "minimum_cents": "Montant minimum",
    "maximum_cents": "Montant maximum",
    "interest": "Pénalités",
    "indemnity": "Indemnité",
    "discount": "Escompte",
    "effects": "Effets",
    "stops": "S'arrête si",
    "when": "Seulement si",
    "unless": "Sauf si",
    "min_spacing_days": "Espacement",
    "formal_notice_gap_days": "Délai avant mise en demeure",
    "stale_after_hours": "Fraîcheur des données",
    "severity": "Sévérité",
}
"""How each field of a step or of a scenario is called."""

WORDS: Final[Mapping[str, str]] = {
    "pre_due": "prévenance",
    "reminder": "relance",
    "formal_notice": "mise en demeure",
    "thank_you": "remerciement",
    "due": "l'échéance",
    "month_end": "la fin du mois",
    "previous": "l'étape précédente",
    "settlement": "le règlement",
    "promise": "la date promise",
    "plan": "une échéance de l'échéancier",
    "dispute_closed": "la fin du litige",
    "calendar": "tous les jours",
    "working": "jours ouvrés",
    "email": "e-mail",
    "letter": "courrier",
    "registered": "recommandé",
    "eregistered": "recommandé électronique",
    "sms": "SMS",
    "whatsapp": "WhatsApp",
    "call": "appel",
    "friendly": "cordial",
    "neutral": "neutre",
    "firm": "ferme",
    "formal": "formel",
    "grateful": "reconnaissant",
    "auto": "automatique si permis",
    "manual": "par une personne",
    "each": "un par un",
    "statement": "relevé",
    "invoices": "factures",
    "delivery_proof": "preuve de livraison",
    "creditor": "la société",
    "salesperson": "le commercial",
    "collector": "le chargé de recouvrement",
    "agency": "le cabinet",
    "hold_orders": "bloquer les commandes",
    "task": "créer une tâche",
    "hand_over": "passer au contentieux",
    "opened": "ouvert",
    "clicked": "cliqué",
    "answered": "répondu",
    "promised": "promis",
    "promise_broken": "promesse non tenue",
    "disputed": "contesté",
    "part_paid": "payé en partie",
    "bounced": "adresse refusée",
}
"""What a coded value means; a code that two fields share means the same in both."""

NOTHING: Final = "rien"
LIMITS: Final = ("name", "min_spacing_days", "formal_notice_gap_days", "severity", "minimum_cents")


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that changed; `step` is the code of its step, "" for the scenario itself.

    `field` is a key of `FIELDS`, or `added`, `removed`.
    """

    step: str
    name: str
    field: str
    before: str
    after: str

    @property
    def sentence(self) -> str:
        """Return it as a sentence."""
        whose = f"« {self.name} »" if self.step else "Le scénario"
        if self.field == "added":
            return f"{whose} est nouvelle : {self.after}."
        if self.field == "removed":
            return f"{whose} n'existe plus (elle partait : {self.before})."
        if self.field == "is_active":
            return f"{whose} est {'remise en service' if self.after == 'active' else 'endormie'}."
        if self.field == "rank":
            return f"{whose} vient {self.after}, et non plus {self.before}."
        if self.field == "offset_days":
            return f"{whose} part {self.after}, et non plus {self.before}."
        label = FIELDS[self.field].lower()
        return f"{whose}, {label} : {self.after} au lieu de {self.before}."


def difference(before: Scenario, after: Scenario) -> list[Change]:
    """Return what changed from one version to the other, by step, in the order of their ranks."""
    changes = list(_changes("", "", LIMITS, before, after))
    known = {step.code: step for step in before.steps}
    kept = {step.code for step in after.steps}
    turns = _turns(before, kept), _turns(after, set(known))
    for step in sorted(after.steps, key=_rank):
        if step.code not in known:
            changes.append(Change(step.code, step.name, "added", "", day_text(step)))
            continue
        names = [name for name in Step.__dataclass_fields__ if name in FIELDS]
        changes += _changes(step.code, step.name, names, known[step.code], step)
        was, now = (one.get(step.code, "") for one in turns)
        if was != now:
            changes.append(Change(step.code, step.name, "rank", was, now))
    gone = [step for step in sorted(before.steps, key=_rank) if step.code not in kept]
    changes += [Change(step.code, step.name, "removed", day_text(step), "") for step in gone]
    return changes


def day_text(step: Step) -> str:
    """Return when a step falls: « J+10 », « J-15 », « le jour du règlement »."""
    if step.anchor == "due":
        return f"à J{step.offset_days:+d}" + (" ouvrés" if step.days == "working" else "")
    since = WORDS[step.anchor]
    if step.offset_days == 0:
        return f"le jour même ({since})"
    way = "après" if step.offset_days > 0 else "avant"
    days = abs(step.offset_days)
    return f"{days} {'jour' if days == 1 else 'jours'} {way} {since}"


def value_text(name: str, value: object, step: Step | None = None) -> str:
    """Return the value of a field as a person reads it."""
    if name == "offset_days" and step is not None:
        return day_text(step)
    if value is None or isinstance(value, bool):
        return (_ASLEEP_OR_NOT if name == "is_active" else _YES_OR_NO)[value]
    if isinstance(value, Mapping):
        amounts = [french_text(cents, currency) for currency, cents in value.items()]
        return ", ".join(amounts) or NOTHING
    if isinstance(value, (tuple, list)):
        return ", ".join(WORDS.get(one, one) for one in value) or NOTHING
    return WORDS.get(str(value), str(value)) or NOTHING


def _changes(
    code: str, step_name: str, names: Sequence[str], before: Any, after: Any
) -> Iterator[Change]:
    for name in names:
        old, new = getattr(before, name), getattr(after, name)
        if name in _SAID_OTHERWISE:
            continue
        if old != new or (name == "offset_days" and _since(before) != _since(after)):
            steps = (before, after) if code else (None, None)
            said = (
                value_text(name, one, step) for one, step in zip((old, new), steps, strict=True)
            )
            yield Change(code, step_name, name, *said)


_YES_OR_NO: Final = {True: "oui", False: "non", None: "selon le ton"}
_ASLEEP_OR_NOT: Final = {True: "active", False: "endormie", None: NOTHING}
_SAID_BY_DAY: Final = ("anchor", "days")  # the day says from what it counts, and how
_SAID_OTHERWISE: Final = (*_SAID_BY_DAY, "rank")  # of ranks only the order that they make


def _turns(scenario: Scenario, among: set[str]) -> dict[str, str]:
    """Return after what each claim comes, among steps that both versions have."""
    found, last = dict[str, str](), "en premier"
    for step in scenario.claims:
        if step.code in among:
            found[step.code] = last
            last = f"après « {step.name} »"
    return found


def _since(step: Step) -> tuple[int, str, str]:
    return step.offset_days, step.anchor, step.days


def _rank(step: Step) -> int:
    return step.rank
