"""The debtor's own words: quoted history, signatures and disclaimers out; line by line, once."""

from __future__ import annotations

import re
from typing import Final

from encours.replies.rules.folding import TEXT_MAX

LINE_MAX: Final = 5_000
LINES_MAX: Final = 20_000
_HEADER: Final = re.compile(
    r"^[>*\s]*(?:de|from|von|envoy[eé]|sent|date|[aà]|to|cc|objet|subject|exp[eé]diteur"
    r"|destinataire|r[eé]pondre [aà]|reply-to)\*? ?: ?\S?",
    re.IGNORECASE,
)
_FROM: Final = re.compile(r"^[>*\s]*(?:de|from|exp[eé]diteur|von)\*? ?: ?\S", re.IGNORECASE)
_RULE: Final = re.compile(
    r"^\s*(?:-{2,}|_{2,}|={2,})\s*(?:message (?:d'origine|original|transf[eé]r[eé]|initial)"
    r"|original message|forwarded message|courriel (?:original|d'origine)|reply above this line"
    r"|urspr.{1,3}ngliche nachricht|mail original|e-mail d'origine)",
    re.IGNORECASE,
)
_BEGIN: Final = re.compile(
    r"^\s*(?:d[eé]but du message (?:transf[eé]r[eé]|r[eé]exp[eé]di[eé])|begin forwarded message"
    r"|message transf[eé]r[eé]|r[eé]pondez au-dessus de cette ligne)",
    re.IGNORECASE,
)
_WROTE: Final = re.compile(
    r"(?:a\s+[eé]crit|wrote|schrieb|escribi[oó]|ha scritto|[eé]crivait)\s*:?\s*$", re.IGNORECASE
)
_WROTE_START: Final = re.compile(r"^\s*(?:le|on|am|il|el)\b.{0,40}\d", re.IGNORECASE)
_UNDERLINE: Final = re.compile(r"^\s*_{8,}\s*$")
_SIGNATURE: Final = re.compile(r"^(?:-- ?|—|__)$")
_DEVICE: Final = re.compile(
    r"^\s*(?:envoy[eé] (?:de|depuis|[aà] partir de|avec)|sent (?:from|with|via)|t[eé]l[eé]charger"
    r"|t[eé]l[eé]chargez|get outlook|obtenez outlook|provenance : courrier)\b",
    re.IGNORECASE,
)
_DISCLAIMER: Final = re.compile(
    r"^\s*\W{0,3}(?:ce (?:message|courriel|mail|courrier [eé]lectronique)\b.{0,60}(?:confidentiel"
    r"|pi[eè]ces|destin|strictement)"
    r"|this (?:e-?mail|message|communication)\b.{0,60}(?:confidential|intended|attachment"
    r"|privileged)"
    r"|les informations contenues dans ce|the information (?:contained )?in this"
    r"|pensez [aà] l'environnement"
    r"|pensez (?:avant|environnement)|avant d'imprimer|please consider the environment"
    r"|merci de n'imprimer"
    r"|l'int[eé]grit[eé] de ce message|confidentiality notice|avis de confidentialit[eé]"
    r"|disclaimer|si vous n'[eê]tes pas (?:le|destinataire)"
    r"|if you (?:are not|have received this).{0,40}(?:recipient|error))",
    re.IGNORECASE,
)
_CLOSING: Final = (
    r"(?:bien |tr[eè]s |sinc[eè]rement |salutations )?cordialement|cdl?t|cdlt|bien [aà] (?:vous"
    r"|toi)|salutations(?: distingu[eé]es)?"
    r"|sinc[eè]res salutations|meilleures salutations|respectueusement|(?:kind|best|warm"
    r"|many) regards|regards|yours (?:sincerely|faithfully|truly)"
    r"|sincerely|best wishes|cheers|amicalement|bonne (?:journ[eé]e|r[eé]ception|soir[eé]e)|best"
)
_CLOSING_LINE: Final = re.compile(rf"^\s*(?:{_CLOSING})\s*[,.!]?\s*$", re.IGNORECASE)
_CLOSING_END: Final = re.compile(
    rf"(?<=[.!?,;)\w]) +(?:{_CLOSING})(?=[ ,.!]|$)[^.!?\n]{{0,80}}[.!]?\s*$", re.IGNORECASE
)
_FORMULA: Final = re.compile(
    r"(?:^|(?<=[.!?\n]))[ \t]*(?:(?:nous vous prions|je vous prie|veuillez|nous vous (?:remercions"
    r"|souhaitons)|dans l'attente|en vous (?:remerciant|souhaitant)"
    r"|vous en souhaitant|en vous remerciant)[^.!?\n]{0,120}(?:salutations|sentiments"
    r"|consid[eé]ration|avance|r[eé]ception|compr[eé]hension|journ[eé]e)[^.!?\n]{0,60}"
    r"|(?:nous restons|je reste|restant)[^.!?\n]{0,20} disposition[^.!?\n]{0,60}"
    r"|n'h[eé]sitez pas [aà][^.!?\n]{0,80}"
    r"|(?:please )?(?:do not|don't) hesitate to[^.!?\n]{0,80}|(?:avec|with) (?:nos|mes|my"
    r"|our) (?:excuses|remerciements|apologies)[^.!?\n]{0,40})[.!]?",
    re.IGNORECASE,
)
_AHEAD: Final = 6
_LEAST_LINES: Final = 2


def own_words(text: str) -> str:
    """Return what the sender wrote: above the history, else below it, else between its lines."""
    lines = [line[:LINE_MAX] for line in text.split("\n", LINES_MAX)[:LINES_MAX]]
    cut = _history_at(lines)
    above = _without_signature([one for one in lines[:cut] if not _is_quoted(one)])
    if above.strip() or cut == len(lines):
        return above
    below = [one for one in lines[cut:] if not _is_quoted(one)]
    return _without_signature(_without_headers(below))


def _is_quoted(line: str) -> bool:
    return line.lstrip().startswith((">", "|"))


def _history_at(lines: list[str]) -> int:
    """Return where the quoted history begins; the number of lines where there is none."""
    for place, line in enumerate(lines):
        if _RULE.match(line) or _BEGIN.match(line) or _is_wrote(lines, place):
            return place
        if _UNDERLINE.match(line) and any(_FROM.match(one) for one in lines[place + 1 : place + 4]):
            return place
        if _FROM.match(line) and _is_header_block(lines, place):
            return place
    return len(lines)


def _is_wrote(lines: list[str], place: int) -> bool:
    """Say whether « Le … a écrit : » starts here, perhaps wrapped over three lines."""
    line = lines[place]
    if not line.strip() or len(line) > 400:  # noqa: PLR2004 - no mailer writes longer
        return False
    if not _WROTE_START.match(line.lstrip(" >")):
        return False
    joined = line
    for following in (*lines[place + 1 : place + 3], ""):
        if _WROTE.search(joined[-80:]):
            return True
        joined = f"{joined} {following[:300]}"
    return False


def _is_header_block(lines: list[str], place: int) -> bool:
    near = [one for one in lines[place + 1 : place + _AHEAD] if one.strip()]
    return sum(bool(_HEADER.match(one)) for one in near) >= _LEAST_LINES


def _without_headers(lines: list[str]) -> list[str]:
    """Take out the lines that introduce the history, its writers and headers."""
    kept, skipping = [], True
    for place, line in enumerate(lines):
        heads = any(one.match(line) for one in (_RULE, _BEGIN, _UNDERLINE, _HEADER))
        heads = heads or bool(_WROTE.search(line[-80:])) or _is_wrote(lines, place)
        if skipping and (heads or not line.strip()):
            continue
        skipping = False
        kept.append(line)
    return kept


def _without_signature(lines: list[str]) -> str:
    """Return the lines above the signature, the device's line or the disclaimer."""
    kept: list[str] = []
    for line in lines:
        if _SIGNATURE.match(line.rstrip("\r")) or _DEVICE.match(line) or _DISCLAIMER.match(line):
            break
        if _CLOSING_LINE.match(line) and any(one.strip() for one in kept):
            break
        kept.append(line)
    text = "\n".join(kept).strip()[:TEXT_MAX]
    shorter = _FORMULA.sub("", text).strip()
    shorter = _CLOSING_END.sub("", shorter or text).strip()
    return shorter or text
