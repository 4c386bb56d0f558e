"""A reminder in a few words, for a telephone: who, how much, by when, how to answer.

A formal notice is never one: it owes its reader more than fits (law-fr 4.10). Signs outside the
GSM alphabet are made plain, so that most messages travel in one or two parts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from encours.dunning.rules.scenario import Tone
from encours.messaging.rules.notice import Language, Notice
from encours.messaging.rules.segments import plain_signs
from encours.messaging.rules.wording import amount_text, day_text

Texts = Mapping[str, str]

FRENCH: Final[Texts] = {
    "pre_due": "{creditor} : {what} de {amount} arrive à échéance le {due_on}. Réf. {reference}. "
    "Une question ? {contact}",
    "friendly": "{creditor} : sauf erreur de notre part, {what} de {amount} reste à régler. Réf. "
    "{reference}. Si c'est déjà fait, merci. Une question ? {contact}",
    "neutral": "{creditor} : {what} de {amount} reste à régler. Merci de payer{before} ou de nous "
    "dire ce qui bloque. Réf. {reference}. {contact}",
    "firm": "{creditor} : malgré nos messages, {what} de {amount} reste à régler. Merci de payer"
    "{before} ou de nous appeler. Réf. {reference}. {contact}",
    "thank_you": "{creditor} : votre règlement est bien arrivé, merci. {contact}",
    "one": "la facture {number}",
    "many": "le total de {count} factures",
    "before": " avant le {day}",
}
ENGLISH: Final[Texts] = {
    "pre_due": "{creditor}: {what} of {amount} falls due on {due_on}. Ref. {reference}. "
    "Any question? {contact}",
    "friendly": "{creditor}: unless we are mistaken, {what} of {amount} is still to be paid. Ref. "
    "{reference}. If it is done, thank you. Any question? {contact}",
    "neutral": "{creditor}: {what} of {amount} is still to be paid. Please pay{before} or tell us "
    "what stands in the way. Ref. {reference}. {contact}",
    "firm": "{creditor}: in spite of our messages, {what} of {amount} is still to be paid. Please "
    "pay{before} or call us. Ref. {reference}. {contact}",
    "thank_you": "{creditor}: your payment has arrived, thank you. {contact}",
    "one": "invoice {number}",
    "many": "the total of {count} invoices",
    "before": " by {day}",
}
TEXTS: Final[Mapping[Language, Texts]] = {"fr": FRENCH, "en": ENGLISH}
STOP: Final[Mapping[Language, str]] = {"fr": " STOP : {stop}", "en": " STOP: {stop}"}


def short_text(notice: Notice, tone: Tone, *, stop: str = "") -> str:
    """Return the message as a telephone shows it; empty for a formal notice.

    `stop` is where a STOP is answered, said when the account asks for it.
    """
    kind = _kind(notice, tone)
    if not kind:
        return ""
    said = TEXTS[notice.language][kind].format(**variables(notice))
    if stop:
        said += STOP[notice.language].format(stop=stop)
    return plain_signs(" ".join(said.split()))


def variables(notice: Notice) -> dict[str, str]:
    """Return what a short text or an approved template is filled with, by name."""
    texts, language = TEXTS[notice.language], notice.language
    owed = sum(line.open_cents for line in notice.lines)
    first = min((line.due_on for line in notice.lines if line.due_on), default=notice.written_on)
    alone = len(notice.lines) == 1
    what = texts["one" if alone else "many"]
    number = notice.lines[0].title if alone else ""
    day = day_text(notice.pay_before, language) if notice.pay_before else ""
    return {
        "creditor": notice.sender.name,
        "what": what.format(number=number, count=len(notice.lines)),
        "amount": amount_text(owed, notice.currency, language),
        "due_on": day_text(first, language),
        "before": texts["before"].format(day=day) if day else "",
        "reference": notice.our_reference,
        "contact": notice.sender.phone or notice.sender.email,
    }


def _kind(notice: Notice, tone: Tone) -> str:
    if notice.kind == "mise_en_demeure":
        return ""
    known = {"prevenance": "pre_due", "remerciement": "thank_you"}
    return known.get(notice.kind) or (tone if tone in ("friendly", "neutral") else "firm")
