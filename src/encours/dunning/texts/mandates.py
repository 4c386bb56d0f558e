"""What a collector's letter says whatever its words are: R124-4, written by the program.

CPCE R124-4 and L111-8 (law-fr 4.4 to 4.6). Who edits a text cannot lose it: it stands around the
text of each letter. Every letter holds the whole, since a later one may list another debt; the
date and reference of the first are repeated in those that follow.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from encours.messaging.rules.notice import Language, Notice, open_cents
from encours.messaging.rules.wording import amount_text, day_text

SECOND: Final = (
    "Les frais de recouvrement entrepris sans titre exécutoire restent à la charge du créancier, "
    "sauf s'ils concernent un acte dont l'accomplissement est prescrit par la loi au créancier. "
    "Toute stipulation contraire est réputée non écrite, sauf disposition législative contraire."
)
THIRD: Final = (
    "Cependant, le créancier qui justifie du caractère nécessaire des démarches entreprises pour "
    "recouvrer sa créance peut demander au juge de l'exécution de laisser tout ou partie des "
    "frais ainsi exposés à la charge du débiteur de mauvaise foi."
)
"""The second and third paragraphs of L111-8; reproduced in French in every language."""

WORDS: Final[Mapping[Language, Mapping[str, str]]] = {
    "fr": {
        "who": "{agency}, {address}, exerce une activité de recouvrement amiable. Nous agissons "
        "pour le compte de votre créancier, {creditor}, {theirs}, qui nous a chargés du "
        "recouvrement des factures ci-dessous par convention du {signed}.",
        "first": "Notre référence : {reference}.",
        "again": "Cette lettre fait suite à notre première lettre du {first_on}, "
        "référence {first}. Notre référence : {reference}.",
        "split": "Fondement et montant : les factures ci-dessus, échues et impayées. "
        "Principal : {principal}. {extras} "
        "Aucun frais de recouvrement ne vous est demandé.",
        "extras": "Intérêts : {interest}. Accessoires : {accessories}.",
        "no_extras": "Il n'est réclamé ni intérêts ni accessoires.",
        "none": "aucun",
        "indemnity": "{cents} d'indemnité forfaitaire de recouvrement (C. com., art. L441-10 et "
        "D441-5)",
        "account": "Vous pouvez régler par virement au compte indiqué dans cette lettre, ouvert "
        "au nom de {holder}.",
        "held": "Vous pouvez régler par virement au compte indiqué dans cette lettre, ouvert au "
        "nom de {holder} et réservé aux sommes reçues pour les créanciers.",
        "cheque": "Vous pouvez régler par chèque à l'ordre de {creditor}, envoyé à l'adresse de "
        "{creditor} ci-dessus.",
        "law": "Article L111-8 du code des procédures civiles d'exécution, deuxième et troisième "
        "alinéas : « {one} {two} »",
    },
    "en": {
        "who": "{agency}, {address}, carries on the business of amicable debt collection "
        "(recouvrement amiable). We act on behalf of your creditor, {creditor}, {theirs}, which "
        "instructed us to collect the invoices below by an agreement of {signed}.",
        "first": "Our reference: {reference}.",
        "again": "This letter follows our first letter of {first_on}, reference {first}. "
        "Our reference: {reference}.",
        "split": "Basis and amount: the invoices above, due and unpaid. Principal: {principal}. "
        "{extras} "
        "You are asked for no collection costs.",
        "extras": "Interest: {interest}. Ancillary amounts (accessoires): {accessories}.",
        "no_extras": "Neither interest nor ancillary amounts (accessoires) are claimed.",
        "none": "none",
        "indemnity": "{cents} of fixed compensation for recovery costs (French commercial code, "
        "art. L441-10 and D441-5)",
        "account": "You may pay by bank transfer to the account given in this letter, held by "
        "{holder}.",
        "held": "You may pay by bank transfer to the account given in this letter, held by "
        "{holder} and kept for money received for creditors.",
        "cheque": "You may pay by cheque to the order of {creditor}, sent to the address of "
        "{creditor} above.",
        "law": "Article L111-8 of the French code of civil enforcement procedures, second and "
        "third paragraphs, reproduced in French: « {one} {two} »",
    },
}


@dataclass(frozen=True, slots=True)
class Mandate:
    """For whom a collector writes, since when, under which reference.

    `first_on` and `first_reference` are those of its first letter; None and "": this is it.
    """

    creditor: str
    creditor_address: tuple[str, ...]
    signed_on: date
    reference: str
    first_on: date | None = None
    first_reference: str = ""
    holds_funds: bool = False


def framed(notice: Notice, mandate: Mandate) -> Notice:
    """Return the collector's letter with all that R124-4 asks around its words."""
    return replace(
        notice,
        opening=(*_before(notice, mandate), *notice.opening),
        closing=(*_after(notice, mandate), *notice.closing),
        mentions=(*notice.mentions, _law(notice.language)),
    )


def _before(notice: Notice, mandate: Mandate) -> tuple[str, str]:
    words, told = WORDS[notice.language], mandate.first_on
    who = words["who"].format(
        agency=notice.sender.name,
        address=", ".join(notice.sender.address),
        creditor=mandate.creditor,
        theirs=", ".join(mandate.creditor_address),
        signed=day_text(mandate.signed_on, notice.language),
    )
    reference = words["again" if told else "first"].format(
        reference=mandate.reference,
        first=mandate.first_reference,
        first_on=day_text(told, notice.language) if told else "",
    )
    return who, reference


def _after(notice: Notice, mandate: Mandate) -> tuple[str, str]:
    words = WORDS[notice.language]

    def money(cents: int) -> str:
        return amount_text(cents, notice.currency, notice.language)

    interest, indemnity = notice.interest_cents, notice.indemnity_cents
    owed = words["indemnity"].format(cents=money(indemnity)) if indemnity else words["none"]
    extras = words["extras" if interest or indemnity else "no_extras"].format(
        interest=money(interest) if interest else words["none"], accessories=owed
    )
    split = words["split"].format(
        principal=money(open_cents(notice) + notice.credits_cents), extras=extras
    )
    kind = "cheque" if notice.payment is None else "held" if mandate.holds_funds else "account"
    holder = notice.payment.holder if notice.payment else ""
    return split, words[kind].format(holder=holder, creditor=mandate.creditor)


def _law(language: Language) -> str:
    return WORDS[language]["law"].format(one=SECOND, two=THIRD)
