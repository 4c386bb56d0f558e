"""What a sender's domain says of its e-mails, in words, and the record to publish."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST

from encours.messaging import sender_names
from encours.web.answers import telling
from encours.web.rights import StaffRequest, needs
from encours.web.settings.subject import subject
from encours.web.wording import Text

SELECTOR_MAX: Final = 63
NAMES: Final = {"spf": "SPF", "dkim": "DKIM", "dmarc": "DMARC"}
ROLES: Final[Mapping[str, Text]] = {
    "spf": lazy("qui peut envoyer en votre nom"),
    "dkim": lazy("vos messages sont signés"),
    "dmarc": lazy("ce que les autres font d'un faux"),
}
STATES: Final[Mapping[str, tuple[Text, str]]] = {
    "ok": (lazy("En ordre"), "green"),
    "weak": (lazy("À renforcer"), "orange"),
    "missing": (lazy("Absent"), "red"),
    "wrong": (lazy("Fautif"), "red"),
    "several": (lazy("En double"), "red"),
    "too_many": (lazy("Trop long"), "red"),
    "absent": (lazy("Introuvable"), "orange"),
    "unknown": (lazy("Non vérifié"), "grey"),
}
REASONS: Final[Mapping[str, Text]] = {
    "unreachable": lazy(
        "Le DNS n'a pas répondu : rien n'est vérifié, rien n'est faux pour autant. Recommencez."
    ),
    "spf_ok": lazy("Les serveurs qui écrivent en votre nom sont déclarés."),
    "spf_missing": lazy(
        "Aucun enregistrement : n'importe quel serveur peut se faire passer pour vous. Publiez "
        "celui-ci, complété de ce que votre hébergeur indique."
    ),
    "spf_several": lazy(
        "Plusieurs enregistrements SPF : les boîtes de vos clients n'en lisent alors aucun. "
        "Gardez-en un seul, par exemple celui-ci."
    ),
    "spf_unreadable": lazy("Le terme « %(told)s » n'existe pas : l'enregistrement entier est nul."),
    "spf_everybody": lazy("« %(told)s » autorise le monde entier à écrire en votre nom."),
    "spf_include": lazy(
        "« %(told)s » est inclus mais ne publie aucun SPF valable : l'ensemble est nul. Retirez-le."
    ),
    "spf_too_many": lazy(
        "Plus de dix recherches DNS (%(told)s au moins) : au-delà, les boîtes abandonnent et le "
        "SPF est nul. Retirez les services que vous n'utilisez plus."
    ),
    "spf_not_ours": lazy(
        "Votre serveur d'envoi n'est pas déclaré : « %(told)s » manque. Remplacez par celui-ci."
    ),
    "spf_open": lazy("Rien ne dit quoi faire des autres serveurs : terminez par ~all."),
    "dkim_ok": lazy("La clé « %(told)s » est publiée."),
    "dkim_1024": lazy("La clé « %(told)s » fait moins de 2048 bits : demandez-en une plus longue."),
    "dkim_short": lazy("La clé « %(told)s » fait moins de 1024 bits : elle n'est plus acceptée."),
    "dkim_revoked": lazy("La clé « %(told)s » est révoquée : vos signatures ne valent plus."),
    "dkim_unreadable": lazy("La clé « %(told)s » est illisible, mal recopiée peut-être."),
    "dkim_several": lazy("Plusieurs clés sous « %(told)s » : n'en gardez qu'une."),
    "dkim_not_there": lazy(
        "Aucune clé sous ce sélecteur. Activez DKIM chez votre hébergeur : il vous donne "
        "l'enregistrement à publier."
    ),
    "dkim_selector": lazy(
        "Aucune clé sous les noms habituels. Un nom de clé ne se devine pas : indiquez le "
        "sélecteur donné par votre hébergeur (s= dans l'en-tête DKIM-Signature d'un message reçu)."
    ),
    "dmarc_ok": lazy("Un faux est écarté (p=%(told)s)."),
    "dmarc_none": lazy(
        "Politique d'observation (p=none) : les faux arrivent encore. Passez à quarantine quand "
        "les rapports ne montrent plus d'envoi légitime en échec."
    ),
    "dmarc_missing": lazy(
        "Aucune politique. Commencez par observer ; l'adresse reçoit les rapports."
    ),
    "dmarc_several": lazy("Plusieurs politiques : aucune n'est suivie. Gardez-en une."),
    "dmarc_unreadable": lazy("La politique (p=) est illisible : elle n'est pas suivie."),
}


def shown_names(kept: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the last check as its section shows it, None when there was none."""
    if not kept:
        return None
    rows = [
        {
            **one,
            "name": NAMES[one["subject"]],
            "role": ROLES[one["subject"]],
            "label": STATES[one["state"]][0],
            "tone": STATES[one["state"]][1],
            "sentence": str(REASONS[one["reason"]]) % {"told": one["told"]},
        }
        for one in kept["found"]
    ]
    return {**kept, "at": datetime.fromisoformat(kept["at"]), "rows": rows}


@require_POST
@needs("settings.write")
def check(request: StaffRequest) -> HttpResponse:
    """Look the domain up; the page that follows says what was found."""
    mine = subject(request, "settings.write")
    with telling(request, _("Vérification faite : voyez la réputation du domaine.")):
        sender_names.check_names(
            tenant_id=request.tenant_id,
            creditor_id=mine.id,
            selector=request.POST.get("selector", "")[:SELECTOR_MAX],
            actor_id=request.access.user_id,
            now=timezone.now(),
        )
    return redirect("settings_sender")
