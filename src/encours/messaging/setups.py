"""Accounts of channels set up by a person: their settings, their secrets sealed, their test."""

from __future__ import annotations

import json
import secrets as random
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, cast

from django.conf import settings
from django.db import transaction

from encours.kernel.refusal import Refusal
from encours.messaging import accounts
from encours.messaging.models import ChannelAccount
from encours.messaging.ports import (
    Text,
    TextChannelKind,
)
from encours.messaging.rules.numbers import mobile_number
from encours.messaging.rules.offers import OFFERS, ON_PHONE, faults
from encours.messaging.rules.segments import plain_signs
from encours.tenancy import journal, vault
from encours.tenancy.models import Creditor
from encours.tenancy.scope import in_tenant

TOKEN_BYTES: Final = 32
FAILURE_MAX: Final = 400
TEST: Final = "{name} : message d'essai. Si vous le lisez, ce canal fonctionne."


class InvalidAccount(Refusal):
    """Say what is wrong in what was typed: `by_field`."""

    message = "Ce compte ne peut pas être enregistré ainsi."

    def __init__(self, by_field: Mapping[str, str]) -> None:
        """Keep what is wrong, field by field."""
        super().__init__(" ; ".join(by_field.values()))
        self.by_field = dict(by_field)


class NoSuchAccount(Refusal):
    """Closed, or never there."""

    message = "Ce compte n'existe plus."


class NoOwnNumber(Refusal):
    """A test goes to the user, nowhere else."""

    message = "Indiquez d'abord votre numéro d'essai."


@dataclass(frozen=True, slots=True)
class Given:
    """What a person says of an account; a secret left out stays as it is."""

    provider: str
    fields: Mapping[str, str] = field(default_factory=dict)
    own_number: str = ""
    segment_price: int = 0
    is_enabled: bool = True


@transaction.atomic
def set_account(
    *,
    tenant_id: int,
    creditor_id: int,
    channel: str,
    given: Given,
    actor_id: int,
    now: datetime,
) -> None:
    """Open the account of a channel, or change it; it is to be tried again."""
    offer = OFFERS.get(given.provider)
    if offer is None or channel not in offer.channels:
        raise InvalidAccount({"provider": "Ce prestataire ne sert pas ce canal."})
    creditor = Creditor.objects.of(tenant_id).get(pk=creditor_id)
    row = _locked(tenant_id, creditor_id, channel) or ChannelAccount(
        tenant_id=tenant_id, creditor=creditor, channel=channel
    )
    kept = accounts.secrets_of(row) if row.provider == given.provider else {}
    typed = {name: value.strip() for name, value in given.fields.items()}
    asked = offer.fields_of(channel)
    values = {
        one.name: typed.get(one.name) or (kept.get(one.name, "") if one.is_secret else "")
        for one in asked
    }
    wrong = dict(faults(offer, channel, values, given.own_number))
    if wrong:
        raise InvalidAccount(wrong)
    hidden = {one.name for one in asked if one.is_secret}
    secrets = {name: value for name, value in values.items() if name in hidden}
    if offer.reports:
        secrets["callback"] = kept.get("callback") or _address(row)
    row.provider = given.provider
    row.settings = {name: value for name, value in values.items() if name not in hidden}
    row.secrets = vault.sealed(json.dumps(secrets))
    row.own_number = mobile_number(given.own_number) if channel in ON_PHONE else ""
    row.segment_price, row.is_enabled = given.segment_price, given.is_enabled
    row.tested_at = row.failed_at = None
    row.failure, row.author_id = "", actor_id
    row.save()
    data = {"provider": row.provider, "is_enabled": row.is_enabled}
    _tell("channel.set", row, actor_id, now, data)


@transaction.atomic
def close_account(
    *, tenant_id: int, creditor_id: int, channel: str, actor_id: int, now: datetime
) -> None:
    """Forget an account and its secrets; what waits for it goes on waiting."""
    row = _locked(tenant_id, creditor_id, channel)
    if row is None:
        raise NoSuchAccount
    _tell("channel.closed", row, actor_id, now, {"provider": row.provider})
    row.delete()


def send_test(
    *, tenant_id: int, creditor_id: int, channel: str, actor_id: int, now: datetime
) -> None:
    """Send a text to the user's own number, after the commit, and keep what was answered."""
    row = _locked(tenant_id, creditor_id, channel)
    if row is None:
        raise NoSuchAccount
    if not row.own_number:
        raise NoOwnNumber
    account, text = accounts.opened(row), _test(row)

    def send() -> None:
        problem = accounts.problem_of(account, text)
        with in_tenant(tenant_id):
            ChannelAccount.objects.of(tenant_id).filter(pk=row.pk).update(
                tested_at=None if problem else now,
                failed_at=now if problem else None,
                failure=problem[:FAILURE_MAX],
            )
            _tell("channel.tested", row, actor_id, now, {"left": not problem})

    transaction.on_commit(send)


def digest_of_token(token: str) -> str:
    """Return the hash under which a token is kept; the secret of it is not in the database."""
    return vault.digest("channel-token", token)


def _locked(tenant_id: int, creditor_id: int, channel: str) -> ChannelAccount | None:
    rows = ChannelAccount.objects.of(tenant_id).select_for_update(of=("self",))
    return rows.filter(creditor_id=creditor_id, channel=channel).first()


def _address(row: ChannelAccount) -> str:
    """Return a new public address for the account's reports; its token is kept as a hash."""
    token = random.token_urlsafe(TOKEN_BYTES)
    row.digest = digest_of_token(token)
    return f"{settings.PUBLIC_URL}/api/v1/channels/{token}"


def _test(row: ChannelAccount) -> Text:
    filled = {"creditor": row.creditor.name}
    lines = (line.split() for line in str(row.settings.get("templates", "")).splitlines())
    template = next((line[-1] for line in lines if line), "")
    return Text(
        message_id=str(uuid.uuid4()),
        channel=cast("TextChannelKind", row.channel),
        sender=str(row.settings.get("sender", "")),
        recipient=row.own_number,
        body=plain_signs(TEST.format(name=row.creditor.name)),
        template=template if row.channel == "whatsapp" else "",
        variables=tuple(filled.items()) if template else (),
    )


def _tell(
    verb: str, row: ChannelAccount, actor_id: int, now: datetime, data: Mapping[str, Any]
) -> None:
    journal.record(
        verb,
        tenant_id=row.tenant_id,
        subject=("creditor", row.creditor_id),
        effective_on=now.date(),
        actor_id=actor_id,
        creditor_id=row.creditor_id,
        data={"channel": row.channel, **data},
    )
