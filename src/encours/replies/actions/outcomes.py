"""What one click makes of a reply: a promise, a dispute, a payment awaited, an address, nothing.

Each outcome is one transaction that ends the hold and says who decided; what it records stands in
`standing`, where every other page already reads it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from django.db import transaction

from encours.kernel.refusal import Refusal
from encours.parties.actions import contacts
from encours.parties.models import Contact, Customer
from encours.replies.actions import filing, holding
from encours.replies.models import Inbox, Reply
from encours.replies.queries import lines as open_lines
from encours.replies.rules.proposing import (
    HOLD_DAYS,
    OpenLine,
    holds,
    promised_cents,
    shares,
    state_of,
)
from encours.replies.rules.values import CAUSES, CLASSES
from encours.standing import actions as standing
from encours.standing import causes
from encours.tenancy.journal import record
from encours.tenancy.models import Creditor

REASON_MAX: Final = 200
ANNOUNCED: Final = "Règlement annoncé par le client."


class AlreadyDecided(Refusal):
    """Somebody decided meanwhile."""

    message = "Cette réponse a déjà été traitée."


class NoReply(Refusal):
    """Another tenant's, or never there."""

    message = "Cette réponse n'existe pas."


class NotPossible(Refusal):
    """Say what is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """Who decides on which reply, and when."""

    tenant_id: int
    reply_id: int
    actor_id: int | None
    today: date


@transaction.atomic
def confirm_promise(
    who: Who,
    *,
    until: date | None,
    amount_cents: int | None = None,
    line_ids: Sequence[int] = (),
    cause: str = "",
) -> tuple[int, ...]:
    """Record the promise: on the due lines chosen, the oldest first, else on the customer."""
    reply = _undecided(who)
    customer_id = _customer_of(reply)
    until = until or reply.said_on
    if until is None:
        raise NotPossible("Indiquez le jour promis.")
    lines = _chosen(reply, line_ids, who.today)
    said = reply.amount_cents if amount_cents is None else amount_cents
    cents = promised_cents(amount_cents=said, share=reply.share, lines=lines)
    if cents <= 0:
        raise NotPossible("Plus rien n'est dû : il n'y a rien à promettre.")
    parts: Sequence[tuple[int | None, int]] = shares(cents, lines) if line_ids else ((None, cents),)
    facts = [
        standing.record_fact(
            tenant_id=who.tenant_id,
            customer_id=customer_id,
            kind="promise",
            line_id=line_id,
            starts_on=who.today,
            ends_on=until,
            amount_cents=part,
            reason=causes.label(cause),
            details=_details(reply, cause),
            actor_id=who.actor_id,
            today=who.today,
        )
        for line_id, part in parts
    ]
    _decide(reply, who, "promise", facts=facts, cause=cause)
    return tuple(facts)


@transaction.atomic
def confirm_dispute(
    who: Who, *, cause: str, line_ids: Sequence[int] = (), reason: str = ""
) -> tuple[int, ...]:
    """Record the dispute with its cause, on each due line chosen, else on the whole customer."""
    reply = _undecided(who)
    customer_id = _customer_of(reply)
    if cause not in CAUSES:
        raise NotPossible("Choisissez la cause du litige.")
    chosen: Sequence[int | None] = tuple(line_ids) or (None,)
    facts = [
        standing.record_fact(
            tenant_id=who.tenant_id,
            customer_id=customer_id,
            kind="dispute",
            line_id=line_id,
            starts_on=who.today,
            reason=(" ".join(reason.split()) or causes.label(cause))[:REASON_MAX],
            details=_details(reply, cause),
            actor_id=who.actor_id,
            today=who.today,
        )
        for line_id in chosen
    ]
    _decide(reply, who, "dispute", facts=facts, cause=cause)
    return tuple(facts)


@transaction.atomic
def await_payment(who: Who, *, until: date) -> int:
    """Pause the reminders until the payment that was announced is here."""
    reply = _undecided(who)
    fact = standing.record_fact(
        tenant_id=who.tenant_id,
        customer_id=_customer_of(reply),
        kind="pause",
        starts_on=who.today,
        ends_on=until,
        reason=ANNOUNCED,
        details=_details(reply, ""),
        actor_id=who.actor_id,
        today=who.today,
    )
    _decide(reply, who, "payment_awaited", facts=[fact])
    return fact


@transaction.atomic
def change_address(who: Who, *, email: str, sender: str = "") -> int:
    """Write to another address from now on; the one that answered gets no reminder any more."""
    reply = _undecided(who)
    customer_id = _customer_of(reply)
    told: dict[str, Any] = {
        "tenant_id": who.tenant_id,
        "actor_id": who.actor_id,
        "today": who.today,
    }
    mine = Contact.objects.of(who.tenant_id).filter(customer_id=customer_id)
    if sender and sender.lower() != email.lower():
        for contact_id in mine.filter(email__iexact=sender, role="billing").values_list(
            "pk", flat=True
        ):
            contacts.save_contact(
                **told, customer_id=customer_id, contact_id=contact_id, role="other"
            )
    known = mine.filter(email__iexact=email).values_list("pk", flat=True).first()
    saved = contacts.save_contact(
        **told, customer_id=customer_id, contact_id=known, email=email, role="billing"
    )
    _decide(reply, who, "address")
    return saved


@transaction.atomic
def close(who: Who, *, outcome: str = "no_action", cause: str = "") -> None:
    """Say that it was read and needs nothing more: the reminders go on."""
    _decide(_undecided(who), who, outcome, cause=cause)


@transaction.atomic
def discard(who: Who) -> None:
    """Say that it is no answer to anything: it never held."""
    reply = _undecided(who)
    holding.release(reply, as_mistake=True, actor_id=who.actor_id, today=who.today)
    _decide(reply, who, "discarded", state="discarded")


@transaction.atomic
def correct(
    who: Who, *, kind: str, said_on: date | None = None, amount_cents: int | None = None
) -> None:
    """Say what it is in truth; it waits for the click of that kind."""
    reply = _undecided(who, also=("noted",))
    if kind not in CLASSES:
        raise NotPossible("Cette nature de réponse n'existe pas.")
    reply.kind, reply.reader, reply.is_abstained, reply.confidence = kind, "person", False, 100
    reply.said_on = said_on or reply.said_on
    if amount_cents is not None:
        reply.amount_cents, reply.share = amount_cents, ""
    _propose(reply, who)
    _tell(reply, "reply.corrected", who, {"kind": kind})


@transaction.atomic
def assign(who: Who, *, customer_id: int) -> None:
    """Say whose answer it is."""
    reply = _undecided(who, also=("noted",))
    mine = Customer.objects.of(who.tenant_id).filter(creditor_id=reply.creditor_id)
    if not mine.filter(pk=customer_id).exists():
        raise NotPossible("Ce client n'est pas de cette société.")
    if reply.customer_id != customer_id:
        holding.release(reply, as_mistake=True, actor_id=who.actor_id, today=who.today)
        reply.instalment_ids = list(
            open_lines.cited(
                tenant_id=who.tenant_id, customer_id=customer_id, numbers=reply.numbers
            )
        )
    filing.move_to(reply, customer_id=customer_id, actor_id=who.actor_id, today=who.today)
    reply.customer_id, reply.candidates, reply.evidence = customer_id, [], "person"
    _propose(reply, who)
    _tell(reply, "reply.assigned", who, {"kind": reply.kind})


def undecided(who: Who) -> Reply:
    """Return a reply that waits for a decision, its row locked, for who decides it elsewhere."""
    return _undecided(who)


def decided_by_answer(reply: Reply, who: Who) -> None:
    """End the hold of a reply that was answered."""
    _decide(reply, who, "answered")


def _propose(reply: Reply, who: Who) -> None:
    """Give a reply the state and the hold of what it is now."""
    has_customer = reply.customer_id is not None
    reply.state = state_of(reply.kind, is_abstained=reply.is_abstained, has_customer=has_customer)
    if not holds(reply.state, has_customer=has_customer):
        holding.release(reply, as_mistake=True, actor_id=who.actor_id, today=who.today)
    elif reply.hold_id is None:
        creditor = Creditor.objects.of(who.tenant_id).select_related("tenant")
        boxes = Inbox.objects.of(who.tenant_id).filter(creditor_id=reply.creditor_id)
        days = boxes.values_list("hold_days", flat=True).first()
        reply.hold_id = holding.hold(
            reply,
            creditor.get(pk=reply.creditor_id),
            days=HOLD_DAYS if days is None else days,
            today=who.today,
        )
    reply.save()


def _undecided(who: Who, also: Sequence[str] = ()) -> Reply:
    rows = Reply.objects.of(who.tenant_id).select_for_update(no_key=True)
    reply = rows.filter(pk=who.reply_id).first()
    if reply is None:
        raise NoReply
    if reply.state not in (*holding.UNDECIDED, *also):
        raise AlreadyDecided
    return reply


def _customer_of(reply: Reply) -> int:
    if reply.customer_id is None:
        raise NotPossible("Dites d'abord de quel client est cette réponse.")
    return reply.customer_id


def _chosen(reply: Reply, line_ids: Sequence[int], today: date) -> list[OpenLine]:
    """Return the open lines chosen, in one currency; all those of the customer if none was."""
    every = open_lines.lines(reply, today)
    if not line_ids:
        currency = Creditor.objects.of(reply.tenant_id).get(pk=reply.creditor_id).currency
        return [one.as_open_line() for one in every if one.currency == currency]
    kept = [one for one in every if one.line_id in set(line_ids)]
    if len(kept) != len(set(line_ids)):
        raise NotPossible("Une de ces échéances n'est plus due : rechargez la page.")
    if len({one.currency for one in kept}) > 1:
        raise NotPossible("Choisissez des échéances d'une même devise.")
    return [one.as_open_line() for one in kept]


def _details(reply: Reply, cause: str) -> dict[str, Any]:
    return {"reply": reply.pk, **({"cause": cause} if cause else {})}


def _decide(
    reply: Reply,
    who: Who,
    outcome: str,
    *,
    facts: Sequence[int] = (),
    cause: str = "",
    state: str = "done",
) -> None:
    holding.release(reply, as_mistake=False, actor_id=who.actor_id, today=who.today)
    reply.state, reply.outcome, reply.fact_ids = state, outcome, list(facts)
    if cause:
        reply.cause = cause
    reply.decided_by_id = who.actor_id
    reply.decided_at = datetime.now(UTC)
    reply.save()
    _tell(reply, "reply.decided", who, {"kind": reply.kind, "outcome": outcome})


def _tell(reply: Reply, verb: str, who: Who, data: dict[str, Any]) -> None:
    record(
        verb,
        tenant_id=reply.tenant_id,
        subject=("reply", reply.pk),
        effective_on=who.today,
        actor_id=who.actor_id,
        creditor_id=reply.creditor_id,
        customer_id=reply.customer_id,
        data=data,
    )
