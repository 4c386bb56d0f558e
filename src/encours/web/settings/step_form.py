"""The form of a step: every field that may be said today, read from the step and back to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields as fields_of
from typing import Any, Final, get_args

from django import forms
from django.utils.translation import gettext_lazy as _

from encours.dunning.rules import scenario as words
from encours.dunning.rules.difference import FIELDS, WORDS
from encours.dunning.rules.scenario import Step
from encours.dunning.rules.scenario_data import DAYS_MAX
from encours.dunning.rules.scenario_edit import FIXED
from encours.dunning.rules.scenario_sense import SOON
from encours.kernel.issue import Issue
from encours.kernel.money import decimal_text, parse_cents

ONE: Final[Mapping[str, Sequence[str]]] = {
    "anchor": get_args(words.Anchor),
    "days": get_args(words.Days),
    "tone": get_args(words.Tone),
    "approval": get_args(words.Approval),
    "sender": get_args(words.Sender),
}
SEVERAL: Final[Mapping[str, Sequence[str]]] = {
    "channels": words.CHANNELS,
    "fallback": words.CHANNELS,
    "attachments": get_args(words.Attachment),
    "effects": get_args(words.Effect),
    "stops": words.BEHAVIOURS,
    "when": words.BEHAVIOURS,
    "unless": words.BEHAVIOURS,
}
AMOUNTS: Final = ("minimum_cents", "maximum_cents")
YES_OR_NOT: Final = {"": None, "yes": True, "no": False}
TEXTS: Final = {"name": 80, "texts": 40, "contact_role": 40}
NEEDED: Final = frozenset({"name", "channels", *ONE})
HINTS: Final = {
    "offset_days": _("Négatif : avant."),
    "fallback": _("Quand le client n'a rien de ce qu'il faut aux canaux ci-dessus."),
    "lapse_days": _("En jours."),
}
ORDER: Final = (
    "name", "is_active", "offset_days", "days", "anchor", "channels", "fallback", "tone", "texts",
    "sender", "contact_role", "attachments", "approval", "minimum_cents", "maximum_cents",
    "interest", "indemnity", "discount", "effects", "when", "unless", "stops", "lapse_days",
)  # fmt: skip
"""The fields as they stand on the page; `house` tests say that none of a step is forgotten."""


class StepFields(forms.Form):
    """The fields of one step of a draft; amounts are in the creditor's currency."""

    def __init__(self, step: Step, currency: str, posted: Mapping[str, Any] | None = None) -> None:
        """Offer what the step may say today; without a post the step itself is what was typed."""
        self.step, self.currency = step, currency
        offered = {name: _field(name, step, currency) for name in offered_names(step)}
        super().__init__(posted if posted is not None else typed(step, currency))
        self.fields.update(offered)

    def values(self) -> dict[str, Any]:
        """Return what the step becomes, as a step has it."""
        return {name: self._value(name, given) for name, given in self.cleaned_data.items()}

    def tell(self, issues: Iterable[Issue]) -> None:
        """Put each issue beside the field that it names."""
        for issue in issues:
            self.add_error(issue.column if issue.column in self.fields else None, issue.message)

    def _value(self, name: str, given: Any) -> Any:
        if name in SEVERAL:
            had = getattr(self.step, name)
            kept = [one for one in had if one in given]
            return (*kept, *(one for one in SEVERAL[name] if one in given and one not in kept))
        if name in AMOUNTS:
            others = {
                code: cents
                for code, cents in getattr(self.step, name).items()
                if code != self.currency
            }
            return others if given is None else {**others, self.currency: given}
        if name in ("interest", "indemnity"):
            return YES_OR_NOT[given]
        return given


class Cents(forms.CharField):
    """An amount as people write it, read to cents; nothing is None."""

    def clean(self, value: Any) -> Any:
        """Read it, or say that it is no amount."""
        said = str(super().clean(value)).strip()
        if not said:
            return None
        try:
            cents = parse_cents(said)
        except ValueError as problem:
            raise forms.ValidationError(_("Un montant est attendu.")) from problem
        if cents < 0:
            raise forms.ValidationError(_("Un montant est attendu."))
        return cents


def offered_names(step: Step) -> list[str]:
    """Return the fields that mean something for this step, in the order of the page."""
    known = {one.name for one in fields_of(Step)}
    return [
        name
        for name in ORDER
        if name in known
        and name not in FIXED
        and (name != "lapse_days" or step.kind == "thank_you")
        and (name != "discount" or step.kind == "pre_due")
        and (len(SOON.get(name, (0, 1))) > 1)
    ]


def typed(step: Step, currency: str) -> dict[str, Any]:
    """Return the step as a person would have typed it."""
    said = {name: getattr(step, name) for name in offered_names(step)}
    for name in AMOUNTS:
        if name in said:
            cents = said[name].get(currency)
            said[name] = "" if cents is None else decimal_text(cents)
    for name in ("interest", "indemnity"):
        if name in said:
            said[name] = next(key for key, one in YES_OR_NOT.items() if one is said[name])
    return {name: list(one) if isinstance(one, tuple) else one for name, one in said.items()}


def _field(name: str, step: Step, currency: str) -> forms.Field:
    given: dict[str, Any] = {
        "label": _(FIELDS[name]),
        "required": name in NEEDED,
        "help_text": HINTS.get(name, ""),
    }
    if name in ONE or name in SEVERAL or name in ("interest", "indemnity"):
        return _choice(name, step, given)
    if name in AMOUNTS:
        return Cents(**{**given, "help_text": currency})
    if name in ("is_active", "discount"):
        label = _("En service") if name == "is_active" else _(FIELDS[name])
        return forms.BooleanField(**{**given, "label": label})
    if name in TEXTS:
        return forms.CharField(**given, max_length=TEXTS[name])
    least = -DAYS_MAX if name == "offset_days" else 0
    return forms.IntegerField(**{**given, "required": True}, min_value=least, max_value=DAYS_MAX)


def _choice(name: str, step: Step, given: dict[str, Any]) -> forms.Field:
    if name in SEVERAL:
        choices = _named(SEVERAL[name])
        return forms.MultipleChoiceField(
            **given, choices=choices, widget=forms.CheckboxSelectMultiple
        )
    if name in ONE:
        return forms.ChoiceField(**given, choices=_named(_allowed(name, ONE[name], step)))
    answers = (("", _("Selon le ton")), ("yes", _("Oui")), ("no", _("Non")))
    return forms.ChoiceField(**given, choices=answers)


def _allowed(name: str, every: Sequence[str], step: Step) -> Sequence[str]:
    """Leave out what nothing acts on yet, but for what the step says already."""
    allowed = SOON.get(name, tuple(every))
    return [one for one in every if one in allowed or one == getattr(step, name)]


def _named(codes: Iterable[str]) -> list[tuple[str, Any]]:
    return [(code, _(WORDS[code])) for code in codes]
