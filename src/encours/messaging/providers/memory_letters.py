"""The provider of letters of demos and tests: keeps what it was given, and tells a plain story.

Every registered letter is deposited the day it was given and delivered three days after; `endings`
says which recipient's letter comes back, and how.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

from encours.messaging.ports import Letter, LetterKind, Receipt, Uncertain, Undelivered
from encours.messaging.rules.tracking import Happened, ProofRef, State, Tracked

DELAY: Final = timedelta(days=3)
PROOF: Final = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)


class MemoryLetters:
    """A list of letters; `outcomes` says whose letter is refused, `endings` whose comes back."""

    code = "memory"

    def __init__(self) -> None:
        """Start empty, refusing nobody."""
        self.sent = list[Letter]()
        self.days = dict[str, date]()
        self.outcomes = dict[str, Callable[[], Undelivered]]()
        self.endings = dict[str, State]()

    def send(self, letter: Letter, /) -> Receipt:
        """Keep the letter once, or raise what was prepared for its recipient."""
        outcome = self.outcomes.get(letter.recipient[0])
        if outcome is not None:
            refusal = outcome()
            if isinstance(refusal, Uncertain):
                self._keep(letter)
            raise refusal
        self._keep(letter)
        return Receipt(letter.message_id)

    def close(self) -> None:
        """Do nothing: there is no connection."""

    def follow(self, reference: str, channel: LetterKind, *, today: date) -> Tracked:
        """Tell the story of a letter as far as `today`."""
        letter = next((one for one in self.sent if one.message_id == reference), None)
        if letter is None:
            return Tracked()
        first = self.days.setdefault(reference, today)
        happened = [Happened("deposited", first)]
        proofs = [ProofRef("deposit", "deposit", first)]
        if channel != "letter" and today >= first + DELAY:
            end = self.endings.get(letter.recipient[0], "delivered")
            happened.append(Happened(end, first + DELAY))
            if end == "delivered":
                proofs.append(ProofRef("receipt", "receipt", first + DELAY))
        number = "" if channel == "letter" else f"1A{len(self.sent):011d}"
        return Tracked(tuple(happened), tuple(proofs), number)

    def fetch(self, reference: str, channel: LetterKind, proof: ProofRef) -> bytes:  # noqa: ARG002
        """Return a page that says which proof it stands for."""
        return PROOF + f"% {proof.kind} {reference}\n".encode()

    def _keep(self, letter: Letter) -> None:
        if all(one.message_id != letter.message_id for one in self.sent):
            self.sent.append(letter)
