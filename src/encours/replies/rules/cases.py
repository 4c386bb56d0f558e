"""`reply classify`: cases in, answers out, in the shape of docs/contracts/reply-classify."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import Any, Final

from encours.kernel.money import decimal_text
from encours.kernel.refusal import Refusal
from encours.replies.rules.mail import is_mail, mail_of
from encours.replies.rules.reading import read_reply
from encours.replies.rules.values import WHOLE, AmountSaid, Reading
from encours.standing.causes import side_of

CASES_MAX: Final = 100_000
_ENCODINGS: Final = ("utf-8-sig", "cp1252")


class UnreadableCase(Refusal):
    """A case is not a reply."""

    message = "Cas illisible : un objet avec « text », ou un texte."


def answers_of(raw: bytes, *, received: date, by_line: bool = False) -> list[dict[str, Any]]:
    """Return the answers to what was given: JSON cases, an e-mail, lines, or one text."""
    cases = json_cases(raw)
    if cases is not None:
        return [_answer_case(case, received) for case in cases[:CASES_MAX]]
    if by_line:
        lines = [line for line in _text(raw).splitlines() if line.strip()]
        return [answer(read_reply(line, received=received)) for line in lines[:CASES_MAX]]
    return [_answer_raw(raw, received)]


def json_cases(raw: bytes) -> list[Any] | None:
    """Return the cases of a JSON list or object; None for anything else."""
    if raw.lstrip()[:1] not in {b"[", b"{"} and not raw.startswith(b"\xef\xbb\xbf"):
        return None
    try:
        found = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None
    if isinstance(found, dict):
        return [found]
    return found if isinstance(found, list) else None


def _answer_case(case: Any, received: date) -> dict[str, Any]:
    if isinstance(case, str):
        return answer(read_reply(case, received=received))
    if not isinstance(case, dict) or not isinstance(case.get("text"), str):
        raise UnreadableCase
    try:
        day = date.fromisoformat(str(case["received"])[:10]) if case.get("received") else received
    except ValueError as problem:
        raise UnreadableCase(f"Date illisible : « {str(case['received'])[:40]} ».") from problem
    told = {"id": case["id"]} if "id" in case else {}
    raw = case["text"].encode("utf-8", "replace")
    return told | (_answer_raw(raw, day) if is_mail(raw) else _answer_text(case["text"], day))


def _answer_text(text: str, received: date) -> dict[str, Any]:
    return answer(read_reply(text, received=received))


def _answer_raw(raw: bytes, received: date) -> dict[str, Any]:
    if not is_mail(raw):
        return _answer_text(_text(raw), received)
    mail = mail_of(raw)
    return answer(
        read_reply(
            mail.text or mail.subject,
            received=mail.received or received,
            is_automatic=mail.is_automatic,
            bounce=mail.bounce,
        )
    )


def _text(raw: bytes) -> str:
    for encoding in _ENCODINGS:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-8", "replace")


def answer(reading: Reading) -> dict[str, Any]:
    """Return a reading in the shape promised; amounts are strings with two decimals."""
    return {
        "class": reading.kind,
        "confidence": reading.confidence,
        "abstained": reading.is_abstained,
        "language": reading.language,
        "why": list(reading.why),
        "others": [{"class": one.kind, "confidence": one.confidence} for one in reading.others],
        "date": reading.said_on.isoformat() if reading.said_on else None,
        **_amount(reading.amount),
        "cause": reading.cause or None,
        "cause_side": side_of(reading.cause) or None,
        "invoices": list(reading.invoices),
        "reference": reading.reference or None,
        "address": reading.address or None,
        "bounce": _bounce(reading),
    }


def _amount(said: AmountSaid | None) -> dict[str, Any]:
    if said is None:
        return {"amount": None, "currency": None, "share": None, "times": None}
    return {
        "amount": decimal_text(said.cents) if said.cents is not None else None,
        "currency": said.currency if said.cents is not None else None,
        "share": _share(said.share),
        "times": said.times,
    }


def _share(share: Fraction | None) -> str | None:
    if share is None:
        return None
    return "balance" if share == WHOLE else f"{share.numerator}/{share.denominator}"


def _bounce(reading: Reading) -> dict[str, Any] | None:
    if reading.bounce is None:
        return None
    return {
        "recipient": reading.bounce.recipient or None,
        "permanent": reading.bounce.is_permanent,
        "status": reading.bounce.status or None,
    }


def lines_of(answers: list[dict[str, Any]]) -> Iterator[list[str]]:
    """Yield the rows of a table for a terminal."""
    for one in answers:
        yield [
            one["class"] + (" ?" if one["abstained"] else ""),
            f"{one['confidence']:.2f}",
            one["date"] or "",
            one["amount"] or one["share"] or "",
            one["cause"] or "",
            ", ".join(one["invoices"]),
            " · ".join(one["why"]),
        ]
