"""Opens a mailbox by its owner's consent: who is asked, and what comes back, kept sealed."""

from __future__ import annotations

from datetime import date

from encours.feeds.ports import CONSENTS, Account
from encours.replies.actions import boxes
from encours.replies.models import Inbox
from encours.tenancy.scope import in_tenant

ASKED: frozenset[str] = frozenset({"microsoft", "google"})


def account(*, tenant_id: int, creditor_id: int) -> Account:
    """Return what identifies us at the provider; raises NoInbox where no consent is needed."""
    inbox = Inbox.objects.of(tenant_id).filter(creditor_id=creditor_id).first()
    if inbox is None or inbox.settings.get("auth") not in ASKED:
        raise boxes.NoInbox
    return boxes.account_of(inbox)


def take(
    *,
    tenant_id: int,
    creditor_id: int,
    code: str,
    verifier: str,
    back: str,
    actor_id: int,
    today: date,
) -> None:
    """Exchange what came back for tokens and keep them, outside any transaction."""
    with in_tenant(tenant_id):
        asked = account(tenant_id=tenant_id, creditor_id=creditor_id)
    consent = CONSENTS[asked.settings["auth"]](asked)
    found = consent.tokens(code=code, verifier=verifier, back=back)
    with in_tenant(tenant_id):
        boxes.keep_consent(
            tenant_id=tenant_id,
            creditor_id=creditor_id,
            secrets=found,
            actor_id=actor_id,
            today=today,
        )
