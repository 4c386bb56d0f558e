"""Life-cycle statuses of an e-invoice as a CDAR message says them (XP Z12-012; law-fr 10.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

CODES: Final = {
    "200": "Déposée",
    "201": "Émise par la plateforme",
    "202": "Reçue",
    "203": "Mise à disposition",
    "204": "Prise en charge",
    "205": "Approuvée",
    "206": "Approuvée partiellement",
    "207": "En litige",
    "208": "Suspendue",
    "209": "Complétée",
    "210": "Refusée",
    "211": "Paiement transmis",
    "212": "Encaissée",
    "213": "Rejetée",
    "214": "Visée",
    "220": "Annulée",
    "221": "Erreur de routage",
    "224": "Demande de paiement direct",
    "225": "Affacturée",
    "226": "Affacturée confidentielle",
    "227": "Changement de compte à payer",
    "228": "Non affacturée",
    "501": "Irrecevable",
    "600": "Réponse de la plateforme",
    "601": "Réponse du portail public",
}
"""Statuses of the norm, in its own words."""
OF_PROCESS: Final = {
    "10": "200",
    "51": "201",
    "43": "202",
    "48": "203",
    "45": "204",
    "1": "205",
    "49": "206",
    "46": "207",
    "39": "208",
    "37": "209",
    "50": "210",
    "8": "213",
}
"""Statuses by the code of UNCL 1373; 47 is 211 or 212, so it tells nothing alone."""
REASONS: Final = {
    "MONTANTTOTAL_ERR": "montant total erroné",
    "TX_TVA_ERR": "taux de TVA erroné",
    "COORD_BANC_ERR": "coordonnées bancaires erronées",
    "DOUBLON": "facture en double",
    "CMD_ERR": "commande absente ou erronée",
    "QTE_ERR": "quantité erronée",
    "PU_ERR": "prix unitaire erroné",
    "QUALITE_ERR": "qualité non conforme",
    "LIVR_INCOMP": "livraison incomplète",
    "SIRET_ERR": "SIRET erroné",
    "CONTRAT_TERM": "contrat terminé",
    "NON_CONFORME": "mentions non conformes",
    "AUTRE": "autre motif",
}
"""Why a buyer disputes, suspends or refuses; REJ_* and IRR_* are the platforms' own."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A figure of a status: MEN collected, MPA paid, RAP left, MAP approved, MNA not."""

    kind: str
    cents: int
    currency: str = ""
    on: date | None = None
    rate: str = ""


@dataclass(frozen=True, slots=True)
class Because:
    """A reason of a status: its code, what it says, the action asked for."""

    code: str
    text: str = ""
    action: str = ""


@dataclass(frozen=True, slots=True)
class Status:
    """One status of one invoice; `at` is its own date and time, which decides of the order."""

    code: str
    number: str
    issued_on: date | None
    seller_siren: str
    at: datetime
    message: str = ""
    issuer_role: str = ""
    because: tuple[Because, ...] = ()
    amounts: tuple[Amount, ...] = ()
    account: str = ""

    @property
    def label(self) -> str:
        """Return the status in the words of the norm."""
        return CODES.get(self.code, "Statut inconnu")

    @property
    def reason(self) -> str:
        """Return why, in one sentence: what the message says, else what its code means."""
        told = [_because(one) for one in self.because]
        return " ; ".join(part for part in told if part)


def _because(one: Because) -> str:
    meaning = one.text.strip() or REASONS.get(one.code, "")
    return f"{one.code} : {meaning}" if one.code and meaning else one.code or meaning
