"""What a template may name: values, conditions, and sentences written once for all texts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

PLACEHOLDERS: Final[Mapping[str, str]] = {
    "amount": "total demandé, pénalités et indemnité comprises",
    "open": "reste dû sur les factures",
    "count": "nombre d'échéances",
    "invoice": "numéro de la facture, s'il n'y en a qu'une",
    "due_on": "date d'échéance, s'il n'y en a qu'une",
    "oldest_due_on": "échéance la plus ancienne",
    "days_late": "retard de la plus ancienne (« 12 jours »)",
    "overdue": "part échue du reste dû",
    "due_soon": "part à échoir du reste dû",
    "pay_before": "date limite demandée",
    "interest": "pénalités de retard",
    "indemnity": "indemnité forfaitaire de recouvrement",
    "as_of": "date d'arrêté des montants",
    "reminders": "dates des relances précédentes",
    "credits": "avoirs et règlements déduits",
    "paid": "montant reçu",
    "paid_on": "date de réception",
    "discount": "escompte ou remise offerts sur ces échéances",
    "discount_percent": "taux de l'escompte, s'il n'y en a qu'un",
    "discount_before": "payer au plus tard le, pour avoir l'escompte",
    "discount_pay": "somme à payer avec l'escompte",
    "reference": "référence à rappeler",
    "creditor": "nom de la société",
    "customer": "nom du client",
    "contact": "nom de l'interlocuteur",
    "phone": "téléphone du service",
    "email": "adresse de réponse",
}
"""Values; each is also a condition, true when it is known."""

FLAGS: Final[Mapping[str, str]] = {
    "one": "une seule échéance",
    "many": "plusieurs échéances",
    "business": "client professionnel",
    "consumer": "client consommateur",
    "public": "acheteur public",
    "interest_missing": "pénalités dues, mais taux du semestre inconnu",
    "agreed_rate": "taux convenu au contrat plutôt que taux légal supplétif",
    "attached": "un document est joint",
    "discount_all": "l'escompte porte sur toutes les échéances, au même jour",
    "rebate": "c'est une remise conditionnelle, offerte en négociation",
    "letter": "le message part en lettre",
}
"""Conditions that are no value."""

PHRASES: Final[Mapping[str, str]] = {
    "help": "une question ? comment vous joindre",
    "dispute": "contester une somme, demander un délai",
    "crossed": "si le règlement est déjà parti",
    "credits_deducted": "avoirs et règlements déduits, en une phrase",
    "missing_rate": "pénalités dont le taux n'est pas encore connu",
    "penalties": "mentions légales des pénalités et de l'indemnité",
    "early_payment": "escompte ou remise : combien, jusqu'à quand, somme à payer",
    "fraud": "vérifier un compte bancaire que l'on ne connaît pas",
    "reach": "comment vous joindre, en trois mots",
}
"""Sentences that come with encours and follow the law as it changes; empty where not due."""

PLACES: Final[Mapping[str, str]] = {
    "table": "le tableau des échéances, le total et le règlement",
    "signature": "la signature ; ce qui suit est en petits caractères",
}
"""Where the table and the signature stand in a message."""

KNOWN: Final = frozenset((*PLACEHOLDERS, *FLAGS, *PHRASES, *PLACES))
