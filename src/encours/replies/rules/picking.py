"""Which of the dates and amounts of a reply is the one that its class speaks of."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final

from encours.kernel.dates import next_working_day
from encours.replies.rules.values import WHOLE, AmountSaid, DateSaid, Span

PAYS: Final = re.compile(
    r"\b(?:re?gl\w*|reglement|pa(?:y|i)\w*|pmt|vir(?:e|er|ement|ements|ons|ai|erai|erons|es|ee"
    r"|ees)\b"
    r"|cheques?|vers(?:e|er|ement|ons|erai|erons|ai)\w*|(?<!le )sold(?:er|erai|erons|ee?s?|era)\b"
    r"|mandat\w*"
    r"|preleve\w*|honor\w*|acquitt\w*|transfer\w*|wir(?:e|ed|ing)|settl\w*|remit\w*|send\w*|sent"
    r"|done|fait\w*|envo\w*|part|partira|partent|pass(?:e|er|ons|era)|echeance|approved|run"
    r"|released?|go(?:es|ing)? out|execut\w*|emis\w*|cleared|poste|debite?e?s?)\b"
)
WAITS: Final = re.compile(
    r"\b(?:report\w*|patient\w*|jusqu\w*|attend\w*|wait|until|till|repouss\w*|decal\w*|delay"
    r"|extend|postpone|hold)\b"
)
_NOT_A_PROMISE: Final = re.compile(
    r"\b(?:factures?|invoice|mail|e-mail|courrier|relance|lettre|message|devis|commande|livraison"
    r"|reminder|email|letter|order|delivery|contrat|contract|mois|intervention|avoir|bl|rendez-vous"
    r"|prestation|recommande|salon|conge|naissance|periode|reception|livree?|recue?|received|emise"
    r"|issued)s?"
    r" (?:du|de|dated|of|datee? du|en date du|from|reference du|recommandee? du)? ?$"
)
_DENIES: Final = re.compile(
    r"\b(?:pas|ni|impossible|cannot|can't|unable|not|won't|couldn't|peux pas|don't)\b"
    r"(?:(?! et | and | car | because | mais | but )[^,;:.!?]){0,48}$"
)
_NOT_BEFORE: Final = re.compile(
    r"\b(?:avant|before|until|till|jusqu\w*|d'ici|plus tard|encore|probleme|soucis?|yet|only)\b"
    r"|mais|but|however"
)
_EVERY: Final = re.compile(
    r"\b(?:chaque|every|tous les|toutes les|closed on|fermes? le)\b[^,;.!?]{0,16}$"
)
_CLOSED: Final = re.compile(
    r"\b(?:ferme\w*|absente?|conges?|vacances|retour|rentre|reviens|away|closed|back|jusqu'au|until"
    r"|touche|recois|arrive|arrivent|reunit|valide|rentree d'argent|client|signe|receive|get my"
    r"|met a jour)"
    r"(?:(?! et | and )[^,;.!?]){0,24}$"
)
_BACK: Final = re.compile(
    r"\b(?:retour|retours|return\w*|back|rouvr\w*|reouverture|reopen\w*|disponible|joignable"
    r"|available|a partir|reviens|reprise|reprends)\b[^.!?]{0,32}$"
)
_UNTIL: Final = re.compile(
    r"\b(?:jusqu\w*|until|till|through)\b[^.!?]{0,12}$|\b(?:to|au)(?: the)? {1,2}$"
)
_BACK_HEAD: Final = re.compile(r"a partir")
_UNTIL_HEAD: Final = re.compile(r"jusqu|until|till|au |to ")
_INCLUSIVE: Final = re.compile(r"^ ?(?:inclus|compris|included|inclusive)")
_THROUGH: Final = re.compile(r"\bthrough (?:to )?$")
_NEAR: Final = 60
_LONG_AGO: Final = 60
_EXPLICIT: Final = re.compile(r"\d|di\b|day\b|demain|tomorrow")
_NOT_RETURN: Final = re.compile(r"^(?:sous|within|dans|in) |today|aujourd|ce jour")
FUTURE: Final = frozenset({"promise", "delay_asked"})
PAST: Final = frozenset({"payment_proof"})


def date_of(kind: str, folded: str, said: tuple[DateSaid, ...], received: date) -> date | None:
    """Return the date that the class speaks of: promised, paid, asked for, of return."""
    if kind == "out_of_office":
        return _return_on(folded, said)
    if kind in PAST:
        return _best(folded, [(one.span, _past(one, received)) for one in said], PAYS)
    if kind in FUTURE:
        leads = WAITS if kind == "delay_asked" else PAYS
        return _best(folded, [(one.span, one.future) for one in said], leads)
    return None


def _past(said: DateSaid, received: date) -> date | None:
    """Return the past date, unless the one to come is so much nearer that it is meant."""
    if said.past is None or said.future is None:
        return said.past
    behind, ahead = (received - said.past).days, (said.future - received).days
    return None if behind > _LONG_AGO and ahead * 3 < behind else said.past


def _best(folded: str, said: list[tuple[Span, date | None]], leads: re.Pattern[str]) -> date | None:
    """Return the first date that follows such a word; else the first one not ruled out."""
    ranked = []
    for place, (span, day) in enumerate(said):
        if day is None:
            continue
        before = folded[max(0, span.start - _NEAR) : span.start]
        if _is_ruled_out(before, folded[span.start : span.end]):
            continue
        clause = re.split(r"[;.!?\n]|, | et (?:je|on|nous|vous) | and (?:we|i) ", before)[-1]
        is_paying = bool(leads.search(clause) or leads.search(folded[span.start : span.end]))
        is_weak = bool(_CLOSED.search(before)) and not is_paying
        ranked.append((is_weak, not is_paying, place, day))
    return min(ranked)[3] if ranked else None


def _is_ruled_out(before: str, words: str) -> bool:
    denied = _DENIES.search(before)
    if denied and not _NOT_BEFORE.search(denied[0] + words):
        return True
    return bool(_NOT_A_PROMISE.search(before) or _EVERY.search(before))


def _return_on(folded: str, said: tuple[DateSaid, ...]) -> date | None:
    coming = [(one.span, one.future) for one in said if one.future]
    for expression, head in ((_BACK, _BACK_HEAD), (_UNTIL, _UNTIL_HEAD)):
        for span, day in coming:
            before = folded[max(0, span.start - _NEAR) : span.start]
            if expression.search(f"{before} ") or head.match(folded[span.start : span.end]):
                return _after(folded, span, day)
    words = [(folded[span.start : span.end], day) for span, day in coming]
    left = [day for said, day in words if _EXPLICIT.search(said) and not _NOT_RETURN.match(said)]
    return left[-1] if left else None


def _after(folded: str, span: Span, day: date | None) -> date | None:
    """Return the working day after one that the absence includes, else the day itself."""
    before = folded[max(0, span.start - _NEAR) : span.start]
    if day and (_INCLUSIVE.search(folded[span.end :][:12]) or _THROUGH.search(before)):
        return next_working_day(day + timedelta(days=1), ())
    return day


def amount_of(kind: str, folded: str, said: tuple[AmountSaid, ...]) -> AmountSaid | None:
    """Return the amount that the class speaks of: promised, paid, proposed."""
    if kind not in {"promise", "payment_proof", "delay_asked"}:
        return None
    money = [one for one in said if one.cents]
    if money:
        return _paying(folded, money)
    others = [one for one in said if not one.cents]
    if kind == "payment_proof":
        return None
    kept = [one for one in others if one.times or one.share != WHOLE or kind == "promise"]
    return kept[0] if kept else None


def _paying(folded: str, money: list[AmountSaid]) -> AmountSaid:
    """Return the first amount said, unless it is what the whole was and a later one is paid."""
    for one in money:
        before = folded[max(0, one.span.start - _NEAR) : one.span.start]
        if not re.search(
            r"\b(?:facture|invoice|creance|dette|total|reste|solde)\b[^,;:.!?]{0,16}$", before
        ):
            return one
    return money[0]
