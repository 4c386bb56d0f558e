"""What a text announces, orders or asks, against closed lists of what a creditor may.

Threats have no end of words; what a creditor may announce without a title is short: the court,
a formal notice, a third party to collect, no more deliveries, the interest that the law gives.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from encours.tone.rules.sentences import Span
from encours.tone.rules.words import is_english, is_participle, is_present, lists, speaks_english

_FUTURE: Final = re.compile(
    r"(?<![a-z0-9$_@.])(?P<stem>[a-z]+r)(?:a|ont|ons|ez|ai|as|ait|aient|ions|iez)(?![a-z0-9_@]"
    r"|\.[a-z])"
)
_NO_FUTURE: Final = frozenset(
    [
        "vrai",
        "environs",
        "parait",
        "apparait",
        "disparait",
        "comparait",
        "extrait",
        "retrait",
        "attrait",
        "portrait",
        "trait",
        "contrat",
        "camera",
        "opera",
        "libraire",
        "marron",
        "patrons",
        "terrain",
        "patrons",
        "contraint",
        "tiers",
        "dernierez",
        "chez",
        "rez",
        "verrez",
        "avez",
        "acheteraient",
        "barons",
        "citrons",
        "environ",
        "clairons",
        "serait",
        "seraient",
        "serions",
        "seriez",
        "sauront",
        "aura",
        "ferons",
        "fera",
        "feront",
        "propriete",
        "liaisons",
        "lettrons",
        "numeraire",
        "horaires",
        "auraient",
        "lettrai",
        "delai",
        "vraie",
        "miroir",
        "horaire",
    ]
) - frozenset(
    ["serait", "seraient", "serions", "seriez", "sauront", "aura", "ferons", "fera", "feront"]
)
_PRESENT: Final = re.compile(
    r"^(?:p|ag|demeu|rencont|mont|liv|ouv|off|ent|rent|ret|reti|desi|assu|prefe|espe|conside|procu"
    r"|reite|atti|entou"
    r"|diffe|opere|ope|gere|ge|enregist|demont|enre|adminis|admini|regist|illust|cent|concent"
    r"|rest|ti"
    r"|accele|regene|remune|rassu|dure|du|mesu|figu|factu|refactu|enreg|colle|decla|sepa|compa"
    r"|prepa|repa)r$"
)
_SKIP: Final = frozenset(
    [
        "alors",
        "donc",
        "aussi",
        "egalement",
        "toujours",
        "bien",
        "tres",
        "ainsi",
        "desormais",
        "ensuite",
        "bientot",
        "prochainement",
        "automatiquement",
        "integralement",
        "immediatement",
        "aussitot",
        "encore",
        "ete",
        "etre",
        "y",
        "en",
        "vous",
        "nous",
        "le",
        "la",
        "les",
        "l'",
        "lui",
        "leur",
        "pas",
        "plus",
        "jamais",
        "aucunement",
        "neanmoins",
        "cependant",
        "notamment",
        "tout",
        "toute",
        "ensuite",
        "lors",
        "ne",
    ]
)
_HELPERS: Final = frozenset(
    ["pourr", "devr", "voudr", "ir", "va", "vont", "allons", "allez", "saur", "aimer", "souhaiter"]
)
_HAVE: Final = re.compile(
    r"(?:visibilite|date|idee|moyen de|l'amabilite|la gentillesse|l'obligeance|le temps"
    r"|nouvelles? (?:date|facture)|fini|trouve|appris|constate|vu|lu|choix|possibilite"
    r"|obligation|besoin|recu|recue|regle|paye|ete|plaisir|effet|consequence|lieu"
    r"|occasion|connaissance|pris|effectue|convenu|honneur|repondu|donne|fourni|transmis|verse"
    r"|solution"
    r"|solde|adresse|envoye|indique|parvenu|delai"
    r"|oublie|omis|fait|egare|manque|rate|une reponse|un retour|des nouvelles|notre reponse"
    r"|faculte|droit|acces|loisir|acquitte|honore"
    r"|procede)"
)
_DO: Final = re.compile(
    r"(?:defaut|parvenir|part|suivre|connaitre|objet|necessaire|savoir|droit|l'objet|partie|reference"
    r"|suite|mention|plaisir"
    r"|apparaitre|valoir|courir|etat|faire|appel|le point|tout|au mieux|proceder)"
)
_BECOME: Final = re.compile(
    r"(?:exigible|due?s?\b|payable|caduc|definitif|effecti|actif|valable|client)"
)
_COME: Final = re.compile(r"(?:echeance|deduction|deduire|complement|moins|diminution)")
_WITH: Final = {"aur": _HAVE, "fer": _DO, "deviendr": _BECOME, "viendr": _COME, "tombe": _COME}
_WILL: Final = re.compile(
    r"(?:\b(?:will|shall|won't)\b|'ll\b|\bgoing to\b) (?P<rest>(?:(?:not|never|be|also|then|soon"
    r"|now|only|still|have"
    r"|to|able|need|obliged|forced|no|longer|therefore|unfortunately|of|course|gladly|have|been"
    r"|continue|immediately"
    r"|automatically|always|again|you|we|it|all|first|naturally|otherwise|happily|both|simply|do"
    r"|our|best)"
    r" )*)(?P<word>[a-z']+)"
)
_BACK: Final = re.compile(r" back to (?:you|this|the)| into (?:force|effect)")
_ORDER: Final = re.compile(
    r"(?:^|[,:;] |\b(?:et|ou|mais|donc|sinon|alors) )(?:ne |n'|alors "
    r"|donc )?(?P<word>[a-z]{3,}ez)\b"
)
_ASKS: Final = re.compile(
    r" ?(?:could|can|would|may|might|shall) (?:you|we|i) |(?:pourriez|pouvez"
    r"|auriez) vous |thank|merci "
)
_SPEAKS: Final = re.compile(
    r"\b(?:vous|votre|vos|nous|notre|nos|tu|te|toi|ton|ta|tes|on|je|you|your|we|our|they|i)\b"
)


def announced(text: str) -> Iterator[Span]:
    """Yield what a sentence announces, orders or asks and that no list knows."""
    if not speaks_english(text):
        yield from _french(text)
    for found in _WILL.finditer(text):
        if _BACK.match(text, found.end()):
            continue
        if not is_english(found["word"]):
            yield found.span()
    for found in _ORDER.finditer(text):
        word = found["word"]
        if not (word in lists()["imperatives"] or is_present(word) or _is_future(word)):
            yield found.span("word")


def _is_future(word: str) -> bool:
    found = _FUTURE.fullmatch(word)
    return found is not None and found["stem"] in lists()["futures"]


def strays(text: str) -> bool:
    """Say whether a sentence speaks to the debtor of nothing that a reminder is about."""
    if len(text.split()) < 4 or _ASKS.match(text) or not _SPEAKS.search(text):  # noqa: PLR2004
        return False
    return not lists()["anchors"].search(text)


def _french(text: str) -> Iterator[Span]:
    for found in _FUTURE.finditer(text):
        word, stem = found[0], found["stem"]
        if word in _NO_FUTURE or _PRESENT.match(stem) or stem in {"entr", "f", "vr"}:
            continue
        after = text[found.end() :].split()
        if not _is_known(stem, after):
            yield found.start(), found.end() + len(" ".join(["", *after[:3]]))
    for found in re.finditer(
        r"\b(?:va|vont|allons|allez) ((?:\S+ ){0,2}?)([a-z]+(?:er|ir|re|oir))\b", text
    ):
        if not _is_verb(found[2]):
            yield found.span()


def _is_known(stem: str, after: list[str]) -> bool:
    if stem == "ser":
        return _is_state(after) or after[:2] == ["au", "regret"]
    if stem in _WITH:
        return bool(_WITH[stem].search(" ".join(after[:6])))
    if stem in _HELPERS:
        return _may(after)
    return stem in lists()["futures"]


def _may(after: list[str]) -> bool:
    """Say whether the verb that « pouvoir » or « devoir » brings is one that a creditor uses."""
    for word in after[:5]:
        plain = word.strip(",.:")
        if plain in {"etre", "faire", "avoir", "se", "vous", "nous", "me", "lui", "gre"} | _SKIP:
            if plain == "etre":
                return _is_state(after[after.index(word) + 1 :])
            continue
        if re.fullmatch(r"(?:[a-z]'|s'|l'|d')?[a-z]+(?:er|ir|re|oir)", plain):
            return _is_verb(plain.rpartition("'")[2])
    return True


def _is_verb(word: str) -> bool:
    known = lists()["futures"]
    return (
        word in known
        or word.removesuffix("e") in known
        or word in {"etre", "faire", "avoir", "dire", "lire"}
    )


def _is_state(after: list[str]) -> bool:
    for word in after[:5]:
        plain = word.strip(",.:;()\"'")
        if plain in _SKIP or plain.endswith("ement"):
            continue
        bare = plain.rpartition("'")[2] if "'" in plain else plain
        forms = {bare, bare.removesuffix("s"), bare.removesuffix("es"), bare.removesuffix("e")}
        return (
            bool(forms & lists()["states"])
            or is_participle(bare)
            or plain[:1].isdigit()
            or bare.startswith("$")
            or not bare
        )
    return True
