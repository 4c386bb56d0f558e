"""A creditor's mailbox of answers, opened by its owner's consent, sends its e-mails too."""

from __future__ import annotations

from typing import Final

from encours.feeds.ports import CONSENTS, Unreachable
from encours.messaging.ports import TemporaryRefusal
from encours.replies.actions import boxes, consents
from encours.tenancy.scope import in_tenant

CODE: Final = "inbox"


class InboxConsent:
    """Gives the token of now, outside any transaction; one that was taken back is said."""

    code = CODE

    def token(self, *, tenant_id: int, creditor_id: int) -> str:
        """Return a token to send with, or raise TemporaryRefusal: nobody's message is to blame."""
        try:
            with in_tenant(tenant_id):
                asked = consents.account(tenant_id=tenant_id, creditor_id=creditor_id)
            return CONSENTS[asked.settings["auth"]](asked).sending_token()
        except (Unreachable, boxes.NoInbox) as problem:
            raise TemporaryRefusal(str(problem), phase="connection") from problem
