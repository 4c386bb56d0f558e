"""The channels of tests and rehearsals: keep what they were given, fail when told to."""

from __future__ import annotations

from collections.abc import Callable

from encours.messaging.ports import Email, Parcel, Receipt, Uncertain, Undelivered

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


class MemoryChannel:
    """A list of parcels of any kind: the twin of text and letter providers.

    `outcome` says how a parcel is refused, or None; an uncertain one is kept. The same message
    handed over again is kept once, as a provider with idempotency keys does.
    """

    def __init__(self, code: str = "demo") -> None:
        """Start empty, refusing nothing."""
        self.code = code
        self.sent = dict[str, Parcel]()
        self.asked = 0
        self.outcome: Callable[[Parcel], Undelivered | None] = lambda parcel: None  # noqa: ARG005

    def send(self, parcel: Parcel) -> Receipt:
        """Keep the parcel, or raise what was prepared for it."""
        self.asked += 1
        refusal = self.outcome(parcel)
        if refusal is None or isinstance(refusal, Uncertain):
            self.sent.setdefault(parcel.message_id, parcel)
        if refusal is not None:
            raise refusal
        return Receipt(f"{self.code}-{parcel.message_id}")

    def close(self) -> None:
        """Do nothing: there is no connection."""
