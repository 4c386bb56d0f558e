"""Words of sources: kinds, what each is told, states."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from encours.web.tables import Badge
from encours.web.wording import Text

KINDS: Final[Mapping[str, tuple[Text, Text]]] = {
    "folder": (
        _("Dossier surveillé"),
        _("Un dossier de ce serveur où votre logiciel dépose ses exports."),
    ),
    "sftp": (_("Serveur SFTP"), _("Les fichiers d'un dossier distant, pris puis rangés.")),
    "imap": (
        _("Boîte aux lettres"),
        _("Les pièces jointes d'expéditeurs choisis ; les messages restent intacts."),
    ),
    "push": (
        _("Adresse de dépôt"),
        _("Une adresse secrète à laquelle un script envoie ses fichiers par HTTPS."),
    ),
    "pennylane": (_("Pennylane"), _("Clients, factures et ce qui reste dû, par son API.")),
    "odoo": (_("Odoo"), _("Échéances, règlements et lettrages des comptes clients.")),
    "dolibarr": (_("Dolibarr"), _("Tiers, factures clients et leurs règlements.")),
    "quickbooks": (_("QuickBooks Online"), _("Clients, factures, avoirs et règlements.")),
}
FIELDS: Final[Mapping[str, tuple[Text, Text]]] = {
    "path": (_("Dossier"), ""),
    "pattern": (_("Noms à prendre"), _("Par exemple *.csv; FEC*.txt. Vide : tous les fichiers.")),
    "after": (_("Après la lecture"), ""),
    "host": (_("Serveur"), ""),
    "port": (_("Port"), ""),
    "user": (_("Utilisateur"), ""),
    "password": (_("Mot de passe"), ""),
    "key": (_("Clé privée (OpenSSH)"), _("À la place du mot de passe.")),
    "passphrase": (_("Phrase secrète de la clé"), ""),
    "fingerprint": (
        _("Empreinte du serveur"),
        _("Vide : la clé rencontrée au premier passage est retenue, une autre sera refusée."),
    ),
    "security": (_("Sécurité"), ""),
    "token": (
        _("Jeton ou clé d'accès"),
        _("Boîte aux lettres : jeton OAuth, à la place du mot de passe."),
    ),
    "folder": (_("Dossier de la boîte"), ""),
    "senders": (
        _("Expéditeurs acceptés"),
        _("Adresses ou domaines, par exemple compta@cabinet.fr, @erp.fr. Les autres sont laissés."),
    ),
    "url": (_("Adresse"), _("Celle que vous ouvrez dans le navigateur, https://…")),
    "database": (_("Base de données"), ""),
    "realm": (_("Numéro de société (realm)"), ""),
    "environment": (_("Environnement"), ""),
    "client_id": (_("Identifiant de l'application"), ""),
    "client_secret": (_("Secret de l'application"), ""),
    "refresh_token": (
        _("Jeton de renouvellement"),
        _("Renouvelé et gardé chiffré à chaque passage."),
    ),
    "max_mb": (_("Taille maximale d'un message (Mo)"), ""),
}
CHOICES: Final[Mapping[str, Mapping[str, Text]]] = {
    "after": {
        "move": _("Ranger dans le sous-dossier « traites »"),
        "keep": _("Laisser en place et retenir ce qui a été pris"),
    },
    "environment": {"production": _("Production"), "sandbox": _("Essai (sandbox)")},
    "security": {
        "tls": _("TLS (port 993 d'ordinaire)"),
        "starttls": _("STARTTLS (port 143 d'ordinaire)"),
        "none": _("Aucune (cette machine seulement)"),
    },
}
STATES: Final[Mapping[str, Badge]] = {
    "fresh": Badge(_("À jour"), "green"),
    "waiting": Badge(_("Pas encore de données"), "blue"),
    "late": Badge(_("En retard"), "red"),
    "failing": Badge(_("En échec"), "orange"),
    "paused": Badge(_("En pause")),
}
RUN_STATES: Final[Mapping[str, Badge]] = {
    "running": Badge(_("En cours"), "blue"),
    "done": Badge(_("Fait"), "green"),
    "nothing": Badge(_("Rien de nouveau")),
    "partial": Badge(_("En partie"), "orange"),
    "failed": Badge(_("Échec"), "red"),
}
FILE_STATES: Final[Mapping[str, Badge]] = {
    "received": Badge(_("Reçu"), "blue"),
    "applied": Badge(_("Importé"), "green"),
    "known": Badge(_("Déjà connu")),
    "waiting": Badge(_("Attend une décision"), "orange"),
    "refused": Badge(_("Refusé"), "red"),
    "unplaced": Badge(_("Sans société"), "orange"),
}
TRIGGERS: Final[Mapping[str, Badge]] = {
    "schedule": Badge(_("Horaire")),
    "hand": Badge(_("À la demande")),
    "push": Badge(_("Dépôt")),
    "cli": Badge(_("Ligne de commande")),
}
