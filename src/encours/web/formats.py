"""How values are written on screen: amounts, dates and numbers in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language

from encours.kernel.money import EUR, english_text, french_text
from encours.web.wording import Text

NONE = "–"


def is_english() -> bool:
    """Say whether the reader chose English."""
    return (get_language() or "fr").startswith("en")


def money(cents: int | None, currency: str = EUR) -> str:
    """Write cents: `1 234,50 €`, or `€1,234.50` in English."""
    if cents is None:
        return NONE
    return english_text(cents, currency) if is_english() else french_text(cents, currency)


def day(value: date | None) -> str:
    """Write a date: `20/11/2026`, or `20 Nov 2026` in English."""
    if value is None:
        return NONE
    return f"{value.day} {value:%b %Y}" if is_english() else f"{value:%d/%m/%Y}"


def instant(value: datetime | None) -> str:
    """Write a moment in the reader's time zone."""
    if value is None:
        return NONE
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return f"{day(local.date())} {local:%H:%M}"


def month(value: date | None) -> str:
    """Write a month in words."""
    return NONE if value is None else date_format(value, "F Y")


def count(value: int | None) -> str:
    """Write a whole number with its thousands apart."""
    if value is None:
        return NONE
    return f"{value:,}" if is_english() else f"{value:,}".replace(",", "\u202f")


def number(value: Decimal | None) -> str:
    """Write a number with its thousands apart and its own decimals."""
    if value is None:
        return NONE
    return f"{value:,}" if is_english() else f"{value:,}".replace(",", "\u202f").replace(".", ",")


def percent(value: float | Decimal | str | None) -> str:
    """Write points: `2,15 %`; the value is already in points."""
    if value is None or value == "":
        return NONE
    return f"{value}%" if is_english() else f"{value}\u00a0%".replace(".", ",")


_BY_KIND: Mapping[str, Callable[[Any], str]] = {
    "date": day,
    "instant": instant,
    "count": count,
    "number": number,
    "percent": percent,
}


def text(kind: str, value: Any, currency: str = EUR) -> Text:
    """Write a value as its column's kind wants."""
    if value is None or value == "":
        return NONE
    if kind == "money":
        return money(value, currency)
    write = _BY_KIND.get(kind)
    return write(value) if write else value if isinstance(value, str) else str(value)
