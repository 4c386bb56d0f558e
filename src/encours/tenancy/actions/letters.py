"""The program's own e-mails to the people of a tenant; they leave after the commit."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db import transaction

from encours.tenancy.models import Membership
from encours.tenancy.ports import MAILERS, Letter, NotSent
from encours.tenancy.rights import ADMIN

log = logging.getLogger(__name__)


def tell_admins(*, tenant_id: int, subject: str, text: str) -> None:
    """Write to every administrator of the tenant once the transaction has held."""
    admins = Membership.objects.of(tenant_id).filter(role=ADMIN, user__is_active=True)
    addresses = tuple(sorted(set(admins.values_list("user__email", flat=True))))
    if addresses:
        send_after_commit(Letter(addresses, f"[encours] {subject}", text))


def send_after_commit(
    letter: Letter, *, when_not_sent: Callable[[NotSent], None] | None = None
) -> None:
    """Send once the transaction has held; an outage is logged, and told to who asked."""

    def send() -> None:
        try:
            MAILERS["django"].send(letter)
        except NotSent as refusal:
            log.warning("own e-mail not sent: %s", refusal)
            if when_not_sent is not None:
                when_not_sent(refusal)

    transaction.on_commit(send)
