"""A reply as the features of the model: signs, words, pairs of words, letters in words.

Dates, amounts, numbers of documents and addresses count as such, whatever they say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from itertools import combinations
from math import sqrt
from typing import Final
from zlib import crc32

from encours.replies.rules import amounts, dates, references, signs
from encours.replies.rules.abbreviations import spelt_out
from encours.replies.rules.folding import fold
from encours.replies.rules.values import DateSaid, Span

BUCKETS: Final = 1 << 14
WORD_WEIGHT: Final = 1.5
PAIR_WEIGHT: Final = 0.8
LETTER_WEIGHT: Final = 0.6
STEM_WEIGHT: Final = 0.8
SKIP_WEIGHT: Final = 0.8
STEM: Final = 4
SIGN_WEIGHT: Final = 3.5
BOTH_WEIGHT: Final = 1.0
_LETTERS: Final = (3, 4, 5)
_WORD: Final = re.compile(r"<\w+>|[a-z]+|\d+|[?!]+|[€£$]|[^\W\d_]+")
_FAR: Final = 3
_SHORT: Final = 3
_LONG: Final = 40


def masked(text: str, plain: str, received: date) -> tuple[str, tuple[str, ...]]:
    """Return the plain text with what it cites replaced by its kind, and the kinds found."""
    days = dates.dates_said(plain, received)
    spans = [(said.span, _side(said, received)) for said in days]
    spans += [
        (said.span, "montant" if said.cents else "part")
        for said in amounts.amounts_said(plain, days)
    ]
    spans += _cited(plain, references.invoices_cited(text), "document")
    spans += _cited(plain, references.addresses(text), "adresse")
    pieces, end = [], 0
    for span, kind in sorted(spans, key=lambda one: (one[0].start, -one[0].end)):
        if span.start >= end:
            pieces += [plain[end : span.start], f" <{kind}> "]
            end = span.end
    return "".join((*pieces, plain[end:])), tuple(sorted({kind for _, kind in spans}))


def _cited(plain: str, words: tuple[str, ...], kind: str) -> list[tuple[Span, str]]:
    places = [(plain.find(fold(word)), len(word)) for word in words]
    return [(Span(place, place + length), kind) for place, length in places if place >= 0]


def _side(said: DateSaid, received: date) -> str:
    """Return whether a date is to come or past; one that may be both is what it is nearest to."""
    if not said.past or not said.future:
        return "dateavenir" if said.future else "datepassee"
    ahead, behind = (said.future - received).days, (received - said.past).days
    if ahead > _FAR * behind:
        return "datepassee"
    return "dateavenir" if behind > _FAR * ahead else "datedite"


def features_of(text: str, received: date) -> dict[str, float]:
    """Return the features of a reply's own words, by name, with their weight."""
    shown, kinds = masked(text, spelt_out(fold(text)), received)
    told = sorted((*signs.signs_of(shown), *kinds))
    found: dict[str, float] = {f"s:{name}": SIGN_WEIGHT for name in told}
    found |= {f"b:{one} {two}": BOTH_WEIGHT for one, two in combinations(told, 2)}
    tokens = _WORD.findall(shown)
    for name, weight in _words(tokens):
        found.setdefault(name, weight)
    length = "short" if len(tokens) <= _SHORT else "long" if len(tokens) > _LONG else "middle"
    found[f"l:{length}"] = SIGN_WEIGHT
    return found


def _words(tokens: list[str]) -> Iterator[tuple[str, float]]:
    for place, token in enumerate(tokens):
        yield f"w:{token}", WORD_WEIGHT
        if place:
            yield f"p:{tokens[place - 1]} {token}", PAIR_WEIGHT
            yield f"q:{tokens[place - 1][:STEM]} {token[:STEM]}", STEM_WEIGHT
        if place > 1:
            yield f"r:{tokens[place - 2][:STEM]} {token[:STEM]}", SKIP_WEIGHT
        yield f"t:{token[:STEM]}", STEM_WEIGHT
        if len(token) > _SHORT and token.isalpha():
            edged = f"^{token[:24]}$"
            for size in _LETTERS:
                for start in range(len(edged) - size + 1):
                    yield f"c:{edged[start : start + size]}", LETTER_WEIGHT


def bucket(name: str) -> int:
    """Return the bucket of a feature: the same everywhere and for ever."""
    return crc32(name.encode()) % BUCKETS


def vector(found: dict[str, float]) -> list[tuple[int, float]]:
    """Return features hashed and scaled to length one, in the order of buckets."""
    summed: dict[int, float] = {}
    for name, weight in found.items():
        place = bucket(name)
        summed[place] = summed.get(place, 0.0) + weight
    total = sum(weight * weight for weight in summed.values())
    scale = 1.0 / sqrt(total) if total else 0.0
    return [(place, weight * scale) for place, weight in sorted(summed.items())]
