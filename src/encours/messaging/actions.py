"""The outbox at work: claim, re-check under lock, send, record; nothing leaves twice.

The claim and the record are short transactions on either side of the call to the network. A row
found `sending` by the job that claimed it means that its former self died in the call: nobody
knows whether the message left, so it becomes `uncertain` and a person decides (design.md, 2.8).
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final

from django.db.models import F, Q

from encours.kernel.refusal import Refusal
from encours.messaging.models import Message, MessageContent
from encours.messaging.ports import (
    CHANNEL_FACTORIES,
    PREPARERS,
    Account,
    EmailChannel,
    Outcome,
    PermanentRefusal,
    Prepared,
    TemporaryRefusal,
    Uncertain,
    Undelivered,
    Withdrawn,
)
from encours.messaging.rules.retry import next_attempt
from encours.tenancy import journal
from encours.tenancy.models import TenantQuerySet
from encours.tenancy.scope import in_tenant

AHEAD: Final = 200  # deciding for one customer costs the planner as much as for hundreds
PATIENCE: Final = timedelta(minutes=10)
ERROR_MAX: Final = 500
MAIL: Final = "message/rfc822"


class NotUncertain(Refusal):
    """Someone already decided, or the message never was in doubt."""

    message = "Ce message n'est pas en attente de décision."


class TooSoonToDecide(Refusal):
    """A frozen worker may still be sending it."""

    message = (
        "Attendez dix minutes après l'incident : un envoi suspendu peut encore aboutir. "
        "Passé ce délai, vous pourrez décider."
    )


@dataclass(slots=True)
class Tally:
    """What one run of the outbox did."""

    sent: int = 0
    withdrawn: int = 0
    refused: int = 0
    uncertain: int = 0
    stopped: bool = False

    def add(self, outcome: Outcome | None) -> None:
        """Count one message; None is a refusal to be tried again."""
        if outcome == "sent":
            self.sent += 1
        elif outcome == "withdrawn":
            self.withdrawn += 1
        elif outcome == "uncertain":
            self.uncertain += 1
        else:
            self.refused += 1


@dataclass(frozen=True, slots=True)
class _Result:
    """How one call to the network ended."""

    message_id: int
    kind: str
    subject_id: int
    outcome: Outcome | None
    reference: str = ""
    error: str = ""
    retry_at: datetime | None = None
    counts: bool = True


@dataclass(slots=True)
class Outbox:
    """One worker's hands on a tenant's outbox: its channels, and what it prepared ahead."""

    tenant_id: int
    job_id: int
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    _channels: dict[Account, EmailChannel] = field(default_factory=dict)
    _ahead: dict[int, Prepared | Withdrawn] = field(default_factory=dict)

    def run(self, *, limit: int | None = None) -> Tally:
        """Send what is waiting and allowed to leave, one at a time, until nothing is left."""
        tally = Tally()
        with in_tenant(self.tenant_id):
            tally.uncertain += declare_uncertain(tenant_id=self.tenant_id, job_id=self.job_id)
        result: _Result | None = None
        try:
            while limit is None or tally.sent < limit:
                claimed = self._record_and_claim(result, tally)
                if claimed is None:
                    return tally
                message, prepared = claimed
                result = self._call(message, prepared)
                tally.add(result.outcome)
                if not result.counts:
                    tally.stopped = True
                    break
            self._record_last(result)
        finally:
            for channel in self._channels.values():
                channel.close()
        return tally

    def _record_last(self, result: _Result | None) -> None:
        if result is not None:
            with in_tenant(self.tenant_id):
                self._record(result)

    def _record_and_claim(
        self, result: _Result | None, tally: Tally
    ) -> tuple[Message, Prepared] | None:
        """Record the last call and claim the next message in one commit."""
        with in_tenant(self.tenant_id):
            if result is not None:
                self._record(result)
            while True:
                message = self._next()
                if message is None:
                    return None
                prepared = self._decided(message)
                if isinstance(prepared, Prepared):
                    self._claim(message, prepared)
                    return message, prepared
                self._withdraw(message, prepared.reason)
                tally.add("withdrawn")

    def _next(self) -> Message | None:
        return (
            _waiting(self.tenant_id, self.clock())
            .select_for_update(skip_locked=True, of=("self",))
            .order_by("id")
            .first()
        )

    def _decided(self, message: Message) -> Prepared | Withdrawn:
        """Return the decision taken with the facts of now: prepared ahead, if none has changed."""
        preparer = PREPARERS[message.kind]
        now = self.clock()
        mark = preparer.fingerprint(
            tenant_id=self.tenant_id, subject_id=message.subject_id, now=now
        )
        known = self._ahead.pop(message.subject_id, None)
        if known is not None and known.fingerprint == mark:
            return known
        following = (
            _waiting(self.tenant_id, now)
            .filter(kind=message.kind, id__gt=message.pk)
            .order_by("id")
            .values_list("subject_id", flat=True)[: AHEAD - 1]
        )
        self._ahead = preparer.prepare(
            tenant_id=self.tenant_id, subject_ids=[message.subject_id, *following], now=now
        )
        return self._ahead.pop(message.subject_id)

    def _claim(self, message: Message, prepared: Prepared) -> None:
        content = prepared.email.content
        message.state = "sending"
        message.claimed_by = self.job_id
        message.claimed_at = self.clock()
        message.attempts += 1
        message.subject = prepared.subject[:300]
        message.recipient = {**message.recipient, "to": list(prepared.email.recipients)}
        message.digest = sha256(content).hexdigest()
        message.save(
            update_fields=[
                "state",
                "claimed_by",
                "claimed_at",
                "attempts",
                "subject",
                "recipient",
                "digest",
            ]
        )
        if message.attempts > 1:
            MessageContent.objects.of(self.tenant_id).filter(message_id=message.pk).delete()
        kept = [("message.eml", MAIL, content)]
        kept += [(one.name, one.content_type, one.body) for one in prepared.files]
        MessageContent.objects.bulk_create(
            MessageContent(
                tenant_id=self.tenant_id,
                message_id=message.pk,
                name=name,
                content_type=content_type,
                body=zlib.compress(body, 1),
            )
            for name, content_type, body in kept
        )

    def _call(self, message: Message, prepared: Prepared) -> _Result:
        """Hand the message over; outside any transaction."""
        about = (message.pk, message.kind, message.subject_id)
        channel = self._channels.get(prepared.account)
        if channel is None:
            channel = CHANNEL_FACTORIES[prepared.account.channel](prepared.account)
            self._channels[prepared.account] = channel
        try:
            receipt = channel.send(prepared.email)
        except Uncertain as doubt:
            return _Result(*about, "uncertain", error=_words(doubt))
        except PermanentRefusal as refusal:
            ended: Outcome = "bounced" if refusal.is_bounce else "failed"
            return _Result(*about, ended, error=_words(refusal))
        except TemporaryRefusal as refusal:
            counts = refusal.phase != "connection"
            again = next_attempt(
                refusals=message.attempts,
                reserved_at=message.created_at,
                refused_at=self.clock(),
                message=message.uuid,
            )
            if again is None:
                return _Result(*about, "failed", error=_words(refusal))
            return _Result(*about, None, error=_words(refusal), retry_at=again, counts=counts)
        return _Result(*about, "sent", reference=receipt.reference)

    def _record(self, result: _Result) -> None:
        """Write how a call ended; a row that is no longer ours is left as it is."""
        now = self.clock()
        mine = Message.objects.of(self.tenant_id).filter(
            pk=result.message_id, state="sending", claimed_by=self.job_id
        )
        if result.outcome is None:
            mine.update(
                state="reserved",
                next_attempt_at=result.retry_at,
                last_error=result.error,
                attempts=F("attempts") - (0 if result.counts else 1),
            )
            return
        changed = mine.update(
            state=result.outcome,
            sent_at=now if result.outcome == "sent" else None,
            provider_reference=result.reference[:200],
            last_error=result.error,
        )
        if changed:
            PREPARERS[result.kind].conclude(
                tenant_id=self.tenant_id,
                subject_id=result.subject_id,
                outcome=result.outcome,
                now=now,
            )

    def _withdraw(self, message: Message, reason: str) -> None:
        Message.objects.of(self.tenant_id).filter(pk=message.pk).update(
            state="withdrawn", last_error=reason[:ERROR_MAX]
        )
        PREPARERS[message.kind].conclude(
            tenant_id=self.tenant_id,
            subject_id=message.subject_id,
            outcome="withdrawn",
            now=self.clock(),
        )


def declare_uncertain(*, tenant_id: int, job_id: int) -> int:
    """Declare in doubt what a job's former self was sending when it died."""
    stuck = Message.objects.of(tenant_id).filter(state="sending", claimed_by=job_id)
    doubtful = list(stuck.select_for_update().values_list("pk", "kind", "subject_id"))
    stuck.update(
        state="uncertain",
        last_error="Le processus d'envoi s'est arrêté pendant l'envoi : personne ne sait "
        "si le message est parti.",
    )
    for _, kind, subject_id in doubtful:
        PREPARERS[kind].conclude(
            tenant_id=tenant_id, subject_id=subject_id, outcome="uncertain", now=datetime.now(UTC)
        )
    return len(doubtful)


def resolve_uncertain(
    *, tenant_id: int, message_id: int, has_left: bool, user_id: int, now: datetime
) -> None:
    """Take a person's word: the message left, or it did not and goes again."""
    message = (
        Message.objects.of(tenant_id)
        .select_for_update()
        .filter(pk=message_id, state="uncertain")
        .first()
    )
    if message is None:
        raise NotUncertain
    if not has_left and message.claimed_at and now - message.claimed_at < PATIENCE:
        raise TooSoonToDecide
    message.state = "sent" if has_left else "reserved"
    message.sent_at = message.claimed_at if has_left else None
    message.next_attempt_at = None
    message.save(update_fields=["state", "sent_at", "next_attempt_at"])
    if has_left:
        PREPARERS[message.kind].conclude(
            tenant_id=tenant_id, subject_id=message.subject_id, outcome="sent", now=now
        )
    journal.record(
        "message.doubt_resolved",
        tenant_id=tenant_id,
        subject=("message", message.pk),
        effective_on=now.date(),
        actor_id=user_id,
        creditor_id=message.creditor_id,
        customer_id=message.customer_id,
        data={"has_left": has_left},
    )


def _waiting(tenant_id: int, now: datetime) -> TenantQuerySet[Message]:
    return (
        Message.objects.of(tenant_id)
        .filter(state="reserved", channel="email", send_after__lte=now)
        .filter(Q(next_attempt_at=None) | Q(next_attempt_at__lte=now))
    )


def _words(problem: Undelivered) -> str:
    said = f"{problem} {problem.code or ''} {problem.reply}".strip()
    return said[:ERROR_MAX]
