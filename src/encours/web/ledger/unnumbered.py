"""Invoices that the accounts do not number: the list, a number given by hand, a table of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.http.request import QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET, require_POST

from encours.kernel.money import parse_cents
from encours.receivables.actions import numbering
from encours.receivables.queries import documents as queries
from encours.receivables.queries import numbering as waiting
from encours.web.answers import telling
from encours.web.ledger.subject import day_of, moment_of, number_asked, today
from encours.web.rights import StaffRequest, needs, require
from encours.web.tables import Column, Filter, Source, Table, Window, answer

KEPT: Final = ("q", "since", "until", "amount", "client", "sort", "page")
GIVE: Final = Column("", lazy("Son numéro"), "custom", template="ledger/_give_number.html")
UNNUMBERED: Final = Table(
    name="unnumbered",
    caption=lazy("Factures sans numéro"),
    columns=(
        Column("customer_name", lazy("Client"), sort=True,
               link=lambda row: reverse("customer", args=[row.customer_id])),
        Column("issued_on", lazy("Émise le"), "date", sort=True),
        Column("due_on", lazy("Échéance"), "date"),
        Column("piece", lazy("Pièce"), "code",
               link=lambda row: reverse("invoice", args=[row.id])),
        Column("label", lazy("Libellé"), link=lambda row: reverse("invoice", args=[row.id])),
        Column("amount_cents", lazy("Montant TTC"), "money", sort=True),
        Column("open_cents", lazy("Reste dû"), "money", sort=True),
    ),
    sort="-open_cents",
    filters=(
        Filter("q", lazy("Rechercher"), placeholder=lazy("Client, pièce ou libellé")),
        Filter("amount", lazy("Montant exact"), placeholder=lazy("1 200,00")),
        Filter("since", lazy("Du"), "date"),
        Filter("until", lazy("Au"), "date"),
    ),
    empty=lazy("Toutes vos factures dues ont un numéro."),
)  # fmt: skip


@require_GET
@needs("ledger.read")
def unnumbered(request: StaffRequest) -> HttpResponseBase:
    """Show the invoices owed without a number; `client` keeps those of one customer."""
    moment = moment_of(request)
    customer_id = number_asked(request, "client")
    may_write = request.access.may("ledger.write", request.creditor_id)

    def rows(window: Window) -> Iterable[Any]:
        given = window.filters
        return waiting.waiting(
            moment,
            waiting.Asked(
                search=given.get("q", ""),
                since=day_of(given.get("since")),
                until=day_of(given.get("until")),
                cents=_cents(given.get("amount", "")),
                customer_id=customer_id,
                sort=window.sort,
                descending=window.is_descending,
                offset=window.offset,
                limit=window.limit,
            ),
        )

    table = UNNUMBERED
    if may_write:
        table = replace(table, columns=(*table.columns, GIVE))
    return answer(
        request,
        table,
        Source(rows=rows),
        page="ledger/unnumbered.html",
        context={
            "may_write": may_write,
            "may_import": request.access.may("imports.write", request.creditor_id),
            "client": customer_id,
        },
    )


@require_POST
@needs("ledger.write")
def give(request: StaffRequest, invoice_id: int) -> HttpResponse:
    """Give one invoice its number, or take back the one given; come back where one was."""
    found = queries.invoice_page(tenant_id=request.tenant_id, invoice_id=invoice_id)
    if found is None or not request.scope.covers(found.creditor_id):
        raise Http404
    if not request.scope.is_own(found.salesperson_id, found.collector_id):
        raise Http404
    require(request, "ledger.write", found.creditor_id)
    number = request.POST.get("number", "")
    done = _("Numéro donné : %(number)s.") if number.strip() else _("Numéro retiré.")
    with telling(request, done % {"number": number.strip()}):
        numbering.give_number(
            tenant_id=request.tenant_id,
            invoice_id=invoice_id,
            number=number,
            actor_id=request.access.user_id,
            today=today(),
        )
    if request.POST.get("back") == "list":
        return redirect(f"{reverse('invoices_unnumbered')}{_same(request.POST.get('query', ''))}")
    return redirect("invoice", invoice_id)


def _same(query: str) -> str:
    """Return the filters of the list as they were, and nothing else."""
    said = QueryDict(query.removeprefix("?"))
    kept = {name: said[name] for name in KEPT if said.get(name)}
    return f"?{urlencode(kept)}" if kept else ""


def _cents(text: str) -> int | None:
    """Read an exact amount typed in a filter; what cannot be read filters nothing."""
    try:
        return parse_cents(text)
    except ValueError:
        return None
