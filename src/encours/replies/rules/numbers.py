"""Numbers in words, in French and English, up to the hundreds of thousands."""

from __future__ import annotations

from typing import Final

_UNITS: Final = {
    "zero": 0, "un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6,
    "sept": 7, "huit": 8, "neuf": 9, "dix": 10, "onze": 11, "douze": 12, "treize": 13,
    "quatorze": 14, "quinze": 15, "seize": 16, "vingt": 20, "vingts": 20, "trente": 30,
    "quarante": 40, "cinquante": 50, "soixante": 60, "septante": 70, "huitante": 80,
    "nonante": 90,
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13,
    "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18,
    "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60,
    "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_SCALES: Final = {"cent": 100, "cents": 100, "hundred": 100, "mille": 1000, "thousand": 1000}
_LINKS: Final = frozenset({"et", "and"})
_FOUR: Final = 4
_TEN: Final = 10
_SCORE: Final = 20
_THOUSAND: Final = 1000
WORDS: Final = "|".join(sorted({*_UNITS, *_SCALES}, key=lambda word: (-len(word), word)))
"""Alternatives for an expression: every word that a number may be made of."""
NUMBER: Final = rf"(?:\d{{1,4}}|(?:{WORDS})(?:[ -](?:et[ -]|and[ -])?(?:{WORDS})){{0,6}})"


def number_of(words: str) -> int | None:
    """Return the number that the words (or digits) say; None where they say none."""
    if words.isdecimal():
        return int(words)
    total, current, is_number = 0, 0, False
    for word in words.replace("-", " ").split():
        if word in _LINKS:
            continue
        is_number = True
        if word in _SCALES:
            scale = _SCALES[word]
            current = max(current, 1) * scale
            if scale == _THOUSAND:
                total, current = total + current, 0
        elif word in _UNITS:
            score = _UNITS[word] == _SCORE and current % 100 == _FOUR
            is_range = 0 < current < _TEN and _UNITS[word] < _TEN
            current = _UNITS[word] if is_range else current + (76 if score else _UNITS[word])
        else:
            return None
    return total + current if is_number else None
