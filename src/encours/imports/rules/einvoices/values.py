"""Texts of a file to amounts, dates and numbers; what cannot be read is an Issue, once."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Final

from encours.kernel.issue import Issue

CENTS: Final = Decimal(100)
DIGITS_MAX: Final = 15
DAY_FORMS: Final = {8: "%Y%m%d", 10: "%Y-%m-%d"}
INSTANT_FORMS: Final = {14: "%Y%m%d%H%M%S", 12: "%Y%m%d%H%M", 8: "%Y%m%d"}
_TEXT_MAX: Final = 1_000


class Values:
    """Reads values of one document and gathers what could not be read."""

    def __init__(self) -> None:
        """Start with nothing wrong."""
        self.issues: list[Issue] = []

    def say(self, code: str, message: str, term: str, *, found: str = "") -> None:
        """Gather an error about one term."""
        self.issues.append(Issue(code, message, column=term, found=found))

    def number(self, term: str, text: str) -> Decimal | None:
        """Return a number, or None with an issue when the text is none."""
        plain = text.strip()
        if not plain:
            return None
        try:
            found = Decimal(plain)
        except InvalidOperation:
            found = Decimal("NaN")
        if not found.is_finite() or abs(found.adjusted()) > DIGITS_MAX:
            self.say("amount_unread", f"{term} n'est pas un nombre.", term, found=plain)
            return None
        return found

    def cents(self, term: str, text: str) -> int | None:
        """Return an amount in cents; a fraction of a cent is rounded half up, as the norm does."""
        found = self.number(term, text)
        if found is None:
            return None
        return int((found * CENTS).quantize(Decimal(1), rounding=ROUND_HALF_UP))

    def day(self, term: str, text: str) -> date | None:
        """Return a day written 20261130 or 2026-11-30, with or without what follows."""
        plain = text.strip()
        if not plain:
            return None
        head = plain[:10] if "-" in plain[:10] else plain[:8]
        try:
            return datetime.strptime(head, DAY_FORMS.get(len(head), "?")).date()  # noqa: DTZ007
        except ValueError:
            self.say("date_unread", f"{term} n'est pas une date.", term, found=plain)
            return None

    def instant(self, term: str, text: str) -> datetime | None:
        """Return an instant written 20261130181500: French messages say no time zone."""
        plain = re.sub(r"[^\d]", "", text)[:14]
        try:
            return datetime.strptime(plain, INSTANT_FORMS.get(len(plain), "?"))  # noqa: DTZ007
        except ValueError:
            self.say("date_unread", f"{term} n'est pas une date.", term, found=text.strip())
            return None

    def needed(self, term: str, label: str, value: str) -> str:
        """Return a text that a document cannot do without."""
        plain = " ".join(value.split())
        if not plain:
            self.say("term_missing", f"{label} ({term}) manque.", term)
        return plain[:_TEXT_MAX]
