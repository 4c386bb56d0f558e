"""A letter on its message's page: its number, what became of it, its proofs, a scanned receipt."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST

from encours.dunning.queries.outbox import OutboxRow
from encours.kernel.refusal import Refusal
from encours.messaging.rules.tracking import ProofKind, State
from encours.postal.actions import postings as actions
from encours.postal.actions.postings import Paper
from encours.postal.queries import postings as queries
from encours.web.answers import telling
from encours.web.dunning import outbox
from encours.web.dunning.sentences import CARRIERS, ON_PAPER, ON_THE_WAY, PROOFS
from encours.web.rights import StaffRequest, needs

SEEN: tuple[State, ...] = (
    "deposited", "presented", "delivered", "refused", "not_claimed", "unknown", "returned",
)  # fmt: skip
PROOF_OF: dict[State, ProofKind] = {
    "deposited": "deposit", "presented": "deposit", "delivered": "receipt", "refused": "refusal",
    "not_claimed": "not_claimed", "unknown": "returned", "returned": "returned",
}  # fmt: skip


class Seen(forms.Form):
    """What a receipt or an envelope that came back says, and its scan."""

    prefix = "seen"
    state = forms.ChoiceField(
        label=lazy("Ce qu'il dit"),
        choices=[(one, ON_THE_WAY[one].label) for one in SEEN],
    )
    on = forms.DateField(
        label=lazy("Date"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    scan = forms.FileField(label=lazy("Numérisation (PDF ou image)"), required=False)


def posted(request: StaffRequest, row: OutboxRow, *, may_send: bool) -> dict[str, Any]:
    """Return what the page of a message says of its letter; nothing when it is none."""
    if row.channel not in ON_PAPER:
        return {}
    card = queries.card_of(tenant_id=request.tenant_id, message_id=row.id)
    if card is None:
        return {}
    return {
        "letter": card,
        "letter_kind": ON_PAPER[card.channel],
        "letter_state": ON_THE_WAY[card.state],
        "carrier": CARRIERS.get(card.provider, card.provider),
        "story": [(ON_THE_WAY[str(one["state"])], _dated(one)) for one in card.happened],
        "proofs": [(PROOFS[str(one["kind"])], _dated(one)) for one in card.proofs],
        "may_file": may_send and card.posted_on is not None,
        "seen_form": Seen(initial={"on": timezone.localdate()}),
    }


def _dated(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "day": date.fromisoformat(row["on"]) if row["on"] else None}


@require_POST
@needs("dunning.send")
def seen(request: StaffRequest, message_id: int) -> HttpResponse:
    """Record what a receipt or a returned envelope says, and keep its scan."""
    row = outbox.row_or_404(request, message_id, "dunning.send")
    form = Seen(request.POST, request.FILES)
    with telling(request, _("C'est noté, et gardé en preuve.")):
        if not form.is_valid():
            raise NotSeen
        typed, scan = form.cleaned_data, form.cleaned_data["scan"]
        state: State = typed["state"]
        if typed["on"] > timezone.localdate():
            raise NotSeen(_("Cette date est à venir."))
        paper = None
        if scan is not None:
            name = scan.name or ""
            paper = Paper(PROOF_OF[state], scan.read(), name=name, on=typed["on"])
        actions.record_seen(
            tenant_id=request.tenant_id,
            message_id=row.id,
            state=state,
            on=typed["on"],
            paper=paper,
            user_id=request.access.user_id,
            today=timezone.localdate(),
        )
    return redirect("message", message_id)


@require_POST
@needs("dunning.send")
def number(request: StaffRequest, message_id: int) -> HttpResponse:
    """Keep the number of a registered letter."""
    row = outbox.row_or_404(request, message_id, "dunning.send")
    with telling(request, _("Numéro de recommandé noté.")):
        actions.give_number(
            tenant_id=request.tenant_id,
            message_id=row.id,
            number=request.POST.get("number", ""),
            user_id=request.access.user_id,
            today=timezone.localdate(),
        )
    return redirect("message", message_id)


class NotSeen(Refusal):
    """What was typed cannot be recorded."""

    message = "Dites ce que l'avis ou l'enveloppe indique, et à quelle date."
