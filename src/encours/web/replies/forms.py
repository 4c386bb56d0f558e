"""What is typed of a reply: one form by outcome, validation only."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from encours.web.ledger.forms import Amount
from encours.web.replies import words

BODY_MAX: Final = 8_000


class _Day(forms.DateField):
    widget = forms.DateInput


def _amount(label: Any) -> Amount:
    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    return Amount(label=label, required=False, widget=widget)


class _Caused(forms.Form):
    """A form with the tree of causes."""

    cause = forms.ChoiceField(label=_("Cause du non-paiement"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the tree in the reader's language."""
        super().__init__(*args, **kwargs)
        choice = self.fields["cause"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = words.cause_choices()


class Promise(_Caused):
    """A promise: until when, how much."""

    prefix = "promise"
    until = _Day(label=_("Promis pour le"))
    amount = _amount(_("Montant promis"))
    field_order = ("until", "amount", "cause")


class Dispute(_Caused):
    """A dispute: why."""

    prefix = "dispute"
    reason = forms.CharField(label=_("Motif"), max_length=200, required=False)


class Payment(forms.Form):
    """A payment that was announced: until when it is waited for."""

    prefix = "payment"
    until = _Day(label=_("Attendre jusqu'au"))


class Address(forms.Form):
    """Who is to be written to from now on."""

    prefix = "address"
    email = forms.EmailField(label=_("Nouvelle adresse des relances"))


class Closing(_Caused):
    """Nothing more to do."""

    prefix = "closing"


class Correct(forms.Form):
    """What the reply is in truth."""

    prefix = "correct"
    kind = forms.ChoiceField(
        label=_("Nature"), choices=[(kind, badge.label) for kind, badge in words.KINDS.items()]
    )
    said_on = _Day(label=_("Date dite"), required=False)
    amount = _amount(_("Montant dit"))


class Assign(forms.Form):
    """Whose reply it is: one of the customers between whom to choose, or a code."""

    prefix = "assign"
    customer = forms.TypedChoiceField(
        label=_("Client"), coerce=int, required=False, empty_value=None
    )
    code = forms.CharField(label=_("Ou son code client"), max_length=60, required=False)

    def __init__(self, *args: Any, candidates: tuple[tuple[int, str], ...], **kwargs: Any) -> None:
        """Offer the candidates."""
        super().__init__(*args, **kwargs)
        choice = self.fields["customer"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [("", _("Aucun de ceux-ci")), *candidates]
        if not candidates:
            del self.fields["customer"]
            self.fields["code"].label = _("Code client")


class Answer(forms.Form):
    """What is answered; a person reads it before it leaves."""

    prefix = "answer"
    subject = forms.CharField(label=_("Objet"), max_length=200)
    body = forms.CharField(
        label=_("Réponse"), max_length=BODY_MAX, widget=forms.Textarea(attrs={"rows": 10})
    )
    documents = forms.TypedMultipleChoiceField(
        label=_("Pièces à joindre"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, documents: list[tuple[int, str]], **kwargs: Any) -> None:
        """Offer the copies that are kept."""
        super().__init__(*args, **kwargs)
        choice = self.fields["documents"]
        assert isinstance(choice, forms.MultipleChoiceField)
        choice.choices = documents
        if not documents:
            del self.fields["documents"]
