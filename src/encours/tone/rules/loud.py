"""Shouting: capitals, exclamation marks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from encours.tone.rules.sentences import Span

_WORD: Final = re.compile(r"[^\W\d_]{2,}(?:['\u2019-][^\W\d_]+)*")
_MARKS: Final = re.compile(r"!\s*!|[!?]{3,}|\u203c|\u2757")
_SIGLES: Final = frozenset(
    [
        "SIREN",
        "SIRET",
        "IBAN",
        "BIC",
        "RIB",
        "SEPA",
        "TVA",
        "TTC",
        "SARL",
        "SAS",
        "SASU",
        "EURL",
        "SCI",
        "SCP",
        "SNC",
        "URSSAF",
        "BCE",
        "EUR",
        "LRAR",
        "CPCE",
        "PDF",
        "RCS",
        "TOTAL",
        "FA",
        "FAC",
        "VIR",
        "PO",
        "VAT",
        "LTD",
        "LLC",
        "PLC",
        "GMBH",
        "INC",
        "SWIFT",
        "CCP",
        "RGPD",
        "CNIL",
        "BTP",
    ]
)
RUN: Final = 3
LONG: Final = 8


def shouts(text: str) -> Iterator[Span]:
    """Yield where a text shouts."""
    marks = _MARKS.search(text)
    if marks:
        yield marks.span()
    elif text.count("!") > 1:
        yield text.index("!"), text.index("!") + 1
    run = list[Span]()
    for word in _WORD.finditer(text):
        if word[0].isupper() and word[0] not in _SIGLES and not _is_apart(text, run, word):
            run.append(word.span())
            continue
        if _is_loud(text, run):
            yield run[0][0], run[-1][1]
        run = [word.span()] if word[0].isupper() and word[0] not in _SIGLES else []
    if _is_loud(text, run):
        yield run[0][0], run[-1][1]


def _is_apart(text: str, run: list[Span], word: re.Match[str]) -> bool:
    return bool(run) and "\n" in text[run[-1][1] : word.start()]


def _is_loud(text: str, run: list[Span]) -> bool:
    words = [text[start:end] for start, end in run]
    letters = sum(len(word) for word in words)
    return (len(words) >= RUN and letters > RUN * 4) or any(len(word) >= LONG for word in words)
