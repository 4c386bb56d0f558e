"""The check itself: a text and its context in, every finding out, in reading order."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import Final

from encours.tone.rules import loud, mandatory
from encours.tone.rules.announced import announced, strays
from encours.tone.rules.concepts import reasons
from encours.tone.rules.deeds import deeds
from encours.tone.rules.likeness import (
    DOUBTFUL,
    LAWFUL,
    SURELY_UNLAWFUL,
    UNLAWFUL,
    Likeness,
    likeness,
)
from encours.tone.rules.plain import Plain, plain
from encours.tone.rules.readings import Hit, Sentence, hits
from encours.tone.rules.sentences import Span, denials, sentences
from encours.tone.rules.sums import speaks_of_many, wrong_sums
from encours.tone.rules.values import Context, Finding, Language, Severity

EXCERPT_MAX: Final = 160
WHOLE_WORDS: Final = 40
WHOLE_SENTENCES: Final = 3
SHORT: Final = 2
EXACT: Final = frozenset({"penalties", "indemnity", "damages"})
_ENGLISH: Final = re.compile(
    r"\b(?:the|you|your|we|our|will|be|is|are|not|of|to|and|by|this|have|has|please|pay)\b"
)
_FRENCH: Final = re.compile(
    r"\b(?:le|la|les|vous|votre|vos|nous|notre|de|du|des|et|est|sera|une?|pas|ce|au|en|merci)\b"
)


def check(text: str, context: Context) -> tuple[Finding, ...]:
    """Return what may not, or should not, be written to this debtor at this step."""
    read = plain(text)
    language = context.language or _language(read.text)
    found = list[Finding]()
    spans = list(sentences(read.text))
    is_many = speaks_of_many(read.text)
    for start, end in spans:
        words = read.text[start:end].replace("\n", " ")
        alone = ";" not in (read.text[start - 1 : start], read.text[end : end + 1])
        is_name = partial(_is_name, text, read, start)
        sentence = Sentence(words)
        like = likeness(sentence, context)
        named = [_weighed(hit, like) for hit in hits(sentence, context)]
        named += wrong_sums(words, context, is_many=is_many)
        if not any(hit.severity == "block" for hit in named):
            is_mild = len(spans) > SHORT or sentence.denies(like.span)
            named += _second(like, named, context, is_mild=is_mild)
            least = _least(like, context, is_letter=len(spans) > SHORT)
            unlisted = _unlisted(words, named, is_name=is_name, alone=alone)
            named += [replace(one, severity=least) for one in unlisted]
        for hit in _best(named):
            placed = replace(hit, start=hit.start + start, end=hit.end + start)
            found.append(_finding(placed, text, read, language))
    found += _shouting(text, language)
    if _is_whole(context, read.text, len(spans)):
        found += _missing(read.text, context, language)
    return tuple(sorted(found, key=lambda one: (one.start, one.code)))


def _weighed(hit: Hit, like: Likeness) -> Hit:
    """Return a rule's finding, only a warning in a sentence that is like no unlawful one.

    What may be asked for is exact: who owes and which figure decide, whatever the other words.
    """
    is_doubted = like.score < LAWFUL and hit.code not in EXACT
    return replace(hit, severity="warn") if is_doubted else hit


def _second(
    like: Likeness, named: Iterable[Hit], context: Context, *, is_mild: bool
) -> Iterator[Hit]:
    """Yield what the second reader refuses, unless a rule has judged that very thing already.

    `is_mild`: in a letter, or where the words deny the thing, it must be surer of itself.
    """
    if context.is_professional and like.code in EXACT:
        return
    least = SURELY_UNLAWFUL if is_mild else UNLAWFUL
    if like.score > least and all(hit.code != like.code for hit in named):
        severity: Severity = "warn" if context.has_title else "block"
        yield Hit(like.code, severity, *like.span, said=like.said)


def _least(like: Likeness, context: Context, *, is_letter: bool) -> Severity:
    """Say what a sentence that no closed list knows deserves: in a letter there is small talk."""
    return "warn" if context.has_title or is_letter or like.score < DOUBTFUL else "block"


def _unlisted(
    words: str, named: Iterable[Hit], *, is_name: Callable[[int], bool], alone: bool
) -> Iterator[Hit]:
    """Yield what no closed list knows, where nothing is found already."""
    denied = denials(words)
    unknown = [
        Hit("announcement", "block", start, min(end, len(words)))
        for start, end in (*announced(words), *deeds(words))
        if not any(first <= start < last for first, last in denied) and not is_name(start)
    ]
    yield from unknown
    if alone and not named and not unknown and strays(words):
        yield Hit("stray", "block", 0, len(words))


def _is_name(text: str, read: Plain, first: int, at: int) -> bool:
    """Say whether a word inside a sentence has a capital of its own: a name announces nothing."""
    place = read.places[first + at]
    before = text[:place].rstrip()
    follows = bool(before) and before[-1] not in ".!?:;\n"
    return follows and text[place].isupper() and not text[place + 1 : place + 2].isupper()


def _language(text: str) -> Language:
    english, french = len(_ENGLISH.findall(text)), len(_FRENCH.findall(text))
    return "en" if english > french else "fr"


def _is_whole(context: Context, text: str, count: int) -> bool:
    if context.extent != "auto":
        return context.extent == "whole"
    return len(text.split()) >= WHOLE_WORDS and count >= WHOLE_SENTENCES


def _finding(hit: Hit, text: str, read: Plain, language: Language) -> Finding:
    said = _said(hit.code, hit.severity, language, text, read.origin(hit.start, hit.end))
    if not hit.said:
        return said
    words = ", ".join(f"« {word} »" for word in hit.said)
    return replace(said, reason=f"{said.reason} Mots qui ont pesé : {words}.")


def _shouting(text: str, language: Language) -> Iterator[Finding]:
    for span in loud.shouts(text):
        yield _said("shouting", "warn", language, text, span)


def _missing(text: str, context: Context, language: Language) -> Iterator[Finding]:
    for lack in mandatory.lacks(text, context):
        said = _said(lack.code, lack.severity, language)
        yield replace(said, reason=said.reason.format(what=lack.what))


def _said(
    code: str, severity: Severity, language: Language, text: str = "", span: Span = (0, 0)
) -> Finding:
    why, (start, end) = reasons()[code], span
    before = text[:start]
    return Finding(
        code=code,
        severity=severity,
        excerpt=" ".join(text[start:end].split())[:EXCERPT_MAX],
        reason=why.reason,
        better=why.en if language == "en" else why.fr,
        start=start,
        end=end,
        line=before.count("\n") + 1 if end else 0,
        column=len(before) - (before.rfind("\n") + 1) + 1 if end else 0,
    )


def _best(hits_found: Iterable[Hit]) -> Iterable[Hit]:
    """Keep one hit of each code in a sentence: the gravest, then the shortest."""
    best = dict[str, Hit]()
    for hit in sorted(hits_found, key=lambda one: (one.severity != "block", one.end - one.start)):
        best.setdefault(hit.code, hit)
    return best.values()
