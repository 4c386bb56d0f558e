"""What a person does with a reply: confirm, correct, set aside, answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from encours.kernel.refusal import Refusal
from encours.parties.queries import customer_by_code
from encours.replies.actions import answering, outcomes
from encours.replies.actions.outcomes import Who
from encours.replies.queries import replies as queries
from encours.replies.queries.replies import ReplyCard
from encours.web.replies import forms
from encours.web.replies.lists import reach_of
from encours.web.replies.one import copies, lines_of, page, reply_or_404
from encours.web.rights import StaffRequest, needs, require

ID_MAX: Final = 19


@require_POST
@needs("standing.write")
def decide(request: StaffRequest, reply_id: int) -> HttpResponse:
    """Do what one click says; a form with something wrong is shown again."""
    card = reply_or_404(request, reply_id)
    require(request, "standing.write", card.row.creditor_id)
    wanted = request.POST.get("do", "")
    if wanted in SIMPLE:
        return _done(request, card, lambda: SIMPLE[wanted](_who(request, card)))
    if wanted not in FORMS:
        raise Http404
    form = FORMS[wanted](request, card)
    if not form.is_valid():
        return page(request, card, typed={wanted: form})
    return _done(request, card, lambda: ACTS[wanted](request, card, form.cleaned_data))


@require_POST
@needs("dunning.send")
def answer(request: StaffRequest, reply_id: int) -> HttpResponse:
    """Send an answer that a person read; what may not be written is said and nothing leaves."""
    card = reply_or_404(request, reply_id)
    require(request, "dunning.send", card.row.creditor_id)
    lines = lines_of(request, card)
    form = forms.Answer(request.POST, documents=copies(request, card, lines))
    if not form.is_valid():
        return page(request, card, typed={"answer": form})
    typed = form.cleaned_data
    written = answering.Written(
        subject=typed["subject"],
        body=typed["body"],
        language="en" if card.language == "en" else "fr",
        document_ids=tuple(typed.get("documents", ())),
    )
    try:
        answering.send_answer(_who(request, card), written, now=timezone.now())
    except answering.Unlawful as refusal:
        return page(request, card, typed={"answer": form}, findings=refusal.findings)
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return page(request, card, typed={"answer": form})
    messages.success(request, _("Réponse prête : elle part dans l'instant."))
    return _onwards(request, card)


def _done(request: StaffRequest, card: ReplyCard, act: Callable[[], object]) -> HttpResponse:
    try:
        act()
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("reply", card.row.id)
    messages.success(request, _("C'est noté."))
    return _onwards(request, card)


def _onwards(request: StaffRequest, card: ReplyCard) -> HttpResponse:
    """Lead to the same reply while it waits, else to the next that does."""
    after = queries.first_to_decide(reach_of(request), after=card.row.id)
    still = queries.card(tenant_id=request.tenant_id, reply_id=card.row.id)
    if still is not None and still.row.state in ("new", "proposed"):
        return redirect("reply", card.row.id)
    return redirect("reply", after) if after is not None else redirect("replies")


def _who(request: StaffRequest, card: ReplyCard) -> Who:
    return Who(
        tenant_id=request.tenant_id,
        reply_id=card.row.id,
        actor_id=request.access.user_id,
        today=timezone.localdate(),
    )


def _lines(request: StaffRequest) -> list[int]:
    given = request.POST.getlist("lines")
    return [int(one) for one in given if one.isascii() and one.isdecimal() and len(one) < ID_MAX]


def _promise(request: StaffRequest, card: ReplyCard, typed: dict[str, Any]) -> None:
    outcomes.confirm_promise(
        _who(request, card),
        until=typed["until"],
        amount_cents=typed["amount"],
        line_ids=_lines(request),
        cause=typed["cause"],
    )


def _dispute(request: StaffRequest, card: ReplyCard, typed: dict[str, Any]) -> None:
    outcomes.confirm_dispute(
        _who(request, card),
        cause=typed["cause"],
        line_ids=_lines(request),
        reason=typed["reason"],
    )


def _payment(request: StaffRequest, card: ReplyCard, typed: dict[str, Any]) -> None:
    outcomes.await_payment(_who(request, card), until=typed["until"])


def _address(request: StaffRequest, card: ReplyCard, typed: dict[str, Any]) -> None:
    require(request, "customers.write", card.row.creditor_id)
    outcomes.change_address(_who(request, card), email=typed["email"], sender=card.row.sender)


def _closing(request: StaffRequest, card: ReplyCard, typed: dict[str, Any]) -> None:
    outcomes.close(_who(request, card), cause=typed["cause"])


def _correct(request: StaffRequest, card: ReplyCard, typed: dict[str, Any]) -> None:
    outcomes.correct(
        _who(request, card),
        kind=typed["kind"],
        said_on=typed["said_on"],
        amount_cents=typed["amount"],
    )


def _assign(request: StaffRequest, card: ReplyCard, typed: dict[str, Any]) -> None:
    found = typed.get("customer")
    if found is None and typed["code"]:
        found = customer_by_code(
            tenant_id=request.tenant_id,
            creditor_id=card.row.creditor_id,
            code=typed["code"].strip(),
        )
    if found is None:
        raise outcomes.NotPossible(_("Aucun client de cette société n'a ce code."))
    outcomes.assign(_who(request, card), customer_id=found)


def _assign_form(request: StaffRequest, card: ReplyCard) -> Form:
    return forms.Assign(request.POST, candidates=card.candidates)


SIMPLE: Final[dict[str, Callable[[Who], object]]] = {"discard": outcomes.discard}
FORMS: Final[dict[str, Callable[[StaffRequest, ReplyCard], Form]]] = {
    "promise": lambda request, _card: forms.Promise(request.POST),
    "dispute": lambda request, _card: forms.Dispute(request.POST),
    "payment": lambda request, _card: forms.Payment(request.POST),
    "address": lambda request, _card: forms.Address(request.POST),
    "closing": lambda request, _card: forms.Closing(request.POST),
    "correct": lambda request, _card: forms.Correct(request.POST),
    "assign": _assign_form,
}
ACTS: Final[dict[str, Callable[[StaffRequest, ReplyCard, dict[str, Any]], None]]] = {
    "promise": _promise,
    "dispute": _dispute,
    "payment": _payment,
    "address": _address,
    "closing": _closing,
    "correct": _correct,
    "assign": _assign,
}
