"""Passages with conditions and named placeholders, and how they become a message."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

from encours.messaging.rules.notice import Language

PLACEHOLDERS: Final[Mapping[str, str]] = {
    "amount": "total demandé, pénalités et indemnité comprises",
    "open": "reste dû sur les factures",
    "count": "nombre d'échéances",
    "invoice": "numéro de la facture, s'il n'y en a qu'une",
    "due_on": "date d'échéance, s'il n'y en a qu'une",
    "oldest_due_on": "échéance la plus ancienne",
    "days_late": "retard de la plus ancienne (« 12 jours »)",
    "pay_before": "date limite demandée",
    "interest": "pénalités de retard",
    "indemnity": "indemnité forfaitaire de recouvrement",
    "as_of": "date d'arrêté des montants",
    "reminders": "dates des relances précédentes",
    "credits": "avoirs et règlements déduits",
    "paid": "montant reçu",
    "paid_on": "date de réception",
    "reference": "référence à rappeler",
    "creditor": "nom de la société",
    "customer": "nom du client",
    "contact": "nom de l'interlocuteur",
    "phone": "téléphone du service",
    "email": "adresse de réponse",
}
"""Names a passage may use; each is also a condition, true when its value is known."""

FLAGS: Final[Mapping[str, str]] = {
    "one": "une seule échéance",
    "many": "plusieurs échéances",
    "business": "client professionnel",
    "consumer": "client consommateur",
    "public": "acheteur public",
    "interest_missing": "pénalités dues, mais taux du semestre inconnu",
    "agreed_rate": "taux convenu au contrat plutôt que taux légal supplétif",
    "attached": "un document est joint",
    "letter": "le message part en lettre",
}
"""Conditions that are no value."""

_NAMES: Final = re.compile(r"\$(?:(\$)|([a-z_]+)|)")
_HIGH: Final = re.compile(r" (?=[:;!?»%€])|(?<=«) ")
NO_BREAK: Final = "\u00a0"


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence or a paragraph, and the conditions that must all hold (`!x`: must not)."""

    text: str
    when: tuple[str, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """Return the placeholders it uses."""
        return frozenset(found[2] for found in _NAMES.finditer(self.text) if found[2])


@dataclass(frozen=True, slots=True)
class StepText:
    """All the passages of one step in one language; of subject, greeting, farewell one is kept."""

    subject: tuple[Passage, ...]
    greeting: tuple[Passage, ...]
    opening: tuple[Passage, ...]
    closing: tuple[Passage, ...] = ()
    farewell: tuple[Passage, ...] = ()
    mentions: tuple[Passage, ...] = ()

    def passages(self) -> Iterator[Passage]:
        """Yield every passage, in reading order."""
        for part in fields(self):
            yield from getattr(self, part.name)

    def as_json(self) -> dict[str, Any]:
        """Return what a user's own version stores."""
        return {
            part.name: [
                {"text": passage.text, "when": list(passage.when)}
                for passage in getattr(self, part.name)
            ]
            for part in fields(self)
        }


@dataclass(frozen=True, slots=True)
class Message:
    """The words of one message; the table, the totals and the payment block go between."""

    subject: str
    greeting: str
    opening: tuple[str, ...]
    closing: tuple[str, ...]
    farewell: str
    mentions: tuple[str, ...]


def compose(
    text: StepText, *, values: Mapping[str, str], flags: Collection[str], language: Language
) -> Message:
    """Keep what applies and fill it; a value that a kept passage needs must be there.

    The indemnity is never asked of a consumer nor of a customer whose class is unknown (C. com.
    L441-10, C. conso.; law-fr 1.15).
    """
    known = {name for name, value in values.items() if value}
    assert known <= PLACEHOLDERS.keys(), known - PLACEHOLDERS.keys()
    assert set(flags) <= FLAGS.keys(), set(flags) - FLAGS.keys()
    professional = "business" in flags or "public" in flags
    assert professional or "indemnity" not in known, "40 EUR are owed between professionals only"
    holding = known | set(flags)

    def kept(passages: Iterable[Passage]) -> tuple[str, ...]:
        applying = (passage.text for passage in passages if applies(passage, holding))
        return tuple(filled(spaced(words, language), values) for words in applying)

    return Message(
        subject=next(iter(kept(text.subject)), ""),
        greeting=next(iter(kept(text.greeting)), ""),
        opening=kept(text.opening),
        closing=kept(text.closing),
        farewell=next(iter(kept(text.farewell)), ""),
        mentions=kept(text.mentions),
    )


def applies(passage: Passage, holding: Collection[str]) -> bool:
    """Say whether every condition of the passage holds."""
    return all(
        name[1:] not in holding if name.startswith("!") else name in holding
        for name in passage.when
    )


def filled(words: str, values: Mapping[str, str]) -> str:
    """Replace `$name` by its value and `$$` by a dollar; a value is never read again."""

    def value(found: re.Match[str]) -> str:
        if not found[2]:
            return "$"
        assert values.get(found[2]), f"no value for ${found[2]}"
        return values[found[2]]

    return _NAMES.sub(value, words)


def spaced(words: str, language: Language) -> str:
    """Put the no-break spaces of French typography, which nobody types."""
    return _HIGH.sub(NO_BREAK, words) if language == "fr" else words
