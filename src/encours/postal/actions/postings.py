"""A letter's own record: printed, posted by us or by a provider, and what happened to it since."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import connection, transaction

from encours.documents import actions as documents
from encours.documents.actions import Subject
from encours.documents.rules.kinds import Kind
from encours.kernel.refusal import Refusal
from encours.messaging.models import Message
from encours.messaging.rules.tracking import (
    BAD_ADDRESS,
    ENDS,
    Happened,
    ProofKind,
    State,
    Tracked,
    first_end,
    next_check,
    unheard,
)
from encours.parties.models import Customer
from encours.postal import sheets
from encours.postal.models import BadAddress, Posting
from encours.postal.queries import prices
from encours.postal.rules import franking
from encours.tenancy import journal

LAST_PROOFS: Final = frozenset({"receipt", "refusal", "not_claimed", "returned"})
NAMES: Final[dict[ProofKind, str]] = {
    "deposit": "preuve-de-depot",
    "content": "preuve-de-contenu",
    "receipt": "avis-de-reception",
    "refusal": "preuve-de-refus",
    "not_claimed": "preuve-de-non-reclamation",
    "returned": "pli-retourne",
}
ADOPT: Final = """
insert into postal_posting (tenant_id, creditor_id, customer_id, message_id, channel, provider,
    reference, posted_on, next_check_at, number, place, sheets, happened, proofs, state, trouble)
select m.tenant_id, m.creditor_id, m.customer_id, m.id, m.channel, a.provider,
    m.provider_reference, m.sent_at::date, %(now)s, '', 0, 0, '[]', '[]', '', ''
from messaging_message m
join messaging_channelaccount a on a.tenant_id = m.tenant_id and a.creditor_id = m.creditor_id
    and a.channel = m.channel
where m.tenant_id = %(tenant_id)s and m.state = 'sent' and not m.rehearsal
    and m.channel in ('letter', 'registered', 'eregistered') and m.provider_reference <> ''
    and not exists (select from postal_posting p where p.tenant_id = m.tenant_id
        and p.message_id = m.id and p.provider <> '')
on conflict (tenant_id, message_id) do update set provider = excluded.provider,
    reference = excluded.reference, posted_on = excluded.posted_on,
    next_check_at = excluded.next_check_at
returning id
"""


class NoSuchLetter(Refusal):
    """Another tenant's, or no letter."""

    message = "Ce courrier n'existe pas."


class NotANumber(Refusal):
    """What was typed is no number of a registered letter."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A proof as it was fetched or scanned."""

    kind: ProofKind
    content: bytes
    name: str = ""
    on: date | None = None


@transaction.atomic
def record_printed(
    *, tenant_id: int, message: Message, pdf: bytes, place: int, is_duplex: bool, now: datetime
) -> Posting:
    """Keep how many sheets a letter takes and what it costs, at its place in the batch."""
    count = franking.sheets(sheets.pages(pdf), is_duplex=is_duplex)
    price = prices.price_of(
        tenant_id=tenant_id, creditor_id=message.creditor_id, channel=message.channel
    )
    posting, _ = Posting.objects.of(tenant_id).update_or_create(
        tenant_id=tenant_id,
        message=message,
        defaults={
            "creditor_id": message.creditor_id,
            "customer_id": message.customer_id,
            "channel": message.channel,
            "place": place,
            "sheets": count,
            "cost_cents": franking.cost_cents(count, price),
            "printed_at": now,
        },
    )
    return posting


@transaction.atomic
def record_posted(
    *, tenant_id: int, message_id: int, posted_on: date, number: str, user_id: int
) -> None:
    """Keep the day a printed letter was given to the post, and its number where it has one."""
    posting = _locked(tenant_id, message_id)
    posting.posted_on = posted_on
    if number.strip():
        posting.number = _number(number)
    posting.save(update_fields=["posted_on", "number"])
    if posting.number:
        _tell("letter.numbered", posting, posted_on, user_id, {"number": posting.number})


@transaction.atomic
def give_number(*, tenant_id: int, message_id: int, number: str, user_id: int, today: date) -> None:
    """Keep, or correct, the number of a registered letter."""
    posting = _locked(tenant_id, message_id)
    given = _number(number)
    if given != posting.number:
        posting.number = given
        posting.save(update_fields=["number"])
        _tell("letter.numbered", posting, today, user_id, {"number": given})


def adopt(*, tenant_id: int, now: datetime) -> int:
    """Begin to follow the letters that providers took since; return how many."""
    with connection.cursor() as cursor:
        cursor.execute(ADOPT, {"tenant_id": tenant_id, "now": now})
        return int(cursor.rowcount)


@transaction.atomic
def record_tracked(
    *,
    tenant_id: int,
    posting_id: int,
    told: Tracked,
    papers: Sequence[Paper],
    now: datetime,
    today: date,
) -> tuple[State, ...]:
    """Record once what a provider says of a letter, keep its proofs; return what is new."""
    posting = Posting.objects.of(tenant_id).select_for_update().get(pk=posting_id)
    fresh = unheard((one["state"] for one in posting.happened), told)
    if told.number and not posting.number:
        posting.number = told.number[:30]
    _add(posting, fresh, actor_id=None, today=today)
    _file(posting, papers, actor_id=None, today=today)
    kept = {one["kind"] for one in posting.proofs}
    posting.checked_at, posting.trouble = now, ""
    posting.next_check_at = next_check(
        sent_at=posting.created_at,
        now=now,
        ended_on=posting.ended_on,
        has_last_proof=bool(kept & LAST_PROOFS) or posting.channel == "letter",
    )
    posting.save()
    return tuple(one.state for one in fresh)


@transaction.atomic
def record_seen(
    *,
    tenant_id: int,
    message_id: int,
    state: State | None,
    on: date,
    paper: Paper | None,
    user_id: int,
    today: date,
) -> None:
    """Record what a person read on a receipt or an envelope that came back, with its scan."""
    posting = _locked(tenant_id, message_id)
    known = {one["state"] for one in posting.happened}
    if state is not None and state not in known:
        _add(posting, (Happened(state, on),), actor_id=user_id, today=today)
    if paper is not None:
        _file(posting, (paper,), actor_id=user_id, today=today)
    posting.save()


def record_trouble(*, tenant_id: int, posting_id: int, trouble: str, again_at: datetime) -> None:
    """Keep why a provider could not be asked, and when it will be again."""
    Posting.objects.of(tenant_id).filter(pk=posting_id).update(
        trouble=trouble[:300], next_check_at=again_at
    )


def _locked(tenant_id: int, message_id: int) -> Posting:
    found = Posting.objects.of(tenant_id).select_for_update().filter(message_id=message_id).first()
    if found is None:
        raise NoSuchLetter
    return found


def _number(typed: str) -> str:
    try:
        return franking.registered_number(typed)
    except ValueError as problem:
        raise NotANumber(f"{problem} ({typed.strip()[:40]})") from problem


def _add(posting: Posting, fresh: Iterable[Happened], *, actor_id: int | None, today: date) -> None:
    """Write facts in the journal; the first end is the state, and may mark the address."""
    every = list(fresh)
    had_ended = posting.ended_on is not None
    for one in every:
        posting.happened = [
            *posting.happened,
            {"state": one.state, "on": one.on.isoformat(), "detail": one.detail[:200]},
        ]
        told = {"channel": posting.channel, "number": posting.number, "on": one.on.isoformat()}
        _tell(f"letter.{one.state}", posting, one.on, actor_id, told)
        if posting.state not in ENDS:
            posting.state = one.state
    end = first_end(every)
    if end is None or had_ended:
        return
    posting.state, posting.ended_on = end.state, end.on
    if end.state in BAD_ADDRESS and posting.channel != "eregistered":
        _mark_address(posting, end, today)


def _mark_address(posting: Posting, end: Happened, today: date) -> None:
    """Remember that the customer's address of now failed, whatever it becomes later."""
    customer = (
        Customer.objects.of(posting.tenant_id).filter(pk=posting.customer_id).first()
        if posting.customer_id
        else None
    )
    if customer is None:
        return
    lines = _went_to(posting) or (customer.name, *customer.postal_lines())
    _, is_new = BadAddress.objects.of(posting.tenant_id).get_or_create(
        tenant_id=posting.tenant_id,
        customer=customer,
        digest=franking.address_digest(lines),
        defaults={
            "creditor_id": posting.creditor_id,
            "reason": end.state,
            "failed_on": end.on,
            "message_id": posting.message_id,
        },
    )
    if is_new:
        _tell("address.failed", posting, today, None, {"reason": end.state})


def _went_to(posting: Posting) -> tuple[str, ...]:
    """Return the lines of the envelope as they left, where a provider was given them."""
    message = Message.objects.of(posting.tenant_id).get(pk=posting.message_id)
    to = message.recipient.get("to") or []
    return tuple(str(line) for line in to) if len(to) > 1 else ()


def _file(posting: Posting, papers: Iterable[Paper], *, actor_id: int | None, today: date) -> None:
    """Keep each proof as a sealed document of the message; the journal keeps its digest."""
    for one in papers:
        kept = documents.keep(
            tenant_id=posting.tenant_id,
            creditor_id=posting.creditor_id,
            name=one.name or f"{NAMES[one.kind]}-{posting.message_id}{_suffix(one.content)}",
            chunks=[one.content],
            kind=Kind.MESSAGE,
            subjects=[Subject("message", posting.message_id)],
            source="upload" if actor_id else "api",
            dated_on=one.on,
            actor_id=actor_id,
            today=today,
        )
        if any(known["sha256"] == kept.sha256 for known in posting.proofs):
            continue
        row = {
            "kind": one.kind,
            "document": kept.document_id,
            "sha256": kept.sha256,
            "on": one.on.isoformat() if one.on else "",
        }
        posting.proofs = [*posting.proofs, row]
        told = {"proof": one.kind, "sha256": kept.sha256, "document": kept.document_id}
        _tell("letter.proof_kept", posting, one.on or today, actor_id, told)


def _suffix(content: bytes) -> str:
    if content.startswith(b"%PDF"):
        return ".pdf"
    return ".png" if content.startswith(b"\x89PNG") else ".jpg"


def _tell(
    verb: str, posting: Posting, on: date, actor_id: int | None, data: dict[str, Any]
) -> None:
    journal.record(
        verb,
        tenant_id=posting.tenant_id,
        subject=("message", posting.message_id),
        effective_on=on,
        actor_id=actor_id,
        creditor_id=posting.creditor_id,
        customer_id=posting.customer_id,
        data=data,
    )
