"""A text as it means, whatever its signs: small letters, no accent, tricks of spelling undone.

Every sign remembers its place in the text, so that a finding can show the very words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from encours.tone.rules.disguise import unmasked

_SAME: Final = {
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u02bc\u2032\u00b4`", "'"),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"),
    **dict.fromkeys("\u00ab\u00bb\u201c\u201d\u201e\u2033", '"'),
    **dict.fromkeys("\u00b7\u2022\u2027\u30fb", "*"),
    "\u0153": "oe",
    "\u00e6": "ae",
    "\u0131": "i",
    "\u00d8": "o",
    "\u00f8": "o",
    **dict(zip("авекмнорстухіѕјԁԛԝһӏёї", "abekmhopctyxisjdqwhlei", strict=True)),
    **dict(zip("αβεικνορτυχ", "abeiknoptux", strict=True)),
}
_INVISIBLE: Final = frozenset("\u00ad\u034f\u061c\u180e\ufeff")
_HYPHEN: Final = re.compile(r"(?<=[a-z])-(?=[a-z])")
_BLANKS: Final = re.compile(r"[^\S\n]{2,}")
_SPELT: Final = re.compile(r"(?<![a-z0-9'])[a-z](?:[ .*_/-]{1,3}[a-z]){3,}(?![a-z0-9'])")
_SHORT: Final = {
    "vs": "vous", "tt": "tout", "ts": "tous", "ttes": "toutes", "pr": "pour", "ds": "dans",
    "avt": "avant", "tjs": "toujours", "tjrs": "toujours", "qd": "quand",
    "jms": "jamais", "jamai": "jamais", "mat1": "matin", "dem1": "demain", "2main": "demain",
    "bcp": "beaucoup", "ns": "nous", "vtre": "votre", "votr": "votre", "kan": "quand",
    "u": "you", "ur": "your", "yr": "your", "ppl": "people", "msg": "message", "2day": "today",
    "2moro": "tomorrow", "tmrw": "tomorrow", "gonna": "going to", "wanna": "want to",
}  # fmt: skip
_SHORTENED: Final = re.compile(rf"(?<![\w.'@-])(?:{'|'.join(_SHORT)})(?![\w'@-])")
_TRIPLE: Final = re.compile(r"([a-z])\1{2,}")


@dataclass(frozen=True, slots=True)
class Plain:
    """Signs as they are read, and the place of each one in the text."""

    text: str
    places: tuple[int, ...]

    def replaced(self, pattern: re.Pattern[str], by: Callable[[re.Match[str]], str]) -> Plain:
        """Rewrite what matches; the new signs all stand where the match began or went on."""
        said, places, last = list[str](), list[int](), 0
        for found in pattern.finditer(self.text):
            start, end = found.span()
            words = by(found)
            if words == found[0]:
                continue
            said += [self.text[last:start], words]
            places += self.places[last:start]
            places += [self.places[min(start + step, end - 1)] for step in range(len(words))]
            last = end
        if not last:
            return self
        return Plain("".join([*said, self.text[last:]]), (*places, *self.places[last:]))

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """Return where these signs stand in the text."""
        return self.places[start], self.places[end - 1] + 1


def plain(text: str) -> Plain:
    """Read a text as it means."""
    signs = [(sign, place) for place, raw in enumerate(text) for sign in _signs(raw)]
    read = Plain("".join(sign for sign, _ in signs), tuple(place for _, place in signs))
    read = read.replaced(_SPELT, lambda found: re.sub(r"[^a-z]", "", found[0]))
    read = read.replaced(_TRIPLE, lambda found: found[1])
    read = read.replaced(_SHORTENED, lambda found: _SHORT[found[0]])
    read = unmasked(read)
    read = read.replaced(_HYPHEN, lambda _: " ")
    return read.replaced(_BLANKS, lambda _: " ")


def _signs(raw: str) -> Iterator[str]:
    if raw in _INVISIBLE or (unicodedata.category(raw) in {"Cf", "Cc"} and raw not in "\n\t\r"):
        return
    if raw == "\n" or raw in "\u2028\u2029":
        yield "\n"
        return
    for sign in unicodedata.normalize("NFKD", _SAME.get(raw, raw)):
        if unicodedata.combining(sign):
            continue
        small = _SAME.get(sign.lower(), sign.lower())
        yield from (" " if part.isspace() else part for part in small)
