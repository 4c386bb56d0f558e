"""Notices of non-delivery: read from the delivery status (RFC 3464), else from their text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from encours.replies.rules.references import addresses
from encours.replies.rules.values import Bounce

FAILED: Final = frozenset({"failed", "delayed"})
_STATUS: Final = re.compile(r"\b([245])\.\d{1,3}\.\d{1,3}\b")
_CODE: Final = re.compile(r"\b(4|5)\d\d\b(?=[ -](?:\d\.\d|[a-z]))", re.IGNORECASE)
_FOR_NOW: Final = re.compile(
    r"\b(?:delay\w*|differee?|reessa\w*|tentative|keep trying|will retry|full|pleine|saturee|quota"
    r"|over quota|temporar\w*|temporaire\w*|moment|injoignable|greylist\w*|try again)\b"
)


def bounce_of_status(blocks: Iterable[Mapping[str, str]]) -> Bounce | None:
    """Return the first failure told by a delivery status; a delivery that succeeded is none.

    Each block maps the fields of one recipient, names in lower case.
    """
    for block in blocks:
        action = block.get("action", "").strip().lower()
        if action not in FAILED:
            continue
        status = _STATUS.search(block.get("status", ""))
        found = status[0] if status else ""
        told = block.get("final-recipient") or block.get("original-recipient") or ""
        recipient = told.rpartition(";")[2].strip().strip("<>").lower()
        return Bounce(recipient, action == "failed" and not found.startswith("4"), found)
    return None


def bounce_of_text(own: str, folded: str) -> Bounce:
    """Return what the words of a notice say: for good, unless they speak of a time."""
    told = addresses(own)
    status = _STATUS.search(own)
    code = _CODE.search(own)
    found = status[0] if status else ""
    first = found[:1] or (code[1] if code else "")
    lasting = first == "5" or (first != "4" and not _FOR_NOW.search(folded))
    if first == "5" and found.startswith("5.2.2"):
        lasting = False
    return Bounce(told[0] if told else "", lasting, found)
