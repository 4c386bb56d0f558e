"""Invoices, one invoice, and the allocations that are proposed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from encours.receivables.actions import allocations
from encours.receivables.actions import documents as actions
from encours.receivables.queries import documents as queries
from encours.receivables.queries.documents import InvoicePage
from encours.web import own_fields
from encours.web.answers import telling
from encours.web.ledger import own_values, words
from encours.web.ledger.penalties import note_of
from encours.web.ledger.proof import proof_of
from encours.web.ledger.subject import day_of, moment_of, today
from encours.web.rights import StaffRequest, needs, require
from encours.web.tables import Column, Filter, Source, Table, Window, answer, in_memory

KINDS: Final = (("", lazy("Toutes")), *list(words.KINDS.items())[:7])
STATES: Final = (
    ("", lazy("Toutes")),
    ("open", lazy("Non soldées")),
    ("late", lazy("En retard")),
)
INVOICES: Final = Table(
    name="invoices",
    caption=lazy("Factures"),
    columns=(
        Column("document", lazy("Numéro"), "code",
               link=lambda row: reverse("invoice", args=[row.id])),
        Column("customer_name", lazy("Client"),
               link=lambda row: reverse("customer", args=[row.customer_id])),
        Column("kind", lazy("Nature"), "badge", badges=words.KIND_BADGES),
        Column("issued_on", lazy("Émise le"), "date", sort=True),
        Column("due_on", lazy("Échéance"), "date"),
        Column("amount_cents", lazy("Montant TTC"), "money", sort=True),
        Column("open_cents", lazy("Reste dû"), "money"),
        Column("status", lazy("État"), "badge", badges=words.STATUSES),
    ),
    sort="-issued_on",
    filters=(
        Filter("q", lazy("Rechercher"), placeholder=lazy("N° de facture ou nom du client")),
        Filter("state", lazy("État"), "select", STATES),
        Filter("kind", lazy("Nature"), "select", KINDS),
        Filter("since", lazy("Du"), "date"),
        Filter("until", lazy("Au"), "date"),
    ),
    empty=lazy("Les factures viennent avec le premier import."),
)  # fmt: skip
PROPOSALS: Final = Table(
    name="proposals",
    caption=lazy("Lettrages proposés"),
    columns=(
        Column("customer_name", lazy("Client"), sort=True,
               link=lambda row: reverse("customer", args=[row.customer_id])),
        Column("credit", lazy("Règlement ou avoir")),
        Column("received_on", lazy("Reçu le"), "date", sort=True),
        Column("credit_cents", lazy("Montant reçu"), "money", sort=True),
        Column("invoice", lazy("Facture"), "code",
               link=lambda row: reverse("invoice", args=[row.invoice_id])),
        Column("due_on", lazy("Échéance"), "date", sort=True),
        Column("amount_cents", lazy("À lettrer"), "money", sort=True),
        Column("reason", lazy("Pourquoi")),
    ),
    sort="customer_name",
    select="ids",
    select_form="proposals-form",
    empty=lazy("Aucun lettrage n'attend votre avis."),
)  # fmt: skip
ORIGINS: Final = {
    "letter": lazy("lettrage de la comptabilité"),
    "reference": lazy("référence de la pièce"),
    "manual": lazy("à la main"),
    "legal": lazy("ordre légal"),
}


@require_GET
@needs("ledger.read")
def invoices(request: StaffRequest) -> HttpResponseBase:
    """Show the invoices, the latest first."""
    moment = moment_of(request)
    fields = own_fields.listed(request, "invoice")

    def rows(window: Window) -> Iterable[Any]:
        given = window.filters
        return queries.invoices(
            moment,
            queries.Asked(
                search=given.get("q", ""),
                kind=given.get("kind", ""),
                state=given.get("state", ""),
                since=day_of(given.get("since")),
                until=day_of(given.get("until")),
                sort=window.sort,
                descending=window.is_descending,
                offset=window.offset,
                limit=window.limit,
                conditions=own_fields.conditions(fields, given),
                fields=fields,
            ),
        )

    table = replace(
        INVOICES,
        columns=(*INVOICES.columns, *own_fields.columns(fields)),
        filters=(*INVOICES.filters, *own_fields.filters(fields)),
    )
    return answer(request, table, Source(rows=rows), page="ledger/invoices.html")


@require_http_methods(["GET", "POST"])
@needs("ledger.read")
def invoice(request: StaffRequest, invoice_id: int) -> HttpResponse:
    """Show an invoice: its due lines, what settled each, where it comes from, its own fields."""
    found = _invoice_or_404(request, invoice_id)
    may_write = request.access.may("ledger.write", found.creditor_id)
    asked: dict[str, Any] = {
        "subject": "invoice",
        "creditor_id": found.creditor_id,
        "key": found.key,
    }
    fields, values = own_values.known(request, **asked)
    given = request.POST if request.method == "POST" else None
    form = own_fields.Values(given, fields=fields, initial=own_fields.initial(fields, values))
    if request.method == "POST":
        require(request, "ledger.write", found.creditor_id)
        saved = form.is_valid() and own_values.say(
            request, form, subject_id=found.id, customer_id=found.customer_id, **asked
        )
        if saved:
            return redirect("invoice", invoice_id)
    context = {
        **proof_of(request, found),
        **note_of(request, found),
        "invoice": found,
        "kind": words.KINDS.get(found.kind, found.kind),
        "kinds": words.KINDS,
        "origins": ORIGINS,
        "sources": words.SOURCES,
        "may_write": may_write,
        "may_reverse": may_write and found.is_by_hand,
        "reasons": actions.REASONS.items(),
        "today": today(),
        "own_form": form if fields and may_write else None,
        "own_shown": own_fields.shown(fields, values),
        "is_late": any(line.open_cents and line.due_on < today() for line in found.lines),
    }
    return render(request, "ledger/invoice.html", context)


@require_POST
@needs("ledger.write")
def reverse_invoice(request: StaffRequest, invoice_id: int) -> HttpResponse:
    """Withdraw an invoice that was entered by hand."""
    found = _invoice_or_404(request, invoice_id)
    require(request, "ledger.write", found.creditor_id)
    with telling(request, _("Facture annulée ; ce qui la réglait est de nouveau disponible.")):
        actions.reverse_invoice(
            tenant_id=request.tenant_id,
            invoice_id=invoice_id,
            reason=request.POST.get("reason", ""),
            actor_id=request.access.user_id,
            today=today(),
        )
        return redirect("customer", found.customer_id)
    return redirect("invoice", invoice_id)


@require_POST
@needs("ledger.write")
def unletter(request: StaffRequest, invoice_id: int, allocation_id: int) -> HttpResponse:
    """Undo one allocation of an invoice."""
    found = _invoice_or_404(request, invoice_id)
    require(request, "ledger.write", found.creditor_id)
    if allocation_id not in {one.id for line in found.lines for one in line.settled}:
        raise Http404
    with telling(request, _("Lettrage défait : l'échéance est de nouveau ouverte.")):
        allocations.unallocate(
            tenant_id=request.tenant_id,
            allocation_ids=[allocation_id],
            actor_id=request.access.user_id,
            today=today(),
        )
    return redirect("invoice", invoice_id)


@require_http_methods(["GET", "POST"])
@needs("ledger.read")
def proposals(request: StaffRequest) -> HttpResponseBase:
    """Show the allocations that nothing proves yet; accept or refuse those ticked."""
    rows = queries.proposals(moment_of(request))
    if request.method == "POST":
        return _decide(request, {row.id: row.creditor_id for row in rows})
    context = {"may_write": request.access.may("ledger.write", request.creditor_id)}
    return answer(
        request, PROPOSALS, in_memory(rows), page="ledger/proposals.html", context=context
    )


def _decide(request: StaffRequest, owners: dict[int, int]) -> HttpResponse:
    given = request.POST.getlist("ids")
    ticked = [int(one) for one in given if one.isascii() and one.isdecimal() and int(one) in owners]
    for one in ticked:
        require(request, "ledger.write", owners[one])
    accept = request.POST.get("decision") == "accept"
    if ticked:
        done = (
            ngettext("%(n)s lettrage fait.", "%(n)s lettrages faits.", len(ticked))
            if accept
            else ngettext("%(n)s proposition refusée.", "%(n)s propositions refusées.", len(ticked))
        )
        with telling(request, done % {"n": len(ticked)}):
            allocations.decide_proposals(
                tenant_id=request.tenant_id,
                proposal_ids=ticked,
                accept=accept,
                actor_id=request.access.user_id,
                today=today(),
            )
    return redirect("proposals")


def _invoice_or_404(request: StaffRequest, invoice_id: int) -> InvoicePage:
    found = queries.invoice_page(tenant_id=request.tenant_id, invoice_id=invoice_id)
    if found is None or not request.scope.covers(found.creditor_id):
        raise Http404
    if not request.scope.is_own(found.salesperson_id, found.collector_id):
        raise Http404
    return found
