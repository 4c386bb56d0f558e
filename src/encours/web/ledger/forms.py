"""What is typed on the pages of a customer; validation only."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from encours.kernel.money import decimal_text, parse_cents
from encours.web.ledger import words
from encours.web.ledger.sentences import FACTS

CHANNELS: Final = (("email", _("E-mail")), ("letter", _("Courrier")), ("phone", _("Téléphone")))
ROLES: Final = (
    ("billing", _("Reçoit les relances")),
    ("manager", _("Direction")),
    ("buyer", _("Achats")),
    ("other", _("Autre")),
)
LANGUAGES: Final = (("", _("Celle du client")), ("fr", _("Français")), ("en", _("Anglais")))
CREDITS: Final = ("payment", "credit_note", "deposit", "discount", "write_off")


class Amount(forms.CharField):
    """An amount typed by a person, kept in cents; nothing typed is None."""

    def prepare_value(self, value: Any) -> Any:
        """Show cents as an amount."""
        return decimal_text(value).replace(".", ",") if isinstance(value, int) else value

    def to_python(self, value: Any) -> Any:
        """Read the amount, or say that it cannot be read."""
        if value in (None, ""):
            return None
        try:
            return parse_cents(str(value))
        except ValueError as problem:
            raise forms.ValidationError(str(problem)) from problem


def _amount(label: Any, *, required: bool = True, **kwargs: Any) -> Amount:
    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    return Amount(label=label, required=required, widget=widget, **kwargs)


def _day(label: Any, *, required: bool = True, **kwargs: Any) -> forms.DateField:
    return forms.DateField(label=label, required=required, widget=forms.DateInput(), **kwargs)


class Invoice(forms.Form):
    """An invoice entered by hand; without a due date, the customer's terms say it."""

    prefix = "invoice"
    number = forms.CharField(label=_("Numéro"), max_length=80)
    issued_on = _day(_("Date de facture"))
    due_on = _day(
        _("Échéance"), required=False, help_text=_("Vide : selon les conditions du client.")
    )
    total = _amount(_("Montant TTC"))
    vat = _amount(_("Dont TVA"), required=False)
    label = forms.CharField(label=_("Libellé"), max_length=200, required=False)


class Credit(forms.Form):
    """A payment, a credit note or another credit entered by hand."""

    prefix = "credit"
    kind = forms.ChoiceField(
        label=_("Nature"), choices=[(key, words.KINDS[key]) for key in CREDITS]
    )
    received_on = _day(_("Date"))
    total = _amount(_("Montant"))
    number = forms.CharField(
        label=_("Numéro ou référence"),
        max_length=80,
        required=False,
        help_text=_("Obligatoire pour un avoir."),
    )
    label = forms.CharField(label=_("Libellé"), max_length=200, required=False)
    settle = forms.BooleanField(
        label=_("Lettrer tout de suite, selon l'ordre légal (la plus ancienne échue d'abord)"),
        required=False,
    )


class Fact(forms.Form):
    """A standing fact: what changes what may be done about a debt."""

    prefix = "fact"
    kind = forms.ChoiceField(
        label=_("Fait"), choices=[one for one in FACTS.items() if one[0] != "reply"]
    )
    line_id = forms.TypedChoiceField(
        label=_("Concerne"), coerce=int, required=False, empty_value=None
    )
    starts_on = _day(_("À partir du"))
    ends_on = _day(_("Jusqu'au"), required=False)
    amount = _amount(_("Montant"), required=False)
    reason = forms.CharField(label=_("Motif"), max_length=200, required=False)
    cause = forms.ChoiceField(
        label=_("Cause du non-paiement"),
        required=False,
        help_text=_("Pour un litige ou une promesse."),
    )
    status = forms.CharField(
        label=_("Code de statut (facture électronique)"), max_length=3, required=False
    )

    def __init__(self, *args: Any, lines: list[tuple[int, str]], **kwargs: Any) -> None:
        """Offer the customer's open lines."""
        super().__init__(*args, **kwargs)
        choice = self.fields["line_id"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [("", _("Tout le client")), *lines]
        tree = self.fields["cause"]
        assert isinstance(tree, forms.ChoiceField)
        tree.choices = words.cause_choices()


class Contact(forms.Form):
    """A person or mailbox at a customer."""

    prefix = "contact"
    name = forms.CharField(label=_("Nom"), max_length=120, required=False)
    role = forms.ChoiceField(label=_("Rôle"), choices=ROLES)
    email = forms.EmailField(label=_("E-mail"), required=False)
    phone = forms.CharField(label=_("Téléphone"), max_length=30, required=False)
    mobile = forms.CharField(label=_("Mobile"), max_length=30, required=False)
    language = forms.ChoiceField(label=_("Langue"), choices=LANGUAGES, required=False)
    channel = forms.ChoiceField(label=_("Canal préféré"), choices=CHANNELS)


class Card(forms.Form):
    """What describes a customer."""

    prefix = "card"
    name = forms.CharField(label=_("Nom"), max_length=200)
    debtor_class = forms.ChoiceField(label=_("Nature"), choices=list(words.CLASSES.items()))
    siren = forms.CharField(label=_("SIREN"), max_length=11, required=False)
    vat_number = forms.CharField(label=_("N° de TVA"), max_length=20, required=False)
    address_line1 = forms.CharField(label=_("Adresse"), max_length=70, required=False)
    address_line2 = forms.CharField(label=_("Complément d'adresse"), max_length=70, required=False)
    postcode = forms.CharField(label=_("Code postal"), max_length=16, required=False)
    city = forms.CharField(label=_("Ville"), max_length=35, required=False)
    country = forms.RegexField(r"^[A-Z]{2}$", label=_("Pays (code à deux lettres)"))
    language = forms.ChoiceField(label=_("Langue"), choices=LANGUAGES[1:])
    contract_rate = forms.CharField(
        label=_("Taux contractuel des pénalités (% par an)"), max_length=10, required=False
    )
    iban = forms.CharField(label=_("IBAN du client"), max_length=42, required=False)
    note = forms.CharField(
        label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class Limit(forms.Form):
    """How much a customer may owe, from which day, until which."""

    prefix = "limit"
    amount = _amount(_("Limite"))
    valid_from = _day(_("À partir du"))
    valid_to = _day(_("Jusqu'au"), required=False, help_text=_("Vide : sans fin."))
    reason = forms.CharField(label=_("Pourquoi"), max_length=200)


class Mandate(forms.Form):
    """What a customer signed."""

    prefix = "mandate"
    reference = forms.CharField(label=_("Référence (RUM)"), max_length=35)
    scheme = forms.ChoiceField(label=_("Schéma"), choices=list(words.SCHEMES.items()))
    iban = forms.CharField(label=_("IBAN du client"), max_length=42, required=False)
    bic = forms.CharField(label=_("BIC"), max_length=14, required=False)
    holder_name = forms.CharField(label=_("Titulaire du compte"), max_length=70, required=False)
    signed_on = _day(_("Signé le"), required=False)


class Terms(forms.Form):
    """The payment terms of a customer."""

    prefix = "terms"
    terms_id = forms.TypedChoiceField(
        label=_("Conditions de règlement"), coerce=int, required=False, empty_value=None
    )

    def __init__(self, *args: Any, choices: list[tuple[int, str]], **kwargs: Any) -> None:
        """Offer the creditor's terms."""
        super().__init__(*args, **kwargs)
        choice = self.fields["terms_id"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [("", _("Celles de la société, par défaut")), *choices]
