"""Words of the ledger: kinds, states, ages, as badges and labels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from encours.standing import causes
from encours.web.tables import Badge
from encours.web.wording import Text

BUCKETS: Final[Mapping[str, Text]] = {
    "not_due": _("Non échu"),
    "d1_30": _("1 à 30 jours"),
    "d31_60": _("31 à 60 jours"),
    "d61_90": _("61 à 90 jours"),
    "d90_plus": _("Plus de 90 jours"),
}
AMOUNTS: Final[Mapping[str, Text]] = {
    "open": _("Encours"),
    **BUCKETS,
    "unallocated": _("Non lettré"),
    "net": _("Solde"),
}
KINDS: Final[Mapping[str, Text]] = {
    "invoice": _("Facture"),
    "debit_note": _("Note de débit"),
    "penalty_note": _("Note de pénalités"),
    "opening": _("À nouveau"),
    "returned_payment": _("Impayé"),
    "refund": _("Remboursement"),
    "other": _("Autre"),
    "payment": _("Règlement"),
    "credit_note": _("Avoir"),
    "deposit": _("Acompte"),
    "discount": _("Escompte"),
    "write_off": _("Passage en perte"),
    "inferred": _("Règlement déduit"),
    "paid_by_other": _("Payé par un autre client"),
    "paid_for_other": _("Payé pour un autre client"),
}
KIND_BADGES: Final = {key: Badge(label) for key, label in KINDS.items()}
STATUSES: Final[Mapping[str, Badge]] = {
    "open": Badge(_("Ouverte"), "secondary"),
    "partial": Badge(_("Partielle"), "blue"),
    "paid": Badge(_("Soldée"), "green"),
    "late": Badge(_("En retard"), "red"),
    "disputed": Badge(_("En litige"), "orange"),
    "promised": Badge(_("Promise"), "blue"),
    "plan": Badge(_("Échéancier"), "blue"),
    "paused": Badge(_("En pause"), "orange"),
    "answered": Badge(_("Réponse à traiter"), "blue"),
    "insolvent": Badge(_("Procédure"), "red"),
    "deceased": Badge(_("Décès"), "red"),
    "protected": Badge(_("Majeur protégé"), "orange"),
    "handed_over": Badge(_("Contentieux"), "red"),
    "assigned": Badge(_("Cédée"), "orange"),
    "rejected": Badge(_("Rejetée"), "orange"),
    "credit_expected": Badge(_("Avoir attendu"), "orange"),
    "direct_payer": Badge(_("Paiement direct"), "orange"),
    "direct_debit": Badge(_("Prélèvement"), "blue"),
}
NOTES: Final[Mapping[str, Badge]] = {
    "open": Badge(_("À régler"), "blue"),
    "paid": Badge(_("Soldée"), "green"),
    "cancelled": Badge(_("Annulée"), "orange"),
    "cancellation": Badge(_("Avoir"), "secondary"),
}
CLASSES: Final[Mapping[str, Text]] = {
    "unknown": _("À confirmer"),
    "business": _("Entreprise"),
    "consumer": _("Particulier"),
    "public": _("Secteur public"),
    "foreign": _("Étranger"),
}
CLASS_BADGES: Final = {
    key: Badge(label, "orange" if key == "unknown" else "secondary")
    for key, label in CLASSES.items()
}
MANDATE_STATES: Final[Mapping[str, Badge]] = {
    "active": Badge(_("actif"), "green"),
    "incomplete": Badge(_("incomplet"), "orange"),
    "lapsed": Badge(_("caduc"), "red"),
    "revoked": Badge(_("révoqué"), "red"),
}
SCHEMES: Final[Mapping[str, Text]] = {"core": _("SEPA CORE"), "b2b": _("SEPA interentreprises")}
LIMIT_ORIGINS: Final[Mapping[str, Text]] = {
    "hand": _("accordée à la main"),
    "table": _("lue dans un tableau"),
    "program": _("reçue par l'API"),
}
SOURCES: Final[Mapping[str, Badge]] = {
    "read": Badge(_("lue"), "green"),
    "terms_confirmed": Badge(_("calculée"), "green"),
    "terms_assumed": Badge(_("supposée"), "orange"),
}
REPLIES: Final[Mapping[str, Text]] = {
    "promise": _("Promesse"),
    "dispute": _("Litige"),
    "payment_proof": _("Règlement annoncé"),
    "wrong_contact": _("Mauvais interlocuteur"),
    "invoice_asked": _("Facture demandée"),
    "delay_asked": _("Délai demandé"),
    "other": _("Autre"),
    "out_of_office": _("Absence"),
    "bounce": _("Message revenu"),
}
"""What a customer's answer was read as, those to decide first."""
NEVER_LABEL: Final = _("Ne jamais relancer")
STEPS: Final[Mapping[str, Text]] = {
    "prevenance": _("Prévenance"),
    "relance_1": _("Première relance"),
    "relance_2": _("Deuxième relance"),
    "relance_3": _("Troisième relance"),
    "mise_en_demeure": _("Mise en demeure"),
    "remerciement": _("Remerciement"),
}
STAGES: Final[Mapping[str, Text]] = {
    "backup": _("sauvegarde"),
    "refresh": _("mise à jour"),
    "score": _("profils payeurs"),
    "plan": _("plan du jour"),
    "send": _("envois"),
    "retain": _("fin de conservation"),
    "seal": _("scellé du journal"),
}


def cause(code: str) -> str:
    """Return the name of a cause of non-payment in the reader's language."""
    return causes.label(code, get_language() or "fr") if code else ""


def cause_choices() -> list[tuple[str, object]]:
    """Return the tree of causes as a select offers it."""
    return [("", _("Non précisée")), *causes.branches(get_language() or "fr")]
