"""Suggested answers by kind, French and English: words to start from, never sent by themselves."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from encours.kernel.money import english_text, french_text

Language = Literal["fr", "en"]
DOCUMENTS: Final = frozenset({"invoice_asked"})
"""Kinds whose answer carries copies of the invoices asked for."""

MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


_MARK: Final = re.compile(r"(?:re|r[eé]p|aw|sv)\s?:\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Facts:
    """What an answer may speak of; an empty field leaves its words out."""

    kind: str
    language: Language = "fr"
    name: str = ""
    subject: str = ""
    creditor: str = ""
    invoices: tuple[str, ...] = ()
    said_on: date | None = None
    amount_cents: int | None = None
    currency: str = "EUR"
    has_copies: bool = False


@dataclass(frozen=True, slots=True)
class Suggested:
    """A subject and a body, to be read and changed before they leave."""

    subject: str
    body: str


TEXTS: Final = {
    ("promise", "fr"): (
        "Merci de votre réponse. Nous notons votre règlement{amount}{date}{invoices}.\n\n"
        "Si cette date devait changer, prévenez-nous : nous en tiendrons compte."
    ),
    ("promise", "en"): (
        "Thank you for your answer. We note your payment{amount}{date}{invoices}.\n\n"
        "Should this date change, please let us know."
    ),
    ("dispute", "fr"): (
        "Merci de nous avoir signalé ce point{invoices}. Nous l'examinons et revenons vers vous."
        "\n\nPour avancer, pouvez-vous nous transmettre les pièces utiles (bon de livraison, "
        "commande, photos) et le montant qui vous paraît exact ?"
    ),
    ("dispute", "en"): (
        "Thank you for letting us know{invoices}. We are looking into it and will come back to "
        "you.\n\nTo help us, could you send the relevant documents (delivery note, order, "
        "pictures) and the amount you consider correct?"
    ),
    ("payment_proof", "fr"): (
        "Merci pour cette information. Nous rapprochons votre règlement{amount}{date}{invoices} "
        "de nos comptes.\n\nS'il n'y apparaît pas dans quelques jours, nous vous demanderons sa "
        "référence."
    ),
    ("payment_proof", "en"): (
        "Thank you for this information. We are matching your payment{amount}{date}{invoices} "
        "with our accounts.\n\nIf it does not show in a few days, we will ask you for its "
        "reference."
    ),
    ("wrong_contact", "fr"): (
        "Merci de nous l'avoir dit. À quelle adresse devons-nous écrire au sujet des "
        "factures{invoices}, et à quel nom ?"
    ),
    ("wrong_contact", "en"): (
        "Thank you for telling us. To which address, and to whom, should we write about "
        "invoices{invoices}?"
    ),
    ("invoice_asked", "fr"): (
        "Comme demandé, {copies}{invoices}.\n\n"
        "S'il vous manque un autre document pour les traiter, dites-le-nous."
    ),
    ("invoice_asked", "en"): (
        "As requested, {copies}{invoices}.\n\n"
        "If you need another document to process them, please tell us."
    ),
    ("delay_asked", "fr"): (
        "Merci de votre message. Nous acceptons que votre règlement{amount} nous "
        "parvienne{date}{invoices}.\n\nMerci de nous confirmer que cela vous convient."
    ),
    ("delay_asked", "en"): (
        "Thank you for your message. We agree to receive your payment{amount}{date}{invoices}.\n\n"
        "Please confirm that this suits you."
    ),
    ("other", "fr"): "Merci de votre message{invoices}.\n\n",
    ("other", "en"): "Thank you for your message{invoices}.\n\n",
}
GREETINGS: Final = {"fr": "Bonjour{name},", "en": "Hello{name},"}
CLOSINGS: Final = {"fr": "Cordialement,\n{creditor}", "en": "Kind regards,\n{creditor}"}
COPIES: Final = {
    ("fr", True): "vous trouverez ci-jointes les copies demandées",
    ("fr", False): "nous vous enverrons les copies demandées dans un prochain message",
    ("en", True): "please find attached the copies you asked for",
    ("en", False): "the copies you asked for will follow",
}


def suggested(facts: Facts) -> Suggested:
    """Return the words to start from; a kind without words of its own has those of `other`."""
    kind = facts.kind if (facts.kind, facts.language) in TEXTS else "other"
    words = TEXTS[kind, facts.language].format(
        amount=_amount(facts),
        date=_date(facts),
        invoices=_invoices(facts),
        copies=COPIES[facts.language, facts.has_copies],
    )
    name = f" {facts.name}" if facts.name and "@" not in facts.name else ""
    greeting = GREETINGS[facts.language].format(name=name)
    closing = CLOSINGS[facts.language].format(creditor=facts.creditor)
    return Suggested(reply_subject(facts.subject), f"{greeting}\n\n{words.rstrip()}\n\n{closing}")


def reply_subject(subject: str) -> str:
    """Return the subject of an answer; `Re:` is written once."""
    bare = " ".join(subject.split())
    while found := _MARK.match(bare):
        bare = bare[found.end() :]
    return f"Re: {bare}".strip()


def _amount(facts: Facts) -> str:
    if facts.amount_cents is None:
        return ""
    if facts.language == "en":
        return f" of {english_text(facts.amount_cents, facts.currency)}"
    return f" de {french_text(facts.amount_cents, facts.currency)}"


def _date(facts: Facts) -> str:
    day = facts.said_on
    if day is None:
        return ""
    if facts.language == "en":
        word = "of" if facts.kind == "payment_proof" else "by"
        return f" {word} {day.day} {MONTHS[day.month - 1]} {day.year}"
    word = "du" if facts.kind == "payment_proof" else "au plus tard le"
    return f" {word} {day:%d/%m/%Y}"


def _invoices(facts: Facts) -> str:
    if not facts.invoices:
        return ""
    return f" ({', '.join(facts.invoices)})"
