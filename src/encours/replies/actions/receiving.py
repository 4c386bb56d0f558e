"""Answers that a provider brings to an address with a token: signed, fresh, taken once."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import connection

from encours.kernel.refusal import Refusal
from encours.replies.actions import boxes, fetching, intake
from encours.replies.models import Inbox
from encours.replies.rules.signed import is_genuine
from encours.tenancy.scope import in_tenant

MINUTE_S: Final = 60
TOKEN_MIN: Final = 20
MAIL_MAX: Final = 10 * 1024 * 1024


class NoSuchAddress(Refusal):
    """No inbox has this token."""

    message = "Cette adresse n'existe pas, ou n'est plus en service."


class TooManyCalls(Refusal):
    """Too many calls in one minute."""

    message = "Trop d'appels dans la minute : attendez un peu."


class NotGenuine(Refusal):
    """The signature is another's, or too old."""

    message = "Cet appel n'est pas signé par le prestataire, ou date de trop longtemps."


class NoMail(Refusal):
    """The call brings no mail."""

    message = "Cet appel n'apporte aucun message (champ « body-mime »)."


@dataclass(frozen=True, slots=True)
class Knocked:
    """The inbox that a token opens."""

    tenant_id: int
    inbox_id: int


def knock(token: str) -> Knocked:
    """Return the inbox of a token and count the call; outside any tenant."""
    if len(token) < TOKEN_MIN:
        raise NoSuchAddress
    with connection.cursor() as cursor:
        cursor.execute(
            "select tenant_id, id, is_enabled, calls from encours_inbox(%s, %s)",
            [boxes.digest_of_token(token), int(time.time()) // MINUTE_S],
        )
        row = cursor.fetchone()
    if row is None or not row[2]:
        raise NoSuchAddress
    if row[3] > settings.FEED_PUSHES_PER_MINUTE:
        raise TooManyCalls
    return Knocked(row[0], row[1])


def receive(knocked: Knocked, given: Mapping[str, str], *, now: datetime) -> intake.Taken | None:
    """Take the mail of a call; None when it could not be read, which is said on the settings."""
    with in_tenant(knocked.tenant_id):
        inbox = Inbox.objects.of(knocked.tenant_id).get(pk=knocked.inbox_id)
        key = boxes.opened(inbox).get("signing_key", "")
    if not is_genuine(given, key=key, now=now):
        raise NotGenuine
    raw = given.get("body-mime", "").encode("utf-8", "surrogateescape")[:MAIL_MAX]
    if not raw.strip():
        raise NoMail
    try:
        return intake.take_mail(
            tenant_id=knocked.tenant_id,
            inbox_id=knocked.inbox_id,
            raw=raw,
            received_at=now,
            now=now,
        )
    except intake.Unreadable as problem:
        fetching.keep_unread(inbox, raw, len(raw), str(problem))
        return None
