"""The plan of the day: what leaves, why, and what a person decides of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from encours.dunning import actions
from encours.dunning.actions import outbox
from encours.dunning.queries import day_rows
from encours.dunning.queries.day_rows import DayAsked, DaySum
from encours.kernel.refusal import Refusal
from encours.tenancy.queries.places import CreditorChoice
from encours.web.answers import telling
from encours.web.chosen import of_one_creditor
from encours.web.dunning import subject
from encours.web.dunning.sentences import CHANNELS, STATES, STEPS, choices, step
from encours.web.rights import StaffRequest, needs, require
from encours.web.tables import Badge, Column, Filter, Source, Table, Window, answer

MESSAGES: Final = Table(
    name="plan",
    caption=lazy("Messages du jour"),
    columns=(
        Column("name", lazy("Client"), sort=True, link=lambda row: _address(row["id"])),
        Column("step", lazy("Étape"), "badge", badges=STEPS),
        Column("amount_cents", lazy("Montant"), "money", sort=True),
        Column("lines", lazy("Échéances"), "count", sort=True),
        Column("reason", lazy("Pourquoi aujourd'hui")),
        Column("channel", lazy("Canal"), "badge", badges=CHANNELS),
        Column("state", lazy("État"), "badge", badges=STATES),
    ),
    filters=(
        Filter("q", lazy("Rechercher"), placeholder=lazy("Client, code, facture")),
        Filter("step", lazy("Étape"), "select", choices(STEPS, lazy("Toutes"))),
        Filter("state", lazy("État"), "select", choices(STATES, lazy("Tous"))),
    ),
    select="ids",
    select_form="decide",
    per_page=100,
    empty=lazy("Aucun message n'est prévu aujourd'hui."),
    empty_template="dunning/_empty_plan.html",
)


@dataclass(frozen=True, slots=True)
class StepSum:
    """What leaves at one step, in one currency."""

    badge: Badge
    currency: str
    messages: int
    cents: int


@require_GET
@needs("dunning.read")
@of_one_creditor
def plan(request: StaffRequest, *, creditor: CreditorChoice) -> HttpResponseBase:
    """Show the messages reserved for today, each with its reason."""
    today = subject.day(request, creditor)
    asked = DayAsked(
        tenant_id=request.tenant_id,
        creditor_id=creditor.id,
        on=today.today,
        rehearsal=today.is_rehearsal,
        customers=subject.own_customers(request),
    )
    found = day_rows.day_sums(asked)
    context = {
        **subject.head(request, creditor, today),
        "sums": _sums(found),
        "to_decide": sum(one.messages for one in found if one.state == "planned"),
        "waiting": sum(one.messages for one in found if one.state in ("planned", "approved")),
        "count": sum(one.messages for one in found),
    }
    table = MESSAGES if context["may_decide"] else replace(MESSAGES, select="")
    rows = Source(
        rows=lambda window: _rows(asked, window),
        count=lambda window: day_rows.day_count(_filtered(asked, window)),
    )
    return answer(request, table, rows, page="dunning/plan.html", context=context)


@require_POST
@needs("dunning.decide")
@of_one_creditor
def compute(request: StaffRequest, *, creditor: CreditorChoice) -> HttpResponse:
    """Decide the day now: new messages are reserved, none twice."""
    now = timezone.now()
    today = subject.day(request, creditor).today
    with telling(request):
        done = actions.plan_day(
            tenant_id=request.tenant_id, creditor_id=creditor.id, on=today, now=now
        )
        count = done.reserved_count
        told = ngettext("%(n)s message ajouté.", "%(n)s messages ajoutés.", count)
        messages.success(request, told % {"n": count} if count else _("Rien de nouveau."))
    return redirect("plan")


@require_POST
@needs("dunning.decide")
@of_one_creditor
def decide(request: StaffRequest, *, creditor: CreditorChoice) -> HttpResponse:
    """Approve, send now or skip: all, or those that were ticked."""
    asked = request.POST.get("do", "")
    is_all = asked.endswith("_all")
    ticked = subject.ids(request)
    if not is_all and not ticked:
        messages.error(request, _("Cochez au moins un message."))
        return redirect("plan")
    chosen = None if is_all else ticked
    work = {"approve": _approve, "send": _send, "skip": _skip}.get(asked.removesuffix("_all"))
    if work is not None and not (work is _skip and is_all):
        with telling(request):
            messages.success(request, work(request, creditor, chosen))
    return redirect("plan")


def _approve(request: StaffRequest, creditor: CreditorChoice, chosen: list[int] | None) -> str:
    today = subject.day(request, creditor)
    count = actions.approve(
        tenant_id=request.tenant_id,
        creditor_id=creditor.id,
        reminder_ids=chosen,
        user_id=request.access.user_id,
        on=today.today,
        now=timezone.now(),
    )
    hours = {"n": count, "first": today.send_from_hour, "last": today.send_until_hour}
    told = ngettext(
        "%(n)s message validé ; il part entre %(first)s h et %(last)s h.",
        "%(n)s messages validés ; ils partent entre %(first)s h et %(last)s h.",
        count,
    )
    return told % hours


def _send(request: StaffRequest, creditor: CreditorChoice, chosen: list[int] | None) -> str:
    require(request, "dunning.send", creditor.id)
    count = outbox.send_now(
        tenant_id=request.tenant_id,
        creditor_id=creditor.id,
        reminder_ids=chosen,
        user_id=request.access.user_id,
        on=subject.day(request, creditor).today,
        now=timezone.now(),
    )
    told = ngettext("%(n)s message part maintenant.", "%(n)s messages partent maintenant.", count)
    return told % {"n": count}


def _skip(request: StaffRequest, creditor: CreditorChoice, chosen: list[int] | None) -> str:
    count = 0
    for reminder_id in chosen or []:
        subject.reminder_or_404(request, reminder_id, "dunning.decide")
        try:
            with transaction.atomic():
                actions.skip(
                    tenant_id=request.tenant_id,
                    reminder_id=reminder_id,
                    user_id=request.access.user_id,
                    on=subject.day(request, creditor).today,
                )
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            count += 1
    told = ngettext("%(n)s message passé.", "%(n)s messages passés.", count)
    return told % {"n": count}


def _address(reminder_id: int) -> str:
    return reverse("reminder", args=(reminder_id,))


def _filtered(asked: DayAsked, window: Window) -> DayAsked:
    step, state, search = (window.filters.get(name, "") for name in ("step", "state", "q"))
    return replace(asked, step=step, state=state, search=search)


def _rows(asked: DayAsked, window: Window) -> Iterator[dict[str, Any]]:
    for one in day_rows.day_rows(
        _filtered(asked, window),
        sort=window.sort,
        is_descending=window.is_descending,
        offset=window.offset,
        limit=window.limit,
    ):
        yield {**asdict(one), "amount_cents": one.amount_cents or None}


def _sums(found: Iterable[DaySum]) -> list[StepSum]:
    sums: dict[tuple[int, str, str], tuple[int, int]] = {}
    for one in found:
        if one.state != "skipped":
            key = (one.rank, one.step, one.currency)
            count, cents = sums.get(key, (0, 0))
            sums[key] = (count + one.messages, cents + one.cents)
    return [
        StepSum(step(code), currency, count, cents)
        for (_rank, code, currency), (count, cents) in sorted(sums.items())
    ]
