"""What kinds of piece are kept, and how long at least: dated data, with its source.

Data: `documents/data/retention.csv` (CNIL, référentiel gestion commerciale; Code de commerce).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Final

from encours.kernel.dates import add_months
from encours.kernel.refusal import Refusal


class Kind(StrEnum):
    """What a kept file proves."""

    ORDER = "order"
    QUOTE = "quote"
    CONTRACT = "contract"
    TERMS = "terms"
    DELIVERY = "delivery"
    SERVICE = "service"
    INVOICE = "invoice"
    KBIS = "kbis"
    MESSAGE = "message"
    ACKNOWLEDGMENT = "acknowledgment"
    OTHER = "other"


LABELS: Final = {
    Kind.ORDER: "Bon de commande",
    Kind.QUOTE: "Devis signé",
    Kind.CONTRACT: "Contrat",
    Kind.TERMS: "CGV acceptées",
    Kind.DELIVERY: "Bon de livraison",
    Kind.SERVICE: "Preuve d'exécution",
    Kind.INVOICE: "Facture",
    Kind.KBIS: "Extrait Kbis",
    Kind.MESSAGE: "Message envoyé et sa preuve",
    Kind.ACKNOWLEDGMENT: "Reconnaissance de dette",
    Kind.OTHER: "Autre pièce",
}


class NoRetention(Refusal):
    """Say that no period is known for that day: we never guess one."""


@dataclass(frozen=True, slots=True)
class Retention:
    """How long pieces of a kind are kept after their last use, and who says so."""

    kind: str
    months: int
    valid_from: date
    valid_to: date | None
    source: str
    mark: str
    checked_on: date


def retention_on(rows: Iterable[Retention], kind: str, day: date) -> Retention:
    """Return the period that holds for a kind on a day, or refuse."""
    for row in rows:
        holds = row.valid_from <= day and (row.valid_to is None or day <= row.valid_to)
        if row.kind == kind and holds:
            return row
    raise NoRetention(f"Aucune durée de conservation connue pour « {kind} » au {day:%d/%m/%Y}.")


def kept_until(row: Retention, last_used_on: date) -> date:
    """Return the last day on which a piece is kept, its last use being known."""
    return add_months(last_used_on, row.months)


def parse_retention(lines: Iterable[str]) -> tuple[Retention, ...]:
    """Read the CSV of periods that the program ships."""
    return tuple(
        Retention(
            kind=row["kind"],
            months=int(row["months"]),
            valid_from=date.fromisoformat(row["valid_from"]),
            valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
            source=row["source"],
            mark=row["mark"],
            checked_on=date.fromisoformat(row["checked_on"]),
        )
        for row in csv.DictReader(lines)
    )


@cache
def shipped_retention() -> tuple[Retention, ...]:
    """Return the periods of this release."""
    text = resources.files("encours.documents").joinpath("data", "retention.csv").read_text("utf-8")
    return parse_retention(text.splitlines())
