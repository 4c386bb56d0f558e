"""The outbox: what leaves, what left byte for byte, what waits for a person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET, require_POST

from encours.dunning.actions import outbox, outgoing
from encours.dunning.queries import outbox as queries
from encours.dunning.queries.outbox import OutboxRow, Reach
from encours.messaging import actions as sending
from encours.messaging import handling
from encours.messaging import queries as paced
from encours.messaging.actions import PATIENCE
from encours.messaging.handling import Kept
from encours.messaging.rules.offers import ON_PHONE
from encours.messaging.rules.reading import read_mail
from encours.messaging.rules.segments import length_of
from encours.web import links
from encours.web.answers import telling
from encours.web.dunning import steps, subject
from encours.web.dunning.framed import downloaded, framed
from encours.web.dunning.posting import posted
from encours.web.dunning.sentences import CHANNELS, OUTBOX, STEPS, choices, step
from encours.web.paced import in_words
from encours.web.rights import StaffRequest, creditors_of, needs, require
from encours.web.tables import Column, Filter, Source, Table, Window, answer

MAIL: Final = "message/rfc822"
PLAIN: Final = "text/plain; charset=utf-8"
MESSAGES: Final = Table(
    name="outbox",
    caption=lazy("Messages"),
    columns=(
        Column("name", lazy("Client"), link=lambda row: reverse("message", args=(row.id,))),
        Column("step", lazy("Étape"), "badge", badges=STEPS),
        Column("channel", lazy("Canal"), "badge", badges=CHANNELS),
        Column("state", lazy("État"), "badge", badges=OUTBOX),
        Column("recipient", lazy("Destinataire")),
        Column("amount_cents", lazy("Montant"), "money"),
        Column("sent_at", lazy("Parti le"), "instant"),
        Column("send_after", lazy("Pas avant"), "instant"),
        Column("attempts", lazy("Essais"), "count"),
        Column("last_error", lazy("Dernier refus")),
    ),
    filters=(
        Filter("q", lazy("Rechercher"), placeholder=lazy("Client, code, objet")),
        Filter("state", lazy("État"), "select", choices(OUTBOX, lazy("Tous"))),
        Filter(
            "channel",
            lazy("Canal"),
            "select",
            (("", lazy("Tous")), ("email", lazy("E-mail")), ("letter", lazy("Courrier"))),
        ),
    ),
    empty=lazy("Rien n'est parti encore."),
)


@require_GET
@needs("dunning.read")
def messages(request: StaffRequest) -> HttpResponseBase:
    """List the outbox, what needs a person first in sight."""
    mine = subject.reach(request)

    def rows(window: Window) -> Iterable[OutboxRow]:
        asked = window.filters
        return queries.messages(
            mine,
            state=asked.get("state", ""),
            channel=asked.get("channel", ""),
            search=asked.get("q", ""),
            limit=window.limit,
            offset=window.offset,
        )

    counts = queries.counts(mine)
    by_state = {
        state: sum(n for (one, _c), n in counts.items() if one == state) for state in OUTBOX
    }
    context = {
        "counts": [
            {"code": state, "badge": OUTBOX[state], "count": count}
            for state, count in by_state.items()
            if count
        ],
        "chosen": request.GET.get("state", ""),
        "uncertain": by_state["uncertain"],
        "paced": _paced(request, mine),
        "letters": sum(counts.get(("reserved", one), 0) for one in handling.ON_PAPER),
        "current": "outbox",
    }
    table = with_creditor(request, steps.named(MESSAGES, steps.badges(request)))
    return answer(request, table, Source(rows=rows), page="dunning/outbox.html", context=context)


def _paced(request: StaffRequest, mine: Reach) -> list[dict[str, Any]]:
    """Return what waits at senders with limits, and on which days that leaves."""
    senders = paced.limited_senders(
        tenant_id=request.tenant_id, creditor_ids=mine.creditor_ids, now=timezone.now()
    )
    return [
        {"channel": CHANNELS[one.channel].label, "ahead": in_words(one)}
        for one in senders
        if one.waiting
    ]


def with_creditor(request: StaffRequest, table: Table) -> Table:
    """Add the column that says whose message it is, where several creditors are shown."""
    seen = tuple(one for one in creditors_of(request) if request.scope.covers(one.id))
    column = subject.Those(seen, {}).column if request.creditor_id is None else ()
    return replace(table, columns=(table.columns[0], *column, *table.columns[1:]))


@require_GET
@needs("dunning.read")
def message(request: StaffRequest, message_id: int) -> HttpResponseBase:
    """Show one message: its life, the exact bytes that left, what a person may still do."""
    row = row_or_404(request, message_id)
    kept = handling.contents(tenant_id=request.tenant_id, message_id=row.id)
    now = timezone.now()
    may_send = request.access.may("dunning.send", row.creditor_id)
    mail = next((one for one in kept if one.content_type == MAIL), None)
    context = {
        "row": row,
        "state": OUTBOX[row.state],
        "step": step(row.step) if row.step else None,
        "channel": CHANNELS.get(row.channel),
        "customer_url": links.customer(row.customer_id),
        "files": [(place, one.name, len(one.body)) for place, one in enumerate(kept)],
        "headers": read_mail(mail.body).headers if mail else (),
        "short": _short(request, row, kept),
        "is_uncertain": row.state == "uncertain" and may_send,
        "may_deny": row.claimed_at is None or now - row.claimed_at >= PATIENCE,
        "may_deny_at": row.claimed_at + PATIENCE if row.claimed_at else None,
        "may_retry": row.state in handling.ENDED_BADLY and may_send,
        **posted(request, row, may_send=may_send),
    }
    return render(request, "dunning/message.html", context)


@require_GET
@needs("dunning.read")
def body(request: StaffRequest, message_id: int) -> HttpResponse:
    """Show the mail's body from the bytes that left."""
    kept = _kept(request, message_id)
    found = next((one for one in kept if one.content_type == MAIL), None)
    if found is None:
        raise Http404
    mail = read_mail(found.body)
    return framed(mail.html, mail.text)


@require_GET
@needs("dunning.read")
def file(request: StaffRequest, message_id: int, place: int) -> HttpResponse:
    """Give one file of a message, byte for byte."""
    kept = _kept(request, message_id)
    if place >= len(kept):
        raise Http404
    one = kept[place]
    return downloaded(one.body, name=one.name, content_type=one.content_type)


@require_POST
@needs("dunning.send")
def resolve(request: StaffRequest, message_id: int) -> HttpResponse:
    """Take a person's word on a message that nobody knows to have left."""
    row = row_or_404(request, message_id, "dunning.send")
    has_left = request.POST.get("left") == "1"
    done = _("Noté comme parti.") if has_left else _("Il sera renvoyé.")
    with telling(request, done):
        sending.resolve_uncertain(
            tenant_id=request.tenant_id,
            message_id=row.id,
            has_left=has_left,
            user_id=request.access.user_id,
            now=timezone.now(),
        )
    return redirect("message", message_id)


@require_POST
@needs("dunning.send")
def retry(request: StaffRequest, message_id: int) -> HttpResponse:
    """Put a failed or bounced message back in the queue."""
    row = row_or_404(request, message_id, "dunning.send")
    with telling(request, _("Il sera renvoyé, récrit avec les faits du moment.")):
        outbox.retry(
            tenant_id=request.tenant_id,
            message_id=row.id,
            user_id=request.access.user_id,
            now=timezone.now(),
        )
    return redirect("message", message_id)


def _short(request: StaffRequest, row: OutboxRow, kept: list[Kept]) -> dict[str, Any] | None:
    """Return the text message as it left, else as it would leave now, its length and its cost."""
    if row.channel not in ON_PHONE or row.state == "withdrawn":
        return None
    left = next((one.body.decode() for one in kept if one.content_type == PLAIN), "")
    told = outgoing.short_of(
        tenant_id=request.tenant_id,
        reminder_id=row.reminder_id,
        channel=row.channel,
        now=timezone.now(),
    )
    length = length_of(left) if left else told.length
    cost = None if left else told.cost_cents
    return {"body": left or told.body, "length": length, "cost_cents": cost}


def row_or_404(request: StaffRequest, message_id: int, right: str = "") -> OutboxRow:
    """Return a message within reach, this person having the right for it."""
    row = queries.one_message(subject.reach(request), message_id=message_id)
    if row is None:
        raise Http404
    if right:
        require(request, right, row.creditor_id)
    return row


def _kept(request: StaffRequest, message_id: int) -> list[Kept]:
    row = row_or_404(request, message_id)
    return handling.contents(tenant_id=request.tenant_id, message_id=row.id)
