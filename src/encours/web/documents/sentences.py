"""Words of kept files: kinds, origins, states of a ZIP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from encours.web.tables import Badge
from encours.web.wording import Text

KINDS: Final[Mapping[str, Text]] = {
    "invoice": _("Facture"),
    "order": _("Bon de commande"),
    "quote": _("Devis signé"),
    "contract": _("Contrat"),
    "terms": _("CGV acceptées"),
    "delivery": _("Bon de livraison"),
    "service": _("Preuve d'exécution"),
    "kbis": _("Extrait Kbis"),
    "message": _("Message et sa preuve"),
    "acknowledgment": _("Reconnaissance de dette"),
    "other": _("Autre pièce"),
}
KIND_BADGES: Final = {kind: Badge(label) for kind, label in KINDS.items()}
SOURCES: Final[Mapping[str, Text]] = {
    "upload": _("déposée"),
    "archive": _("ZIP"),
    "import": _("import"),
    "einvoice": _("facture électronique"),
    "mail": _("e-mail"),
    "api": _("API"),
}
STATES: Final[Mapping[str, Badge]] = {
    "running": Badge(_("En cours"), "blue"),
    "done": Badge(_("Terminé"), "green"),
    "refused": Badge(_("Refusé"), "red"),
    "failed": Badge(_("Interrompu"), "red"),
}
COUNTS: Final[Mapping[str, Text]] = {
    "files": _("Pièces"),
    "attached": _("Attachées"),
    "known": _("Déjà gardées"),
    "numbered": _("Factures qui en reçoivent leur numéro"),
    "ambiguous": _("Plusieurs factures possibles"),
    "left": _("Sans facture reconnue"),
    "refused": _("Refusées"),
}
