"""What the sender says he does, can or must do, against the same closed lists as announcements.

« Nous publions », « je débarque », “we tag you”, “we may drain”: a present threatens as a future.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from encours.tone.rules.sentences import Span
from encours.tone.rules.words import is_english, is_infinitive, is_present, speaks_french

_PRONOUN: Final = r"(?:(?:vous|te|le|la|les|lui|leur|y|en|nous|me|se) |[tlms]')"
_OURS: Final = re.compile(
    r"(?<![a-z])(?<!peut )(?<!pourrait )(?<!doit )(?P<who>nous |on |je |j')(?:ne |n')?"
    rf"{_PRONOUN}{{0,3}}(?P<word>[a-z]{{2,}})(?![a-z'])"
)
_TIED: Final = re.compile(
    r"(?:pouvons|devons|allons|comptons|voulons|souhaitons|entendons|envisageons|preferons|peux"
    r"|dois|veux|vais|je compte|j'envisage|(?:oblig|contraint|forc|amen|condui|decid|determin"
    r"|resolu|pret)(?:e|es|s|t|ts)? (?:a|de)|hesit\w+ pas (?:a|un instant a)"
    r"|(?:reserv\w+|avons|ai) (?:le droit|la possibilite|la faculte|le pouvoir) de"
    r"|dans l'obligation de|choix que de|sur le point de|temps de|suffit de|envie de)"
    rf" {_PRONOUN}{{0,2}}(?!(?:[vn]o|au)tre )(?P<word>[a-z]+(?:er|ir|re|oir))(?![a-z])"
)
_ENGLISH: Final = re.compile(
    r"\b(?:we|i)(?:'ve|'d|'m|'re)? (?:(?:not|never|also|now|then|do|have|always|just|only|still"
    r"|already|often|sometimes|simply|hereby|kindly|really|all|both|therefore|so|been|had|has"
    r"|did|even|usually|normally|once|again|ever|\w+ly) )*(?P<word>[a-z']{2,})"
)
_MODAL: Final = re.compile(
    r"\b(?:can|could|may|might|must|should|would|intend to|plan to|want to|about to|have to"
    r"|need to|entitled to|obliged to|forced to|prepared to|ready to|right to|hesitate to"
    r"|choice but to|option but to|able to|allowed to|decided to)(?: (?:not|also|then|always"
    r"|still|even|now|have|no|longer|only|just|\w+ly))* (?P<word>[a-z']{2,})"
)
_FUTURE: Final = re.compile(r"[a-z]+r(?:a|ont|ons|ai|as|ait|aient|ions)")


def deeds(text: str) -> Iterator[Span]:
    """Yield what the sender says he does and that no list knows."""
    for found in _OURS.finditer(text):
        who, word = found["who"].strip(), found["word"]
        if who == "nous" and not word.endswith("ons"):
            continue
        if _FUTURE.fullmatch(word) or (who == "on" and not speaks_french(text)):
            continue
        if not is_present(word):
            yield found.span()
    for found in _TIED.finditer(text):
        if not is_infinitive(found["word"]):
            yield found.span()
    for pattern in (_ENGLISH, _MODAL):
        for found in pattern.finditer(text):
            if not is_english(found["word"]):
                yield found.span()
