"""One-time codes: the hour during which a provider takes qualified electronic letters.

The key that makes the codes stays on the sender's own device: it is not kept here (eIDAS, art. 44,
1, b: the sender is identified with a high level of confidence).
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol, runtime_checkable

from encours.kernel.refusal import Refusal
from encours.messaging import accounts
from encours.messaging.models import ChannelAccount
from encours.messaging.ports import CHANNEL_FACTORIES
from encours.tenancy import journal
from encours.tenancy.models import Creditor
from encours.tenancy.scope import in_tenant

CODE: Final = re.compile(r"\d{6,8}")


class NotACode(Refusal):
    """Six figures, from the sender's application."""

    message = "Un code à usage unique a six chiffres : lisez-le dans votre application."


class NoCodeAsked(Refusal):
    """The account sends without a code."""

    message = "Ce compte n'attend pas de code à usage unique."


@runtime_checkable
class Coded(Protocol):
    """A channel that a one-time code opens."""

    def authenticate(self, one_time_code: str) -> str:
        """Give the code; return until when it holds, where the provider says."""
        ...


@dataclass(frozen=True, slots=True)
class Asking:
    """A creditor whose electronic letters wait for a code."""

    creditor_id: int
    name: str
    provider: str


def asking(*, tenant_id: int, creditor_ids: Collection[int] | None) -> tuple[Asking, ...]:
    """Return the creditors whose account may ask for a code."""
    rows = ChannelAccount.objects.of(tenant_id).filter(channel="eregistered", is_enabled=True)
    if creditor_ids is not None:
        rows = rows.filter(creditor_id__in=list(creditor_ids))
    found = rows.select_related("creditor").order_by("creditor__name")
    return tuple(Asking(one.creditor_id, one.creditor.name, one.provider) for one in found)


def authenticate(*, tenant_id: int, creditor_id: int, code: str, user_id: int, today: date) -> str:
    """Give a code to the provider of a creditor, outside any transaction.

    Raises the channel's own refusals.
    """
    given = "".join(code.split())
    if not CODE.fullmatch(given):
        raise NotACode
    with in_tenant(tenant_id):
        creditor = Creditor.objects.of(tenant_id).get(pk=creditor_id)
        account = accounts.account_for(creditor, "eregistered")
    channel = CHANNEL_FACTORIES[account.channel](account)
    if not isinstance(channel, Coded):
        raise NoCodeAsked
    until = channel.authenticate(given)
    with in_tenant(tenant_id):
        journal.record(
            "postage.code_given",
            tenant_id=tenant_id,
            subject=("creditor", creditor_id),
            effective_on=today,
            actor_id=user_id,
            creditor_id=creditor_id,
            data={"provider": account.channel},
        )
    return until
