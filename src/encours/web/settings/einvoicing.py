"""Electronic invoicing: when VAT falls due, the platform, what went to it, what is in doubt."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from encours.einvoicing import jobs
from encours.einvoicing.actions.connections import Given, set_connection
from encours.einvoicing.actions.duty import set_duty
from encours.einvoicing.actions.reports import report_payments
from encours.einvoicing.queries import desk
from encours.einvoicing.queries.desk import ConnectionRow
from encours.kernel.refusal import Refusal
from encours.web.answers import telling
from encours.web.rights import StaffRequest, fresh_login, needs
from encours.web.settings.subject import may_write, settings_menu, shown, subject
from encours.web.tables import Badge, Column, Filter, Source, Table, Window, answer
from encours.web.wording import Text

STATES: Final = {
    "ready": Badge(lazy("À remettre"), "blue"),
    "sending": Badge(lazy("En cours"), "blue"),
    "sent": Badge(lazy("Remis"), "secondary"),
    "accepted": Badge(lazy("Accepté"), "green"),
    "refused": Badge(lazy("Refusé"), "red"),
    "uncertain": Badge(lazy("À vérifier"), "orange"),
}
KINDS: Final = {
    "collected": Badge(lazy("Statut 212 Encaissée")),
    "payments": Badge(lazy("Déclaration de paiements")),
    "note": Badge(lazy("Note de débit")),
}
DOUBTS: Final[dict[str, Text]] = {
    "class": lazy("Nature du client à confirmer"),
    "mixed": lazy("Biens et services ensemble : part des services à dire"),
    "rates": lazy("TVA par taux inconnue"),
    "not_electronic": lazy("Facture non électronique"),
}
NAMES: Final[dict[str, Text]] = {
    "afnor": lazy("Plateforme agréée"),
    "chorus": lazy("Chorus Pro"),
}
FLOWS: Final = Table(
    name="flows",
    caption=lazy("Messages aux plateformes"),
    columns=(
        Column("name", lazy("Message"), link=lambda row: _file(row.id)),
        Column("kind", lazy("Nature"), "badge", badges=KINDS),
        Column("state", lazy("État"), "badge", badges=STATES),
        Column("created_at", lazy("Écrit le"), "instant"),
        Column("sent_at", lazy("Remis le"), "instant"),
        Column("last_error", lazy("Refus"), wide=True),
    ),
    filters=(
        Filter(
            "state",
            lazy("État"),
            "select",
            (("", lazy("Tous")), *((key, badge.label) for key, badge in STATES.items())),
        ),
    ),
    empty=lazy("Rien n'a encore été déclaré."),
    export_right="settings.read",
)


class Duty(forms.Form):
    """When the VAT of the creditor falls due."""

    on_payment = forms.BooleanField(
        label=lazy("TVA exigible à l'encaissement"),
        required=False,
        help_text=lazy("Prestations de services, sans option pour le paiement d'après les débits."),
    )
    from_on = forms.DateField(
        label=lazy("Déclarer les règlements reçus depuis le"),
        widget=forms.DateInput(attrs={"type": "date"}),
    )


class Platform(forms.Form):
    """Where the platform is and who we are there."""

    code = forms.ChoiceField(label=lazy("Plateforme"), choices=list(NAMES.items()))
    base_url = forms.URLField(label=lazy("Adresse de l'API"), max_length=300, assume_scheme="https")
    token_url = forms.URLField(
        label=lazy("Adresse des jetons (OAuth 2)"), max_length=300, assume_scheme="https"
    )
    client_id = forms.CharField(label=lazy("Identifiant (client_id)"), max_length=200)
    client_secret = forms.CharField(
        label=lazy("Secret (client_secret)"),
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=lazy("Laissez vide pour garder celui qui est enregistré."),
    )
    login = forms.CharField(
        label=lazy("Compte technique"),
        max_length=200,
        required=False,
        help_text=lazy("Chorus Pro seulement : TECH_…@cpro.fr"),
    )
    password = forms.CharField(
        label=lazy("Mot de passe du compte technique"),
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    is_active = forms.BooleanField(label=lazy("Active"), required=False, initial=True)


class Period(forms.Form):
    """The days that a report speaks of."""

    first_on = forms.DateField(label=lazy("Du"), widget=forms.DateInput(attrs={"type": "date"}))
    last_on = forms.DateField(label=lazy("Au"), widget=forms.DateInput(attrs={"type": "date"}))

    def clean(self) -> dict[str, Any]:
        """Refuse a period that runs backward."""
        found = super().clean() or {}
        first, last = found.get("first_on"), found.get("last_on")
        if first and last and last < first:
            raise forms.ValidationError(_("La fin de la période vient avant son début."))
        return found


@require_GET
@needs("settings.read")
def einvoicing(request: StaffRequest) -> HttpResponseBase:
    """Show what is declared and how, the messages, and the receipts that wait for a person."""
    mine = subject(request)
    asked = {"tenant_id": request.tenant_id, "creditor_id": mine.id}
    known = desk.duty_of(**asked)

    def rows(window: Window) -> Iterable[Any]:
        state = window.filters.get("state", "")
        return desk.flows(**asked, state=state, limit=window.limit, offset=window.offset)

    waiting = desk.doubts(**asked, today=timezone.localdate())
    context = {
        **settings_menu(request),
        "creditor": mine,
        "duty": Duty(initial={"on_payment": known.on_payment, "from_on": known.from_on}),
        "known": known,
        "connections": [(NAMES[one.code], one) for one in desk.connections(**asked)],
        "reports": [(one, STATES[one.state]) for one in desk.reports(**asked)],
        "period": Period(),
        "doubts": [(DOUBTS[one.doubt], one) for one in waiting[:50]],
        "doubt_count": len(waiting),
        "may_write": may_write(request, mine.id),
    }
    return answer(
        request, FLOWS, Source(rows=rows), page="settings/einvoicing.html", context=context
    )


@require_POST
@needs("settings.write")
def duty(request: StaffRequest) -> HttpResponse:
    """Say when VAT falls due."""
    mine = subject(request, "settings.write")
    form = Duty(request.POST)
    if form.is_valid():
        with telling(request, _("C'est noté.")):
            set_duty(
                tenant_id=request.tenant_id,
                creditor_id=mine.id,
                actor_id=request.access.user_id,
                today=timezone.localdate(),
                **form.cleaned_data,
            )
    else:
        messages.error(request, _("Donnez la date depuis laquelle déclarer."))
    return redirect("settings_einvoicing")


@require_http_methods(["GET", "POST"])
@needs("settings.write")
@fresh_login("settings_einvoicing_platform")
def platform(request: StaffRequest) -> HttpResponse:
    """Say how to reach a platform."""
    mine = subject(request, "settings.write")
    found = {
        one.code: one for one in desk.connections(tenant_id=request.tenant_id, creditor_id=mine.id)
    }
    form = Platform(request.POST or None, initial=_initial(found.get(request.GET.get("code", ""))))
    if request.method == "POST" and form.is_valid():
        try:
            set_connection(
                tenant_id=request.tenant_id,
                creditor_id=mine.id,
                given=Given(**form.cleaned_data),
                actor_id=request.access.user_id,
                today=timezone.localdate(),
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Plateforme enregistrée."))
            return redirect("settings_einvoicing")
    return shown(request, "settings/einvoicing_platform.html", {"creditor": mine, "form": form})


@require_POST
@needs("settings.write")
def exchange(request: StaffRequest) -> HttpResponse:
    """Declare what came in and exchange with the platform, now."""
    mine = subject(request, "settings.write")
    jobs.exchange_soon(tenant_id=request.tenant_id, creditor_id=mine.id)
    messages.success(request, _("L'échange commence ; rechargez la page dans un instant."))
    return redirect("settings_einvoicing")


@require_POST
@needs("settings.write")
def report(request: StaffRequest) -> HttpResponse:
    """Write the report of a period."""
    mine = subject(request, "settings.write")
    form = Period(request.POST)
    if not form.is_valid():
        messages.error(request, _("Donnez le premier et le dernier jour de la période."))
        return redirect("settings_einvoicing")
    with telling(request, _("Déclaration écrite : elle part au prochain échange.")):
        report_payments(
            tenant_id=request.tenant_id,
            creditor_id=mine.id,
            actor_id=request.access.user_id,
            today=timezone.localdate(),
            now=timezone.now(),
            **form.cleaned_data,
        )
    return redirect("settings_einvoicing")


@require_GET
@needs("settings.read")
def file(request: StaffRequest, flow_id: int) -> HttpResponse:
    """Give the message as it was written."""
    found = desk.flow_file(
        tenant_id=request.tenant_id, creditor_ids=request.scope.creditor_ids, flow_id=flow_id
    )
    if found is None:
        raise Http404
    name, content = found
    response = HttpResponse(content, content_type="application/xml")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _file(flow_id: int) -> str:
    return reverse("settings_einvoicing_file", args=(flow_id,))


def _initial(known: ConnectionRow | None) -> dict[str, Any]:
    if known is None:
        return {"is_active": True}
    names = ("code", "base_url", "token_url", "client_id", "login", "is_active")
    return {name: getattr(known, name) for name in names}
