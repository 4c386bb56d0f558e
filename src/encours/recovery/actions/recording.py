"""Records a call once, with what it changes: facts, next action, the planned call's end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from encours.dunning.actions import calls as planned
from encours.kernel.dates import add_working_days
from encours.kernel.refusal import Refusal
from encours.parties import queries as parties
from encours.parties.actions import contacts, customers
from encours.parties.models import Customer
from encours.recovery.actions import tasks
from encours.recovery.actions.tasks import NewTask
from encours.recovery.models import Call, OpenSheet, Task
from encours.recovery.queries.made import tries_of
from encours.recovery.queries.policies import policy_of
from encours.recovery.rules import outcomes
from encours.recovery.rules.outcomes import PROOF_DAYS, UNANSWERED, Said
from encours.standing import actions as standing
from encours.standing import causes
from encours.tenancy import calendars, journal
from encours.tenancy.models import Creditor

NOTE_MAX: Final = 2_000
PAID_WORDS: Final = "Dit avoir payé : preuve attendue"
PROOF_WORDS: Final = "Preuve du règlement reçue ?"


class CallRefused(Refusal):
    """Say what the outcome lacks, all at once."""


class AlreadyCalled(Refusal):
    """Somebody else made these calls since the sheet was opened."""

    message = "Cet appel vient d'être noté par quelqu'un d'autre : rien n'est compté deux fois."


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a person says of a call; `reminder_ids` and `task_ids` are those the sheet showed."""

    outcome: str
    contact_id: int | None = None
    line_id: int | None = None
    promised_on: date | None = None
    amount_cents: int | None = None
    cause: str = ""
    call_back_at: datetime | None = None
    note: str = ""
    reminder_ids: Sequence[int] = ()
    task_ids: Sequence[int] = ()
    next_task: NewTask | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """The call, whether it was recorded just now, and how each planned call ended."""

    call_id: int
    is_new: bool
    ends: dict[int, str] = field(default_factory=dict)


@transaction.atomic
def record_call(
    *,
    tenant_id: int,
    customer_id: int,
    uuid: UUID,
    told: Told,
    actor_id: int | None,
    now: datetime,
    today: date,
) -> Recorded:
    """Record a call and all that follows from it; the same `uuid` again changes nothing.

    The customer's lock makes two people wait for each other: who comes second reads AlreadyCalled
    when nothing of what their sheet showed is left to do.
    """
    customer = customers.locked(tenant_id=tenant_id, customer_id=customer_id)
    known = Call.objects.of(tenant_id).filter(uuid=uuid).first()
    if known is not None:
        return Recorded(known.pk, is_new=False)
    place: dict[str, Any] = {"tenant_id": tenant_id, "customer_id": customer_id}
    _refuse(told, place, now, today)
    waiting = planned.locked_calls(**place, reminder_ids=told.reminder_ids, on=today)
    open_tasks = tasks.locked_tasks(**place, task_ids=told.task_ids)
    if (told.reminder_ids or told.task_ids) and not (waiting or open_tasks):
        raise AlreadyCalled
    fact_id = _consequence(customer, told, actor_id, today)
    call = _new(told, uuid, fact_id)
    call.tenant_id, call.customer, call.creditor_id = tenant_id, customer, customer.creditor_id
    call.reminder_ids, call.caller_id = waiting, actor_id
    call.made_at, call.made_on = now, today
    call.save()
    ends = _end_planned(customer, call, now)
    _end_tasks(call, open_tasks, actor_id, now, today)
    wanted = told.next_task or _called_for(customer, told, today)
    if wanted is not None:
        tasks.plan_task(
            **place, task=wanted, call_id=call.pk, actor_id=actor_id, now=now, today=today
        )
    OpenSheet.objects.of(tenant_id).filter(customer_id=customer_id).delete()
    _tell(call, ends)
    return Recorded(call.pk, is_new=True, ends=ends)


def _new(told: Told, uuid: UUID, fact_id: int | None) -> Call:
    """Return the call as it is kept: an outcome keeps what it asks for, nothing else."""
    return Call(
        uuid=uuid,
        contact_id=told.contact_id,
        outcome=told.outcome,
        cause=told.cause if told.outcome == "dispute" else "",
        promised_on=told.promised_on if told.outcome == "promise" else None,
        amount_cents=told.amount_cents if told.outcome == "promise" else None,
        call_back_at=told.call_back_at if told.outcome == "call_back" else None,
        fact_id=fact_id,
        note=told.note.strip()[:NOTE_MAX],
    )


def _tell(call: Call, ends: dict[int, str]) -> None:
    journal.record(
        f"call.{call.outcome}",
        tenant_id=call.tenant_id,
        subject=("call", call.pk),
        effective_on=call.made_on,
        actor_id=call.caller_id,
        creditor_id=call.creditor_id,
        customer_id=call.customer_id,
        data={
            "reminders": call.reminder_ids,
            "ends": sorted(set(ends.values())),
            "cents": call.amount_cents,
            "cause": call.cause,
            "fact": call.fact_id,
        },
    )


def _refuse(told: Told, place: dict[str, Any], now: datetime, today: date) -> None:
    said = Said(
        told.outcome,
        told.promised_on,
        told.amount_cents,
        told.cause,
        told.call_back_at,
        has_contact=told.contact_id is not None,
    )
    found = list(outcomes.faults(said, causes=tuple(causes.BY_CODE), now=now, today=today))
    who = told.contact_id
    if who is not None and who not in {one.id for one in parties.contacts_of(**place)}:
        found.append("Cet interlocuteur n'est pas de ce client.")
    if found:
        raise CallRefused(" ".join(found))


def _consequence(customer: Customer, told: Told, actor_id: int | None, today: date) -> int | None:
    """Say in `standing`, or on the contact, what the call taught; return the fact."""
    about: dict[str, Any] = {
        "tenant_id": customer.tenant_id,
        "customer_id": customer.pk,
        "line_id": told.line_id,
        "starts_on": today,
        "actor_id": actor_id,
        "today": today,
    }
    match told.outcome:
        case "promise":
            return standing.record_fact(
                **about, kind="promise", ends_on=told.promised_on, amount_cents=told.amount_cents
            )
        case "dispute":
            return standing.record_fact(
                **about,
                kind="dispute",
                reason=causes.label(told.cause),
                details={"cause": told.cause},
            )
        case "paid":
            until = _proof_day(customer, today)
            return standing.record_fact(**about, kind="pause", ends_on=until, reason=PAID_WORDS)
        case "wrong_number":
            assert told.contact_id is not None
            contacts.mark_phone_wrong(
                tenant_id=customer.tenant_id,
                contact_id=told.contact_id,
                actor_id=actor_id,
                today=today,
            )
    return None


def _proof_day(customer: Customer, today: date) -> date:
    mine = Creditor.objects.of(customer.tenant_id).select_related("tenant")
    calendar = mine.get(pk=customer.creditor_id).in_force("calendar")
    return add_working_days(today, PROOF_DAYS, calendars.around(today, calendar))


def _end_planned(customer: Customer, call: Call, now: datetime) -> dict[int, str]:
    """End the planned calls that this one answers, or let them wait for another try."""
    if not call.reminder_ids:
        return {}
    tenant_id = customer.tenant_id
    policy, _origin = policy_of(tenant_id=tenant_id, creditor_id=customer.creditor_id)
    tries = tries_of(tenant_id=tenant_id, reminder_ids=call.reminder_ids)
    asked = {"tenant_id": tenant_id, "customer_id": customer.pk}
    numbers = [one for one in parties.contacts_of(**asked) if one.phone and not one.is_phone_wrong]
    ends: dict[int, str] = {}
    for reminder_id in call.reminder_ids:
        one = {"tenant_id": tenant_id, "reminder_id": reminder_id}
        end = outcomes.end_of(
            call.outcome,
            tries=tries.get(reminder_id, 0),
            policy=policy,
            has_number=bool(numbers),
            has_next=bool(planned.next_channels(**one)),
        )
        if end == "falls_back" and not planned.fall_back(**one, now=now):
            end = "done"
        if end == "done":
            planned.conclude_call(**one, now=now)
        ends[reminder_id] = end
    return ends


def _end_tasks(
    call: Call, open_tasks: list[Task], actor_id: int | None, now: datetime, today: date
) -> None:
    """End the calls that somebody had asked for, unless nobody answered."""
    if call.outcome in UNANSWERED:
        return
    for task in open_tasks:
        tasks.end_task(
            tenant_id=call.tenant_id, task_id=task.pk, actor_id=actor_id, now=now, today=today
        )


def _called_for(customer: Customer, told: Told, today: date) -> NewTask | None:
    """Return the next action that an outcome calls for when the person said none."""
    if told.outcome == "call_back" and told.call_back_at is not None:
        local = planned.local_day(
            tenant_id=customer.tenant_id, creditor_id=customer.creditor_id, at=told.call_back_at
        )
        return NewTask("call", local, due_at=told.call_back_at)
    if told.outcome == "paid":
        return NewTask("proof", _proof_day(customer, today), text=PROOF_WORDS)
    return None
