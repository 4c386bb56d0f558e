"""Where a mail belongs: the message it answers, the customer, the due lines; or a person decides.

In order: our own Message-ID in its references, the token of the address it was sent to, the
sender's address among contacts, the numbers of invoices in its words. An address that several
customers share (an accounting firm) is decided by the numbers cited, else by a person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

Evidence = Literal["", "reference", "token", "sender", "invoice"]


@dataclass(frozen=True, slots=True)
class Known:
    """A message of ours: its row, its customer, the due lines it listed, who received it."""

    message_id: int
    customer_id: int
    line_ids: tuple[int, ...] = ()
    recipients: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Clues:
    """What the house knows of a mail; customers are those that stand for others.

    `by_reference` and `by_token` the best first; `senders` = customers with this address;
    `numbers` = by customer, the due lines of the invoices that the words cite.
    """

    by_reference: Sequence[Known] = ()
    by_token: Sequence[Known] = ()
    senders: Sequence[int] = ()
    numbers: Mapping[int, tuple[int, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Thread:
    """Where it belongs; without a customer, `candidates` are those between whom to choose."""

    customer_id: int | None = None
    message_id: int | None = None
    line_ids: tuple[int, ...] = ()
    evidence: Evidence = ""
    candidates: tuple[int, ...] = ()

    @property
    def is_ours(self) -> bool:
        """Say whether anything links the mail with a customer."""
        return self.customer_id is not None or bool(self.candidates)


def thread(clues: Clues) -> Thread:
    """Say where a mail belongs; lines cited count more than lines that our message listed."""
    told: tuple[tuple[Evidence, Sequence[Known]], ...] = (
        ("reference", clues.by_reference),
        ("token", clues.by_token),
    )
    for evidence, found in told:
        if found:
            known = found[0]
            cited = clues.numbers.get(known.customer_id, ())
            lines = cited or known.line_ids
            return Thread(known.customer_id, known.message_id, lines, evidence)
    return _by_words(clues)


def _by_words(clues: Clues) -> Thread:
    senders = tuple(dict.fromkeys(clues.senders))
    cited = tuple(clues.numbers)
    if len(senders) == 1:
        return Thread(senders[0], None, clues.numbers.get(senders[0], ()), "sender")
    both = tuple(one for one in senders if one in clues.numbers)
    if len(both) == 1:
        return Thread(both[0], None, clues.numbers[both[0]], "sender")
    if senders:
        return Thread(evidence="sender", candidates=both or senders)
    if len(cited) == 1:
        return Thread(cited[0], None, clues.numbers[cited[0]], "invoice")
    return Thread(evidence="invoice" if cited else "", candidates=cited)
