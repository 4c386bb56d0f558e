"""Each verb of the journal as a sentence; an unknown verb shows itself, nothing is hidden."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from encours.web import formats
from encours.web.settings.forms import ROLES
from encours.web.wording import Text

SENTENCES: Final[Mapping[str, Text]] = {
    "person.invited": _("Invitation envoyée, rôle : %(role)s."),
    "person.invitation_withdrawn": _("Invitation annulée."),
    "person.joined": _("A rejoint l'organisation, rôle : %(role)s."),
    "person.role_changed": _("Rôle changé : de %(from)s à %(to)s."),
    "person.revoked": _("Accès retiré (rôle : %(role)s)."),
    "creditor.founded": _("Société créée à l'installation."),
    "creditor.created": _("Société créée, code %(code)s."),
    "creditor.updated": _("Fiche de la société modifiée : %(fields)s."),
    "creditor.logo_set": _("Logo enregistré (%(type)s)."),
    "creditor.logo_removed": _("Logo retiré."),
    "bank_account.requested": _("Compte bancaire %(account)s ajouté."),
    "bank_account.activated": _("Compte bancaire %(account)s en service (premier compte)."),
    "bank_account.confirmed": _("Compte bancaire %(account)s confirmé par une deuxième personne."),
    "bank_account.retired": _("Compte bancaire %(account)s retiré."),
    "sender.set": _("Expéditeur modifié : %(fields)s."),
    "sender.server_set": _("Serveur SMTP réglé : %(host)s."),
    "sender.tested": _("Message d'essai envoyé."),
    "sending.stopped": _("Tous les envois arrêtés."),
    "sending.resumed": _("Envois repris."),
    "terms.created": _("Conditions de règlement ajoutées : %(name)s."),
    "terms.confirmed": _("Conditions de règlement confirmées : %(name)s."),
    "terms.made_default": _("Conditions de règlement par défaut : %(name)s."),
    "rates.entered": _("Taux légaux saisis : %(semesters)s."),
    "import.applied": _("Fichier importé : %(counts)s."),
    "import.undone": _("Import annulé."),
    "plan.reserved": _("Plan du jour : %(messages)s messages, %(held)s lignes retenues."),
    "reminders.approved": _("Relances approuvées : %(messages)s."),
    "reminder.skipped": _("Relance écartée (étape %(step)s)."),
    "reminder.edited": _("Texte d'une relance modifié."),
    "reminder.recorded": _("Relance faite hors du programme, enregistrée (étape %(step)s)."),
    "message.sent": _("Message envoyé."),
    "message.doubt_resolved": _("Message incertain : décision prise."),
}
WORDS: Final[Mapping[str, Text]] = {
    **dict(ROLES),
    "customers": _("clients"),
    "invoices": _("factures"),
    "credit_notes": _("avoirs"),
    "payments": _("règlements"),
    "allocations": _("lettrages"),
}


class _Values(dict[str, str]):
    """The values of a fact; one that is missing shows as a dash."""

    def __missing__(self, key: str) -> str:
        return formats.NONE


def sentence(verb: str, data: Mapping[str, Any]) -> str:
    """Say in one sentence what happened."""
    known = SENTENCES.get(verb)
    if known is not None:
        return str(known) % _Values({name: _written(name, data[name]) for name in data})
    facts = ", ".join(f"{name} : {_written(name, value)}" for name, value in data.items())
    title = verb.replace(".", " · ").replace("_", " ")
    return f"{title} ({facts})" if facts else title


def _written(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return str(_("oui") if value else _("non"))
    if name.endswith("_cents") and isinstance(value, int):
        return formats.money(value)
    if isinstance(value, int):
        return formats.count(value)
    if isinstance(value, Mapping):
        shown = [(key, number) for key, number in value.items() if number]
        return ", ".join(f"{_written('', number)} {WORDS.get(key, key)}" for key, number in shown)
    if isinstance(value, list):
        return ", ".join(_written("", one) for one in value[:20])
    return str(WORDS.get(value, value)) if isinstance(value, str) else str(value)
