"""The e-mail channel of tests and rehearsals: keeps what it was given, fails when told to."""

from __future__ import annotations

from collections.abc import Callable

from encours.messaging.ports import Email, Receipt, Uncertain, Undelivered

Outcome = Callable[[], Undelivered]


class MemoryEmailChannel:
    """A list of e-mails; `outcomes` says which address is refused, and how."""

    code = "memory"

    def __init__(self) -> None:
        """Start empty, refusing nobody."""
        self.sent = list[Email]()
        self.outcomes = dict[str, Outcome]()
        self.keeps_uncertain = True

    def send(self, email: Email) -> Receipt:
        """Keep the e-mail, or raise what was prepared for one of its recipients.

        An uncertain one is kept or not, as `keeps_uncertain` says: nobody can tell from outside.
        """
        for recipient in email.recipients:
            if recipient in self.outcomes:
                outcome = self.outcomes[recipient]()
                if isinstance(outcome, Uncertain) and self.keeps_uncertain:
                    self.sent.append(email)
                raise outcome
        self.sent.append(email)
        return Receipt(f"memory-{len(self.sent)}")

    def close(self) -> None:
        """Do nothing: there is no connection."""
