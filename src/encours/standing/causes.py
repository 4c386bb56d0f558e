"""Why an invoice is not paid: one tree of causes, by side; disputes and replies choose from it.

Three sides: ourselves (what we did wrong), the customer, the market. A code is kept, never a label.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

Side = Literal["ourselves", "customer", "market"]


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause: its code, whose it is, and how French and English readers call it."""

    code: str
    side: Side
    french: str
    english: str


SIDES: Final[dict[Side, tuple[str, str]]] = {
    "ourselves": ("Nous", "Ourselves"),
    "customer": ("Le client", "The customer"),
    "market": ("Le marché", "The market"),
}
"""French and English name of each side, in the order of the tree."""

TREE: Final[tuple[Cause, ...]] = (
    Cause("invoice_error", "ourselves", "Erreur de facture", "Invoice error"),
    Cause("delivery", "ourselves", "Livraison", "Delivery"),
    Cause("price", "ourselves", "Prix", "Price"),
    Cause("order_number", "ourselves", "Numéro de commande absent", "Missing order number"),
    Cause("quality", "ourselves", "Qualité", "Quality"),
    Cause("already_credited", "ourselves", "Avoir dû", "Credit note due"),
    Cause("wrong_debtor", "ourselves", "Mauvais débiteur", "Wrong debtor"),
    Cause("credit_granted", "ourselves", "Crédit accordé à la légère", "Careless credit"),
    Cause("oversight", "customer", "Oubli", "Oversight"),
    Cause("cash", "customer", "Trésorerie", "Cash shortage"),
    Cause("bad_faith", "customer", "Mauvaise foi", "Bad faith"),
    Cause("organisation", "customer", "Organisation", "Organisation"),
    Cause("market", "market", "Marché", "Market"),
)
BY_CODE: Final = {one.code: one for one in TREE}


def codes_of(side: Side) -> tuple[str, ...]:
    """Return the codes of one side, in the order of the tree."""
    return tuple(one.code for one in TREE if one.side == side)


def side_of(code: str) -> str:
    """Return whose cause it is; nothing for no cause."""
    found = BY_CODE.get(code)
    return found.side if found else ""


def label(code: str, language: str = "fr") -> str:
    """Return the name of a cause in one language; a code that nobody knows is its own name."""
    found = BY_CODE.get(code)
    if found is None:
        return code
    return found.english if language.startswith("en") else found.french


def branches(language: str = "fr") -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Yield each side with its causes, as a form offers them."""
    is_english = language.startswith("en")
    for side, (french, english) in SIDES.items():
        causes = [(one.code, label(one.code, language)) for one in TREE if one.side == side]
        yield (english if is_english else french), causes
