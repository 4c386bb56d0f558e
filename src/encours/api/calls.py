"""Calls: whom to call today, and how a call ended, for a telephone that notes by itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.utils import timezone
from ninja import Field, Router, Schema
from pydantic import AwareDatetime

from encours.api import places
from encours.api.guard import ApiRequest, needs
from encours.api.kinds import Amount, CreditorCode, Day, Id, Note, Text20
from encours.api.places import OfCustomer
from encours.kernel.money import decimal_text, parse_cents
from encours.recovery.actions import recording
from encours.recovery.actions.recording import Told
from encours.recovery.queries.worklist import ToCall, worklist
from encours.recovery.rules.outcomes import Outcome

router = Router(tags=["Appels"])
Ids = Annotated[list[Id], Field(max_length=200)]


class CallTask(Schema):
    """A next action that is due: what, and at which hour if somebody asked for one."""

    id: int
    kind: str
    text: str
    due_on: date
    due_at: datetime | None


class CallToMake(Schema):
    """One customer to call, in one currency; `expected_gain` orders the list."""

    creditor: str
    customer_id: int
    customer: str
    name: str
    currency: str
    overdue: str
    expected_gain: str
    chance_percent: int
    profile: str
    at: datetime | None
    steps: list[str]
    reminder_ids: list[int]
    tasks: list[CallTask]
    collector_id: int | None


class CallsOfToday(Schema):
    """The calls of a day in their order; `held` counts those that wait, by reason."""

    on: date
    calls: list[CallToMake]
    held: dict[str, int]


class NewCall(OfCustomer):
    """A call that was made; the same `uuid` again changes nothing."""

    uuid: UUID = Field(description="L'identifiant de l'appel chez vous.")
    outcome: Outcome
    promised_on: Day | None = None
    amount: Amount | None = None
    cause: Text20 = Field("", description="La cause d'un litige (`delivery`, `price`, `cash`…).")
    call_back_at: AwareDatetime | None = None
    contact_id: Id | None = None
    line_id: Id | None = None
    note: Note = ""
    reminder_ids: Ids = Field([], description="Les appels prévus auxquels il répond.")
    task_ids: Ids = Field([], description="Les actions qu'il termine.")


class RecordedCall(Schema):
    """The call, whether it was noted just now, and how each planned call ended."""

    id: int
    is_new: bool
    ends: dict[int, str]


@router.get("/calls", response=CallsOfToday, summary="Appels du jour")
@needs("calls.read")
def list_calls(request: ApiRequest, creditor: CreditorCode = "") -> Any:
    """Liste les clients à appeler aujourd'hui, le plus grand gain attendu d'abord."""
    today, reach = timezone.localdate(), places.scope(request, creditor)
    codes = places.codes(request)
    found = worklist(
        tenant_id=request.tenant_id,
        creditor_ids=reach.creditor_ids,
        now=timezone.now(),
        today=today,
    )
    mine = [
        one
        for one in found.rows
        if reach.covers(one.customer.creditor_id)
        and reach.is_own(one.customer.salesperson_id, one.collector_id)
    ]
    return {"on": today, "calls": [_shown(one, codes) for one in mine], "held": dict(found.held)}


@router.post("/calls", response={201: RecordedCall}, summary="Noter un appel")
@needs("calls.write")
def create_call(request: ApiRequest, given: NewCall) -> Any:
    """Note un appel et ce qui s'ensuit : promesse, litige, rappel, fin de l'appel prévu."""
    owner = places.named_customer(request, given)
    done = recording.record_call(
        tenant_id=request.tenant_id,
        customer_id=owner.id,
        uuid=given.uuid,
        told=Told(
            outcome=given.outcome,
            contact_id=given.contact_id,
            line_id=given.line_id,
            promised_on=given.promised_on,
            amount_cents=None if given.amount is None else parse_cents(given.amount),
            cause=given.cause,
            call_back_at=given.call_back_at,
            note=given.note,
            reminder_ids=given.reminder_ids,
            task_ids=given.task_ids,
        ),
        actor_id=request.access.user_id,
        now=timezone.now(),
        today=timezone.localdate(),
    )
    return {"id": done.call_id, "is_new": done.is_new, "ends": done.ends}


def _shown(row: ToCall, codes: Mapping[int, str]) -> dict[str, Any]:
    one = row.customer
    return {
        "creditor": codes.get(one.creditor_id, ""),
        "customer_id": one.id,
        "customer": one.code,
        "name": one.name,
        "currency": row.currency,
        "overdue": decimal_text(row.owed.cents),
        "expected_gain": decimal_text(row.gain_cents),
        "chance_percent": row.chance,
        "profile": one.profile,
        "at": row.at,
        "steps": list(row.steps),
        "reminder_ids": list(row.reminder_ids),
        "tasks": [
            {"id": task.id, "kind": task.kind, "text": task.text, "due_on": task.due_on,
             "due_at": task.due_at}
            for task in row.tasks
        ],
        "collector_id": row.collector_id,
    }  # fmt: skip
