"""The sheet of a call: who, what is owed, what was said before, what to say, how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import uuid4

import polars as pl
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from encours.dunning.queries.timeline import timeline
from encours.kernel.countries import territory_of
from encours.kernel.refusal import Refusal
from encours.messaging.rules.numbers import dialled
from encours.parties import queries as parties
from encours.parties.queries import ContactRow, CustomerCard
from encours.receivables.queries.customers import OwnCustomer
from encours.recovery.actions import recording, sheets
from encours.recovery.actions.recording import Told
from encours.recovery.actions.tasks import NewTask
from encours.recovery.clocks import clock_of
from encours.recovery.queries import made, owed, planned, policies, tasks
from encours.scoring.queries import stored
from encours.tenancy.queries import people
from encours.web.answers import fragment
from encours.web.dunning.sentences import step
from encours.web.dunning.subject import ids
from encours.web.ledger.customer import line_choices, open_lines
from encours.web.ledger.sentences import told
from encours.web.ledger.subject import customer_or_404, moment_of_customer, today
from encours.web.ledger.words import STATUSES
from encours.web.recovery import words
from encours.web.recovery.forms import Outcome
from encours.web.recovery.speech import Known, script_of
from encours.web.rights import StaffRequest, needs
from encours.web.scoring.words import PROFILES

SOON_DAYS: Final = 15
EVENTS: Final = 10
DUE: Final = frozenset({"open", "partial"})


@dataclass(frozen=True, slots=True)
class Callee:
    """A contact as one dials it."""

    contact: ContactRow
    dialled: str


@require_GET
@needs("calls.read")
def call(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Show all that one needs before and during a call."""
    owner = customer_or_404(request, customer_id)
    return _drawn(request, owner, None)


@require_POST
@needs("calls.write")
def see(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Say that this person has the sheet; answer who else has it."""
    customer_or_404(request, customer_id, "calls.write")
    holder = sheets.see_sheet(
        tenant_id=request.tenant_id,
        customer_id=customer_id,
        user_id=request.access.user_id,
        now=timezone.now(),
        takes_over=request.POST.get("take") == "1",
    )
    context = {"customer_id": customer_id, "may_write": True, **_held(holder)}
    if request.htmx:
        return fragment(request, "recovery/_holder.html", context)
    return redirect("call", customer_id)


@require_POST
@needs("calls.write")
def record(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Record the outcome, once; what it lacks is said on the sheet, nothing typed is lost."""
    owner = customer_or_404(request, customer_id, "calls.write")
    lines = open_lines(moment_of_customer(request, customer_id, owner))
    card = _card(request, customer_id)
    form = _form(request, card, lines, request.POST)
    if form.is_valid():
        try:
            done = recording.record_call(
                tenant_id=request.tenant_id,
                customer_id=customer_id,
                uuid=form.cleaned_data["uuid"],
                told=_told(request, form.cleaned_data),
                actor_id=request.access.user_id,
                now=timezone.now(),
                today=today(),
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _noted(done.ends.values()))
            return redirect("calls")
    return _drawn(request, owner, form, status=422)


def _noted(ends: Any) -> str:
    if "falls_back" in ends:
        return _("C'est noté : l'étape part par son canal suivant.")
    if "waits" in ends:
        return _("C'est noté : l'appel reste à faire.")
    return _("C'est noté.")


def _told(request: StaffRequest, typed: Mapping[str, Any]) -> Told:
    back_on, back_time = typed["call_back_on"], typed["call_back_time"]
    at = None
    if back_on and back_time:
        at = timezone.make_aware(datetime.combine(back_on, back_time))
    next_task = None
    if typed["next_kind"]:
        next_task = NewTask(
            typed["next_kind"],
            typed["next_on"] or today(),
            text=typed["next_text"],
            collector_id=typed["next_collector_id"],
        )
    return Told(
        outcome=typed["outcome"],
        contact_id=typed["contact_id"],
        line_id=typed["line_id"],
        promised_on=typed["promised_on"],
        amount_cents=typed["amount"],
        cause=typed["cause"],
        call_back_at=at,
        note=typed["note"],
        reminder_ids=ids(request, "reminders"),
        task_ids=ids(request, "tasks"),
        next_task=next_task,
    )


def _drawn(
    request: StaffRequest, owner: OwnCustomer, form: Outcome | None, *, status: int = 200
) -> HttpResponse:
    lines = open_lines(moment_of_customer(request, owner.id, owner))
    known = _known(request, owner, lines)
    late_cents = int(known.late["open_cents"].sum())
    context = {
        **_said_before(request, owner),
        **_present(request, known, lines),
        "owner": owner,
        "customer_id": owner.id,
        "currency": owner.currency,
        "late_cents": late_cents,
        "script": script_of(known),
        "careful": owner.debtor_class == "consumer" or not owner.is_confirmed,
        "may_write": request.access.may("calls.write", owner.creditor_id),
        "form": form or _form(request, known.card, lines, None, late_cents=late_cents),
    }
    return render(request, "recovery/sheet.html", context, status=status)


def _known(request: StaffRequest, owner: OwnCustomer, lines: pl.DataFrame) -> Known:
    day, about = today(), _about(request, owner)
    return Known(
        owner=owner,
        card=_card(request, owner.id),
        late=lines.filter(pl.col("status") == "late"),
        promises=owed.promises_of(**about, today=day),
        going=planned.calls_to_make(
            **about, creditor_id=owner.creditor_id, now=timezone.now(), today=day
        ),
        actions=tasks.tasks_of(**about, ended=0),
        profile=str((stored.score_of(**about) or {}).get("profile", "")),
        day=day,
    )


def _present(request: StaffRequest, known: Known, lines: pl.DataFrame) -> dict[str, Any]:
    """Return what holds now: whom to dial, the hour there, what is owed, what is to be done."""
    owner, day, described = known.owner, known.day, known.card.described
    now = timezone.now()
    policy, _origin = policies.policy_of(tenant_id=request.tenant_id, creditor_id=owner.creditor_id)
    clock = clock_of(
        described["country"], described["postcode"], home=owner.time_zone, policy=policy, now=now
    )
    return {
        "callees": _callees(known.card),
        "clock": clock,
        "quiet": words.QUIET.get(clock.quiet, ""),
        "late": _rows(known.late),
        "soon": _rows(_soon(lines, day)),
        "apart": _rows(lines.filter(~pl.col("status").is_in(["late", *DUE]))),
        "steps": [step(one.step).label for one in known.going.calls],
        "no_longer": known.going.no_longer,
        "promises": [(one, words.PROMISES[one.state]) for one in known.promises],
        "profile": PROFILES.get(known.profile),
        "reminder_ids": [one.reminder_id for one in known.going.calls],
        "task_ids": [one.id for one in known.actions if one.kind == "call" and one.due_on <= day],
        "tasks": [(one, words.TASKS[one.kind]) for one in known.actions],
    }


def _said_before(request: StaffRequest, owner: OwnCustomer) -> dict[str, Any]:
    """Return the last calls and what happened, and who has this sheet open."""
    about = _about(request, owner)
    calls = made.calls_of(**about)
    names = people.names_of({one.caller_id for one in calls if one.caller_id})
    me = request.access.user_id
    return {
        "calls": [
            (one, words.OUTCOMES[one.outcome], names.get(one.caller_id or 0, "")) for one in calls
        ],
        "timeline": [told(event) for event in timeline(**about, until=today(), shown=EVENTS)],
        **_held(made.holder_of(**about, but_user_id=me, now=timezone.now())),
    }


def _about(request: StaffRequest, owner: OwnCustomer) -> dict[str, Any]:
    return {"tenant_id": request.tenant_id, "customer_id": owner.id}


def _card(request: StaffRequest, customer_id: int) -> CustomerCard:
    card = parties.customer_card(tenant_id=request.tenant_id, customer_id=customer_id)
    assert card is not None
    return card


def _form(
    request: StaffRequest,
    card: CustomerCard,
    lines: pl.DataFrame,
    given: Any,
    *,
    late_cents: int = 0,
) -> Outcome:
    named = [(one.id, one.name or one.phone or one.email) for one in card.contacts]
    initial: dict[str, Any] = {"uuid": uuid4(), "promised_on": today() + timedelta(days=7)}
    if late_cents:
        initial["amount"] = late_cents
    return Outcome(
        given,
        initial=initial,
        contacts=named,
        lines=line_choices(lines),
        people=list(people.names(request.tenant_id).items()),
    )


def _held(holder: made.Holder | None) -> dict[str, Any]:
    if holder is None:
        return {"holder": "", "since": None}
    named = people.names_of({holder.user_id})
    return {"holder": named.get(holder.user_id, _("Quelqu'un")), "since": holder.since}


def _callees(card: CustomerCard) -> list[Callee]:
    country = territory_of(card.described["country"], card.described["postcode"])
    return [Callee(one, dialled(one.phone, country)) for one in card.contacts if one.phone]


def _soon(lines: pl.DataFrame, day: date) -> pl.DataFrame:
    return lines.filter(
        pl.col("status").is_in(list(DUE))
        & (pl.col("due_on") >= day)
        & (pl.col("due_on") <= day + timedelta(days=SOON_DAYS))
    )


def _rows(lines: pl.DataFrame) -> list[dict[str, Any]]:
    rows = lines.sort("due_on").iter_rows(named=True)
    return [{**row, "label": STATUSES[row["status"]].label} for row in rows]
