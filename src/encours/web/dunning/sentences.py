"""Words of reminders: states, channels, reasons, decisions."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Final

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from encours.dunning.rules.scenario import JOINED, Channel
from encours.web.tables import Badge
from encours.web.wording import Text

STEPS: Final[Mapping[str, Badge]] = {
    "prevenance": Badge(_("Prévenance")),
    "relance_1": Badge(_("Première relance"), "blue"),
    "relance_2": Badge(_("Deuxième relance"), "blue"),
    "relance_3": Badge(_("Troisième relance"), "orange"),
    "mise_en_demeure": Badge(_("Mise en demeure"), "red"),
    "remerciement": Badge(_("Remerciement"), "green"),
    "appel": Badge(_("Appel"), "blue"),
    "releve": Badge(_("Relevé de compte")),
    "cabinet_1": Badge(_("Première lettre du cabinet"), "orange"),
    "cabinet_2": Badge(_("Deuxième lettre du cabinet"), "orange"),
}
STATES: Final[Mapping[str, Badge]] = {
    "planned": Badge(_("À valider"), "orange"),
    "approved": Badge(_("Validé"), "blue"),
    "sent": Badge(_("Envoyé"), "green"),
    "skipped": Badge(_("Passé")),
    "cancelled": Badge(_("Retiré")),
}
OUTBOX: Final[Mapping[str, Badge]] = {
    "reserved": Badge(_("En attente"), "blue"),
    "sending": Badge(_("En cours d'envoi"), "blue"),
    "sent": Badge(_("Parti"), "green"),
    "uncertain": Badge(_("Incertain"), "red"),
    "failed": Badge(_("Échec"), "red"),
    "bounced": Badge(_("Adresse refusée"), "red"),
    "withdrawn": Badge(_("Retiré")),
}
CHANNEL: Final[Mapping[Channel, Text]] = {
    "email": _("E-mail"),
    "letter": _("Courrier"),
    "registered": _("Recommandé"),
    "eregistered": _("Recommandé électronique"),
    "sms": _("SMS"),
    "whatsapp": _("WhatsApp"),
    "call": _("Appel"),
}
CHANNELS: Final[Mapping[str, Badge]] = {
    **{
        "+".join(several): Badge(format_lazy(" + ".join(["{}"] * size), *map(CHANNEL.get, several)))
        for size in range(1, len(JOINED) + 1)
        for several in combinations(JOINED, size)
    },
    "letter+email": Badge(_("Courrier et e-mail")),
    "email+letter": Badge(_("E-mail et courrier")),
}
"""Every channel, and every several of them that one message takes."""
ON_PAPER: Final[Mapping[str, Badge]] = {
    "letter": Badge(_("Lettre")),
    "registered": Badge(_("Recommandé AR"), "blue"),
    "eregistered": Badge(_("Recommandé électronique"), "blue"),
}
ON_THE_WAY: Final[Mapping[str, Badge]] = {
    "": Badge(_("Sans nouvelle")),
    "accepted": Badge(_("Imprimé")),
    "deposited": Badge(_("Déposé"), "blue"),
    "presented": Badge(_("Présenté"), "blue"),
    "delivered": Badge(_("Distribué"), "green"),
    "refused": Badge(_("Refusé par le destinataire"), "orange"),
    "not_claimed": Badge(_("Avisé et non réclamé"), "orange"),
    "unknown": Badge(_("Destinataire inconnu à l'adresse"), "red"),
    "returned": Badge(_("Revenu à l'expéditeur"), "red"),
    "rejected": Badge(_("Rejeté par le prestataire"), "red"),
}
PROOFS: Final[Mapping[str, Text]] = {
    "deposit": _("Preuve de dépôt"),
    "content": _("Preuve de contenu"),
    "receipt": _("Avis de réception"),
    "refusal": _("Preuve de refus"),
    "not_claimed": _("Preuve de non-réclamation"),
    "returned": _("Pli retourné"),
}
CARRIERS: Final[Mapping[str, Text]] = {
    "": _("Posté par nos soins"),
    "maileva": "Maileva",
    "merci_facteur": "Merci Facteur",
    "ar24": "AR24",
    "memory": _("Démonstration"),
}
REASONS: Final[Mapping[str, Badge]] = {
    "deceased": Badge(_("Client décédé"), "red"),
    "protected": Badge(_("Majeur protégé"), "red"),
    "insolvent": Badge(_("Procédure collective"), "red"),
    "over_indebted": Badge(_("Surendettement"), "red"),
    "handed_over": Badge(_("Au contentieux"), "red"),
    "assigned": Badge(_("Créance cédée"), "orange"),
    "intra_group": Badge(_("Même groupe")),
    "time_barred": Badge(_("Prescrite"), "red"),
    "no_document": Badge(_("Sans numéro de facture"), "orange"),
    "due_date_unconfirmed": Badge(_("Échéance supposée"), "orange"),
    "disputed": Badge(_("Litige"), "orange"),
    "plan": Badge(_("Échéancier"), "blue"),
    "promised": Badge(_("Promesse"), "blue"),
    "einvoice": Badge(_("E-facture rejetée"), "orange"),
    "credit_expected": Badge(_("Avoir attendu"), "orange"),
    "direct_payer": Badge(_("Paiement direct"), "orange"),
    "in_flight": Badge(_("Règlement en cours"), "blue"),
    "paused": Badge(_("En pause")),
    "answered": Badge(_("Réponse à traiter")),
    "never": Badge(_("Jamais relancé")),
    "covered": Badge(_("Déjà couverte"), "green"),
    "triage": Badge(_("À trier"), "orange"),
    "unknown_class": Badge(_("Type de client inconnu"), "orange"),
    "ladder_done": Badge(_("Scénario terminé"), "orange"),
    "no_agency": Badge(_("Cabinet à compléter"), "orange"),
    "no_contact": Badge(_("Injoignable"), "orange"),
    "below_minimum": Badge(_("Sous le minimum")),
    "out_of_bounds": Badge(_("Hors des bornes de l'étape")),
    "too_soon": Badge(_("Trop tôt")),
    "too_many": Badge(_("Assez de messages")),
    "same_address": Badge(_("Adresse déjà écrite")),
    "stale": Badge(_("Import trop ancien"), "orange"),
    "not_live": Badge(_("Envois arrêtés"), "red"),
    "non_working_day": Badge(_("Jour non ouvré")),
    "debtor_holiday": Badge(_("Férié chez le client")),
}
DECISIONS: Final[Mapping[str, Badge]] = {
    "": Badge(_("À décider"), "orange"),
    "remind": Badge(_("Relancer"), "blue"),
    "letter": Badge(_("Écrire"), "blue"),
    "leave": Badge(_("Laisser")),
}


def choices(badges: Mapping[str, Badge], everything: Text) -> tuple[tuple[str, Text], ...]:
    """Return the choices of a filter, the first one being no filter."""
    named = ((key, badge.label) for key, badge in badges.items() if key)
    return (("", everything), *named)


def step(code: str) -> Badge:
    """Return how a step is called; one of another scenario by its own code."""
    return STEPS.get(code) or Badge(code.replace("_", " "))
