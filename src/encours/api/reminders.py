"""The plan of the day, read or tried, and the messages of the outbox."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final, Literal

from django.utils import timezone
from ninja import Router, Schema

from encours.api import places
from encours.api.guard import ApiRequest, needs
from encours.api.kinds import CreditorCode, Cursor, Day, Id, Limit, Text20
from encours.api.paging import Page, after, page
from encours.api.problems import Halt
from encours.dunning import actions
from encours.dunning.queries import outbox
from encours.dunning.queries.outbox import OutboxRow, Reach
from encours.kernel.money import decimal_text
from encours.parties import queries as parties
from encours.parties.queries import CustomersAsked

router = Router(tags=["Relances"])

EVERYONE: Final = 1_000_000


class PlannedLine(Schema):
    """One due line of a message."""

    document: str
    due_on: date
    open: str


class Planned(Schema):
    """One message of the day, and why it is due."""

    customer: str
    step: str
    channel: str
    currency: str
    amount: str
    new: bool
    state: str
    lines: list[PlannedLine]
    reason: str


class Held(Schema):
    """One due line that waits, and why."""

    customer: str
    document: str
    due_on: date
    open: str
    currency: str
    reason: str
    message: str


class Plan(Schema):
    """A creditor's day; in rehearsal nothing leaves to a customer."""

    on: date
    rehearsal: bool
    planned: list[Planned]
    held: list[Held]


class Message(Schema):
    """One message of the outbox and where it stands."""

    id: int
    creditor: str
    customer_id: int | None
    customer: str
    step: str
    channel: str
    recipient: str
    subject: str
    state: str
    rehearsal: bool
    amount: str
    currency: str
    planned_on: date | None
    created_at: datetime
    send_after: datetime
    sent_at: datetime | None
    attempts: int
    last_error: str


@router.get("/plan", response=Plan, summary="Le plan d'un jour")
@needs("dunning.read")
def get_plan(request: ApiRequest, creditor: CreditorCode = "", on: Day | None = None) -> Any:
    """Rend les relances réservées pour un jour ; `held` est vide : voyez l'essai."""
    owner = places.creditor(request, creditor)
    day = on or timezone.localdate()
    told = actions.reserved_told(tenant_id=request.tenant_id, creditor_id=owner.id, on=day)
    return _own(request, owner.code, told.as_dict())


@router.get("/plan/preview", response=Plan, summary="Essai du plan d'un jour")
@needs("dunning.read")
def preview_plan(
    request: ApiRequest,
    creditor: CreditorCode = "",
    on: Day | None = None,
    allow_stale: bool = False,
) -> Any:
    """Décide comme le ferait le plan, sans rien réserver ; dit pourquoi le reste attend."""
    owner = places.creditor(request, creditor)
    told = actions.plan_told(
        tenant_id=request.tenant_id,
        creditor_id=owner.id,
        on=on or timezone.localdate(),
        dry_run=True,
        allow_stale=allow_stale,
    )
    return _own(request, owner.code, told.as_dict())


@router.get("/messages", response=Page[Message], summary="Messages")
@needs("dunning.read")
def list_messages(
    request: ApiRequest,
    creditor: CreditorCode = "",
    state: Text20 = "",
    channel: Literal["", "email", "letter"] = "",
    limit: Limit = 100,
    cursor: Cursor = "",
) -> Any:
    """Liste les messages de la boîte d'envoi et leur sort."""
    found = outbox.message_page(
        _reach(request, creditor),
        after=after(cursor, "messages"),
        limit=limit + 1,
        state=state,
        channel=channel,
    )
    codes = places.codes(request)
    return page("messages", found, limit, lambda row: _message(row, codes))


@router.get("/messages/{message_id}", response=Message, summary="Un message")
@needs("dunning.read")
def get_message(request: ApiRequest, message_id: Id) -> Any:
    """Rend un message."""
    row = outbox.one_message(_reach(request, ""), message_id=message_id)
    if row is None:
        raise Halt(404, "Ce message n'existe pas.")
    return _message(row, places.codes(request))


def _reach(request: ApiRequest, creditor: str) -> Reach:
    reach = places.scope(request, creditor)
    return Reach(request.tenant_id, reach.creditor_ids, reach.people)


def _own(request: ApiRequest, code: str, told: dict[str, Any]) -> dict[str, Any]:
    """Keep a salesperson's own customers."""
    reach = places.scope(request, code)
    if reach.people is None:
        return told
    asked = CustomersAsked(creditor_ids=reach.creditor_ids, people=reach.people, limit=EVERYONE)
    mine = {one.code for one in parties.customer_page(tenant_id=request.tenant_id, asked=asked)}
    kept = {
        name: [one for one in told[name] if one["customer"] in mine] for name in ("planned", "held")
    }
    return told | kept


def _message(row: OutboxRow, codes: dict[int, str]) -> dict[str, Any]:
    return {
        **{name: getattr(row, name) for name in Message.model_fields if hasattr(row, name)},
        "creditor": codes.get(row.creditor_id, ""),
        "customer": row.code,
        "amount": decimal_text(row.amount_cents),
    }
