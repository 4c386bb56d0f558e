"""Text folded for reading: lower case, no accents, same length, so that places stay the same."""

from __future__ import annotations

import unicodedata
from typing import Final

TEXT_MAX: Final = 20_000
"""Characters of a reply's own words that are read: a longer one says it in its beginning."""
_LAST_FOLDED: Final = 0x250
_PUNCTUATION: Final = {
    0x2019: "'",
    0x2018: "'",
    0x02BC: "'",
    0x00B4: "'",
    0x201C: '"',
    0x201D: '"',
    0x00AB: '"',
    0x00BB: '"',
    0x00A0: " ",
    0x202F: " ",
    0x2009: " ",
    0x2007: " ",
    0x200B: " ",
    0xFEFF: " ",
    0x2013: "-",
    0x2014: "-",
    0x2011: "-",
    0x2010: "-",
    0x2212: "-",
    0x0153: "e",
    0x00E6: "e",
    0x0152: "e",
}


def _base(code: int) -> str:
    plain = unicodedata.normalize("NFD", chr(code))[0].lower()
    return plain if len(plain) == 1 else chr(code)


_TABLE: Final = {
    code: _base(code) for code in range(_LAST_FOLDED) if _base(code) != chr(code)
} | _PUNCTUATION


def composed(text: str) -> str:
    """Return the text in composed form, control characters out: what places refer to."""
    plain = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    return "".join(one for one in plain if one in "\n\t" or one.isprintable() or one.isspace())


def fold(text: str) -> str:
    """Return the text in lower case without accents, character for character."""
    return text.translate(_TABLE)
