"""The fixed words around a notice, in the language of the customer, and how it writes figures.

These are words of the message, not of the screen: they follow the customer, not the user.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from encours.kernel.money import english_text, french_text
from encours.messaging.rules.notice import Language

NO_BREAK: Final = "\u00a0"


@dataclass(frozen=True, slots=True)
class Words:
    """Labels of tables, totals and blocks in one language."""

    title: str
    statement: str
    debit_note: str
    credit_note: str
    object: str
    our_reference: str
    customer_code: str
    siren: str
    your_siren: str
    vat_number: str
    attention: str
    number: str
    document: str
    issued: str
    due: str
    gross: str
    paid: str
    open: str
    late_days: str
    late_one: str
    late_many: str
    not_due: str
    issued_short: str
    out_of: str
    totals: Mapping[str, str]
    how_to_pay: str
    holder: str
    iban: str
    bic: str
    bank: str
    reference: str
    scan: str
    amount: str
    pay_before: str
    penalties: str
    base: str
    period: str
    days: str
    rate: str
    interest: str
    page: str
    colon: str
    asked_today: str
    overdue: str
    due_soon: str
    answer_date: str
    answer_dispute: str
    about: str


FRENCH: Final = Words(
    title="Mise en demeure de payer",
    statement="Relevé de compte",
    debit_note="Note de débit",
    credit_note="Avoir",
    object="Objet",
    our_reference="Nos références",
    customer_code="Votre compte client",
    siren="SIREN",
    your_siren="Votre SIREN",
    vat_number="TVA",
    attention="À l’attention de",
    number="Facture",
    document="Pièce",
    issued="Émise le",
    due="Échéance",
    gross="Montant TTC",
    paid="Déjà réglé",
    open="Reste dû",
    late_days="Retard (jours)",
    late_one="1 jour de retard",
    late_many="{days} jours de retard",
    not_due="à échoir",
    issued_short="du {date}",
    out_of="sur {amount}",
    totals={
        "open": "Total des factures",
        "credits": "À déduire : avoirs et règlements non affectés",
        "interest": "Pénalités de retard",
        "indemnity": "Indemnité forfaitaire pour frais de recouvrement",
        "due": "Total à régler",
        "balance": "Solde du compte",
        "credited": "Total de l’avoir",
        "reduced": "À régler au plus tard le {date}, escompte déduit",
    },
    how_to_pay="Pour régler par virement",
    holder="Titulaire du compte",
    iban="IBAN",
    bic="BIC",
    bank="Banque",
    reference="Référence à rappeler",
    scan="À scanner avec votre application bancaire",
    amount="Montant",
    pay_before="Au plus tard le",
    penalties="Décompte des pénalités de retard",
    base="Base",
    period="Période",
    days="Jours",
    rate="Taux annuel",
    interest="Pénalité",
    page="Page",
    colon="\u00a0: ",
    asked_today="À régler aujourd’hui",
    overdue="Échu",
    due_soon="À échoir",
    answer_date="Donner une date de règlement",
    answer_dispute="Contester une somme",
    about="{what} ({reference})",
)

ENGLISH: Final = Words(
    title="Formal notice to pay",
    statement="Statement of account",
    debit_note="Debit note",
    credit_note="Credit note",
    object="Subject",
    our_reference="Our reference",
    customer_code="Your account",
    siren="SIREN",
    your_siren="Your company no.",
    vat_number="VAT",
    attention="Attn.",
    number="Invoice",
    document="Document",
    issued="Issued",
    due="Due",
    gross="Amount incl. VAT",
    paid="Paid",
    open="Outstanding",
    late_days="Days overdue",
    late_one="1 day overdue",
    late_many="{days} days overdue",
    not_due="not yet due",
    issued_short="of {date}",
    out_of="of {amount}",
    totals={
        "open": "Total of invoices",
        "credits": "Less credit notes and unallocated payments",
        "interest": "Late-payment interest",
        "indemnity": "Fixed recovery-cost compensation",
        "due": "Total to pay",
        "balance": "Account balance",
        "credited": "Total credited",
        "reduced": "To pay by {date}, discount taken off",
    },
    how_to_pay="To pay by bank transfer",
    holder="Account holder",
    iban="IBAN",
    bic="BIC",
    bank="Bank",
    reference="Reference to quote",
    scan="Scan with your banking app",
    amount="Amount",
    pay_before="No later than",
    penalties="Statement of late-payment interest",
    base="Base",
    period="Period",
    days="Days",
    rate="Annual rate",
    interest="Interest",
    page="Page",
    colon=": ",
    asked_today="To pay today",
    overdue="Overdue",
    due_soon="Not yet due",
    answer_date="Give a payment date",
    answer_dispute="Dispute an amount",
    about="{what} ({reference})",
)

WORDS: Final[Mapping[Language, Words]] = {"fr": FRENCH, "en": ENGLISH}

_FRENCH_MONTHS: Final = (
    *("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août"),
    *("septembre", "octobre", "novembre", "décembre"),
)
_ENGLISH_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June", "July", "August"),
    *("September", "October", "November", "December"),
)


def amount_text(cents: int, currency: str, language: Language) -> str:
    """Write an amount as the customer reads it."""
    return (french_text if language == "fr" else english_text)(cents, currency)


def day_text(day: date | None, language: Language) -> str:
    """Write a date for a table: `05/03/2026`, `5 Mar 2026`; nothing where there is none."""
    if day is None:
        return ""
    if language == "fr":
        return f"{day.day:02d}/{day.month:02d}/{day.year}"
    return NO_BREAK.join((str(day.day), _ENGLISH_MONTHS[day.month - 1][:3], str(day.year)))


def long_day_text(day: date, language: Language) -> str:
    """Write a date for a sentence: `1er mars 2026`, `1 March 2026`."""
    if language == "fr":
        first = "1er" if day.day == 1 else str(day.day)
        return NO_BREAK.join((first, _FRENCH_MONTHS[day.month - 1], str(day.year)))
    return NO_BREAK.join((str(day.day), _ENGLISH_MONTHS[day.month - 1], str(day.year)))


def rate_text(percent: Decimal, language: Language) -> str:
    """Write a yearly rate with at least two decimals: `12,15 %`, `12.15%`."""
    exact = percent.normalize()
    places = max(2, -int(exact.as_tuple().exponent))
    plain = f"{exact:.{places}f}"
    return plain.replace(".", ",") + f"{NO_BREAK}%" if language == "fr" else f"{plain}%"


def late_text(days: int, language: Language) -> str:
    """Say how late a line is: `12 jours de retard`, or `à échoir`."""
    words = WORDS[language]
    if days <= 0:
        return words.not_due
    return words.late_one if days == 1 else words.late_many.format(days=days)


def iban_text(iban: str) -> str:
    """Write an IBAN in groups of four (ISO 13616), with spaces that a bank form accepts."""
    plain = "".join(iban.split()).upper()
    return " ".join(plain[start : start + 4] for start in range(0, len(plain), 4))


def siren_text(siren: str) -> str:
    """Write a SIREN in groups of three; anything else is left as it is."""
    plain = "".join(siren.split())
    if len(plain) != len("732829320") or not plain.isdigit():
        return siren
    return NO_BREAK.join((plain[:3], plain[3:6], plain[6:]))


def total_text(name: str, language: Language, until_on: date | None = None) -> str:
    """Return what a line under the table says, with its day where it has one."""
    return WORDS[language].totals[name].format(date=day_text(until_on, language))


def points_text(points: int, language: Language) -> str:
    """Write a share given in hundredths of a percent, without needless zeros: 3 %, 2,5 %."""
    whole, rest = divmod(points, 100)
    mark, unit = (",", f"{NO_BREAK}%") if language == "fr" else (".", "%")
    told = f"{whole}{mark}{rest:02d}".rstrip("0") if rest else str(whole)
    return told + unit
