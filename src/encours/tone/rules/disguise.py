"""Dangerous words written so as not to be seen: `s4isie`, `hui ssier`, `h*issier`, `huisier`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from encours.tone.rules.plain import Plain

WORDS: Final = frozenset(
    [
        "huissier",
        "huissiers",
        "saisi",
        "saisis",
        "saisie",
        "saisies",
        "saisir",
        "saisirons",
        "saisira",
        "expulsion",
        "expulser",
        "expulse",
        "prison",
        "police",
        "gendarmes",
        "gendarmerie",
        "plainte",
        "employeur",
        "employeurs",
        "voisin",
        "voisins",
        "voisinage",
        "collegues",
        "patron",
        "famille",
        "enfants",
        "frais",
        "penalite",
        "penalites",
        "indemnite",
        "majoration",
        "escroc",
        "escrocs",
        "voleur",
        "voleurs",
        "menteur",
        "ficp",
        "fichage",
        "commissaire",
        "commandement",
        "sommation",
        "procureur",
        "penal",
        "tribunal",
        "bailiff",
        "bailiffs",
        "seize",
        "seized",
        "seizure",
        "prison",
        "police",
        "arrest",
        "arrested",
        "jail",
        "neighbours",
        "neighbors",
        "employer",
        "fees",
        "penalty",
        "penalties",
        "criminal",
        "thief",
        "blacklist",
        "blacklisted",
        "facebook",
        "domicile",
        "biens",
        "salaire",
        "comptes",
        "forcee",
        "execution",
    ]
)
LONG: Final = 7
_LONG: Final = tuple(sorted(word for word in WORDS if len(word) >= LONG))
_KNOWN: Final = frozenset(["employer", "employes", "employee", "employees", "employed", "employe"])
_LEET: Final = str.maketrans("0134579@$€!|", "oieastgasei" + "i")
_MIXED: Final = re.compile(
    r"(?<![\w@.-])(?=[\w@$€!|]*[a-z])(?=[\w@$€!|]*[0-9@$€!|])[\w@$€!|]{3,20}"
)
_HOLED: Final = re.compile(r"[a-z]+(?:[*._#+~/-][a-z]*){1,8}")
_CUT: Final = re.compile(r"(?=\b([a-z]{1,9}) ([a-z]{1,9})\b)")
_TOKEN: Final = re.compile(r"(?<![\w'@.-])[a-z]{6,15}(?![\w@-])")


def unmasked(read: Plain) -> Plain:
    """Give dangerous words their own spelling back."""
    read = read.replaced(_MIXED, lambda found: _leet(found[0]))
    read = read.replaced(_HOLED, lambda found: _filled(found[0]))
    for left, right in {found.groups() for found in _CUT.finditer(read.text)}:
        if left + right in WORDS and not {left, right} & WORDS:
            read = read.replaced(re.compile(rf"\b{left} {right}\b"), lambda _: left + right)  # noqa: B023 - used at once
    return read.replaced(_TOKEN, lambda found: _mended(found[0]))


def _leet(token: str) -> str:
    word = token.translate(_LEET)
    for guess in (word, word.replace("i", "l"), word.rstrip("i")):
        if guess in WORDS:
            return guess
    return token


def _filled(token: str) -> str:
    joined = re.sub(r"[^a-z]", "", token)
    if joined in WORDS:
        return joined
    if "*" not in token and "#" not in token and "_" not in token:
        return token
    shape = re.compile("".join("[a-z]" if sign in "*#_.+~" else sign for sign in token))
    return next((word for word in sorted(WORDS) if shape.fullmatch(word)), token)


def _mended(token: str) -> str:
    if token in WORDS or token in _KNOWN:
        return token
    return next((word for word in _LONG if _is_slip(token, word)), token)


def _is_slip(token: str, word: str) -> bool:
    """Say whether one letter was dropped, doubled or two were swapped: no other word is meant."""
    if len(token) + 1 == len(word):
        return any(word[:at] + word[at + 1 :] == token for at in range(1, len(word) - 1))
    if len(token) == len(word) + 1:
        return any(
            token[:at] + token[at + 1 :] == word and token[at] == token[at - 1]
            for at in range(1, len(token))
        )
    if len(token) != len(word):
        return False
    differ = [at for at in range(len(word)) if token[at] != word[at]]
    return len(differ) == 2 and (  # noqa: PLR2004 - two letters swapped
        differ[1] == differ[0] + 1
        and token[differ[0]] == word[differ[1]]
        and token[differ[1]] == word[differ[0]]
    )
