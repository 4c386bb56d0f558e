"""Numbers given to invoices that the accounts do not number: what may be one, when two are one."""

from __future__ import annotations

import re
from typing import Final

NUMBERED_KINDS: Final = ("invoice", "debit_note", "opening")
"""What a reminder may claim, and so needs a number; a returned payment has none."""
LENGTH_MAX: Final = 80
_SIGNS: Final = re.compile(r"\W|_")


def cleaned(text: str) -> str:
    """Return a number as it is kept: one space between words, none around."""
    return " ".join(text.split())


def compared(number: str) -> str:
    """Return a number as two are compared: letters and digits alone (`FA-2026/001`, `fa2026001`).

    Leading zeros count: `0012` and `12` may be two invoices of two series.
    """
    return _SIGNS.sub("", number).upper()


def fault_of(number: str) -> str:
    """Say in French why a text is no invoice number; nothing when it is one."""
    if len(number) > LENGTH_MAX:
        return f"Un numéro de facture a au plus {LENGTH_MAX} caractères"
    if not any(char.isdigit() for char in number):
        return "Un numéro de facture contient au moins un chiffre"
    return ""
