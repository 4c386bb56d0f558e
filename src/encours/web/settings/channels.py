"""By which accounts messages leave: each tried from here, its secrets never shown again."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from encours.messaging import queries, setups
from encours.messaging.queries import AccountRow
from encours.messaging.rules.offers import OFFERS, ON_PHONE, SERVED, Offer, Told, offered
from encours.web.answers import telling
from encours.web.dunning.sentences import CHANNEL
from encours.web.rights import StaffRequest, needs
from encours.web.settings.limits import senders
from encours.web.settings.subject import may_write, shown, subject
from encours.web.wording import Text

NAMES: Final[Mapping[str, Text]] = {str(code): name for code, name in CHANNEL.items()}
LABELS: Final[Mapping[str, tuple[Text, Text]]] = {
    "sid": (lazy("Identifiant du compte (Account SID)"), ""),
    "token": (lazy("Jeton (Auth Token)"), lazy("Il signe aussi les appels de Twilio.")),
    "domain": (lazy("Domaine d'envoi"), lazy("Celui qui est vérifié chez le prestataire.")),
    "api_key": (lazy("Clé de l'API"), ""),
    "signing_key": (lazy("Clé de signature des appels (webhook signing key)"), ""),
    "region": (lazy("Région"), lazy("us pour un compte américain, vide pour l'Europe.")),
    "server_token": (lazy("Jeton du serveur"), ""),
    "stream": (lazy("Flux de messages"), lazy("Vide : celui par défaut.")),
    "webhook_secret": (
        lazy("Identifiants des appels (utilisateur:mot de passe)"),
        lazy("À ajouter aussi dans l'adresse déclarée chez le prestataire."),
    ),
    "client_id": (lazy("Identifiant (client_id)"), ""),
    "client_secret": (lazy("Secret (client_secret)"), ""),
    "username": (lazy("Utilisateur"), ""),
    "password": (lazy("Mot de passe"), ""),
    "sender_id": (lazy("Émetteur électronique"), lazy("Pour le recommandé électronique.")),
    "environment": (lazy("Environnement"), lazy("sandbox pour l'essai, vide pour le réel.")),
    "color": (lazy("Couleur"), lazy("1 : oui ; vide : non.")),
    "duplex": (lazy("Recto verso"), lazy("1 : oui ; vide : non.")),
    "address_sheet": (lazy("Page d'adresse en plus"), lazy("1 : oui ; vide : non.")),
    "postage": (lazy("Affranchissement"), "FAST, URGENT, ECONOMIC"),
    "service_id": (lazy("Identifiant du service"), ""),
    "secret_key": (lazy("Clé secrète"), ""),
    "user_id": (lazy("Identifiant de l'utilisateur"), ""),
    "authorized_ip": (lazy("Adresse IP autorisée"), ""),
    "private_key": (lazy("Clé privée"), ""),
    "qualified": (lazy("Recommandé qualifié"), lazy("0 : lettre simple, sans code.")),
    "service": (lazy("Service SMS"), lazy("Par exemple sms-ab12345-1.")),
    "application": (lazy("Clé d'application"), ""),
    "secret": (lazy("Secret d'application"), ""),
    "consumer": (lazy("Clé de consommateur"), lazy("Avec le droit POST sur /sms/*/jobs.")),
    "sender": (
        lazy("Expéditeur"),
        lazy("Un nom de 3 à 11 lettres et chiffres sans accent, ou un numéro complet (+33…)."),
    ),
    "templates": (
        lazy("Modèles approuvés"),
        lazy("Un par ligne : étape, langue, identifiant. Par exemple : relance_1 fr HX12…"),
    ),
    "stop": (
        lazy("Numéro pour répondre STOP"),
        lazy("Laissez vide hors prospection : une relance n'a pas à porter cette mention."),
    ),
}
HUNDREDTHS: Final = 100
PRICE_MAX: Final = 1_000


class Setup(forms.Form):
    """One account at a provider; a secret left empty stays as it is."""

    own_number = forms.CharField(
        label=lazy("Votre numéro d'essai"),
        max_length=30,
        required=False,
        help_text=lazy("Les essais et la répétition vont là, jamais à un client."),
    )
    price = forms.DecimalField(
        label=lazy("Prix d'un SMS (centimes)"),
        min_value=0,
        max_value=PRICE_MAX,
        decimal_places=2,
        required=False,
        help_text=lazy("Un message long en compte plusieurs ; le coût est montré avant l'envoi."),
    )
    is_enabled = forms.BooleanField(label=lazy("En service"), required=False, initial=True)

    def __init__(self, *args: Any, offer: Offer, channel: str, **kwargs: Any) -> None:
        """Ask what this provider is told for this channel."""
        super().__init__(*args, **kwargs)
        told = {one.name: _field(one) for one in offer.fields_of(channel)}
        mine = dict(self.fields)
        if channel not in ON_PHONE:
            mine.pop("own_number")
            mine.pop("price")
        self.fields = {**told, **mine}

    def given(self, offer: Offer, channel: str) -> setups.Given:
        """Return what was typed, the price in hundredths of a cent."""
        typed = self.cleaned_data
        price = typed.get("price") or Decimal(0)
        return setups.Given(
            provider=offer.code,
            fields={one.name: typed.get(one.name, "") for one in offer.fields_of(channel)},
            own_number=typed.get("own_number", ""),
            segment_price=int(price * HUNDREDTHS),
            is_enabled=typed["is_enabled"],
        )


@require_GET
@needs("settings.read")
def channels(request: StaffRequest) -> HttpResponse:
    """Show each channel, its account, how it is doing and what waits for it."""
    mine = subject(request)
    asked = {"tenant_id": request.tenant_id, "creditor_id": mine.id}
    known, waits = queries.channel_accounts(**asked), queries.waiting(**asked)
    rows = [
        {
            "code": channel,
            "name": NAMES[channel],
            "account": known.get(channel),
            "provider": OFFERS[known[channel].provider].name if channel in known else "",
            "waiting": waits.get(channel, 0),
            "offers": offered(channel),
            "can_test": channel in known and channel in ON_PHONE,
        }
        for channel in SERVED
    ]
    context = {"creditor": mine, "rows": rows, "may_write": may_write(request, mine.id)}
    context["senders"] = senders(request, mine.id)
    return shown(request, "settings/channels.html", context)


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@needs("settings.write")
def account(request: StaffRequest, channel: str, provider: str) -> HttpResponse:
    """Open the account of a channel at a provider, or change it."""
    offer = OFFERS.get(provider)
    if offer is None or channel not in offer.channels:
        raise Http404
    mine = subject(request, "settings.write")
    known = queries.channel_accounts(tenant_id=request.tenant_id, creditor_id=mine.id).get(channel)
    same = known if known and known.provider == provider else None
    form = Setup(request.POST or None, initial=_initial(same), offer=offer, channel=channel)
    if request.method == "POST" and form.is_valid():
        try:
            setups.set_account(
                tenant_id=request.tenant_id,
                creditor_id=mine.id,
                channel=channel,
                given=form.given(offer, channel),
                actor_id=request.access.user_id,
                now=timezone.now(),
            )
        except setups.InvalidAccount as refusal:
            for name, sentence in refusal.by_field.items():
                form.add_error(name if name in form.fields else None, sentence)
        else:
            messages.success(request, _("Compte enregistré : envoyez-vous un essai."))
            return redirect("settings_channels")
    context = {"creditor": mine, "form": form, "offer": offer, "name": NAMES[channel]}
    context["has_secrets"] = same is not None
    return shown(request, "settings/channel.html", context)


@require_POST
@needs("settings.write")
def act(request: StaffRequest, channel: str) -> HttpResponse:
    """Send a test to one's own number, or forget the account."""
    if channel not in SERVED:
        raise Http404
    mine = subject(request, "settings.write")
    asked: dict[str, Any] = {
        "tenant_id": request.tenant_id,
        "creditor_id": mine.id,
        "channel": channel,
        "actor_id": request.access.user_id,
        "now": timezone.now(),
    }
    if request.POST.get("do") == "close":
        with telling(request, _("Compte fermé, ses secrets oubliés.")):
            setups.close_account(**asked)
    else:
        with telling(request):
            setups.send_test(**asked)
    return redirect("settings_channels")


def _field(one: Told) -> forms.Field:
    label, hint = LABELS[one.name]
    if one.is_secret:
        hint = lazy("Laissez vide pour garder celui qui est enregistré.")
        shape: forms.Widget = forms.PasswordInput(attrs={"autocomplete": "off"})
    else:
        shape = forms.Textarea(attrs={"rows": 4}) if one.is_long else forms.TextInput()
    required = one.is_required and not one.is_secret
    return forms.CharField(label=label, required=required, help_text=hint, widget=shape)


def _initial(known: AccountRow | None) -> dict[str, Any]:
    if known is None:
        return {}
    return {
        **known.settings,
        "own_number": known.own_number,
        "price": Decimal(known.segment_price) / HUNDREDTHS,
        "is_enabled": known.is_enabled,
    }
