"""One pass over a creditor's mailbox: each mail taken once, a bad one said and left alone."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from django.db import DatabaseError
from django.db.models import Q

from encours.feeds.ports import MAILBOXES, NewMail, Unreachable
from encours.replies.actions import boxes, intake
from encours.replies.models import Inbox, UnreadMail
from encours.tenancy import cycle
from encours.tenancy.scope import in_tenant

log = logging.getLogger(__name__)
MAILBOX: Final = "imap"
DEAD_AFTER: Final = timedelta(minutes=30)
EVERY: Final = timedelta(minutes=1)
WAIT_MAX: Final = timedelta(hours=1)
SENTENCE_MAX: Final = 400
OUR_FAULT: Final = "La lecture s'est arrêtée sur une erreur du programme, notée dans son journal."


@dataclass(slots=True)
class Pass:
    """What a pass came to."""

    looked_at: int = 0
    taken: int = 0
    known: int = 0
    left: int = 0
    unreadable: int = 0
    problem: str = ""
    position: dict[str, Any] | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the shape of `reply fetch --json`."""
        return {
            "looked_at": self.looked_at,
            "taken": self.taken,
            "known": self.known,
            "left": self.left,
            "unreadable": self.unreadable,
            "problem": self.problem or None,
        }


def fetch(*, tenant_id: int, inbox_id: int, now: datetime | None = None) -> Pass | None:
    """Read what is new in a mailbox, outside any transaction; None when it is being read."""
    at = now or datetime.now(UTC)
    inbox = _claim(tenant_id, inbox_id, at)
    if inbox is None:
        return None
    done = Pass()
    try:
        _work(inbox, done, at)
    except Unreachable as problem:
        done.problem = str(problem)
    except Exception:
        done.problem = OUR_FAULT
        log.exception("inbox %s", inbox_id)
    _end(inbox, done, at)
    return done


def try_inbox(*, tenant_id: int, creditor_id: int) -> tuple[bool, str]:
    """Open a mailbox without reading anything; say whether it answers, and its sentence."""
    with in_tenant(tenant_id):
        inbox = Inbox.objects.of(tenant_id).filter(creditor_id=creditor_id).first()
    if inbox is None or not inbox.settings.get("auth"):
        raise boxes.NoInbox
    try:
        opened = MAILBOXES[MAILBOX](boxes.account_of(inbox))
        try:
            return True, opened.check()
        finally:
            opened.close()
    except Unreachable as problem:
        return False, str(problem)


def _claim(tenant_id: int, inbox_id: int, now: datetime) -> Inbox | None:
    with in_tenant(tenant_id):
        free = Q(running_since=None) | Q(running_since__lt=now - DEAD_AFTER)
        rows = Inbox.objects.of(tenant_id).filter(free, pk=inbox_id, is_enabled=True)
        if not rows.update(running_since=now):
            return None
        every = Inbox.objects.of(tenant_id).select_related("creditor__tenant")
        return every.get(pk=inbox_id)


def _work(inbox: Inbox, done: Pass, now: datetime) -> None:
    opened = MAILBOXES[MAILBOX](boxes.account_of(inbox))
    try:
        for one in opened.new():
            done.looked_at += 1
            if _take(inbox, one, done, now):
                opened.done(one)
        done.position = dict(opened.position())
    except Unreachable:
        done.position = dict(opened.position())
        raise
    finally:
        opened.close()


def _take(inbox: Inbox, one: NewMail, done: Pass, now: datetime) -> bool:
    """Take one mail; say whether it was ours to mark."""
    try:
        taken = intake.take_mail(
            tenant_id=inbox.tenant_id,
            inbox_id=inbox.pk,
            raw=one.content,
            received_at=one.received_at or now,
            now=now,
        )
    except intake.Unreadable as problem:
        return _left(inbox, one, done, str(problem))
    except DatabaseError:
        raise
    except Exception:  # one mail never stops those that follow
        log.exception("inbox %s, mail %s", inbox.pk, one.place)
        return _left(inbox, one, done, OUR_FAULT)
    if taken.ending == "not_ours":
        done.left += 1
        return False
    if taken.ending == "known":
        done.known += 1
    else:
        done.taken += 1
    return True


def _left(inbox: Inbox, one: NewMail, done: Pass, sentence: str) -> bool:
    """Say of a mail that it was left where it is, and why."""
    done.unreadable += 1
    keep_unread(inbox, one.content, one.size, sentence)
    return False


def keep_unread(inbox: Inbox, content: bytes, size: int, sentence: str) -> None:
    """Keep that a mail could not be read, once."""
    with in_tenant(inbox.tenant_id):
        UnreadMail.objects.get_or_create(
            tenant_id=inbox.tenant_id,
            inbox_id=inbox.pk,
            identity=sha256(content).hexdigest(),
            defaults={"sentence": sentence[:SENTENCE_MAX], "size_bytes": size},
        )


def _end(inbox: Inbox, done: Pass, now: datetime) -> None:
    with in_tenant(inbox.tenant_id):
        row = Inbox.objects.of(inbox.tenant_id).select_for_update(no_key=True).get(pk=inbox.pk)
        was_failing = row.failures > 0
        row.running_since = None
        if done.position is not None:
            row.position = done.position
        row.failures = row.failures + 1 if done.problem else 0
        if done.problem:
            row.failed_at, row.failure = now, done.problem[:SENTENCE_MAX]
        else:
            row.succeeded_at = now
        wait = min(EVERY * 2 ** min(row.failures, 10), WAIT_MAX) if row.failures else EVERY
        row.next_run_at = now + wait if row.is_enabled else None
        row.save()
        if bool(done.problem) != was_failing:
            today = cycle.local_now(inbox.creditor, now).date()
            boxes.tell_health(row, is_failing=bool(done.problem), today=today)
