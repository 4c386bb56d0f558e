"""A template set's texts for one step, and how they become the words of a message."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Final

from encours.dunning.texts import engine
from encours.dunning.texts.names import FLAGS, PHRASES, PLACEHOLDERS
from encours.messaging.rules.notice import Language

TABLE: Final = "\x1c"
SIGNATURE: Final = "\x1d"
_BLANK: Final = re.compile(r"\n\s*\n")
_MARKS: Final = re.compile(f"[{TABLE}{SIGNATURE}]")


@dataclass(frozen=True, slots=True)
class Text:
    """What one step says in one language; an empty letter says what the e-mail says.

    `short` goes by text message. `phrases` are the sentences written once, by name; `template`
    names the stored version that it is, 0 being the shipped one.
    """

    subject: str
    email: str
    letter: str = ""
    short: str = ""
    phrases: Mapping[str, str] | None = None
    template: int = 0

    @classmethod
    def of_parts(cls, parts: Mapping[str, str], phrases: Mapping[str, str]) -> Text:
        """Return the text of these sources."""
        return cls(
            subject=parts.get("subject", ""),
            email=parts.get("email", ""),
            letter=parts.get("letter", ""),
            short=parts.get("short", ""),
            phrases=phrases,
        )

    def parts(self) -> dict[str, str]:
        """Return the source of each part, by name."""
        return {name: getattr(self, name) for name in PARTS}


PARTS: Final = tuple(one.name for one in fields(Text))[:4]


@dataclass(frozen=True, slots=True)
class Message:
    """The words of one message; the table, the totals and the payment block go between."""

    subject: str
    greeting: str
    opening: tuple[str, ...]
    closing: tuple[str, ...]
    farewell: str
    mentions: tuple[str, ...]
    short: str = ""


def compose(
    text: Text,
    *,
    values: Mapping[str, str],
    flags: Collection[str],
    language: Language,
    invoices: Sequence[Mapping[str, str]] = (),
    strict: bool = False,
) -> Message:
    """Fill the templates; the first paragraph greets, the last one before the signature leaves.

    The indemnity is never asked of a consumer nor of a customer whose class is unknown (C. com.
    L441-10, C. conso.; law-fr 1.15). `strict`: a value written where there is none raises GapFound.
    """
    known = {name: engine.plain_value(value) for name, value in values.items() if value}
    assert known.keys() <= PLACEHOLDERS.keys(), known.keys() - PLACEHOLDERS.keys()
    assert set(flags) <= FLAGS.keys(), set(flags) - FLAGS.keys()
    professional = "business" in flags or "public" in flags
    assert professional or "indemnity" not in known, "40 EUR are owed between professionals only"
    given: dict[str, object] = {
        name: known.get(name, engine.Gap(name) if strict else engine.UNKNOWN)
        for name in PLACEHOLDERS
    }
    given |= {name: name in flags for name in FLAGS}
    given |= {"table": TABLE, "signature": SIGNATURE, engine.ITEMS: list(invoices)}
    source = text.letter if text.letter and "letter" in flags else text.email
    for name in PHRASES:
        if name in source or name in text.short:
            given[name] = _phrase(text.phrases or {}, name, given, language)
    before, middle, after = _sections(engine.render(source, given, language))
    return Message(
        subject=" ".join(_words(engine.render(text.subject, given, language))),
        greeting=before[0] if before else "",
        opening=before[1:],
        closing=middle[:-1],
        farewell=middle[-1] if middle else "",
        mentions=after,
        short=" ".join(_words(engine.render(text.short, given, language))),
    )


def _phrase(
    phrases: Mapping[str, str], name: str, given: Mapping[str, object], language: Language
) -> object:
    """Return a sentence filled, or what counts as nothing where nothing of it is due."""
    filled = engine.render(phrases.get(name, ""), given, language)
    return "\n\n".join(_paragraphs(filled)) or engine.UNKNOWN


def _sections(filled: str) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Return what goes before the table, between it and the signature, and after."""
    head, _, rest = filled.partition(TABLE)
    body, _, tail = rest.partition(SIGNATURE)
    if TABLE not in filled:
        head, _, tail = filled.partition(SIGNATURE)
        body = ""
    return _paragraphs(head), _paragraphs(body), _paragraphs(tail)


def _paragraphs(words: str) -> tuple[str, ...]:
    clean = _MARKS.sub("", words.replace("\r\n", "\n"))
    return tuple(part for one in _BLANK.split(clean) if (part := one.strip(" \n\t")))


def _words(line: str) -> list[str]:
    return [part for part in re.split(r"[ \n\t\r]+", line) if part]
