"""The closed lists of `lawful.toml`, and the forms under which their words are met."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any, Final

_ENDS: Final = re.compile(r"(?:ions|ons|ez|ais|ait|ai|a|e|s|t|is|it|es)$")
_PARTICIPLE: Final = re.compile(r"(?:ee?s?|ie?s?|ue?s?)$")
_FRENCH: Final = re.compile(
    r"\b(?:vous|votre|vos|nous|notre|je|ta|ton|toi|le|la|les|des|chez|pas|et|sera|une?|du|au)\b"
)
_ENGLISH: Final = re.compile(
    r"\b(?:the|you|your|we|our|is|are|was|will|has|have|for|of|please|and|any|with)\b"
)
_PLAIN: Final = ("", "ed", "d", "ing", "s", "es")


@cache
def lists() -> dict[str, Any]:
    """Return the words of each list, and the pattern of what a reminder is about."""
    text = (files(__package__) / "lexicon" / "lawful.toml").read_text("utf-8")
    read = tomllib.loads(text)
    french, english = read["fr"], read["en"]
    anchors = "|".join(french["anchors"].split())
    return {
        "futures": frozenset(french["futures"].split()),
        "presents": frozenset(french["presents"].split()),
        "states": frozenset(french["states"].split()),
        "imperatives": frozenset(french["imperatives"].split()),
        "english": frozenset(f"{english['futures']} {english['presents']}".split()),
        "anchors": re.compile(rf"(?<![a-z])(?:{anchors})|\d|\$|@|€"),
    }


def speaks_french(text: str) -> bool:
    """Say whether a sentence holds a word that only French has."""
    return bool(_FRENCH.search(text))


def speaks_english(text: str) -> bool:
    """Say whether a sentence holds English words and no French one."""
    return bool(_ENGLISH.search(text)) and not speaks_french(text)


def is_infinitive(word: str) -> bool:
    """Say whether an infinitive, or the stem of a future, is on the lists."""
    known = lists()
    return bool({word, word.removesuffix("e")} & known["futures"]) or word in known["presents"]


def is_present(word: str) -> bool:
    """Say whether a French present or imperative is of a known verb: livrons, attends, passez."""
    known = lists()
    return word in known["presents"] or any(one in known["futures"] for one in _infinitives(word))


def is_participle(word: str) -> bool:
    """Say whether a French past participle is of a known verb: montée, fournies."""
    known, stem = lists()["futures"], _PARTICIPLE.sub("", word)
    return stem != word and bool({f"{stem}er", f"{stem}ir", f"{stem}r"} & known)


def is_english(word: str) -> bool:
    """Say whether an English verb, whatever its ending, is on the lists."""
    known = lists()["english"]
    if word.endswith("ly") or "'" in word:
        return True
    bases = {word.removesuffix(end) for end in _PLAIN}
    twice = {base[:-1] for base in bases if base[-1:] == base[-2:-1]}
    bases |= twice | {f"{base}e" for base in bases}
    return bool(bases & known) or (word.endswith(("ied", "ies")) and f"{word[:-3]}y" in known)


def _infinitives(word: str) -> Iterator[str]:
    stem = _ENDS.sub("", word)
    for base in {stem, stem.removesuffix("i"), word.removesuffix("ons"), word.removesuffix("e")}:
        yield from (f"{base}er", f"{base}r", f"{base}ir", f"{base.removesuffix('iss')}ir")
        yield f"{base.removesuffix('e')}er"
