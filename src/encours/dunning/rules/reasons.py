"""Why a due line is not reminded: the codes, which one is said first, and their sentences.

The order is the order of shame: what the law forbids, then what is not a claim to be shown, what
is being settled, what is missing, and last what only waits for another day.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

import polars as pl

from encours.kernel.money import EUR


class Reason(StrEnum):
    """Codes of `plan --json` (design.md, part 5), first the one that outweighs the others."""

    DECEASED = "deceased"
    PROTECTED = "protected"
    INSOLVENT = "insolvent"
    OVER_INDEBTED = "over_indebted"
    HANDED_OVER = "handed_over"
    ASSIGNED = "assigned"
    INTRA_GROUP = "intra_group"
    TIME_BARRED = "time_barred"
    NO_DOCUMENT = "no_document"
    DUE_DATE_UNCONFIRMED = "due_date_unconfirmed"
    DISPUTED = "disputed"
    PLAN = "plan"
    PROMISED = "promised"
    EINVOICE = "einvoice"
    CREDIT_EXPECTED = "credit_expected"
    DIRECT_PAYER = "direct_payer"
    IN_FLIGHT = "in_flight"
    PAUSED = "paused"
    ANSWERED = "answered"
    NEVER = "never"
    COVERED = "covered"
    TRIAGE = "triage"
    UNKNOWN_CLASS = "unknown_class"
    LADDER_DONE = "ladder_done"
    NO_AGENCY = "no_agency"
    NO_CONTACT = "no_contact"
    BELOW_MINIMUM = "below_minimum"
    OUT_OF_BOUNDS = "out_of_bounds"
    TOO_SOON = "too_soon"
    TOO_MANY = "too_many"
    SAME_ADDRESS = "same_address"
    STALE = "stale"
    NOT_LIVE = "not_live"
    NON_WORKING_DAY = "non_working_day"
    DEBTOR_HOLIDAY = "debtor_holiday"


CODES: Final = {reason: place for place, reason in enumerate(Reason)}
"""The place of each reason: the smallest is said first."""

OF_FACT: Final = {
    "death": Reason.DECEASED,
    "protection": Reason.PROTECTED,
    "insolvency": Reason.INSOLVENT,
    "over_indebtedness": Reason.OVER_INDEBTED,
    "handover": Reason.HANDED_OVER,
    "assignment": Reason.ASSIGNED,
    "dispute": Reason.DISPUTED,
    "plan": Reason.PLAN,
    "promise": Reason.PROMISED,
    "einvoice": Reason.EINVOICE,
    "credit_expected": Reason.CREDIT_EXPECTED,
    "direct_payer": Reason.DIRECT_PAYER,
    "direct_debit": Reason.IN_FLIGHT,
    "pause": Reason.PAUSED,
    "reply": Reason.ANSWERED,
    "never": Reason.NEVER,
}
"""What each kind of standing fact holds back (CPCE and law-fr.md 4.9 for the hard stops)."""

KEEPS_CYCLE: Final = (Reason.PROMISED, Reason.PAUSED, Reason.ANSWERED)
"""A line held for these is still claimed: its cycle goes on; any other hold sets it apart."""

PASSING: Final = frozenset(
    {
        Reason.NO_AGENCY,
        Reason.NO_CONTACT,
        Reason.TOO_SOON,
        Reason.TOO_MANY,
        Reason.SAME_ADDRESS,
        Reason.STALE,
        Reason.NOT_LIVE,
        Reason.NON_WORKING_DAY,
        Reason.DEBTOR_HOLIDAY,
    }
)
"""A message held for these just before sending waits; for any other it is cancelled."""

SENTENCES: Final = {
    Reason.DECEASED: "Le client est décédé ({since}) : voir la succession avant toute demande.",
    Reason.PROTECTED: "Le client est un majeur protégé ({since}) : écrire à son représentant.",
    Reason.INSOLVENT: "Procédure collective ({since}) : la créance se déclare, elle ne se relance"
    " pas.",
    Reason.OVER_INDEBTED: "Dossier de surendettement recevable ({since}) : relances interdites.",
    Reason.HANDED_OVER: "Dossier au contentieux ({since}).",
    Reason.ASSIGNED: "Créance cédée ({since}) : le factor encaisse.",
    Reason.INTRA_GROUP: "Client du même groupe : il ne se relance pas.",
    Reason.TIME_BARRED: "Créance prescrite depuis le {limit_on} : la réclamer exposerait à une"
    " sanction.",
    Reason.NO_DOCUMENT: "Aucun numéro de facture dans vos écritures (PieceRef, libellé) : rien à"
    " montrer au client.",
    Reason.DUE_DATE_UNCONFIRMED: "Échéance du {due_on} supposée : confirmer les conditions de"
    " règlement.",
    Reason.DISPUTED: "Litige en cours ({since}).",
    Reason.PLAN: "Échéancier accordé ({since}).",
    Reason.PROMISED: "Règlement promis ({since}).",
    Reason.EINVOICE: "Facture électronique rejetée ({since}) : à émettre de nouveau, le délai n'a"
    " pas commencé.",
    Reason.CREDIT_EXPECTED: "Facture électronique annulée ({since}) : avoir attendu.",
    Reason.DIRECT_PAYER: "Paiement direct demandé ({since}) : un autre que le client paie.",
    Reason.IN_FLIGHT: "Règlement en cours : prélèvement, effet ou lien de paiement non dénoué.",
    Reason.PAUSED: "Relances en pause ({since}).",
    Reason.ANSWERED: "Le client a répondu ({since}) : lire sa réponse avant de le relancer.",
    Reason.NEVER: "À ne jamais relancer : choisi pour ce client, cette échéance, ou par une règle.",
    Reason.COVERED: "Déjà couvert par {money} reçus et non lettrés, imputés à la plus ancienne"
    " échéance (C. civ. 1342-10).",
    Reason.TRIAGE: "Échue avant la mise en service : décider de relancer, d'écrire ou de laisser.",
    Reason.UNKNOWN_CLASS: "Nature du client non confirmée : pas de mise en demeure.",
    Reason.LADDER_DONE: "Toutes les étapes de ce cycle sont passées (dernière : {last}) : une"
    " personne décide de la suite.",
    Reason.NO_AGENCY: "Étape d'un cabinet de recouvrement : il n'est pas nommé, ou sa fiche n'est"
    " pas complète.",
    Reason.NO_CONTACT: "Ni adresse e-mail ni adresse postale utilisable pour cette étape.",
    Reason.BELOW_MINIMUM: "Montant à réclamer inférieur au minimum du scénario.",
    Reason.OUT_OF_BOUNDS: "Montant à réclamer hors des bornes de l'étape.",
    Reason.TOO_SOON: "Trop près d'un autre message à ce client : possible à partir du {next_on}.",
    Reason.TOO_MANY: "Assez de messages à cette personne en sept jours : possible à partir du"
    " {next_on}.",
    Reason.SAME_ADDRESS: "Un autre client a la même adresse e-mail et un message aujourd'hui :"
    " report au {next_on}.",
    Reason.STALE: "Données trop anciennes : un règlement a pu arriver depuis.",
    Reason.NOT_LIVE: "Les envois de cette société sont arrêtés.",
    Reason.NON_WORKING_DAY: "Jour non ouvré : report au {next_on}.",
    Reason.DEBTOR_HOLIDAY: "Jour férié dans le pays du client : report au {next_on}.",
}

LEFT_SENTENCE: Final = "Échue avant la mise en service : laissée de côté par décision."

NOTHING: Final = "–"
MARK: Final = re.compile(r"\{(\w+)\}")


def coded(flag: pl.Expr, reason: Reason) -> pl.Expr:
    """Return the place of the reason where the flag is up, null elsewhere."""
    return pl.when(flag).then(pl.lit(CODES[reason], pl.UInt8))


def with_sentences(held: pl.DataFrame) -> pl.DataFrame:
    """Turn `hold` into `reason` and its French `sentence`.

    Reads `due_on`, `limit_on`, `next_on`, `fact_from`, `fact_until`, `money_cents`, `currency`,
    `last_said` and `triage` beside it; each reason is written for its own lines only.
    """
    present = set(held["hold"].unique())
    none = pl.lit(None, pl.String)
    parts = [
        held.filter(pl.col("hold") == code).with_columns(
            reason=pl.lit(reason.value), sentence=_sentence(reason)
        )
        for reason, code in CODES.items()
        if code in present
    ]
    return pl.concat([held.clear().with_columns(reason=none, sentence=none), *parts])


def french_day(day: pl.Expr) -> pl.Expr:
    """Write a date as French readers do; a dash where there is none."""
    return day.dt.strftime("%d/%m/%Y").fill_null(NOTHING)


def french_cents(cents: pl.Expr) -> pl.Expr:
    """Write an amount as `kernel.money.french_text` does: `1 234,50 €`, no-break spaces."""
    turned = (cents // 100).cast(pl.String).str.reverse()
    whole = turned.str.replace_all(r"(\d{3})", "${1}\u202f").str.reverse()
    rest = (cents % 100).cast(pl.String).str.zfill(2)
    symbol = pl.col("currency").replace(EUR, "€")
    return pl.format("{},{}\u00a0{}", whole.str.strip_chars("\u202f"), rest, symbol)


def _sentence(reason: Reason) -> pl.Expr:
    template = SENTENCES[reason]
    marks = MARK.findall(template)
    text = pl.format(MARK.sub("{}", template), *(_value(mark) for mark in marks))
    if reason is Reason.TRIAGE:
        left = (pl.col("triage") == "leave").fill_null(False)
        return pl.when(left).then(pl.lit(LEFT_SENTENCE)).otherwise(text)
    return text


def _value(mark: str) -> pl.Expr:
    if mark == "since":
        until = pl.format(", jusqu'au {}", pl.col("fact_until").dt.strftime("%d/%m/%Y"))
        return pl.format("depuis le {}", french_day(pl.col("fact_from"))) + until.fill_null("")
    if mark == "money":
        return french_cents(pl.col("money_cents"))
    if mark == "last":
        return pl.col("last_said").fill_null(NOTHING)
    return french_day(pl.col(mark))
