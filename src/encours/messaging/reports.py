"""What providers tell at an account's public address: delivered, refused, no more of these.

Said twice, or late, a report changes nothing more. One that names a message in doubt settles the
doubt: it did leave.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import connection

from encours.kernel.refusal import Refusal
from encours.messaging import accounts, optouts, setups
from encours.messaging.models import ChannelAccount, Message
from encours.messaging.ports import PREPARERS, REPORT_READERS, Knock, Outcome, Report
from encours.tenancy import journal
from encours.tenancy.scope import in_tenant

MINUTE_S: Final = 60
TOKEN_MIN: Final = 20
ERROR_MAX: Final = 500
SETTLES: Final = ("sent", "delivered", "opened")
ENDS: Final[dict[str, Outcome]] = {
    "failed": "failed",
    "bounced": "bounced",
    "complained": "bounced",  # nothing more may go to that address, whoever refused it
}
LEFT: Final = ("sent", "uncertain")


class NoSuchAddress(Refusal):
    """No account has this token."""

    message = "Cette adresse n'existe pas, ou n'est plus en service."


class TooManyCalls(Refusal):
    """Too many calls in one minute."""

    message = "Trop d'appels dans la minute : attendez un peu."


@dataclass(frozen=True, slots=True)
class Knocked:
    """The account that a token opens."""

    tenant_id: int
    account_id: int


def knocked(token: str) -> Knocked:
    """Return the account of a token and count the call; outside any tenant."""
    if len(token) < TOKEN_MIN:
        raise NoSuchAddress
    with connection.cursor() as cursor:
        cursor.execute(
            "select tenant_id, id, calls from encours_channel(%s, %s)",
            [setups.digest_of_token(token), int(time.time()) // MINUTE_S],
        )
        row = cursor.fetchone()
    if row is None:
        raise NoSuchAddress
    if row[2] > settings.CHANNEL_REPORTS_PER_MINUTE:
        raise TooManyCalls
    return Knocked(row[0], row[1])


def receive(at: Knocked, knock: Knock, *, now: datetime) -> int:
    """Take what the provider tells; return how many reports changed something, or raise Forged."""
    with in_tenant(at.tenant_id):
        account = ChannelAccount.objects.of(at.tenant_id).get(pk=at.account_id)
        reader = REPORT_READERS[account.provider]
        told = reader.read(knock, accounts.secrets_of(account))
        return sum(_take(account, one, now) for one in told)


def _take(account: ChannelAccount, report: Report, now: datetime) -> bool:
    if report.kind in ("opted_out", "opted_in"):
        return _consent(account, report, now)
    message = _message(account, report)
    if message is None:
        return False
    if report.kind in SETTLES:
        return _arrived(message, report, now)
    if message.state not in LEFT:
        return False
    message.state = ENDS[report.kind]
    message.last_error = report.words[:ERROR_MAX]
    message.bounced_at = now if message.state == "bounced" else None
    message.save(update_fields=["state", "last_error", "bounced_at"])
    _conclude(message, ENDS[report.kind], now)
    return True


def _message(account: ChannelAccount, report: Report) -> Message | None:
    """Return the message that a report speaks of, locked; only one of this very account."""
    rows = Message.objects.of(account.tenant_id).select_for_update()
    mine = rows.filter(creditor_id=account.creditor_id, channel=account.channel)
    try:
        return mine.get(uuid=UUID(report.message_id))
    except (ValueError, Message.DoesNotExist):
        pass
    if not report.reference:
        return None
    return mine.filter(provider_reference=report.reference).order_by("-pk").first()


def _arrived(message: Message, report: Report, now: datetime) -> bool:
    changes: dict[str, Any] = {}
    if message.state == "uncertain":
        changes |= {"state": "sent", "sent_at": message.claimed_at, "last_error": ""}
        changes["provider_reference"] = report.reference[:200] or message.provider_reference
    if report.kind in ("delivered", "opened") and message.delivered_at is None:
        changes["delivered_at"] = now
    if report.kind == "opened" and message.opened_at is None:
        changes["opened_at"] = now
    if not changes:
        return False
    Message.objects.of(message.tenant_id).filter(pk=message.pk).update(**changes)
    if "state" in changes:
        _conclude(message, "sent", now)
    return True


def _conclude(message: Message, outcome: Outcome, now: datetime) -> None:
    PREPARERS[message.kind].conclude(
        tenant_id=message.tenant_id,
        channel=message.channel,
        subject_id=message.subject_id,
        outcome=outcome,
        now=now,
    )


def _consent(account: ChannelAccount, report: Report, now: datetime) -> bool:
    if not report.number:
        return False
    tenant_id, number = account.tenant_id, report.number
    if report.kind == "opted_out":
        source = account.provider
        changed = optouts.opt_out(tenant_id=tenant_id, number=number, source=source, now=now)
    else:
        changed = optouts.opt_in(tenant_id=tenant_id, number=number, now=now)
    if changed:
        journal.record(
            f"number.{report.kind}",
            tenant_id=account.tenant_id,
            subject=("creditor", account.creditor_id),
            effective_on=now.date(),
            creditor_id=account.creditor_id,
            data={"channel": account.channel, "provider": account.provider},
        )
    return changed
