"""Notes of penalties: chosen line by line after a preview, listed, cancelled by a credit note."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from encours.einvoicing.actions import notes as actions
from encours.einvoicing.actions.notes import Chosen
from encours.einvoicing.queries import notes as queries
from encours.receivables.queries import notes as ledger
from encours.receivables.queries import waivers
from encours.receivables.queries.customers import OwnCustomer
from encours.receivables.queries.documents import InvoicePage
from encours.receivables.queries.interest_detail import Detail, Line
from encours.receivables.queries.moment import Moment
from encours.receivables.queries.notes import NoteRow
from encours.web.answers import telling
from encours.web.ledger import words
from encours.web.ledger.customer import head
from encours.web.ledger.subject import (
    customer_or_404,
    day_asked,
    day_of,
    moment_of,
    moment_of_customer,
    number_posted,
    today,
)
from encours.web.rights import StaffRequest, needs
from encours.web.tables import Column, Filter, Source, Table, Window, answer

RIGHT: Final = "penalties.bill"
PREFIX: Final = "PEN-"


def _page(note: NoteRow) -> str:
    """Return where a note is read: its claim's page, or the list when nothing stands for it."""
    if note.invoice_id is None:
        return reverse("penalty_notes")
    return reverse("invoice", args=[note.invoice_id])


STATES: Final = (("", lazy("Toutes")), *((key, one.label) for key, one in words.NOTES.items()))
NOTES: Final = Table(
    name="penalty-notes",
    caption=lazy("Notes de pénalités"),
    columns=(
        Column("number", lazy("Numéro"), "code", link=_page),
        Column("customer_name", lazy("Client"),
               link=lambda row: reverse("customer", args=[row.customer_id])),
        Column("issued_on", lazy("Émise le"), "date", sort=True),
        Column("until_on", lazy("Arrêtée au"), "date"),
        Column("interest_cents", lazy("Pénalités"), "money"),
        Column("indemnity_cents", lazy("Indemnités"), "money"),
        Column("signed_cents", lazy("Montant"), "money", sort=True),
        Column("state", lazy("État"), "badge", badges=words.NOTES),
        Column("other", lazy("Liée à"), "code"),
    ),
    sort="-issued_on",
    filters=(
        Filter("q", lazy("Rechercher"), placeholder=lazy("N° de note ou nom du client")),
        Filter("state", lazy("État"), "select", STATES),
        Filter("since", lazy("Du"), "date"),
        Filter("until", lazy("Au"), "date"),
    ),
    empty=lazy("Aucune note : elles se font sur la page « Intérêts de retard » d'un client."),
)  # fmt: skip


@require_GET
@needs("ledger.read")
def notes(request: StaffRequest) -> HttpResponseBase:
    """Show the notes of penalties and the credit notes that cancelled some, the latest first."""
    moment = moment_of(request)

    def rows(window: Window) -> Iterable[Any]:
        given = window.filters
        return ledger.notes(
            moment,
            ledger.Asked(
                search=given.get("q", ""),
                state=given.get("state", ""),
                since=day_of(given.get("since")),
                until=day_of(given.get("until")),
                sort=window.sort,
                descending=window.is_descending,
                offset=window.offset,
                limit=window.limit,
            ),
        )

    return answer(request, NOTES, Source(rows=rows), page="ledger/notes.html")


@require_GET
@needs("customers.read")
def interest(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Show what the delays of a customer cost to a day and no note billed, run by run."""
    owner = customer_or_404(request, customer_id)
    moment = moment_of_customer(request, customer_id, owner, day_asked(request, "as_of", today()))
    with_settled = bool(request.GET.get("settled"))
    found = queries.billable(moment, owner, today=today(), with_settled=with_settled)
    may_bill = request.access.may(RIGHT, owner.creditor_id)
    asked = ledger.Asked(limit=1)
    context = {
        **head(request, owner),
        "as_of": moment.as_of,
        "currency": moment.currency,
        "found": found.detail,
        "problem": found.problem,
        "refusal": found.refusal if may_bill else "",
        "settled": with_settled,
        "billable": {line.line_id for line in billable_lines(found, moment, owner)}
        if may_bill
        else set(),
        "waivers": waivers.waivers(tenant_id=request.tenant_id, customer_id=customer_id),
        "may_bill": may_bill,
        "has_notes": next(iter(ledger.notes(moment, asked)), None) is not None,
    }
    return render(request, "ledger/interest.html", context)


@dataclass(frozen=True, slots=True)
class Ticked:
    """Lines that were ticked, to a day, with the total shown for them when it comes back."""

    owner: OwnCustomer
    moment: Moment
    chosen: Chosen


def ticked(request: StaffRequest, customer_id: int) -> Ticked:
    """Read which lines of a customer of one's own are to be billed, or given up."""
    owner = customer_or_404(request, customer_id, RIGHT)
    given = request.POST if request.method == "POST" else request.GET
    until = day_asked(request, "as_of", today())
    moment = moment_of_customer(request, customer_id, owner, until)
    chosen = Chosen(
        customer_id=customer_id,
        until_on=until,
        currency=moment.currency or owner.currency,
        line_ids={int(one) for one in given.getlist("lines") if one.isascii() and one.isdecimal()},
        expected_cents=number_posted(request, "expected") or 0,
        with_settled=bool(request.GET.get("settled")),
    )
    return Ticked(owner, moment, chosen)


@require_http_methods(["GET", "POST"])
@needs(RIGHT)
def bill(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Preview the note that the ticked lines make; issue it when its total comes back."""
    asked = ticked(request, customer_id)
    if request.method == "POST":
        chosen = replace(asked.chosen, hand_over=bool(request.POST.get("hand_over")))
        with telling(
            request, _("Note émise : elle est au compte du client, et son PDF est gardé.")
        ):
            issued = actions.issue_note(
                tenant_id=request.tenant_id,
                chosen=chosen,
                actor_id=request.access.user_id,
                today=today(),
            )
            return redirect("invoice", issued.ledger_id)
    context = {
        **preview(request, asked),
        "may_hand_over": actions.may_hand_over(
            tenant_id=request.tenant_id, creditor_id=asked.owner.creditor_id
        ),
    }
    return render(request, "ledger/bill.html", context)


def billable_lines(found: queries.Billable, moment: Moment, owner: OwnCustomer) -> list[Line]:
    """Return the lines that a note may hold, as it would bill them."""
    asked: dict[str, Any] = {
        "until_on": moment.as_of,
        "currency": moment.currency or owner.currency,
    }
    return [
        queries.as_billed(line, **asked)
        for line in found.lines
        if queries.is_billable(line, **asked)
    ]


def preview(request: StaffRequest, asked: Ticked) -> dict[str, Any]:
    """Return what a note, or a waiver, of these lines comes to."""
    moment, owner, chosen = asked.moment, asked.owner, asked.chosen
    found = queries.billable(moment, owner, today=today(), with_settled=chosen.with_settled)
    known = billable_lines(found, moment, owner)
    lines = [line for line in known if line.line_id in set(chosen.line_ids)]
    return {
        **head(request, owner),
        "problem": found.refusal or found.problem,
        "as_of": moment.as_of,
        "currency": moment.currency,
        "found": Detail(
            tuple(lines),
            sum(line.interest_cents for line in lines),
            sum(line.indemnity_cents for line in lines),
        ),
    }


@require_POST
@needs(RIGHT)
def cancel(request: StaffRequest, note_id: int) -> HttpResponse:
    """Cancel a note by a credit note; what it billed may be billed again."""
    everything = replace(moment_of(request), currency=None)
    rows = ledger.notes(everything, ledger.Asked(note_id=note_id))
    note = next(iter(rows), None)
    if note is None:
        raise Http404
    customer_or_404(request, note.customer_id, RIGHT)
    done = _("Note annulée par un avoir : ce qu'elle facturait peut l'être de nouveau.")
    with telling(request, done):
        actions.cancel_note(
            tenant_id=request.tenant_id,
            note_id=note.id,
            actor_id=request.access.user_id,
            today=today(),
        )
    return redirect(_page(note))


def note_of(request: StaffRequest, invoice: InvoicePage) -> dict[str, Any]:
    """Return what the page of a claim says when it is a note of penalties; else nothing.

    The accounts may have booked it as something else: its number says what it is.
    """
    if invoice.kind != "penalty_note" and not invoice.document.startswith(PREFIX):
        return {}
    moment = Moment(tenant_id=request.tenant_id, as_of=today(), creditor_ids=(invoice.creditor_id,))
    asked = ledger.Asked(number=invoice.document)
    found: NoteRow | None = next(iter(ledger.notes(moment, asked)), None)
    if found is None or found.kind != "note":
        return {}
    return {
        "note": found,
        "note_badge": words.NOTES[found.state],
        "note_parts": ledger.parts(tenant_id=request.tenant_id, note_id=found.id),
        "may_cancel_note": not found.other and request.access.may(RIGHT, invoice.creditor_id),
    }
