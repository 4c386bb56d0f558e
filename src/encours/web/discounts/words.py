"""Words of discounts: states, origins, what a rule says in one sentence."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from encours.web import formats
from encours.web.tables import Badge

STATES: Final = {
    "earned": Badge(lazy("À accorder"), "orange"),
    "waiting": Badge(lazy("Offert"), "blue"),
    "granted": Badge(lazy("Accordé"), "green"),
    "late": Badge(lazy("Réglé trop tard"), "red"),
    "short": Badge(lazy("Réglé en partie"), "red"),
    "lapsed": Badge(lazy("Délai passé"), "secondary"),
    "unused": Badge(lazy("Réglé en entier"), "secondary"),
    "withdrawn": Badge(lazy("Retiré"), "secondary"),
}
ORIGINS: Final = {
    "step": Badge(lazy("Escompte")),
    "negotiation": Badge(lazy("Remise conditionnelle"), "blue"),
    "reward": Badge(lazy("Bon payeur"), "green"),
}
ENTRIES: Final = {
    "to_book": Badge(lazy("À passer"), "orange"),
    "booked": Badge(lazy("En comptabilité"), "green"),
    "taken_back": Badge(lazy("Repris"), "secondary"),
}
TREATMENTS: Final = (
    ("kept", lazy("TVA gardée : l'escompte est une charge, la facture ne change pas")),
    ("given_back", lazy("TVA rendue : l'escompte réduit la facture, HT et TVA (avoir)")),
)
ANCHORS: Final = (
    ("before_due", lazy("jours avant l'échéance")),
    ("after_invoice", lazy("jours après la date de facture")),
)


def conditions(rule: Any) -> str:
    """Say a rule as an invoice's conditions must: how much, and until when."""
    told = {"percent": formats.percent(rule.percent), "days": rule.days}
    if rule.anchor == "after_invoice":
        return _("%(percent)s si le paiement arrive dans les %(days)s jours de la facture") % told
    return _("%(percent)s si le paiement arrive au moins %(days)s jours avant l'échéance") % told
