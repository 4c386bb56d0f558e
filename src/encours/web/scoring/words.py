"""Words of payer profiles: badges, thresholds, fields of segments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from encours.web.tables import Badge
from encours.web.wording import Text

PROFILES: Final[Mapping[str, Badge]] = {
    "early": Badge(_("En avance"), "green"),
    "on_time": Badge(_("À l'heure"), "green"),
    "slightly_late": Badge(_("Un peu en retard"), "orange"),
    "chronically_late": Badge(_("En retard chronique"), "red"),
    "deteriorating": Badge(_("Se dégrade"), "red"),
    "new": Badge(_("Nouveau"), "blue"),
    "key_account": Badge(_("Grand compte"), "blue"),
    "public_body": Badge(_("Secteur public")),
    "consumer": Badge(_("Particulier")),
}
"""One badge a profile, in the order people read them."""
PROFILE_CHOICES: Final = tuple((key, badge.label) for key, badge in PROFILES.items())
THRESHOLDS: Final[Mapping[str, tuple[Text, Text]]] = {
    "early_days": (_("En avance"), _("payé au moins ce nombre de jours avant l'échéance")),
    "on_time_days": (_("À l'heure"), _("jusqu'à ce nombre de jours après l'échéance")),
    "slightly_late_days": (
        _("Un peu en retard"),
        _("jusqu'à ce nombre de jours ; au-delà, chronique"),
    ),
    "deteriorating_days": (_("Se dégrade"), _("plus lent de ce nombre de jours en six mois")),
    "new_lines": (_("Nouveau"), _("moins d'échéances observées que ce nombre")),
    "overdue_days": (
        _("Retard en cours"),
        _("au-delà de ce nombre de jours, personne n'est à l'heure"),
    ),
    "key_account_percent": (_("Grand compte"), _("à partir de cette part des ventes, en %")),
}
FIELDS: Final[Mapping[str, Text]] = {
    "profile": _("Profil"),
    "behaviour": _("Façon de payer"),
    "expected_days": _("Retard attendu (jours)"),
    "mean_days": _("Retard moyen (jours)"),
    "trend_days": _("Tendance sur six mois (jours)"),
    "on_time_percent": _("Part à l'heure (%)"),
    "overdue_days": _("Plus ancien retard (jours)"),
    "settled_lines": _("Échéances réglées"),
    "tenure_months": _("Ancienneté (mois)"),
    "volume": _("Achats de douze mois"),
    "open": _("Encours"),
    "overdue": _("Échu"),
    "disputes": _("Litiges de douze mois"),
    "broken_promises": _("Promesses non tenues"),
    "class": _("Nature"),
    "country": _("Pays (code)"),
    "salesperson": _("Commercial (nom)"),
}
OPERATORS: Final[Mapping[str, Text]] = {
    "at_least": _("au moins"),
    "at_most": _("au plus"),
    "is": _("est"),
    "is_not": _("n'est pas"),
}
