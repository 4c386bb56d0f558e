"""Letters on paper: the batch to print, its franking list, what was posted, what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date
from typing import Any, Final

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from encours.dunning.actions import letters as actions
from encours.dunning.queries import letters as queries
from encours.dunning.queries.letters import LetterRow, Wanted
from encours.kernel.refusal import Refusal
from encours.postal.actions import codes
from encours.web.answers import telling
from encours.web.dunning import steps, subject
from encours.web.dunning.framed import downloaded
from encours.web.dunning.outbox import row_or_404, with_creditor
from encours.web.dunning.sentences import ON_PAPER, ON_THE_WAY, STEPS, choices
from encours.web.rights import StaffRequest, needs, require
from encours.web.tables import Column, Filter, Source, Table, Window, answer

PDF: Final = "application/pdf"
CHANNEL: Final = Filter("channel", lazy("Envoi"), "select", choices(ON_PAPER, lazy("Tous")))
FRANKING: Final = (
    Column("place", lazy("N°"), "count"),
    Column("name", lazy("Client"), link=lambda row: reverse("message", args=(row["id"],))),
    Column("channel", lazy("Envoi"), "badge", badges=ON_PAPER),
    Column("sheets", lazy("Feuilles"), "count"),
    Column("weight_g", lazy("Poids (g)"), "count"),
    Column("cost_cents", lazy("Coût"), "money"),
    Column("", lazy("N° à noter"), "custom", template="dunning/_letter_number.html"),
    Column("town", lazy("Ville")),
    Column("step", lazy("Étape"), "badge", badges=STEPS),
    Column("envelope", lazy("Enveloppe")),
    Column("number", lazy("N° de recommandé"), "code"),
)
WAITING: Final = Table(
    name="letters",
    caption=lazy("Courriers à poster"),
    columns=(*FRANKING, Column("", "", "custom", template="dunning/_letter_actions.html")),
    filters=(
        Filter("q", lazy("Rechercher"), placeholder=lazy("Client, code")),
        CHANNEL,
    ),
    select="ids",
    select_form="letters-print",
    select_key="ticked",
    per_page=200,
    empty=lazy("Aucun courrier n'attend."),
)
UNDER_WAY: Final = Table(
    name="letters-sent",
    caption=lazy("Courriers partis"),
    columns=(
        Column("name", lazy("Client"), link=lambda row: reverse("message", args=(row["id"],))),
        Column("channel", lazy("Envoi"), "badge", badges=ON_PAPER),
        Column("state", lazy("Suivi"), "badge", badges=ON_THE_WAY),
        Column("ended_on", lazy("Depuis le"), "date"),
        Column("posted_on", lazy("Posté le"), "date"),
        Column("proofs", lazy("Preuves"), "count"),
        Column("number", lazy("N° de recommandé"), "code"),
        Column("cost_cents", lazy("Coût"), "money"),
        Column("town", lazy("Ville")),
        Column("step", lazy("Étape"), "badge", badges=STEPS),
        Column("trouble", lazy("Dernier ennui")),
    ),
    filters=(
        Filter("q", lazy("Rechercher"), placeholder=lazy("Client, code, numéro")),
        CHANNEL,
        Filter("state", lazy("Suivi"), "select", choices(ON_THE_WAY, lazy("Tous"))),
    ),
    empty=lazy("Aucun courrier n'est parti."),
)


@require_GET
@needs("dunning.read")
def waiting(request: StaffRequest) -> HttpResponseBase:
    """List the letters to print and post; once printed, it is their franking list."""
    mine, may = subject.reach(request), request.access.may

    def rows(window: Window) -> Iterable[Mapping[str, Any]]:
        found = queries.waiting(mine, _wanted(window))
        return [_shown(one, may_send=may("dunning.send", one.creditor_id)) for one in found]

    every = queries.waiting(mine)
    may_send = may("dunning.send", request.creditor_id)
    read_only = tuple(one for one in WAITING.columns if one.kind != "custom")
    table = WAITING if may_send else replace(WAITING, columns=read_only, select="")
    context = {
        "current": "outbox_letters",
        "today": timezone.localdate(),
        "may_send": may_send,
        "figures": _figures(every),
        "coded": codes.asking(tenant_id=request.tenant_id, creditor_ids=request.scope.creditor_ids)
        if may_send
        else (),
    }
    return answer(
        request,
        with_creditor(request, steps.named(table, steps.badges(request))),
        Source(rows=rows),
        page="dunning/letters.html",
        context=context,
    )


@require_GET
@needs("dunning.read")
def under_way(request: StaffRequest) -> HttpResponseBase:
    """List the letters that left, with what became of each and its proofs."""
    mine = subject.reach(request)

    def rows(window: Window) -> Iterable[Mapping[str, Any]]:
        found = queries.under_way(mine, _wanted(window))
        return [_shown(one, may_send=False) for one in found]

    table = with_creditor(request, steps.named(UNDER_WAY, steps.badges(request)))
    context = {"current": "letters_under_way"}
    return answer(
        request, table, Source(rows=rows), page="dunning/letters_sent.html", context=context
    )


@require_POST
@needs("dunning.send")
def batch(request: StaffRequest) -> HttpResponse:
    """Print the chosen letters as one PDF, or record that they were posted."""
    chosen = _chosen(request)
    if not chosen:
        messages.error(request, _("Cochez au moins un courrier."))
        return redirect("outbox_letters")
    return _record(request, chosen) if request.POST.get("do") == "post" else _print(request, chosen)


def _print(request: StaffRequest, chosen: list[int]) -> HttpResponse:
    """Give the letters as one PDF, each written with the facts of now."""
    with telling(request):
        done = actions.print_batch(
            tenant_id=request.tenant_id,
            message_ids=chosen,
            is_duplex=request.POST.get("duplex") == "1",
            user_id=request.access.user_id,
            now=timezone.now(),
        )
        for one in done.held:
            messages.warning(request, one.reason)
        name = f"courriers-{timezone.localdate():%Y-%m-%d}.pdf"
        return downloaded(done.pdf, name=name, content_type=PDF)
    return redirect("outbox_letters")


def _record(request: StaffRequest, chosen: list[int]) -> HttpResponse:
    """Record that letters were posted on a day, each with its number if it has one."""
    on = parse_date(request.POST.get("posted_on", "")) or timezone.localdate()
    done = sum(_posted(request, one, on, request.POST.get(f"number_{one}", "")) for one in chosen)
    if done:
        told = ngettext("%(n)s courrier noté posté.", "%(n)s courriers notés postés.", done)
        messages.success(request, told % {"n": done})
    return redirect("outbox_letters")


@require_POST
@needs("dunning.send")
def print_letter(request: StaffRequest, message_id: int) -> HttpResponse:
    """Give the letter written with the facts of now, and keep it as printed."""
    row = row_or_404(request, message_id, "dunning.send")
    with telling(request):
        pdf = actions.print_letter(
            tenant_id=request.tenant_id, message_id=row.id, now=timezone.now()
        )
        return downloaded(pdf, name=f"{row.code}-{row.step}.pdf", content_type=PDF)
    return redirect("outbox_letters")


@require_POST
@needs("dunning.send")
def mark_one_posted(request: StaffRequest, message_id: int) -> HttpResponse:
    """Record that a letter was posted today."""
    row = row_or_404(request, message_id, "dunning.send")
    if _posted(request, row.id, timezone.localdate(), ""):
        messages.success(request, _("Courrier posté : noté."))
    return redirect("outbox_letters")


@require_POST
@needs("dunning.send")
def one_time_code(request: StaffRequest) -> HttpResponse:
    """Open the hour during which a provider takes qualified electronic letters."""
    asked = request.POST.get("creditor_id", "")
    creditor_id = int(asked) if asked.isascii() and asked.isdecimal() else 0
    require(request, "dunning.send", creditor_id)
    given: dict[str, Any] = {
        "tenant_id": request.tenant_id,
        "creditor_id": creditor_id,
        "code": request.POST.get("code", ""),
        "user_id": request.access.user_id,
        "today": timezone.localdate(),
    }

    def give() -> None:
        done = _("Code accepté : les recommandés électroniques partent pendant une heure.")
        with telling(request, done):
            codes.authenticate(**given)

    transaction.on_commit(give)
    return redirect("outbox_letters")


def _wanted(window: Window) -> Wanted:
    asked = window.filters
    return Wanted(
        search=asked.get("q", ""),
        channel=asked.get("channel", ""),
        state=asked.get("state", ""),
        limit=window.limit,
        offset=window.offset,
    )


def _chosen(request: StaffRequest) -> list[int]:
    """Return the letters ticked, in the order of the page; 404 out of reach, 403 without right."""
    ids = subject.ids(request)
    for message_id in ids:
        row_or_404(request, message_id, "dunning.send")
    return ids


def _posted(request: StaffRequest, message_id: int, on: date, number: str) -> bool:
    try:
        actions.mark_posted(
            tenant_id=request.tenant_id,
            message_id=message_id,
            posted_on=on,
            number=number,
            user_id=request.access.user_id,
            now=timezone.now(),
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return False
    return True


def _shown(row: LetterRow, *, may_send: bool) -> dict[str, Any]:
    return {
        **asdict(row),
        "place": row.place or None,
        "sheets": row.sheets or None,
        "town": row.town,
        "envelope": row.envelope,
        "weight_g": row.weight_g or None,
        "may_send": may_send,
        "ticked": row.id if may_send else None,
        "currency": "EUR",
    }


def _figures(rows: Sequence[LetterRow]) -> dict[str, int]:
    return {
        "count": len(rows),
        "registered": sum(1 for one in rows if one.channel == "registered"),
        "printed": sum(1 for one in rows if one.printed_at is not None),
        "cost_cents": queries.total_cost(rows),
    }
