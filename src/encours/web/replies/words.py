"""Words of replies: kinds, states, what made them belong, what became of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from encours.standing import causes
from encours.web.ledger.words import REPLIES, cause, cause_choices
from encours.web.tables import Badge
from encours.web.wording import Text

__all__ = ("cause", "cause_choices", "side")
TONES: Final[Mapping[str, str]] = {
    "promise": "green",
    "dispute": "red",
    "payment_proof": "green",
    "wrong_contact": "orange",
    "invoice_asked": "blue",
    "delay_asked": "orange",
    "bounce": "red",
}
KINDS: Final[Mapping[str, Badge]] = {
    kind: Badge(label, TONES.get(kind, "secondary")) for kind, label in REPLIES.items()
}
STATES: Final[Mapping[str, Badge]] = {
    "new": Badge(_("À lire"), "orange"),
    "proposed": Badge(_("À confirmer"), "blue"),
    "noted": Badge(_("Notée"), "secondary"),
    "done": Badge(_("Traitée"), "green"),
    "discarded": Badge(_("Écartée"), "secondary"),
}
EVIDENCES: Final[Mapping[str, Text]] = {
    "reference": _("répond à l'un de nos messages"),
    "token": _("envoyée à l'adresse d'un de nos messages"),
    "sender": _("l'adresse est celle d'un interlocuteur"),
    "invoice": _("cite une facture de ce client"),
    "person": _("rattachée par une personne"),
    "": _("rien ne dit de qui elle vient"),
}
READERS: Final[Mapping[str, Text]] = {
    "rules": _("lue par le programme"),
    "service": _("lue par le service choisi dans les réglages"),
    "person": _("lue par une personne"),
}
OUTCOMES: Final[Mapping[str, Text]] = {
    "promise": _("Promesse enregistrée"),
    "dispute": _("Litige enregistré"),
    "payment_awaited": _("Règlement attendu"),
    "address": _("Adresse changée"),
    "answered": _("Répondu"),
    "no_action": _("Sans suite"),
    "discarded": _("Écartée"),
}
ANSWERS: Final[Mapping[str, Badge]] = {
    "queued": Badge(_("Prête à partir"), "blue"),
    "sent": Badge(_("Partie"), "green"),
    "failed": Badge(_("Non partie"), "red"),
    "bounced": Badge(_("Revenue"), "red"),
    "uncertain": Badge(_("Incertaine"), "orange"),
    "withdrawn": Badge(_("Retirée"), "secondary"),
}
SIDES: Final[Mapping[str, Badge]] = {
    "ourselves": Badge(_("Nous"), "orange"),
    "customer": Badge(_("Le client"), "blue"),
    "market": Badge(_("Le marché"), "secondary"),
}


def side(code: str) -> str:
    """Return whose cause it is."""
    return causes.side_of(code)
