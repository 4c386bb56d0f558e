"""Words of imports: states, counts, severities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from encours.web.tables import Badge
from encours.web.wording import Text

STATES: Final[Mapping[str, Badge]] = {
    "mapping": Badge(_("Colonnes à choisir"), "orange"),
    "running": Badge(_("En cours"), "blue"),
    "previewed": Badge(_("À confirmer"), "orange"),
    "applied": Badge(_("Importé"), "green"),
    "refused": Badge(_("Refusé"), "red"),
    "undone": Badge(_("Annulé")),
    "failed": Badge(_("Interrompu"), "red"),
}
SEVERITIES: Final[Mapping[str, Badge]] = {
    "error": Badge(_("Erreur"), "red"),
    "warning": Badge(_("À vérifier"), "orange"),
    "info": Badge(_("Information"), "blue"),
}
CONTROLS: Final[Mapping[str, Badge]] = {
    "ok": Badge(_("Au centime"), "green"),
    "differs": Badge(_("Écarts"), "red"),
}
COUNTS: Final[Mapping[str, Text]] = {
    "customers": _("Clients nouveaux"),
    "customers_updated": _("Fiches complétées"),
    "classed": _("Types de client donnés"),
    "limits": _("Limites de crédit"),
    "mandates": _("Mandats de prélèvement"),
    "contacts_created": _("Interlocuteurs nouveaux"),
    "contacts_updated": _("Interlocuteurs complétés"),
    "invoices": _("Factures"),
    "credit_notes": _("Avoirs"),
    "payments": _("Règlements"),
    "inferred": _("Règlements déduits"),
    "other_debits": _("Autres débits"),
    "other_credits": _("Autres crédits"),
    "allocations": _("Lettrages"),
    "proposals": _("Lettrages proposés"),
    "withdrawn": _("Pièces retirées"),
    "completed": _("Factures complétées"),
    "statuses": _("Statuts"),
}
