"""Sentences of a plain text, and what they deny: « nous n'appelons jamais votre employeur »."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

Span = tuple[int, int]

_END: Final = re.compile(
    r"(?<!\bart)(?<!\bc)(?<!\bcom)(?<!\bciv)(?<!\bpen)(?<!\bm)(?<!\bmme)(?<!\bme)(?<!\bno)(?<!\bn)"
    r"(?<!\bref)(?<!\btel)(?<!\bal)[.!?]+(?=[\s\")]|$)|[;\u2026]|\n\s*\n|(?<=[.:!?;,])\s*\n"
    r"|\n(?=\s*[-*\d])"
)
_CLAUSE: Final = re.compile(
    r"[,;:()\n.!?]| (?:mais|puis|car|sinon|donc|but|then|or else|otherwise) "
)
_AND: Final = re.compile(r" (?:et|ou|and|or) ")
_VERB: Final = re.compile(
    r"\b\w+(?:rons|ront|rez|ra|rait|raient|rions)\b|\b(?:va|vont|allons|will|shall|going)\b"
)
_CONDITION: Final = re.compile(
    r"\b(?:si|s'il|sauf|faute|tant que|tant qu'|lorsque|quand|a defaut|puisque|parce que|comme|afin"
    r"|pour que|pour qu'|sans quoi|if|unless|as long as|until|since|because|should|so that|lest)\b"
)
_OBJECT: Final = r"(?:nous|vous|me|m'|te|t'|lui|leur|le|la|l'|les|se|s'|y|en) ?"
_STRONG: Final = (
    r"exclu|refus|priv|gen|hesit|manqu|voud|voul|aimer|souhait|oblig|forc|contraign|pouss|laiss"
    r"|echapp|evit|ignor|empech"
    r"|oubli|tard|ayant|etant|croy|dout|recul|rest|chang|suff|plaisant|rigol|badin|arret|cess"
    r"|renonc|abandonn|lach|saurai|saurion|pourrons attendre|fer(?:ons|a) pas (?:attendre|prier)"
    r"|repond|regl|pay|jou|pense|imagin|attend|compt|tenez|faut|fait pas|connai"
)
_PAST: Final = (
    r"(?:est|sont|a|ont|avons|etait|soit|ait) (?:toujours |encore |donc )?(?:pas|jamais|plus"
    r"|aucune?)"
    r" (?:encore |toujours |ete |a ce jour )*(?:pay|regl|recu|recue|parvenu|sold|acquitt|honor"
    r"|effectu"
    r"|repondu|donne|suivi|enregistr|trouv|intervenu)"
)
_NOT_FR: Final = re.compile(
    rf"\b(?:ne |n')(?!(?:{_OBJECT})*(?:\w*ez\b|{_STRONG}|{_PAST}))(?:{_OBJECT})*\S+(?: \S+){{0,3}}?"
    rf" (?:pas|jamais|aucune?s?|nullement|rien|ni)\b(?! (?:{_STRONG}|d'autre|le choix"
    rf"|moyen)(?!ee?s?\b))"
)
_NONE_FR: Final = re.compile(
    r"\b(?:aucune?s?|ni|nul|nulle|(?:pas|jamais) (?:de |d')(?=frais|penalit|saisie|huissier"
    r"|majorat|cout|interet|indemnit|supplement|poursuite))\b ?(?!doute|delai|excuse|recours"
    r"|autre (?:choix|moyen|solution|option|issue|recours"
    r"|possibilite|voie|forme|avis|delai)|reponse|nouvelle|reglement"
    r"|paiement|suite|cas|pitie|scrupule|hesitation|moyen|echappat"
    r"|numero|adresse|endroit|porte|mur|avocat|juge|loi|banque|besoin|repit|raison|surprise"
    r"|contestation|appel|retour|solution|pretexte|indulgence|limite"
    r"|retard|difference|exception|tolerance|chance|negociation|concession)(?=[a-z])"
)
_WITHOUT_FR: Final = re.compile(
    r"\bsans (?=(?:aucune? |les? |la |l' ?)?(?:frais|cout|penalit|saisie|huissier|interet"
    r"|indemnit|majorat|supplement))"
)
_VOW_FR: Final = re.compile(
    r"\b(?:(?:nous|s') ?interdi\w+|renonc\w+ a|jamais (?:nous|on|nos|votre|vos|un|une)"
    r"|hors de question"
    r"|il est exclu|n'est pas question|loin de nous|est (?:illegal|interdit)\w*)\b"
)
_NOT_EN: Final = re.compile(
    r"\b(?:will not|won't|shall not|do not|don't|does not|doesn't|would not|wouldn't|cannot"
    r"|can't|must not"
    r"|never|are not|is not|isn't|aren't|not)\b (?!(?:\S+ )?(?:hesitat|want|wish|like|force"
    r"|make us|oblige"
    r"|let|leave|only|pay|paid|settle|received|respond|reply|heard|stop|give up|rest"
    r"|be able to (?:hide"
    r"|escape)|escape|hide|forget|ignore|play|think|wait|expect|long|have (?:a|any) choice"
    r"|be surprised"
    r"|be long|doubt|cease|underestimate|mess|test|risk|be fooled|mistake|late|yet))"
)
_NONE_EN: Final = re.compile(
    r"\b(?:no|without any|nor|neither)\b (?!choice|option|doubt|alternative|other|further|more"
    r"|longer"
    r"|excuse|way|escape|matter|one|reply|answer|response|payment|mercy|delay|peace|rest|respite"
    r"|hesitation"
    r"|right|court|judge|tribunal|bank|lawyer|appeal|recourse|warning|place|shame|honou?r|decency)"
)
_YOU: Final = re.compile(r"\b(?:you|if)\b(?: \S+){0,2} ?$")
_SPARED: Final = re.compile(
    r"(?:have to |need to |be )(?:pay|charg|bill|ask|contact|call|liable|subject)|owe|incur"
)

_BUT: Final = re.compile(
    r"\b(?:si vous|sauf|a condition|pourvu que|a moins|tant que vous|des lors que vous|encore"
    r"|pour l'instant"
    r"|pour le moment|tout de suite|if you|unless|as long as|provided|yet|for now|for the moment)\b"
)


def sentences(text: str) -> Iterator[Span]:
    """Yield where each sentence begins and ends."""
    last = 0
    for found in _END.finditer(text):
        if text[last : found.start()].strip():
            yield last, found.start()
        last = found.end()
    if text[last:].strip():
        yield last, len(text)


def denials(sentence: str) -> tuple[Span, ...]:
    """Return where the writer says that a thing is not done; a veiled threat denies nothing."""
    return tuple(_denials(sentence))


def _denials(sentence: str) -> Iterator[Span]:
    for pattern in (_NOT_FR, _NONE_FR, _WITHOUT_FR, _VOW_FR, _NOT_EN, _NONE_EN):
        for found in pattern.finditer(sentence):
            start = _start(sentence, found.start())
            before = sentence[start : found.start()]
            if _CONDITION.search(before) or _BUT.search(sentence, found.end()):
                continue
            if pattern is _NOT_EN and _is_yours(sentence, before, found.end()):
                continue
            yield found.start(), _stop(sentence, found.end())


def _is_yours(sentence: str, before: str, end: int) -> bool:
    """Say whether it is the reader who does not: « you will not sleep »."""
    return bool(_YOU.search(before)) and not _SPARED.match(sentence, end)


def _start(sentence: str, at: int) -> int:
    return max((found.end() for found in _CLAUSE.finditer(sentence, 0, at)), default=0)


def _stop(sentence: str, at: int) -> int:
    """Return where the clause ends: at a sign, or at an « et » that a verb of its own follows."""
    sign = _CLAUSE.search(sentence, at)
    stop = sign.start() if sign else len(sentence)
    for found in _AND.finditer(sentence, at, stop):
        if _VERB.search(sentence, found.end(), stop):
            return found.start()
    return stop
