"""What a claim lacks for court: required and useful pieces, a score, one sentence for each.

CPC 1405 and 1407 (injonction de payer: origin of the claim, documents under bordereau), C. civ.
1231, 1231-6, 1344 and 2240, C. com. L441-1 and L441-10. A piece marked M is what courts usually
ask, not what a text says. The law does not rank pieces: weights are ours, and only order the work.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

REQUIRED: Final = 3
USEFUL: Final = 1
AGREEMENT: Final = frozenset({"order", "quote", "contract"})
GOODS, SERVICES, UNKNOWN_SALE = "goods", "services", "unknown"
PERFORMANCE: Final = {
    GOODS: frozenset({"delivery"}),
    SERVICES: frozenset({"service"}),
    UNKNOWN_SALE: frozenset({"delivery", "service"}),
}


@dataclass(frozen=True, slots=True)
class Claim:
    """What is known of one claim: who owes, what was sold, which kinds of file are attached."""

    debtor_class: str = "unknown"
    is_class_confirmed: bool = False
    sale: str = UNKNOWN_SALE
    kinds: frozenset[str] = frozenset()
    is_due_date_certain: bool = True
    is_debtor_located: bool = True
    has_contract_rate: bool = False
    reminders: int = 0
    has_formal_notice: bool = False

    @property
    def is_business(self) -> bool:
        """Say whether the debtor is known to be a business."""
        return self.debtor_class == "business" and self.is_class_confirmed


Question = Callable[[Claim], bool]


def _always(_claim: Claim) -> bool:
    return True


def _kind(name: str) -> Question:
    return lambda claim: name in claim.kinds


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece: when it is asked, when it is there, what its absence means, and who says so."""

    code: str
    label: str
    absence: str
    source: str
    mark: str
    is_there: Question
    applies: Question = _always
    is_required: Question = _always


PIECES: Final = (
    Piece(
        "class",
        "Type du débiteur confirmé",
        "Le type du client n'est pas confirmé : tribunal, pénalités et prescription en dépendent.",
        "CPC 1405 s. ; C. conso. L218-2 ; C. com. L110-4",
        "V",
        lambda claim: claim.is_class_confirmed and claim.debtor_class != "unknown",
    ),
    Piece(
        "address",
        "Débiteur identifié et localisé",
        "Ni SIREN ni adresse complète : la requête va au juge du lieu où demeure le débiteur.",
        "CPC 1406",
        "V",
        lambda claim: claim.is_debtor_located,
    ),
    Piece(
        "invoice",
        "Facture",
        "La facture elle-même n'est pas jointe : la requête doit être accompagnée des documents.",
        "CPC 1407",
        "V",
        _kind("invoice"),
    ),
    Piece(
        "agreement",
        "Commande, devis signé ou contrat",
        "Rien ne montre l'accord du client : bon de commande, devis signé ou contrat.",
        "CPC 1405 (créance d'origine contractuelle)",
        "V",
        lambda claim: bool(claim.kinds & AGREEMENT),
    ),
    Piece(
        "performance",
        "Bon de livraison ou preuve d'exécution",
        "Rien ne montre que la vente ou la prestation a été exécutée (bon de livraison signé, "
        "procès-verbal, compte rendu).",
        "Usage des tribunaux",
        "M",
        lambda claim: bool(claim.kinds & PERFORMANCE[claim.sale]),
    ),
    Piece(
        "due_date",
        "Échéance certaine",
        "L'échéance est supposée : aucune condition de règlement confirmée ne la fonde.",
        "CPC 1405 (montant déterminé) ; C. com. L441-10",
        "M",
        lambda claim: claim.is_due_date_certain,
    ),
    Piece(
        "formal_notice",
        "Mise en demeure",
        "Aucune mise en demeure : elle fait courir les intérêts légaux et précède normalement "
        "l'action.",
        "C. civ. 1231, 1231-6 et 1344",
        "V",
        lambda claim: claim.has_formal_notice,
    ),
    Piece(
        "terms",
        "CGV acceptées",
        "Les conditions générales acceptées ne sont pas jointes : taux contractuel, délais et "
        "réserve de propriété en dépendent.",
        "C. com. L441-1 et L441-10 II",
        "V",
        _kind("terms"),
        applies=lambda claim: claim.debtor_class in {"business", "unknown"},
        is_required=lambda claim: claim.has_contract_rate,
    ),
    Piece(
        "reminders",
        "Relances envoyées",
        "Aucune relance n'a laissé de trace : elles montrent que le client n'a rien contesté.",
        "Usage des tribunaux",
        "M",
        lambda claim: claim.reminders > 0,
        is_required=lambda _claim: False,
    ),
    Piece(
        "kbis",
        "Extrait Kbis du débiteur",
        "L'extrait Kbis du débiteur n'est pas joint : il prouve son existence et son siège.",
        "Usage des greffes",
        "M",
        _kind("kbis"),
        applies=lambda claim: claim.is_business,
        is_required=lambda _claim: False,
    ),
    Piece(
        "acknowledgment",
        "Reconnaissance de dette",
        "Pas de reconnaissance écrite du débiteur : elle interromprait la prescription.",
        "C. civ. 2240",
        "V",
        _kind("acknowledgment"),
        is_required=lambda _claim: False,
    ),
)
LABELS: Final = {piece.code: piece.label for piece in PIECES}


@dataclass(frozen=True, slots=True)
class Asked:
    """One piece as asked of one claim."""

    code: str
    label: str
    is_there: bool
    is_required: bool
    absence: str
    source: str
    mark: str


@dataclass(frozen=True, slots=True)
class Readiness:
    """How ready a claim is: its score from 0 to 100 and each piece asked of it."""

    score: int
    pieces: tuple[Asked, ...]

    @property
    def missing(self) -> tuple[Asked, ...]:
        """Return what lacks, required pieces first."""
        lacking = [piece for piece in self.pieces if not piece.is_there]
        return tuple(sorted(lacking, key=lambda piece: not piece.is_required))

    @property
    def is_ready(self) -> bool:
        """Say whether every required piece is there."""
        return all(piece.is_there for piece in self.pieces if piece.is_required)


def readiness(claim: Claim) -> Readiness:
    """Say what a claim has and lacks; its score is the share of the weights that are there."""
    asked = tuple(
        Asked(
            piece.code,
            piece.label,
            piece.is_there(claim),
            piece.is_required(claim),
            piece.absence,
            piece.source,
            piece.mark,
        )
        for piece in PIECES
        if piece.applies(claim)
    )
    weights = [(REQUIRED if one.is_required else USEFUL, one.is_there) for one in asked]
    whole = sum(weight for weight, _ in weights)
    there = sum(weight for weight, is_there in weights if is_there)
    return Readiness((200 * there + whole) // (2 * whole), asked)
