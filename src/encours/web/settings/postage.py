"""What a creditor's letters cost, by product and by who posts them."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET, require_POST

from encours.postal.actions import prices as actions
from encours.postal.queries import prices as queries
from encours.web.answers import telling
from encours.web.ledger.forms import Amount
from encours.web.ledger.subject import today
from encours.web.rights import StaffRequest, needs
from encours.web.settings.subject import may_write, shown, subject
from encours.web.tables import Badge, Column, Table, Window, in_memory
from encours.web.tables.shown import show

KINDS: Final = {
    "letter": Badge(lazy("Lettre")),
    "registered": Badge(lazy("Recommandé AR"), "blue"),
    "eregistered": Badge(lazy("Recommandé électronique"), "blue"),
}
CARRIERS: Final = {
    "": Badge(lazy("Posté par nos soins")),
    "maileva": Badge("Maileva"),
    "merci_facteur": Badge("Merci Facteur"),
    "ar24": Badge("AR24"),
}
PRICES: Final = Table(
    name="postage",
    caption=lazy("Coût d'un courrier"),
    columns=(
        Column("channel", lazy("Envoi"), "badge", badges=KINDS),
        Column("provider", lazy("Par qui"), "badge", badges=CARRIERS),
        Column("first_cents", lazy("Première feuille"), "money"),
        Column("sheet_cents", lazy("Feuille de plus"), "money"),
    ),
    per_page=200,
    empty=lazy("Aucun prix : le coût des courriers n'est pas montré."),
    export_right="settings.read",
)


class Price(forms.Form):
    """What one letter costs."""

    channel = forms.ChoiceField(
        label=lazy("Envoi"), choices=[(code, badge.label) for code, badge in KINDS.items()]
    )
    provider = forms.ChoiceField(
        label=lazy("Par qui"),
        required=False,
        choices=[(code, badge.label) for code, badge in CARRIERS.items()],
    )
    first_cents = Amount(label=lazy("Première feuille (€)"))
    sheet_cents = Amount(label=lazy("Feuille de plus (€)"), required=False)


@require_GET
@needs("settings.read")
def postage(request: StaffRequest) -> HttpResponse:
    """Show the prices known, and say one more."""
    return _page(request, Price())


@require_POST
@needs("settings.write")
def set_price(request: StaffRequest) -> HttpResponse:
    """Keep a price."""
    creditor = subject(request, "settings.write")
    form = Price(request.POST)
    if not form.is_valid():
        return _page(request, form)
    typed = form.cleaned_data
    with telling(request, _("Prix enregistré : il est montré avant chaque envoi.")):
        actions.set_price(
            tenant_id=request.tenant_id,
            creditor_id=creditor.id,
            channel=typed["channel"],
            provider=typed["provider"],
            first_cents=typed["first_cents"],
            sheet_cents=typed["sheet_cents"] or 0,
            actor_id=request.access.user_id,
            today=today(),
        )
    return redirect("settings_postage")


def _page(request: StaffRequest, form: Any) -> HttpResponse:
    creditor = subject(request)
    rows = queries.tariffs(tenant_id=request.tenant_id, creditor_id=creditor.id)
    everything = Window("", is_descending=False, offset=0, limit=PRICES.per_page)
    lines = [
        {
            "id": one.id, "channel": one.channel, "provider": one.provider,
            "first_cents": one.first_cents, "sheet_cents": one.sheet_cents, "currency": "EUR",
        }
        for one in rows
    ]  # fmt: skip
    context = {
        "creditor": creditor,
        "table": show(PRICES, in_memory(lines), everything, request.GET, may_export=False),
        "form": form,
        "may_write": may_write(request, creditor.id),
    }
    return shown(request, "settings/postage.html", context)
