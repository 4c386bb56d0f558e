"""One reminder: why it leaves, what it says, and what a person makes of it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET, require_POST

from encours.dunning import actions
from encours.dunning.actions import outbox, outgoing, wording
from encours.dunning.queries import outbox as left
from encours.dunning.queries.reminders import ReminderCard
from encours.kernel.refusal import Refusal
from encours.messaging.rules import html
from encours.postal.queries import prices
from encours.web import links
from encours.web.answers import telling
from encours.web.dunning import subject
from encours.web.dunning.framed import downloaded, framed
from encours.web.dunning.sentences import CARRIERS, CHANNELS, ON_PAPER, OUTBOX, STATES, step
from encours.web.rights import StaffRequest, needs
from encours.web.tables import Badge
from encours.web.wording import Text


class Words(forms.Form):
    """A person's own words, in place of the scenario's."""

    subject = forms.CharField(label=lazy("Objet"), max_length=200)
    body = forms.CharField(
        label=lazy("Texte au-dessus du tableau des factures"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 9}),
        help_text=lazy(
            "Un paragraphe par ligne vide. Le tableau, les coordonnées bancaires et les mentions "
            "légales restent."
        ),
    )


@require_GET
@needs("dunning.read")
def reminder(request: StaffRequest, reminder_id: int) -> HttpResponseBase:
    """Show a reminder with its lines and its text."""
    card = subject.reminder_or_404(request, reminder_id)
    return _page(request, card, None)


@require_GET
@needs("dunning.read")
def email(request: StaffRequest, reminder_id: int) -> HttpResponse:
    """Show the e-mail as it would leave now."""
    card = subject.reminder_or_404(request, reminder_id)
    notice = outgoing.notice_of(
        tenant_id=request.tenant_id,
        reminder_id=card.message.reminder_id,
        now=timezone.now(),
    )
    return framed(html.html_body(notice))


@require_GET
@needs("dunning.read")
def pdf(request: StaffRequest, reminder_id: int) -> HttpResponse:
    """Give the letter as it would leave now."""
    card = subject.reminder_or_404(request, reminder_id)
    _notice, letter = outgoing.preview(
        tenant_id=request.tenant_id,
        reminder_id=card.message.reminder_id,
        now=timezone.now(),
    )
    name = f"{card.message.customer}-{card.message.step}.pdf"
    return downloaded(letter, name=name, content_type="application/pdf", is_shown=True)


@require_POST
@needs("dunning.decide")
def edit(request: StaffRequest, reminder_id: int) -> HttpResponse:
    """Keep a person's own words for this one message."""
    card = subject.reminder_or_404(request, reminder_id, "dunning.decide")
    form = Words(request.POST)
    if not form.is_valid():
        return _page(request, card, form)
    try:
        wording.edit(
            tenant_id=request.tenant_id,
            reminder_id=reminder_id,
            subject=form.cleaned_data["subject"],
            body=form.cleaned_data["body"],
            user_id=request.access.user_id,
            on=card.planned_on,
            now=timezone.now(),
            is_kept=request.POST.get("keep") == "1",
        )
    except wording.NotInThoseWords as refusal:
        return _page(request, card, form, refusal)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Texte enregistré pour ce message."))
    return redirect("reminder", reminder_id)


@require_POST
@needs("dunning.decide")
def decide(request: StaffRequest, reminder_id: int) -> HttpResponse:
    """Approve, send now or skip this one."""
    card = subject.reminder_or_404(request, reminder_id, "dunning.decide")
    asked: dict[str, Any] = {
        "tenant_id": request.tenant_id,
        "user_id": request.access.user_id,
        "on": card.planned_on,
    }
    some: dict[str, Any] = {
        "creditor_id": card.creditor_id,
        "reminder_ids": [reminder_id],
        "now": timezone.now(),
    }
    wanted = request.POST.get("do", "")
    with telling(request):
        if wanted == "approve":
            actions.approve(**asked, **some)
            messages.success(request, _("Message validé."))
        elif wanted == "send":
            outbox.send_now(**asked, **some)
            messages.success(request, _("Le message part maintenant."))
        elif wanted == "skip":
            actions.skip(**asked, reminder_id=reminder_id)
            messages.success(request, _("Message passé : il ne partira pas."))
    return redirect("reminder", reminder_id)


def _page(
    request: StaffRequest,
    card: ReminderCard,
    form: Words | None,
    refusal: wording.NotInThoseWords | None = None,
) -> HttpResponse:
    message = card.message
    may_decide = request.access.may("dunning.decide", card.creditor_id)
    is_open = message.state == "planned"
    if form is None and is_open and may_decide:
        form = Words(initial=_words(request, card))
    reminder_id = message.reminder_id
    sent = left.of_reminder(subject.reach(request), reminder_id=reminder_id)
    context = {
        "card": card,
        "message": message,
        "step": step(message.step),
        "state": STATES[message.state],
        "channel": CHANNELS.get(message.channel),
        "customer_url": links.customer(message.customer_id),
        "sent": [(one, OUTBOX[one.state], CHANNELS.get(one.channel)) for one in sent],
        "costs": _costs(request, card),
        "may_decide": may_decide,
        "is_open": is_open,
        "form": form,
        "refusal": refusal,
        **_luggage(request, reminder_id),
    }
    return render(request, "dunning/reminder.html", context)


def _luggage(request: StaffRequest, reminder_id: int) -> dict[str, Any]:
    """Return what goes along with the e-mail: what is written for it, copies, what is missing."""
    step_of, luggage = outgoing.luggage_now(
        tenant_id=request.tenant_id, reminder_id=reminder_id, now=timezone.now()
    )
    written = [
        said
        for said, holds in (
            (
                _("Le courrier (PDF)"),
                step_of.kind == "formal_notice" or "letter" in step_of.attachments,
            ),
            (_("Un relevé de compte (PDF)"), "statement" in step_of.attachments),
        )
        if holds
    ]
    return {
        "written": written,
        "files": luggage.files,
        "missing": list(luggage.missing.sentences()),
    }


def _costs(request: StaffRequest, card: ReminderCard) -> list[tuple[Badge, Text, int | None]]:
    """Return what the letters of a reminder cost at least, said before they leave."""
    found = prices.estimates(
        tenant_id=request.tenant_id,
        creditor_id=card.creditor_id,
        channels=card.message.channel.split("+"),
    )
    return [
        (ON_PAPER[one.channel], CARRIERS.get(one.provider, one.provider), one.first_cents)
        for one in found
    ]


def _words(request: StaffRequest, card: ReminderCard) -> dict[str, str]:
    if card.edited:
        return {"subject": card.edited.get("subject", ""), "body": card.edited.get("body", "")}
    notice = outgoing.notice_of(
        tenant_id=request.tenant_id,
        reminder_id=card.message.reminder_id,
        now=timezone.now(),
    )
    return {
        "subject": notice.subject.removeprefix("[Répétition] "),
        "body": "\n\n".join((*notice.opening, *notice.closing)),
    }
