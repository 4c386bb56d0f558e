"""What is typed on the sheet of a call and of a next action; validation only."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from encours.recovery.rules.outcomes import OUTCOMES, TRIES_MAX
from encours.web.ledger.forms import Amount
from encours.web.ledger.words import cause_choices
from encours.web.recovery import words


def _day(label: Any, **kwargs: Any) -> forms.DateField:
    return forms.DateField(label=label, required=False, widget=forms.DateInput(), **kwargs)


def _choice(label: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(label=label, coerce=int, required=False, empty_value=None)


class Outcome(forms.Form):
    """How a call ended, what was said, what comes next; `uuid` makes a second click no call."""

    uuid = forms.UUIDField(widget=forms.HiddenInput())
    outcome = forms.ChoiceField(choices=[(one, one) for one in OUTCOMES])
    contact_id = _choice(_("À qui avez-vous parlé ?"))
    line_id = _choice(_("Concerne"))
    promised_on = _day(_("Date promise"))
    amount = Amount(
        label=_("Montant promis"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    cause = forms.ChoiceField(label=_("Cause"), required=False)
    call_back_on = _day(_("Rappeler le"))
    call_back_time = forms.TimeField(
        label=_("À"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    note = forms.CharField(
        label=_("Note sur l'appel"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Des faits, rien de personnel : le client peut la lire sur demande."),
    )
    next_kind = forms.ChoiceField(
        label=_("Ensuite"), required=False, choices=[("", _("Rien de plus")), *words.TASKS.items()]
    )
    next_on = _day(_("Pour le"))
    next_text = forms.CharField(label=_("Quoi"), max_length=300, required=False)
    next_collector_id = _choice(_("Par"))

    def __init__(
        self, *args: Any, contacts: Any = (), lines: Any = (), people: Any = (), **kwargs: Any
    ) -> None:
        """Offer the customer's contacts and open lines, and the people of the tenant."""
        super().__init__(*args, **kwargs)
        for name, empty, known in (
            ("contact_id", _("Non précisé"), contacts),
            ("line_id", _("Tout le client"), lines),
            ("next_collector_id", _("Qui suit le client"), people),
        ):
            choice = self.fields[name]
            assert isinstance(choice, forms.ChoiceField)
            choice.choices = [("", empty), *known]
        tree = self.fields["cause"]
        assert isinstance(tree, forms.ChoiceField)
        tree.choices = cause_choices()


class NextAction(forms.Form):
    """A next action: what, when, by whom."""

    prefix = "task"
    kind = forms.ChoiceField(label=_("Action"), choices=list(words.TASKS.items()))
    due_on = forms.DateField(label=_("Pour le"), widget=forms.DateInput())
    text = forms.CharField(label=_("Quoi"), max_length=300, required=False)
    collector_id = _choice(_("Par"))

    def __init__(self, *args: Any, people: Any = (), **kwargs: Any) -> None:
        """Offer the people of the tenant."""
        super().__init__(*args, **kwargs)
        choice = self.fields["collector_id"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [("", _("Qui suit le client")), *people]


class Habits(forms.Form):
    """How often a call is tried, what then, at which hours."""

    tries = forms.IntegerField(label=_("Essais par appel"), min_value=1, max_value=TRIES_MAX)
    then = forms.ChoiceField(
        label=_("Sans réponse après ces essais"),
        choices=[
            ("next_channel", _("L'étape part par son canal suivant")),
            ("done", _("L'étape compte comme faite")),
        ],
        help_text=_("Une étape sans autre canal compte comme faite."),
    )
    from_hour = forms.IntegerField(
        label=_("Appeler à partir de (heure)"),
        min_value=0,
        max_value=23,
        help_text=_("À l'heure du client, les jours ouvrés de son pays."),
    )
    until_hour = forms.IntegerField(label=_("Jusqu'à (heure)"), min_value=1, max_value=24)
