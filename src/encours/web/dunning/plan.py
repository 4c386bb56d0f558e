"""The plan of the day: what leaves, why, and what a person decides of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
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
from encours.dunning.queries import day_rows, reminders
from encours.dunning.queries.day import Day
from encours.dunning.queries.day_rows import DayAsked, DaySum
from encours.kernel.refusal import Refusal
from encours.tenancy.queries.places import CreditorChoice
from encours.web.answers import telling
from encours.web.chosen import of_creditors
from encours.web.dunning import steps, subject
from encours.web.dunning.sentences import CHANNELS, STATES, STEPS, choices, step
from encours.web.dunning.subject import Those
from encours.web.rights import StaffRequest, needs
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
    select_key="ticked",
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
@of_creditors
def plan(request: StaffRequest, *, creditors: tuple[CreditorChoice, ...]) -> HttpResponseBase:
    """Show the messages reserved for today, each with its reason."""
    mine = subject.those(request, creditors)
    asked = DayAsked(
        tenant_id=request.tenant_id,
        days={id_: (day.today, day.is_rehearsal) for id_, day in mine.days.items()},
        customers=subject.own_customers(request),
    )
    found = day_rows.day_sums(asked)
    called = steps.badges(request)
    context = {
        **subject.heads(request, mine),
        "sums": _sums(found, called),
        "to_decide": sum(one.messages for one in found if one.state == "planned"),
        "waiting": sum(one.messages for one in found if one.state in ("planned", "approved")),
        "count": sum(one.messages for one in found),
    }
    named = steps.named(MESSAGES, called)
    table = replace(
        named,
        columns=(named.columns[0], *mine.column, *named.columns[1:]),
        select=MESSAGES.select if context["may_decide"] else "",
    )
    able = {one.id for one in mine.able(request, "dunning.decide")}
    rows = Source(
        rows=lambda window: _rows(asked, window, able),
        count=lambda window: day_rows.day_count(_filtered(asked, window)),
    )
    return answer(request, table, rows, page="dunning/plan.html", context=context)


@require_POST
@needs("dunning.decide")
@of_creditors
def compute(request: StaffRequest, *, creditors: tuple[CreditorChoice, ...]) -> HttpResponse:
    """Decide the day now, of each creditor: new messages are reserved, none twice."""
    mine, now, count = subject.those(request, creditors), timezone.now(), 0
    if not mine.able(request, "dunning.decide"):
        raise PermissionDenied
    for creditor in sorted(mine.able(request, "dunning.decide"), key=lambda one: one.id):
        on = mine.days[creditor.id].today
        with telling(request):
            done = actions.plan_day(
                tenant_id=request.tenant_id, creditor_id=creditor.id, on=on, now=now
            )
            count += done.reserved_count
    told = ngettext("%(n)s message ajouté.", "%(n)s messages ajoutés.", count)
    messages.success(request, told % {"n": count} if count else _("Rien de nouveau."))
    return redirect("plan")


@require_POST
@needs("dunning.decide")
@of_creditors
def decide(request: StaffRequest, *, creditors: tuple[CreditorChoice, ...]) -> HttpResponse:
    """Approve, send now or skip: all, or those that were ticked, each for its own creditor."""
    asked = request.POST.get("do", "")
    is_all, ticked = asked.endswith("_all"), subject.ids(request)
    if not is_all and not ticked:
        messages.error(request, _("Cochez au moins un message."))
        return redirect("plan")
    work = WORKS.get(asked.removesuffix("_all"))
    if work is None or (is_all and work.act is _skip):
        return redirect("plan")
    mine, count, left = subject.those(request, creditors), 0, 0
    chosen: dict[CreditorChoice, list[int] | None] = {}
    if is_all:
        chosen |= dict.fromkeys(mine.able(request, work.right))
        if not chosen:
            raise PermissionDenied
    else:
        owners = reminders.creditors_of(tenant_id=request.tenant_id, reminder_ids=ticked)
        chosen |= mine.owning(request, work.right, owners)
    for creditor in sorted(chosen, key=lambda one: one.id):
        with telling(request):
            count += work.act(request, creditor, mine.days[creditor.id], chosen[creditor])
            left += _left(request, creditor, mine.days[creditor.id], chosen[creditor])
    if count:
        messages.success(request, work.told(count, mine))
    if left and work.act is not _skip:
        told = ngettext(
            "%(n)s message se valide à part : ouvrez-le.",
            "%(n)s messages se valident un par un : ouvrez chacun d'eux.",
            left,
        )
        messages.info(request, told % {"n": left})
    return redirect("plan")


def _left(
    request: StaffRequest, creditor: CreditorChoice, today: Day, chosen: list[int] | None
) -> int:
    """Count what a list leaves out, to be approved one by one."""
    return reminders.one_by_one(
        tenant_id=request.tenant_id, creditor_id=creditor.id, on=today.today, ids=chosen
    )


def _approve(
    request: StaffRequest, creditor: CreditorChoice, today: Day, chosen: list[int] | None
) -> int:
    return actions.approve(
        tenant_id=request.tenant_id,
        creditor_id=creditor.id,
        reminder_ids=chosen,
        user_id=request.access.user_id,
        on=today.today,
        now=timezone.now(),
    )


def _approved(count: int, mine: Those) -> str:
    if mine.one is None:
        told = ngettext(
            "%(n)s message validé ; il part pendant la plage de sa société.",
            "%(n)s messages validés ; chacun part pendant la plage de sa société.",
            count,
        )
        return told % {"n": count}
    today = mine.days[mine.one.id]
    hours = {"n": count, "first": today.send_from_hour, "last": today.send_until_hour}
    told = ngettext(
        "%(n)s message validé ; il part entre %(first)s h et %(last)s h.",
        "%(n)s messages validés ; ils partent entre %(first)s h et %(last)s h.",
        count,
    )
    return told % hours


def _send(
    request: StaffRequest, creditor: CreditorChoice, today: Day, chosen: list[int] | None
) -> int:
    return outbox.send_now(
        tenant_id=request.tenant_id,
        creditor_id=creditor.id,
        reminder_ids=chosen,
        user_id=request.access.user_id,
        on=today.today,
        now=timezone.now(),
    )


def _leaving(count: int, _mine: Those) -> str:
    told = ngettext("%(n)s message part maintenant.", "%(n)s messages partent maintenant.", count)
    return told % {"n": count}


def _skip(
    request: StaffRequest, _creditor: CreditorChoice, today: Day, chosen: list[int] | None
) -> int:
    count = 0
    for reminder_id in chosen or []:
        subject.reminder_or_404(request, reminder_id, "dunning.decide")
        try:
            with transaction.atomic():
                actions.skip(
                    tenant_id=request.tenant_id,
                    reminder_id=reminder_id,
                    user_id=request.access.user_id,
                    on=today.today,
                )
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            count += 1
    return count


def _skipped(count: int, _mine: Those) -> str:
    told = ngettext("%(n)s message passé.", "%(n)s messages passés.", count)
    return told % {"n": count}


@dataclass(frozen=True, slots=True)
class Work:
    """What may be done of messages: the right for it, the act, how it is told."""

    right: str
    act: Callable[[StaffRequest, CreditorChoice, Day, list[int] | None], int]
    told: Callable[[int, Those], str]


WORKS: Final[Mapping[str, Work]] = {
    "approve": Work("dunning.decide", _approve, _approved),
    "send": Work("dunning.send", _send, _leaving),
    "skip": Work("dunning.decide", _skip, _skipped),
}


def _address(reminder_id: int) -> str:
    return reverse("reminder", args=(reminder_id,))


def _filtered(asked: DayAsked, window: Window) -> DayAsked:
    step, state, search = (window.filters.get(name, "") for name in ("step", "state", "q"))
    return replace(asked, step=step, state=state, search=search)


def _rows(asked: DayAsked, window: Window, able: Collection[int]) -> Iterator[dict[str, Any]]:
    for one in day_rows.day_rows(
        _filtered(asked, window),
        sort=window.sort,
        is_descending=window.is_descending,
        offset=window.offset,
        limit=window.limit,
    ):
        ticked = one.id if one.creditor_id in able else None
        yield {**asdict(one), "ticked": ticked, "amount_cents": one.amount_cents or None}


def _sums(found: Iterable[DaySum], called: Mapping[str, Badge]) -> list[StepSum]:
    sums: dict[tuple[int, str, str], tuple[int, int]] = {}
    for one in found:
        if one.state != "skipped":
            key = (one.rank, one.step, one.currency)
            count, cents = sums.get(key, (0, 0))
            sums[key] = (count + one.messages, cents + one.cents)
    return [
        StepSum(called.get(code) or step(code), currency, count, cents)
        for (_rank, code, currency), (count, cents) in sorted(sums.items())
    ]
