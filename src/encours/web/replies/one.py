"""One reply: what it says as plain text, what it speaks of, and what one click makes of it."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django.forms import Form
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from encours.documents.queries import lists as documents
from encours.kernel.dates import add_working_days
from encours.replies.queries import lines as line_queries
from encours.replies.queries import replies as queries
from encours.replies.queries.lines import ReplyLine
from encours.replies.queries.replies import Asked, ReplyCard
from encours.replies.rules import answers
from encours.replies.rules.answers import Facts, Suggested
from encours.replies.rules.marking import marked
from encours.replies.rules.proposing import promised_cents
from encours.standing import queries as standing
from encours.tone.rules.values import Finding
from encours.web import links
from encours.web.replies import forms, words
from encours.web.replies.lists import reach_of
from encours.web.rights import StaffRequest, creditors_of, needs

BESIDE: Final = 30
FILES: Final = 20
PAYMENT_DAYS: Final = 5
WAITING: Final = ("new", "proposed")
MAIN: Final = {
    "promise": "promise",
    "delay_asked": "promise",
    "dispute": "dispute",
    "payment_proof": "payment",
    "wrong_contact": "address",
    "invoice_asked": "answer",
}
"""The outcome that each kind calls for; any other is read, answered or set aside."""


@require_GET
@needs("dunning.read")
def reply(request: StaffRequest, reply_id: int) -> HttpResponseBase:
    """Show one reply beside those that wait."""
    card = reply_or_404(request, reply_id)
    return page(request, card)


def reply_or_404(request: StaffRequest, reply_id: int) -> ReplyCard:
    """Return a reply that this person may read; one of nobody is for whoever sees everybody."""
    card = queries.card(tenant_id=request.tenant_id, reply_id=reply_id)
    if card is None or not request.scope.covers(card.row.creditor_id):
        raise Http404
    if not request.scope.is_own(card.salesperson_id, card.collector_id):
        raise Http404
    return card


def page(
    request: StaffRequest,
    card: ReplyCard,
    *,
    typed: dict[str, Form] | None = None,
    findings: tuple[Finding, ...] = (),
) -> HttpResponse:
    """Draw the page of a reply; `typed` are the forms that were sent with something wrong."""
    today, reach = timezone.localdate(), reach_of(request)
    lines = lines_of(request, card)
    beside = queries.replies(reach, Asked(state="to_decide", descending=False, limit=BESIDE))
    may_decide = request.access.may("standing.write", card.row.creditor_id)
    is_open = card.row.state in WAITING
    hold = (
        standing.fact(tenant_id=request.tenant_id, fact_id=card.hold_id) if card.hold_id else None
    )
    context = {
        "card": card,
        "row": card.row,
        "kind": words.KINDS[card.row.kind],
        "state": words.STATES[card.row.state],
        "outcome": words.OUTCOMES.get(card.row.outcome, ""),
        "evidence": words.EVIDENCES.get(card.evidence, ""),
        "reader": words.READERS.get(card.reader, ""),
        "others": [words.KINDS[one].label for one in card.others if one in words.KINDS],
        "cause": words.cause(card.row.cause),
        "pieces": marked(card.own or card.text, card.why),
        "has_more": card.text.strip() != card.own.strip(),
        "lines": lines,
        "hold": hold,
        "customer_url": links.customer(card.row.customer_id),
        "message_url": links.to("message", card.message_id) if card.message_id else "",
        "beside": beside,
        "kinds": words.KINDS,
        "next": next((one.id for one in beside if one.id != card.row.id), None),
        "answers": [(one, words.ANSWERS[one.state]) for one in card.answers],
        "is_open": is_open,
        "may_decide": may_decide and (is_open or card.row.state == "noted"),
        "may_read_files": request.access.may("documents.read", card.row.creditor_id),
        "may_address": request.access.may("customers.write", card.row.creditor_id),
        "may_answer": is_open
        and request.access.may("dunning.send", card.row.creditor_id)
        and not card.is_erased,
        "main": MAIN.get(card.row.kind, "closing"),
        "findings": findings,
        **_forms(request, card, lines, today, typed or {}),
    }
    return render(request, "replies/one.html", context)


def lines_of(request: StaffRequest, card: ReplyCard) -> list[ReplyLine]:
    """Return what the customer of a reply owes."""
    return line_queries.lines_of(
        tenant_id=request.tenant_id,
        customer_id=card.row.customer_id,
        lineages=card.lineages,
        today=timezone.localdate(),
    )


def _forms(
    request: StaffRequest,
    card: ReplyCard,
    lines: list[ReplyLine],
    today: date,
    typed: dict[str, Form],
) -> dict[str, Any]:
    row = card.row
    cited = [one.as_open_line() for one in lines if one.is_cited]
    said = promised_cents(
        amount_cents=row.amount_cents,
        share=card.share,
        lines=cited or [one.as_open_line() for one in lines],
    )
    files = copies(request, card, lines)
    words_said = suggestion(request, card, has_copies=bool(files))
    wait = max(filter(None, (row.said_on, add_working_days(today, PAYMENT_DAYS, ()))))
    shown: dict[str, Form] = {
        "promise": forms.Promise(
            initial={"until": row.said_on, "amount": said or None, "cause": row.cause}
        ),
        "dispute": forms.Dispute(initial={"cause": row.cause}),
        "payment": forms.Payment(initial={"until": wait}),
        "address": forms.Address(initial={"email": card.address}),
        "closing": forms.Closing(initial={"cause": row.cause}),
        "correct": forms.Correct(
            initial={"kind": row.kind, "said_on": row.said_on, "amount": row.amount_cents}
        ),
        "assign": forms.Assign(candidates=card.candidates),
        "answer": forms.Answer(
            documents=files,
            initial={
                "subject": words_said.subject,
                "body": words_said.body,
                "documents": [number for number, _name in files],
            },
        ),
    }
    return {f"{name}_form": form for name, form in {**shown, **typed}.items()}


def copies(request: StaffRequest, card: ReplyCard, lines: list[ReplyLine]) -> list[tuple[int, str]]:
    """Return the kept files of the invoices that the reply speaks of, when it asks for them."""
    if card.row.kind not in answers.DOCUMENTS or card.row.customer_id is None:
        return []
    wanted = {one.invoice_id for one in lines if one.is_cited}
    asked = documents.Asked(customer_id=card.row.customer_id, kind="invoice", limit=200)
    found = documents.documents(tenant_id=request.tenant_id, asked=asked)
    return [
        (one.id, one.name)
        for one in found
        if any(link.kind == "invoice" and link.subject_id in wanted for link in one.links)
    ][:FILES]


def suggestion(request: StaffRequest, card: ReplyCard, *, has_copies: bool) -> Suggested:
    """Return the words to start an answer from, in the language of whoever wrote."""
    language = card.language if card.language in ("fr", "en") else card.customer_language
    names = {one.id: one.name for one in creditors_of(request)}
    return answers.suggested(
        Facts(
            kind=card.row.kind,
            language="en" if language == "en" else "fr",
            name=card.sender_name,
            subject=card.subject,
            creditor=names.get(card.row.creditor_id, ""),
            invoices=card.numbers,
            said_on=card.row.said_on,
            amount_cents=card.row.amount_cents,
            currency=card.row.currency,
            has_copies=has_copies,
        )
    )
