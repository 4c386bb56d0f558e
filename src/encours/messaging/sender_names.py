"""A creditor's sender as other servers see it: what its domain's DNS says, looked up on a click."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from encours.kernel.refusal import Refusal
from encours.messaging.accounts import SenderMissing
from encours.messaging.ports import NAME_RECORDS
from encours.messaging.rules import domains
from encours.messaging.rules.address import wire_address
from encours.tenancy.actions import sending
from encours.tenancy.models import Creditor
from encours.tenancy.scope import in_tenant


class BadSelector(Refusal):
    """A selector is one part of a domain name."""

    message = "Un sélecteur DKIM s'écrit avec des lettres, des chiffres, des points et des tirets."


def check_names(
    *, tenant_id: int, creditor_id: int, selector: str, actor_id: int, now: datetime
) -> None:
    """Look the sender's domain up, after the commit and for a few seconds, and keep the answer."""
    selector = selector.strip().lower()
    if selector and not domains.is_selector(selector):
        raise BadSelector
    creditor = Creditor.objects.of(tenant_id).get(pk=creditor_id)
    if not creditor.sender_email:
        raise SenderMissing
    domain = wire_address(creditor.sender_email).rpartition("@")[2]
    host = str(creditor.smtp.get("host", ""))

    def look() -> None:
        records = NAME_RECORDS["dns"]()
        found = domains.checked(domain, records.look, host=host, selector=selector)
        with in_tenant(tenant_id):
            sending.record_sender_names(
                tenant_id=tenant_id,
                creditor_id=creditor_id,
                domain=domain,
                selector=selector,
                found=[asdict(one) for one in found],
                actor_id=actor_id,
                now=now,
            )

    transaction.on_commit(look)
