"""A notice as the strings that the template places; every figure is already written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from encours.messaging.rules.notice import Line, Notice, Payment, due_cents, signature, totals
from encours.messaging.rules.payment import epc_payload, qr_png
from encours.messaging.rules.plain import literal, payment_rows
from encours.messaging.rules.wording import (
    WORDS,
    Words,
    amount_text,
    day_text,
    long_day_text,
    rate_text,
    siren_text,
    total_text,
)

ADDRESS_LINES: Final = 6
WORD_MAX: Final = 18
NAME_WORD_MAX: Final = 20
LONG_WORD_MAX: Final = 40
HEAD_MM: Final = 1.6
FIGURE_MM: Final = 1.48
PADDING_MM: Final = 3.2
FIGURES_MAX_MM: Final = 128.0
SINGLE_ROWS_MAX: Final = 8
BREAK_HERE: Final = "\u200b"


def letter_data(notice: Notice, *, logo: str | None) -> dict[str, Any]:
    """Return everything the template shows, under the names it reads."""
    words = WORDS[notice.language]
    heading, subject = _heading(notice, words), _text(notice.subject)
    return {
        "lang": notice.language,
        "title": subject,
        "author": _text(notice.sender.name),
        "page": words.page,
        "single": len(notice.lines) + len(notice.penalties) <= SINGLE_ROWS_MAX,
        "colon": words.colon,
        "logo": logo,
        "sender": {
            "name": _breakable(literal(notice.sender.name), NAME_WORD_MAX),
            "lines": _letterhead(notice),
        },
        "footer": _footer(notice, words),
        "address": _address(notice, words),
        "dated": _dated(notice),
        "references": _references(notice, words),
        "heading": heading,
        "object": None if heading == subject else [words.object, subject],
        "greeting": _text(notice.greeting),
        "opening": _paragraphs(notice.opening),
        "table": _table(notice, words),
        "totals": [
            [
                total_text(total.name, notice.language, total.until_on),
                _amount(total.cents, notice),
                total.strong,
            ]
            for total in totals(notice)
        ],
        "payment": _payment(notice, words),
        "closing": _paragraphs(notice.closing),
        "farewell": _text(notice.farewell),
        "signature": _all(*signature(notice)),
        "mentions": _paragraphs(notice.mentions),
        "penalties": _penalties(notice, words),
    }


def _text(text: str) -> str:
    """Return text shown to the letter, with places to break words no line could hold."""
    return _breakable(literal(text), LONG_WORD_MAX)


def _breakable(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    pieces = re.compile(rf"(\S{{{most}}})(?=\S)")
    return pieces.sub(rf"\1{BREAK_HERE}", text)


def _cell(text: str) -> str:
    return _breakable(" ".join(literal(text).split()), WORD_MAX)


def _all(*texts: str) -> list[str]:
    return [_text(text) for text in texts if text.strip()]


def _paragraphs(texts: Sequence[str]) -> list[str]:
    return [_text(text) for text in texts if text.strip()]


def _amount(cents: int, notice: Notice) -> str:
    return amount_text(cents, notice.currency, notice.language)


def _letterhead(notice: Notice) -> list[str]:
    sender = notice.sender
    return _all(*sender.address, sender.phone, sender.email)


def _footer(notice: Notice, words: Words) -> list[str]:
    sender = notice.sender
    identifiers = (
        sender.legal_line,
        f"{words.siren} {siren_text(sender.siren)}" if sender.siren else "",
        f"{words.vat_number} {sender.vat_number}" if sender.vat_number else "",
    )
    place = ", ".join(part for part in (sender.name, *sender.address) if part)
    return _all(place, " · ".join(part for part in identifiers if part))


def _address(notice: Notice, words: Words) -> list[str]:
    """Return at most six lines: what a window shows and a sorting machine reads."""
    to = notice.addressee
    attention = f"{words.attention} {to.attention}" if to.attention else ""
    known = (to.name, attention, *to.address)
    lines = [_breakable(" ".join(literal(line).split()), WORD_MAX) for line in known if line]
    if len(lines) > ADDRESS_LINES and attention:
        lines.pop(1)
    return lines[: ADDRESS_LINES - 1] + lines[-1:] if len(lines) > ADDRESS_LINES else lines


def _dated(notice: Notice) -> str:
    day = long_day_text(notice.written_on, notice.language)
    if not notice.place:
        return day if notice.language == "en" else f"Le {day}"
    link = ", le " if notice.language == "fr" else ", "
    return f"{_text(notice.place)}{link}{day}"


def _references(notice: Notice, words: Words) -> list[list[str]]:
    to = notice.addressee
    known = (
        (words.our_reference, notice.our_reference),
        (words.customer_code, to.code),
        (words.your_siren, siren_text(to.siren) if to.siren else ""),
    )
    return [[label, _cell(value)] for label, value in known if value]


def _heading(notice: Notice, words: Words) -> str | None:
    """Return the title of a document that has one; a subject that begins with it is the title."""
    titles = {
        "mise_en_demeure": words.title,
        "releve": words.statement,
        "note_de_debit": words.debit_note,
        "avoir": words.credit_note,
    }
    title = titles.get(notice.kind)
    if title and notice.subject.casefold().startswith(title.casefold()):
        return _text(notice.subject)
    return title


def _table(notice: Notice, words: Words) -> dict[str, Any] | None:
    """Return the due lines; the columns where nothing would stand are left out."""
    if not notice.lines:
        return None
    paid = any(line.paid_cents for line in notice.lines)
    late = any(line.days_late > 0 for line in notice.lines)
    columns = (
        ("w", words.document if notice.kind == "releve" else words.number, True),
        ("l", words.issued, any(line.issued_on for line in notice.lines)),
        ("l", words.due, any(line.due_on for line in notice.lines)),
        ("r", words.gross, paid),
        ("r", words.paid, paid),
        ("r", _amount_head(notice, words) if not paid else words.open, True),
        ("r", words.late_days, late),
    )
    kept = [place for place, (_, _, shown) in enumerate(columns) if shown]
    rows = (_row(line, notice) for line in notice.lines)
    return _figures(
        sides=[columns[place][0] for place in kept],
        head=[columns[place][1] for place in kept],
        rows=[[row[place] for place in kept] for row in rows],
    )


def _amount_head(notice: Notice, words: Words) -> str:
    """Return how the one amount is called; what is outside the scope of VAT includes none."""
    return words.amount if notice.kind in ("note_de_debit", "avoir") else words.gross


def _figures(*, sides: list[str], head: list[str], rows: list[list[str]]) -> dict[str, Any]:
    """Return a table with the width of its columns, reckoned from the longest text of each.

    Where that would leave too little for the document number, typst measures instead.
    """
    longest = [max(map(len, column)) for column in zip(*rows, strict=True)]
    widths: list[float | None] = [
        0.0 if side == "w" else max(len(label) * HEAD_MM, most * FIGURE_MM) + PADDING_MM
        for side, label, most in zip(sides, head, longest, strict=True)
    ]
    if sum(width or 0.0 for width in widths) > FIGURES_MAX_MM:
        widths = [width and None for width in widths]
    return {"sides": sides, "head": head, "rows": rows, "widths": widths}


def _row(line: Line, notice: Notice) -> tuple[str, ...]:
    return (
        _cell(line.title),
        day_text(line.issued_on, notice.language),
        day_text(line.due_on, notice.language),
        _amount(line.amount_cents, notice),
        _amount(line.paid_cents, notice) if line.paid_cents else "",
        _amount(line.open_cents, notice),
        str(line.days_late) if line.days_late > 0 else "",
    )


def _penalties(notice: Notice, words: Words) -> dict[str, Any] | None:
    if not notice.penalties:
        return None
    language = notice.language

    def period(from_on: date, to_on: date) -> str:
        return f"{day_text(from_on, language)} - {day_text(to_on, language)}"

    figures = _figures(
        sides=["w", "r", "l", "r", "r", "r"],
        head=[words.number, words.base, words.period, words.days, words.rate, words.interest],
        rows=[
            [
                _cell(part.number),
                _amount(part.base_cents, notice),
                period(part.from_on, part.to_on),
                str(part.days),
                rate_text(part.rate_percent, language),
                _amount(part.amount_cents, notice),
            ]
            for part in notice.penalties
        ],
    )
    return {"title": words.penalties, **figures}


def _payment(notice: Notice, words: Words) -> dict[str, Any] | None:
    if notice.payment is None:
        return None
    rows = [[label, _text(value)] for label, value in payment_rows(notice.payment, notice)]
    code = payment_code(notice.payment, notice)
    return {
        "title": words.how_to_pay,
        "rows": rows,
        "code": None if code is None else list(code),
        "caption": words.scan,
    }


def payment_code(payment: Payment, notice: Notice) -> bytes | None:
    """Return the EPC code as a PNG, or nothing where no bank would take it."""
    try:
        payload = epc_payload(
            name=payment.holder,
            iban=payment.iban,
            bic=payment.bic,
            reference=payment.reference,
            cents=due_cents(notice),
            currency=notice.currency,
        )
        return qr_png(payload)
    except ValueError:
        return None
