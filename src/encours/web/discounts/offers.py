"""Discounts offered, earned, granted; the entries they make in the accounts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from encours.discounts.actions import grants
from encours.discounts.actions import offers as actions
from encours.discounts.queries import offers as queries
from encours.discounts.queries.offers import OfferRow
from encours.web.answers import telling
from encours.web.discounts import words
from encours.web.ledger.subject import moment_of, today
from encours.web.rights import StaffRequest, needs, require
from encours.web.tables import Column, Filter, Table, answer, in_memory

RIGHT: Final = "discounts.grant"


def _document(row: Any) -> str:
    return reverse("invoice", args=[row.invoice_id]) if row.invoice_id else ""


COLUMNS: Final = (
    Column("customer", lazy("Client"),
           link=lambda row: reverse("customer_discounts", args=[row.customer_id])),
    Column("document", lazy("Pièce"), "code", link=_document),
    Column("state", lazy("État"), "badge", badges=words.STATES),
    Column("origin", lazy("Nature"), "badge", badges=words.ORIGINS),
    Column("percent", lazy("Taux"), "percent"),
    Column("base_cents", lazy("Montant"), "money"),
    Column("cents", lazy("Escompte"), "money", sort=True),
    Column("pay_cents", lazy("À payer"), "money"),
    Column("offered_on", lazy("Offert le"), "date", sort=True),
    Column("until_on", lazy("Au plus tard le"), "date", sort=True),
    Column("open_cents", lazy("Reste dû"), "money"),
    Column("earned_cents", lazy("À accorder"), "money"),
    Column("granted_cents", lazy("Accordé"), "money"),
    Column("number", lazy("Numéro"), "code"),
)  # fmt: skip
STATES: Final = (("", lazy("Tous")), *((key, one.label) for key, one in words.STATES.items()))
OFFERS: Final = Table(
    name="discounts",
    caption=lazy("Escomptes et remises"),
    columns=COLUMNS,
    sort="-until_on",
    filters=(
        Filter("q", lazy("Rechercher"), placeholder=lazy("Client ou numéro de facture")),
        Filter("state", lazy("État"), "select", STATES),
    ),
    select="ids",
    select_form="discounts-form",
    select_key="to_grant",
    empty=lazy("Aucun escompte offert : une règle (Réglages › Escompte) et une prévenance "
               "qui l'offre, ou une remise sur la page d'un client."),
)  # fmt: skip
ENTRIES: Final = Table(
    name="discount-entries",
    caption=lazy("Écritures d'escompte"),
    columns=(
        Column("on", lazy("Date"), "date"),
        Column("number", lazy("Pièce"), "code"),
        Column("account", lazy("Compte"), "code"),
        Column("auxiliary", lazy("Auxiliaire"), "code"),
        Column("label", lazy("Libellé"), wide=True),
        Column("debit_cents", lazy("Débit"), "money"),
        Column("credit_cents", lazy("Crédit"), "money"),
        Column("state", lazy("État"), "badge", badges=words.ENTRIES),
    ),
    filters=(
        Filter("state", lazy("État"), "select",
               (("", lazy("Toutes")), *((key, one.label) for key, one in words.ENTRIES.items()))),
    ),
    empty=lazy("Aucun escompte accordé d'ici."),
)  # fmt: skip


@require_http_methods(["GET", "POST"])
@needs("ledger.read")
def discounts(request: StaffRequest) -> HttpResponseBase:
    """Show what was offered and what became of it; grant what is earned, or refuse to."""
    rows = queries.board(moment_of(request))
    if request.method == "POST":
        return _decide(request, {row.id: row for row in rows})

    context = {
        "may_grant": request.access.may(RIGHT, request.creditor_id),
        "earned": sum(row.state == "earned" for row in rows),
    }
    source = in_memory(rows, matches=_matches)
    return answer(request, OFFERS, source, page="discounts/offers.html", context=context)


@require_GET
@needs("ledger.read")
def entries(request: StaffRequest) -> HttpResponseBase:
    """Show the entries to book: 665, 44571 where the VAT is given back, and the customer."""
    rows = queries.entries(moment_of(request))
    source = in_memory(
        rows, matches=lambda row, filters: filters.get("state", row.state) == row.state
    )
    return answer(request, ENTRIES, source, page="discounts/entries.html")


@require_POST
@needs(RIGHT)
def take_back(request: StaffRequest, grant_id: int) -> HttpResponse:
    """Take back a discount that the accounts do not know yet."""
    rows = queries.board(moment_of(request))
    row = next((one for one in rows if one.grant_id == grant_id), None)
    if row is None:
        raise Http404
    require(request, RIGHT, row.creditor_id)
    with telling(request, _("Escompte repris : la somme est de nouveau due.")):
        grants.take_back(
            tenant_id=request.tenant_id,
            grant_id=grant_id,
            actor_id=request.access.user_id,
            today=today(),
        )
    return redirect("customer_discounts", row.customer_id)


def _matches(row: OfferRow, filters: Mapping[str, str]) -> bool:
    typed = filters.get("q", "").strip().lower()
    is_named = typed in row.customer.lower() or typed in row.document.lower()
    return is_named and filters.get("state", row.state) == row.state


def _decide(request: StaffRequest, rows: dict[int, OfferRow]) -> HttpResponse:
    given = request.POST.getlist("ids")
    ticked = [int(one) for one in given if one.isascii() and one.isdecimal() and int(one) in rows]
    accept = request.POST.get("decision") == "accept"
    for one in ticked:
        require(request, RIGHT, rows[one].creditor_id)
    done = 0
    act = grants.grant if accept else actions.withdraw
    for one in ticked:
        with telling(request):
            act(
                tenant_id=request.tenant_id,
                offer_id=one,
                actor_id=request.access.user_id,
                today=today(),
            )
            done += 1
    if done:
        said = (
            ngettext("%(n)s escompte accordé.", "%(n)s escomptes accordés.", done)
            if accept
            else ngettext("%(n)s escompte non accordé.", "%(n)s escomptes non accordés.", done)
        )
        with telling(request, said % {"n": done}):
            pass
    return redirect("discounts")
