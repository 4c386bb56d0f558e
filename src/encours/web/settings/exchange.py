"""Exchange rates: the last known of each currency, the bank's file, the group's currency."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from encours.receivables.actions import exchange as actions
from encours.receivables.queries import exchange as queries
from encours.receivables.rules.exchange import is_stale
from encours.receivables.rules.exchange_file import BYTES_MAX
from encours.web import formats
from encours.web.answers import telling
from encours.web.ledger.subject import today
from encours.web.rights import StaffRequest, needs
from encours.web.settings import forms
from encours.web.settings.subject import shown
from encours.web.tables import Column, Table, Window, in_memory
from encours.web.tables.shown import show

RATES: Final = Table(
    name="exchange",
    caption=lazy("Dernier taux de chaque devise"),
    columns=(
        Column("currency", lazy("Devise"), "code"),
        Column("rate", lazy("Pour un euro"), "code"),
        Column("on", lazy("Jour"), "date"),
        Column("source", lazy("Source"), wide=True),
        Column("recorded_at", lazy("Importé le"), "instant"),
    ),
    per_page=200,
    empty=lazy("Aucun taux : importez le fichier de la Banque centrale européenne."),
    export_right="settings.read",
)


@require_GET
@needs("settings.read")
def exchange(request: StaffRequest) -> HttpResponse:
    """Show the last rates, the last day known, and whether that is too old."""
    return _page(request, forms.ExchangeUpload())


@require_POST
@needs("settings.write")
def upload(request: StaffRequest) -> HttpResponse:
    """Read the bank's file; nothing is kept when a line is wrong."""
    form = forms.ExchangeUpload(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        outcome = actions.import_rates(
            tenant_id=request.tenant_id,
            content=file.read(BYTES_MAX + 1),
            file_name=file.name or "",
            actor_id=request.access.user_id,
            today=today(),
        )
        if not outcome.is_refused:
            done = ngettext("%(n)s taux enregistré.", "%(n)s taux enregistrés.", outcome.rates)
            messages.success(request, done % {"n": formats.count(outcome.rates)})
            return redirect("settings_exchange")
        for issue in outcome.issues:
            where = _("ligne %(line)d") % {"line": issue.line} + " : " if issue.line else ""
            form.add_error("file", f"{where}{issue.message} {issue.found}".strip())
    return _page(request, form)


@require_POST
@needs("settings.write")
def group_currency(request: StaffRequest) -> HttpResponse:
    """Choose the currency in which the group reads its balances."""
    with telling(request, _("Devise du groupe enregistrée.")):
        actions.set_group_currency(
            tenant_id=request.tenant_id,
            currency=request.POST.get("currency", ""),
            actor_id=request.access.user_id,
            today=today(),
        )
    return redirect("settings_exchange")


def _page(request: StaffRequest, form: Any) -> HttpResponse:
    rows = queries.latest(request.tenant_id)
    last_on = max((row.on for row in rows), default=None)
    everything = Window("", is_descending=False, offset=0, limit=RATES.per_page)
    lines = [
        {
            "id": row.currency, "currency": row.currency, "rate": f"{row.rate.normalize():f}",
            "on": row.on, "source": row.source, "recorded_at": row.recorded_at,
        }
        for row in rows
    ]  # fmt: skip
    context = {
        "table": show(RATES, in_memory(lines), everything, request.GET, may_export=False),
        "last_on": last_on,
        "is_stale": is_stale(last_on, today()),
        "form": form,
        "group_form": forms.GroupCurrency(
            initial={"currency": queries.group_currency(request.tenant_id)}
        ),
        "may_write": request.access.may("settings.write", request.creditor_id),
    }
    return shown(request, "settings/exchange.html", context)
