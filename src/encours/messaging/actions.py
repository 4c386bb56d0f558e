"""The outbox at work: claim, re-check under lock, send, record; nothing leaves twice.

The claim and the record are short transactions on either side of the call to the network. A row
found `sending` by the job that claimed it means that its former self died in the call: nobody
knows whether the message left, so it becomes `uncertain` and a person decides (design.md, 2.8).
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from django.db.models import Exists, F, OuterRef, Q

from encours.kernel.refusal import Refusal
from encours.messaging import optouts
from encours.messaging.evidence import evidence, recipients
from encours.messaging.limits import Aside
from encours.messaging.models import ChannelAccount, Message, MessageContent, SendingLimit
from encours.messaging.ports import (
    CHANNEL_FACTORIES,
    PREPARERS,
    Account,
    Channel,
    File,
    OptedOut,
    Outcome,
    Parcel,
    PermanentRefusal,
    Prepared,
    TemporaryRefusal,
    Text,
    Uncertain,
    Undelivered,
    Withdrawn,
)
from encours.messaging.rules.retry import next_attempt
from encours.tenancy import journal
from encours.tenancy.models import TenantQuerySet
from encours.tenancy.scope import in_tenant

PATIENCE: Final = timedelta(minutes=10)
ERROR_MAX: Final = 500
_Subject = tuple[str, str, int]  # kind, channel, subject


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
    """What one run of the outbox did; `stopped`: a channel was down and its messages wait."""

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
    channel: str
    subject_id: int
    outcome: Outcome | None
    reference: str = ""
    error: str = ""
    retry_at: datetime | None = None
    counts: bool = True
    refuser: Parcel | None = None


@dataclass(slots=True)
class Outbox:
    """One worker's hands on a tenant's outbox: its channels, and what it prepared ahead.

    A channel that is down is set aside for the rest of the run (`_aside`, by creditor and kind of
    channel), and so is whoever else leaves by the same account: the others go on. A sender that has
    limits is set aside too once it has handed over its share.
    """

    tenant_id: int
    job_id: int
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    _channels: dict[Account, Channel[Any]] = field(default_factory=dict)
    _ahead: dict[_Subject, Prepared | Withdrawn] = field(default_factory=dict)
    _down: set[Account] = field(default_factory=set)
    _aside: Aside = field(default_factory=Aside)

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
                    self._down.add(prepared.account)
                    self._aside.put(message)
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
                ahead = self._aside.turn(message, self.clock())
                if not ahead:
                    continue
                prepared = self._decided(message, ahead)
                if isinstance(prepared, Withdrawn):
                    self._withdraw(message, prepared)
                    tally.add("withdrawn")
                elif prepared.account in self._down:
                    self._aside.put(message)
                elif self._aside.turn(message, self.clock(), is_last_look=True):
                    self._claim(message, prepared)
                    return message, prepared
                else:
                    self._ahead[message.kind, message.channel, message.subject_id] = prepared

    def _next(self) -> Message | None:
        waiting = self._aside.without(_waiting(self.tenant_id, self.clock()))
        free = waiting.select_for_update(skip_locked=True, of=("self",))
        return free.order_by("-precedence", "id").first()

    def _decided(self, message: Message, ahead: int) -> Prepared | Withdrawn:
        """Return the decision taken with the facts of now: prepared ahead, if none has changed."""
        preparer = PREPARERS[message.kind]
        now = self.clock()
        mark = preparer.fingerprint(
            tenant_id=self.tenant_id, subject_id=message.subject_id, now=now
        )
        way = (message.kind, message.channel)
        known = self._ahead.pop((*way, message.subject_id), None)
        if known is not None and known.fingerprint == mark:
            return known
        found = preparer.prepare(
            tenant_id=self.tenant_id,
            channel=message.channel,
            subject_ids=[message.subject_id, *_following(message, now, ahead)],
            now=now,
        )
        kept = {key: one for key, one in self._ahead.items() if key[:2] != way}
        self._ahead = kept | {(*way, subject_id): one for subject_id, one in found.items()}
        return self._ahead.pop((*way, message.subject_id))

    def _claim(self, message: Message, prepared: Prepared) -> None:
        kept = evidence(prepared.parcel)
        message.state = "sending"
        message.claimed_by = self.job_id
        message.claimed_at = self.clock()
        message.attempts += 1
        message.subject = prepared.subject[:300]
        message.recipient = {**message.recipient, "to": recipients(prepared.parcel)}
        message.digest = sha256(kept[0].body).hexdigest()
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
        _keep(message, (*kept, *prepared.files))

    def _call(self, message: Message, prepared: Prepared) -> _Result:
        """Hand the message over; outside any transaction."""
        about = (message.pk, message.kind, message.channel, message.subject_id)
        channel = self._channels.get(prepared.account)
        if channel is None:
            channel = CHANNEL_FACTORIES[prepared.account.channel](prepared.account)
            self._channels[prepared.account] = channel
        try:
            receipt = channel.send(prepared.parcel)
        except Uncertain as doubt:
            return _Result(*about, "uncertain", error=_words(doubt))
        except PermanentRefusal as refusal:
            ended: Outcome = "bounced" if refusal.is_bounce else "failed"
            refuser = prepared.parcel if isinstance(refusal, OptedOut) else None
            return _Result(*about, ended, error=_words(refusal), refuser=refuser)
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
            bounced_at=now if result.outcome == "bounced" else None,
        )
        if changed:
            _keep_refusal(self.tenant_id, result.refuser, now)
            PREPARERS[result.kind].conclude(
                tenant_id=self.tenant_id,
                channel=result.channel,
                subject_id=result.subject_id,
                outcome=result.outcome,
                now=now,
            )

    def _withdraw(self, message: Message, withdrawn: Withdrawn) -> None:
        """Take a message back; with the other ways of the same subject, unless one is closed."""
        mine = Message.objects.of(self.tenant_id)
        going = mine.filter(pk=message.pk)
        if not withdrawn.by_this_channel:
            same = mine.filter(state="reserved", kind=message.kind, subject_id=message.subject_id)
            free = same.select_for_update(skip_locked=True)  # a locked one is being decided too
            going = mine.filter(pk__in=list(free.values_list("pk", flat=True)))
        going.update(state="withdrawn", last_error=withdrawn.reason[:ERROR_MAX])
        PREPARERS[message.kind].conclude(
            tenant_id=self.tenant_id,
            channel=message.channel,
            subject_id=message.subject_id,
            outcome="withdrawn",
            now=self.clock(),
        )


def declare_uncertain(*, tenant_id: int, job_id: int) -> int:
    """Declare in doubt what a job's former self was sending when it died."""
    stuck = Message.objects.of(tenant_id).filter(state="sending", claimed_by=job_id)
    fields = ("kind", "channel", "subject_id")
    doubtful = list(stuck.select_for_update().values_list(*fields))
    stuck.update(
        state="uncertain",
        last_error="Le processus d'envoi s'est arrêté pendant l'envoi : personne ne sait "
        "si le message est parti.",
    )
    for kind, channel, subject_id in doubtful:
        PREPARERS[kind].conclude(
            tenant_id=tenant_id,
            channel=channel,
            subject_id=subject_id,
            outcome="uncertain",
            now=datetime.now(UTC),
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
            tenant_id=tenant_id,
            channel=message.channel,
            subject_id=message.subject_id,
            outcome="sent",
            now=now,
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
    """Return what may leave by itself: e-mails, and whatever has an account to leave by."""
    account = ChannelAccount.objects.of(tenant_id).filter(
        creditor_id=OuterRef("creditor_id"), channel=OuterRef("channel"), is_enabled=True
    )
    limit = SendingLimit.objects.of(tenant_id).filter(
        creditor_id=OuterRef("creditor_id"), channel=OuterRef("channel")
    )
    return (
        Message.objects.of(tenant_id)
        .annotate(is_limited=Exists(limit))
        .filter(state="reserved", send_after__lte=now)
        .filter(Q(next_attempt_at=None) | Q(next_attempt_at__lte=now))
        .filter(Q(channel="email") | Q(Exists(account)))
    )


def _keep(message: Message, files: Iterable[File]) -> None:
    """Keep what leaves with a message, in place of what an earlier attempt kept."""
    if message.attempts > 1:
        MessageContent.objects.of(message.tenant_id).filter(message_id=message.pk).delete()
    MessageContent.objects.bulk_create(
        MessageContent(
            tenant_id=message.tenant_id,
            message_id=message.pk,
            name=one.name,
            content_type=one.content_type,
            body=zlib.compress(one.body, 1),
        )
        for one in files
    )


def _following(message: Message, now: datetime, ahead: int) -> list[int]:
    """Return the subjects whose messages of the same kind and channel leave next."""
    same = {"kind": message.kind, "channel": message.channel, "id__gt": message.pk}
    same["precedence"] = message.precedence
    waiting = _waiting(message.tenant_id, now).filter(**same).order_by("id")
    return list(waiting.values_list("subject_id", flat=True)[: ahead - 1])


def _keep_refusal(tenant_id: int, parcel: Parcel | None, now: datetime) -> None:
    """Remember that the owner of a number wants no more messages, if that is why it failed."""
    if isinstance(parcel, Text):
        optouts.opt_out(tenant_id=tenant_id, number=parcel.recipient, source="provider", now=now)


def _words(problem: Undelivered) -> str:
    said = f"{problem} {problem.code or ''} {problem.reply}".strip()
    return said[:ERROR_MAX]
