"""A text cut into pieces, those that made a reading think so marked: text in, text out."""

from __future__ import annotations

import re
from collections.abc import Iterable

Piece = tuple[str, bool]
"""Some of the text, and whether it is marked."""


def marked(text: str, words: Iterable[str]) -> tuple[Piece, ...]:
    """Return the pieces of a text in order; put together, they are the text."""
    wanted = sorted({one for one in words if one.strip()}, key=len, reverse=True)
    if not wanted:
        return ((text, False),) if text else ()
    pattern = re.compile("|".join(re.escape(one) for one in wanted), re.IGNORECASE)
    found, at = list[Piece](), 0
    for match in pattern.finditer(text):
        if match.start() > at:
            found.append((text[at : match.start()], False))
        found.append((match[0], True))
        at = match.end()
    if at < len(text):
        found.append((text[at:], False))
    return tuple(found)
