"""The plain text part of a notice: the same facts as the HTML part, for any reader."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from encours.messaging.rules.notice import (
    ASKING,
    Line,
    Notice,
    Payment,
    parts,
    signature,
    totals,
)
from encours.messaging.rules.payment import rf_text
from encours.messaging.rules.wording import (
    WORDS,
    amount_text,
    day_text,
    iban_text,
    late_text,
    rate_text,
    siren_text,
    total_text,
)

_LINE_ENDS: Final = re.compile("\r\n?|[\u2028\u2029]")
_HIDDEN: Final = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


def literal(text: str) -> str:
    """Return text as its author meant it: line ends kept, control characters gone.

    Direction overrides go too: they could show an amount or an account number backwards.
    """
    if text.isascii() and text.isprintable():
        return text
    return _HIDDEN.sub("", _LINE_ENDS.sub("\n", text.replace("\t", " ")))


def text_body(notice: Notice) -> str:
    """Write the message as text, blocks separated by an empty line."""
    blocks = [literal(notice.greeting), *map(literal, notice.opening)]
    blocks.append("\n".join(_table(notice)))
    blocks.append("\n".join(_penalties(notice)))
    blocks.append("\n".join(_payment(notice)))
    blocks += [*map(literal, notice.closing), literal(notice.farewell)]
    blocks.append("\n".join(_signature(notice)))
    blocks.append("\n".join(map(literal, notice.mentions)))
    return "\n\n".join(block for block in blocks if block.strip()) + "\n"


def _table(notice: Notice) -> Iterator[str]:
    words, language = WORDS[notice.language], notice.language
    for line in notice.lines:
        yield f"- {_described(line, notice)}"
    late, soon = parts(notice)
    if late and soon and notice.kind in ASKING:
        for label, lines in ((words.overdue, late), (words.due_soon, soon)):
            cents = sum(line.open_cents for line in lines)
            yield f"{label}{words.colon}{amount_text(cents, notice.currency, language)}"
    for total in totals(notice):
        label = total_text(total.name, language, total.until_on)
        shown = amount_text(total.cents, notice.currency, language)
        yield f"{label.upper() if total.strong else label}{words.colon}{shown}"


def _described(line: Line, notice: Notice) -> str:
    words, language = WORDS[notice.language], notice.language
    said = [literal(line.title)]
    if line.issued_on:
        said[0] += " " + words.issued_short.format(date=day_text(line.issued_on, language))
    if line.due_on:
        said.append(f"{words.due.lower()} {day_text(line.due_on, language)}")
        said.append(late_text(line.days_late, language))
    amount = f"{words.open.lower()} {amount_text(line.open_cents, notice.currency, language)}"
    if line.paid_cents:
        gross = amount_text(line.amount_cents, notice.currency, language)
        amount += f" ({words.out_of.format(amount=gross)})"
    return ", ".join((*said, amount))


def _penalties(notice: Notice) -> Iterator[str]:
    words, language = WORDS[notice.language], notice.language
    if notice.penalties:
        yield f"{words.penalties}{words.colon}".rstrip()
    for part in notice.penalties:
        period = f"{day_text(part.from_on, language)} - {day_text(part.to_on, language)}"
        base = amount_text(part.base_cents, notice.currency, language)
        rate = rate_text(part.rate_percent, language)
        amount = amount_text(part.amount_cents, notice.currency, language)
        days = f"{part.days} {words.days.lower()}"
        yield f"- {literal(part.number)}{words.colon}{base}, {period} ({days}), {rate} = {amount}"


def payment_rows(payment: Payment, notice: Notice) -> tuple[tuple[str, str], ...]:
    """Return the labels and values of the payment block, those that are known."""
    words = WORDS[notice.language]
    before = day_text(notice.pay_before, notice.language)
    rows = (
        (words.holder, literal(payment.holder)),
        (words.iban, iban_text(payment.iban)),
        (words.bic, literal(payment.bic)),
        (words.bank, literal(payment.bank)),
        (words.reference, rf_text(literal(payment.reference))),
        (words.pay_before, before),
    )
    return tuple((label, value) for label, value in rows if value)


def _payment(notice: Notice) -> Iterator[str]:
    if notice.payment is None:
        return
    colon = WORDS[notice.language].colon
    yield f"{WORDS[notice.language].how_to_pay}{colon}".rstrip()
    for label, value in payment_rows(notice.payment, notice):
        yield f"  {label}{colon}{value}"


def _signature(notice: Notice) -> Iterator[str]:
    name = notice.sender.name
    for line in (*signature(notice), *(one for one in sender_lines(notice) if one != name)):
        yield literal(line)


def sender_lines(notice: Notice) -> tuple[str, ...]:
    """Return who writes: name, address, how to reach them, identifiers; only what is known."""
    words, sender = WORDS[notice.language], notice.sender
    identifiers = " · ".join(
        f"{label}{shown}"
        for label, shown in (
            ("", sender.legal_line),
            (f"{words.siren} ", siren_text(sender.siren) if sender.siren else ""),
            (f"{words.vat_number} ", sender.vat_number),
        )
        if shown
    )
    reach = " · ".join(part for part in (sender.phone, sender.email) if part)
    lines = (sender.name, ", ".join(part for part in sender.address if part), reach, identifiers)
    return tuple(line for line in lines if line)
