"""What is typed on the settings pages; validation only."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext_lazy as _

from encours.kernel.money import decimal_text, parse_cents
from encours.tenancy.actions import policies
from encours.tenancy.calendars import CALENDARS

COUNTRY_LETTERS: Final = 2
DAY_COUNTS: Final = [
    ("ACT_365", _("Jours réels sur 365")),
    ("ACT_ACT", _("Jours réels sur l'année réelle")),
]
APPROVALS: Final = [
    ("review", _("Une personne valide chaque envoi")),
    ("auto", _("Les étapes automatiques partent seules")),
]
SECURITIES: Final = [
    ("starttls", _("STARTTLS (port 587 d'ordinaire)")),
    ("tls", _("TLS (port 465 d'ordinaire)")),
    ("", _("Aucun chiffrement")),
]
ROLES: Final = [
    ("admin", _("Administrateur")),
    ("credit_manager", _("Credit manager")),
    ("collector", _("Chargé de recouvrement")),
    ("sales", _("Commercial")),
    ("accountant", _("Comptable")),
    ("reader", _("Lecteur")),
]


SCOPES: Final = [
    ("read", _("Lire")),
    ("write", _("Écrire")),
    ("bulk", _("Écrire par lots")),
]


def _text(label: Any, length: int, *, required: bool = False, **kwargs: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=length, required=required, **kwargs)


def _offer(form: forms.Form, creditors: list[tuple[str, Any]]) -> None:
    """Offer these creditors; saying none is all of them, where that is offered too."""
    field = form.fields["creditor"]
    field.choices = creditors  # type: ignore[attr-defined]
    field.required = "" not in dict(creditors)


class Cents(forms.CharField):
    """An amount typed by a person, kept in cents."""

    def prepare_value(self, value: Any) -> Any:
        """Show cents as an amount."""
        return decimal_text(value).replace(".", ",") if isinstance(value, int) else value

    def to_python(self, value: Any) -> Any:
        """Read the amount, or say that it cannot be read."""
        try:
            cents = parse_cents(str(value or "0"))
        except ValueError as problem:
            raise forms.ValidationError(str(problem)) from problem
        if cents < 0:
            raise forms.ValidationError(_("Le montant ne peut pas être négatif."))
        return cents


class Company(forms.Form):
    """What describes a legal entity."""

    name = _text(_("Raison sociale"), 200, required=True)
    legal_form = _text(_("Forme juridique et capital"), 80)
    siren = _text(_("SIREN"), 11)
    vat_number = _text(_("N° de TVA intracommunautaire"), 20)
    address_line1 = _text(_("Adresse"), 70)
    address_line2 = _text(_("Complément d'adresse"), 70)
    postcode = _text(_("Code postal"), 16)
    city = _text(_("Ville"), 35)
    country = forms.RegexField(r"^[A-Z]{2}$", label=_("Pays (code à deux lettres)"), initial="FR")
    phone = _text(_("Téléphone"), 30)
    email = forms.EmailField(label=_("E-mail de contact"), required=False)
    signatory = _text(_("Signataire des courriers"), 120)
    signatory_role = _text(_("Fonction du signataire"), 120)


class Sendings(forms.Form):
    """How careful the organisation, or one of its creditors, is, and when messages leave."""

    prefix = "policy"
    approval = forms.ChoiceField(
        label=_("Validation des envois"), choices=APPROVALS, widget=forms.RadioSelect
    )
    freshness_days = forms.IntegerField(
        label=_("Données trop vieilles après (jours)"), min_value=1, max_value=90
    )
    penalty_rate = _text(
        _("Taux contractuel des pénalités (% par an)"),
        10,
        help_text=_("Vide : taux de la BCE majoré de dix points (C. com. L441-10)."),
    )
    day_count = forms.ChoiceField(label=_("Base de calcul des intérêts"), choices=DAY_COUNTS)
    cycle_hour = forms.IntegerField(label=_("Heure du cycle quotidien"), min_value=0, max_value=23)
    send_from_hour = forms.IntegerField(label=_("Envois à partir de"), min_value=0, max_value=23)
    send_until_hour = forms.IntegerField(label=_("Envois jusqu'à"), min_value=1, max_value=24)
    time_zone = forms.ChoiceField(
        label=_("Fuseau horaire"),
        choices=[(zone, zone) for zone in sorted(available_timezones()) if "/" in zone],
    )

    def clean_penalty_rate(self) -> str:
        """Keep a plain decimal number of points, or nothing."""
        text = str(self.cleaned_data["penalty_rate"]).replace(",", ".").replace("%", "").strip()
        if text:
            try:
                rate = float(text)
            except ValueError as problem:
                raise forms.ValidationError(_("Taux illisible.")) from problem
            if not 0 < rate <= 50:  # noqa: PLR2004 - no court would take more
                raise forms.ValidationError(_("Un taux entre 0 et 50 % est attendu."))
        return text

    def clean(self) -> dict[str, Any]:
        """Refuse hours with none between them."""
        given = self.cleaned_data
        if given.get("send_until_hour", 24) <= given.get("send_from_hour", 0):
            self.add_error("send_until_hour", policies.InvalidHours.message)
        return given


class Limits(forms.Form):
    """When a scenario keeps silent."""

    prefix = "policy"
    minimum_cents = Cents(
        label=_("Montant minimum relancé"), required=False,
        help_text=_("Total dû par un client, dans la devise de la société."),
    )  # fmt: skip
    min_spacing_days = forms.IntegerField(
        label=_("Jours entre deux messages, au moins"), min_value=1, max_value=90
    )
    contacts_a_week = forms.IntegerField(
        label=_("Messages à une même personne en sept jours, au plus"), min_value=1, max_value=50
    )
    contacts_across = forms.BooleanField(
        label=_("Compter ceux des autres sociétés à la même adresse"), required=False
    )
    calendar = forms.ChoiceField(
        label=_("Jours fériés de"),
        choices=[(code, name) for code, (name, _part) in CALENDARS.items()],
        help_text=_("Rien ne part le samedi, le dimanche ni ces jours-là."),
    )


class ScenarioRule(forms.Form):
    """Customers that fit the conditions follow a scenario; without a scenario there is no rule."""

    debtor_class = forms.ChoiceField(label=_("Type"), required=False)
    profile = forms.ChoiceField(label=_("Profil payeur"), required=False)
    country = forms.CharField(
        label=_("Pays"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"placeholder": "BE, DE"}),
    )
    scenario = forms.ChoiceField(label=_("Scénario"), required=False)

    def __init__(
        self, *args: Any, offered: Mapping[str, Sequence[tuple[str, Any]]], **kwargs: Any
    ) -> None:
        """Offer the classes and profiles of customers, and the scenarios in force."""
        super().__init__(*args, **kwargs)
        for name, choices in offered.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", "–"), *choices]

    def clean_country(self) -> list[str]:
        """Read country codes, separated by anything."""
        codes = re.findall(r"[A-Za-z]+", self.cleaned_data["country"])
        if any(len(code) != COUNTRY_LETTERS for code in codes):
            raise forms.ValidationError(_("Des codes de deux lettres, séparés par des virgules."))
        return [code.upper() for code in codes]


class DefaultScenario(forms.Form):
    """The scenario of those who fit no rule."""

    default = forms.ChoiceField(label=_("Tous les autres"))

    def __init__(self, *args: Any, scenarios: list[tuple[str, Any]], **kwargs: Any) -> None:
        """Offer the scenarios in force."""
        super().__init__(*args, **kwargs)
        field = self.fields["default"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = scenarios


class NewCompany(forms.Form):
    """What is enough to add a legal entity."""

    code = forms.RegexField(
        r"^[A-Za-z0-9_-]{1,20}$", label=_("Code court"), help_text=_("Lettres et chiffres.")
    )
    name = _text(_("Raison sociale"), 200, required=True)
    siren = _text(_("SIREN"), 11)


class Account(forms.Form):
    """A bank account as the bank wrote it."""

    iban = _text(_("IBAN"), 42, required=True)
    holder_name = _text(
        _("Titulaire exact du compte"),
        70,
        required=True,
        help_text=_("Comme sur le RIB : les banques comparent ce nom avant de virer."),
    )


class Sender(forms.Form):
    """Who writes, and who is answered."""

    sender_name = _text(_("Nom d'expéditeur"), 120)
    sender_email = forms.EmailField(label=_("Adresse d'expédition"), required=False)
    reply_to = forms.EmailField(label=_("Adresse de réponse"), required=False)
    rehearsal_email = forms.EmailField(
        label=_("Adresse de répétition"),
        required=False,
        help_text=_("Avant la mise en service, les messages n'arrivent qu'ici."),
    )


class Server(forms.Form):
    """The creditor's own mail server."""

    host = _text(
        _("Serveur SMTP"), 200, help_text=_("Vide : le serveur de l'installation est utilisé.")
    )
    port = forms.IntegerField(label=_("Port"), min_value=1, max_value=65535, initial=587)
    security = forms.ChoiceField(
        label=_("Chiffrement"), choices=SECURITIES, required=False, initial="starttls"
    )
    user = _text(_("Identifiant"), 200)
    password = forms.CharField(
        label=_("Mot de passe"),
        required=False,
        strip=False,
        help_text=_("Vide : celui qui est enregistré est gardé. Il n'est jamais affiché."),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )


class NewTerms(forms.Form):
    """Payment terms in French words."""

    text = _text(
        _("Conditions"),
        120,
        required=True,
        help_text=_("Par exemple : 30 jours fin de mois · 45 jours · fin de mois + 45 jours."),
    )


CLASSES: Final = [
    ("business", _("Entreprise")),
    ("consumer", _("Particulier")),
    ("public", _("Secteur public")),
    ("foreign", _("Étranger")),
    ("unknown", _("À confirmer")),
]
PARTS: Final = (("collector", _("Chargé de recouvrement")), ("salesperson", _("Commercial")))


class _WithPeople(forms.Form):
    """A form that names members of the organisation."""

    named: tuple[str, ...] = ()

    def __init__(self, *args: Any, people: list[tuple[int, str]], **kwargs: Any) -> None:
        """Offer the members."""
        super().__init__(*args, **kwargs)
        for name in self.named:
            choice = self.fields[name]
            assert isinstance(choice, forms.ChoiceField)
            choice.choices = [("", "—"), *people]


class _Amount(Cents):
    """An amount that may be left out."""

    def to_python(self, value: Any) -> Any:
        """Read the amount; empty is none."""
        return super().to_python(value) if str(value or "").strip() else None


class PortfolioRule(_WithPeople):
    """Which customers go to whom, whenever the rules are applied."""

    named = ("user_id", "salesperson")
    part = forms.ChoiceField(label=_("Comme"), choices=PARTS)
    user_id = forms.TypedChoiceField(label=_("À qui"), coerce=int)
    creditor_id = forms.ChoiceField(label=_("Société"), required=False)
    postcodes = forms.CharField(
        label=_("Codes postaux ou départements"), max_length=200, required=False,
        help_text=_("Les premiers chiffres, par exemple : 69, 42, 01."),
    )  # fmt: skip
    first_letter = forms.CharField(label=_("Noms de"), max_length=1, required=False)
    last_letter = forms.CharField(label=_("à"), max_length=1, required=False)
    countries = forms.CharField(
        label=_("Pays"), max_length=100, required=False, help_text=_("Par exemple : FR, BE.")
    )
    classes = forms.MultipleChoiceField(
        label=_("Nature"), choices=CLASSES, required=False, widget=forms.CheckboxSelectMultiple
    )
    salesperson = forms.TypedChoiceField(
        label=_("Commercial du client"), coerce=int, required=False, empty_value=None
    )
    open_from_cents = _Amount(label=_("Encours d'au moins"), required=False)
    open_to_cents = _Amount(label=_("Encours de moins de"), required=False)
    field_code = forms.ChoiceField(label=_("Votre champ"), required=False)
    field_value = forms.CharField(label=_("vaut"), max_length=200, required=False)

    def __init__(
        self,
        *args: Any,
        creditors: list[tuple[str, Any]],
        own: list[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        """Offer the creditors that this person manages and the tenant's own fields."""
        super().__init__(*args, **kwargs)
        field = self.fields["creditor_id"]
        field.choices = creditors  # type: ignore[attr-defined]
        field.required = "" not in dict(creditors)
        self.fields["field_code"].choices = [("", "—"), *own]  # type: ignore[attr-defined]

    def clean_creditor_id(self) -> int | None:
        """Return the creditor, or None for all of them."""
        typed = self.cleaned_data["creditor_id"]
        return int(typed) if typed else None

    def clean_postcodes(self) -> list[str]:
        """Split at commas, semicolons and spaces."""
        return _listed(self.cleaned_data["postcodes"])

    def clean_countries(self) -> list[str]:
        """Split at commas, semicolons and spaces."""
        return _listed(self.cleaned_data["countries"])


def _listed(text: str) -> list[str]:
    return text.replace(";", " ").replace(",", " ").split()


class Absence(_WithPeople):
    """Somebody away, and who stands in."""

    named = ("user_id", "stand_in_id")
    user_id = forms.TypedChoiceField(label=_("Absent"), coerce=int)
    stand_in_id = forms.TypedChoiceField(label=_("Remplacé par"), coerce=int)
    starts_on = forms.DateField(label=_("Du"), widget=forms.DateInput())
    ends_on = forms.DateField(label=_("Au (inclus)"), widget=forms.DateInput())


class ExchangeUpload(forms.Form):
    """The European Central Bank's file of reference rates."""

    file = forms.FileField(label=_("Fichier de la BCE (CSV, ZIP ou XML)"))


class GroupCurrency(forms.Form):
    """The currency in which the group reads its balances."""

    currency = forms.RegexField(r"^[A-Z]{3}$", label=_("Devise du groupe"))


class RatesUpload(forms.Form):
    """A CSV of semester rates and where it comes from."""

    file = forms.FileField(label=_("Fichier CSV"))
    source = _text(_("Source"), 200, required=True)


class Rate(forms.Form):
    """The rates of one semester, typed."""

    semester = _text(_("Semestre"), 20, required=True, help_text=_("Par exemple : 2027-S1."))
    ecb_refi = _text(_("Taux de refinancement de la BCE (%)"), 10, required=True)
    legal_private = _text(_("Taux légal, particuliers (%)"), 10, required=True)
    legal_other = _text(_("Taux légal, autres cas (%)"), 10, required=True)
    source = _text(_("Source"), 200, required=True)


class Invitation(forms.Form):
    """Who is invited, and to do what."""

    email = forms.EmailField(label=_("Adresse e-mail"))
    role = forms.ChoiceField(label=_("Rôle"), choices=ROLES, initial="collector")
    creditor = forms.ChoiceField(label=_("Société"), required=False)

    def __init__(self, *args: Any, creditors: list[tuple[str, Any]], **kwargs: Any) -> None:
        """Offer the creditors that this person administers."""
        super().__init__(*args, **kwargs)
        _offer(self, creditors)


class RoleAt(forms.Form):
    """A role that a member has at one creditor, in place of theirs for all of them."""

    user = forms.ChoiceField(label=_("Personne"))
    creditor = forms.ChoiceField(label=_("Société"))
    role = forms.ChoiceField(label=_("Rôle"), choices=ROLES, initial="reader")

    def __init__(
        self,
        *args: Any,
        people: list[tuple[str, Any]],
        creditors: list[tuple[str, Any]],
        **kwargs: Any,
    ) -> None:
        """Offer the people on the page and the creditors that this person administers."""
        super().__init__(*args, **kwargs)
        self.auto_id = "id_at_%s"
        self.fields["user"].choices = people  # type: ignore[attr-defined]
        self.fields["creditor"].choices = creditors  # type: ignore[attr-defined]


class NewKey(forms.Form):
    """A program that is let in."""

    name = _text(_("Programme"), 80, required=True)
    role = forms.ChoiceField(label=_("Rôle"), choices=ROLES, initial="accountant")
    creditor = forms.ChoiceField(label=_("Société"), required=False)
    expires_on = forms.DateField(
        label=_("Dernier jour"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Sans date, la clé vaut jusqu'à ce qu'elle soit révoquée."),
    )
    scopes = forms.MultipleChoiceField(
        label=_("Portées"), choices=SCOPES, initial=["read"], widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, creditors: list[tuple[str, Any]], **kwargs: Any) -> None:
        """Offer the creditors that this person administers."""
        super().__init__(*args, **kwargs)
        _offer(self, creditors)


class NewWebhook(forms.Form):
    """An address that is told some facts."""

    url = forms.URLField(label=_("Adresse"), max_length=500, assume_scheme="https")
    events = _text(
        _("Faits suivis"),
        1000,
        required=True,
        initial="*",
        help_text=_("Séparés par des espaces : « invoice.* », « credit.recorded », ou « * »."),
    )
    creditor = forms.ChoiceField(label=_("Société"), required=False)
    description = _text(_("Description"), 120)

    def __init__(self, *args: Any, creditors: list[tuple[str, Any]], **kwargs: Any) -> None:
        """Offer the creditors that this person administers."""
        super().__init__(*args, **kwargs)
        _offer(self, creditors)
