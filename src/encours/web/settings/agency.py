"""The collector that acts for a creditor: who it is, its account, what it still lacks."""

from __future__ import annotations

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods, require_POST

from encours.dunning.actions import agencies as actions
from encours.dunning.actions.agencies import CARD
from encours.dunning.queries import agencies as queries
from encours.dunning.rules.agency import Card, faults
from encours.web.answers import telling
from encours.web.ledger.subject import today
from encours.web.rights import StaffRequest, fresh_login, needs
from encours.web.settings.subject import may_write, shown, subject


class _Day(forms.DateField):
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class Collector(forms.Form):
    """What is known of the collector, in the order of its letter."""

    name = forms.CharField(label=lazy("Nom du cabinet"), max_length=120)
    siren = forms.CharField(label=lazy("SIREN"), max_length=9, required=False)
    street = forms.CharField(label=lazy("Adresse"), max_length=120, required=False)
    postcode = forms.CharField(label=lazy("Code postal"), max_length=10, required=False)
    city = forms.CharField(label=lazy("Ville"), max_length=80, required=False)
    email = forms.EmailField(label=lazy("Adresse de réponse"), required=False)
    phone = forms.CharField(label=lazy("Téléphone"), max_length=30, required=False)
    signatory = forms.CharField(label=lazy("Signataire"), max_length=80, required=False)
    mandate_on = _Day(label=lazy("Convention du"), required=False)
    mandate_reference = forms.CharField(
        label=lazy("Référence de la convention"), max_length=60, required=False
    )
    insurer = forms.CharField(label=lazy("Assureur et police"), max_length=120, required=False)
    insured_until = _Day(label=lazy("Assuré jusqu'au"), required=False)
    declared_at = forms.CharField(
        label=lazy("Déclaré au procureur de (tribunal)"), max_length=80, required=False
    )
    declared_on = _Day(label=lazy("Déclaration du"), required=False)


class Funds(forms.Form):
    """Where the collector is paid, if it is."""

    receives_funds = forms.BooleanField(
        label=lazy("La convention lui donne pouvoir de recevoir les fonds"), required=False
    )
    holder = forms.CharField(label=lazy("Titulaire du compte"), max_length=120, required=False)
    iban = forms.CharField(label=lazy("IBAN"), max_length=42, required=False)


@require_http_methods(["GET", "POST"])
@needs("settings.read")
def agency(request: StaffRequest) -> HttpResponse:
    """Show the collector, and keep what is said of it."""
    if request.method == "GET":
        return _page(request, None, None)
    creditor = subject(request, "settings.write")
    form = Collector(request.POST)
    if not form.is_valid():
        return _page(request, form, None)
    with telling(request, _("Cabinet enregistré.")):
        actions.name_agency(
            tenant_id=request.tenant_id,
            creditor_id=creditor.id,
            card=Card(**form.cleaned_data),
            actor_id=request.access.user_id,
            now=timezone.now(),
        )
    return redirect("settings_agency")


@require_POST
@needs("bank.write")
@fresh_login("settings_agency")
def account(request: StaffRequest) -> HttpResponse:
    """Keep the collector's account; another person confirms it."""
    creditor = subject(request, "bank.write")
    form = Funds(request.POST)
    if not form.is_valid():
        return _page(request, None, form)
    with telling(request, _("Compte du cabinet enregistré.")):
        actions.set_account(
            tenant_id=request.tenant_id,
            creditor_id=creditor.id,
            actor_id=request.access.user_id,
            now=timezone.now(),
            **form.cleaned_data,
        )
    return redirect("settings_agency")


@require_POST
@needs("bank.write")
@fresh_login("settings_agency")
def confirm(request: StaffRequest) -> HttpResponse:
    """Let the second person put the account in use."""
    creditor = subject(request, "bank.write")
    with telling(request, _("Compte du cabinet confirmé.")):
        actions.confirm_account(
            tenant_id=request.tenant_id,
            creditor_id=creditor.id,
            actor_id=request.access.user_id,
            now=timezone.now(),
        )
    return redirect("settings_agency")


@require_POST
@needs("settings.write")
def remove(request: StaffRequest) -> HttpResponse:
    """End it with the collector."""
    creditor = subject(request, "settings.write")
    with telling(request, _("Cabinet retiré : plus rien ne part en son nom.")):
        actions.remove_agency(
            tenant_id=request.tenant_id,
            creditor_id=creditor.id,
            actor_id=request.access.user_id,
            now=timezone.now(),
        )
    return redirect("settings_agency")


def _page(request: StaffRequest, form: Collector | None, funds: Funds | None) -> HttpResponse:
    creditor = subject(request)
    found = queries.agency_of(tenant_id=request.tenant_id, creditor_id=creditor.id)
    card = {name: getattr(found, name) for name in CARD} if found else {}
    paid = {name: getattr(found, name) for name in Funds.base_fields} if found else {}
    waits = found is not None and found.receives_funds and not found.is_account_confirmed
    context = {
        "creditor": creditor,
        "agency": found,
        "lacks": faults(found, today()) if found else (),
        "form": form or Collector(initial=card),
        "funds": funds or Funds(initial=paid),
        "waits": waits,
        "may_write": may_write(request, creditor.id),
        "may_bank": may_write(request, creditor.id, "bank.write"),
    }
    return shown(request, "settings/agency.html", context)
