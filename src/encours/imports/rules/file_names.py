"""What the name of a FEC says: whose accounts, closed when (LPF, A47 A-1, X)."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from encours.kernel.issue import Issue

NAME: Final = re.compile(r"(\d{9,10})FEC(\d{8})", re.IGNORECASE)
_SIREN_LENGTH: Final = 9


def company_and_closing(name: str) -> tuple[str, date | None]:
    """Return the SIREN and the closing date of `123456789FEC20241231.txt`, as far as it says."""
    match = NAME.search(name)
    if match is None:
        return "", None
    try:
        closing = date.fromisoformat(match[2])
    except ValueError:
        return "", None
    return (match[1] if len(match[1]) == _SIREN_LENGTH else ""), closing


def unknown_owner(name: str, siren: str, found: int) -> Issue:
    """Say why a file has no creditor: no SIREN in its name, or none or several that have it."""
    if not siren:
        message = "Le nom du fichier ne dit pas de SIREN : indiquez la société."
    elif found:
        message = f"Plusieurs sociétés ont le SIREN {siren} : indiquez laquelle."
    else:
        message = f"Aucune société n'a le SIREN {siren}."
    return Issue(
        "creditor_unknown", message, found=siren or name, expected="123456789FEC20241231.txt",
        file=name,
    )  # fmt: skip
