"""A reminder on a telephone: the text of its template, in signs that most messages travel by.

A formal notice is never one: it owes its reader more than fits (law-fr 4.10).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from encours.messaging.rules.notice import Language, Notice
from encours.messaging.rules.segments import Length, plain_signs
from encours.messaging.rules.wording import amount_text, day_text

STOP: Final[Mapping[Language, str]] = {"fr": " STOP : {stop}", "en": " STOP: {stop}"}
WHAT: Final[Mapping[Language, tuple[str, str]]] = {
    "fr": ("la facture {number}", "le total de {count} factures"),
    "en": ("invoice {number}", "the total of {count} invoices"),
}


@dataclass(frozen=True, slots=True)
class ShortMessage:
    """What a text message would say now, how long it is and what it costs."""

    body: str
    length: Length
    cost_cents: int


def short_text(notice: Notice, *, stop: str = "") -> str:
    """Return the message as a telephone shows it; empty for a formal notice, or without a text.

    `stop` is where a STOP is answered, said when the account asks for it.
    """
    if notice.kind == "mise_en_demeure" or not notice.short:
        return ""
    said = notice.short + (STOP[notice.language].format(stop=stop) if stop else "")
    return plain_signs(" ".join(said.split()))


def variables(notice: Notice) -> dict[str, str]:
    """Return what a template approved by WhatsApp is filled with, by name."""
    one, many = WHAT[notice.language]
    owed = sum(line.open_cents for line in notice.lines)
    first = min((line.due_on for line in notice.lines if line.due_on), default=notice.written_on)
    alone = len(notice.lines) == 1
    number = notice.lines[0].title if alone else ""
    return {
        "creditor": notice.sender.name,
        "what": (one if alone else many).format(number=number, count=len(notice.lines)),
        "amount": amount_text(owed, notice.currency, notice.language),
        "due_on": day_text(first, notice.language),
        "before": day_text(notice.pay_before, notice.language),
        "reference": notice.our_reference,
        "contact": notice.sender.phone or notice.sender.email,
    }
