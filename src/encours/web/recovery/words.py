"""Words of calls: outcomes, next actions, why somebody is called now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from encours.recovery.queries.worklist import ToCall
from encours.web import formats
from encours.web.dunning.sentences import step
from encours.web.scoring.words import PROFILES
from encours.web.tables import Badge
from encours.web.wording import Text

OUTCOMES: Final[Mapping[str, Badge]] = {
    "reached": Badge(lazy("Joint"), "green"),
    "promise": Badge(lazy("Promesse"), "green"),
    "dispute": Badge(lazy("Litige"), "orange"),
    "paid": Badge(lazy("Dit avoir payé"), "blue"),
    "call_back": Badge(lazy("À rappeler"), "blue"),
    "wrong_number": Badge(lazy("Mauvais numéro"), "red"),
    "no_answer": Badge(lazy("Pas de réponse")),
    "voicemail": Badge(lazy("Messagerie")),
}
TASKS: Final[Mapping[str, Text]] = {
    "call": lazy("Appeler"),
    "email": lazy("Écrire un e-mail"),
    "letter": lazy("Écrire un courrier"),
    "visit": lazy("Passer le voir"),
    "proof": lazy("Vérifier le règlement"),
    "other": lazy("Autre"),
}
QUIET: Final[Mapping[str, Text]] = {
    "hour": lazy("Il est trop tôt ou trop tard là-bas pour appeler."),
    "weekend": lazy("C'est le week-end là-bas."),
    "holiday": lazy("C'est un jour férié là-bas."),
}
PROMISES: Final[Mapping[str, Badge]] = {
    "running": Badge(lazy("en cours"), "blue"),
    "kept": Badge(lazy("tenue"), "green"),
    "broken": Badge(lazy("non tenue"), "red"),
}


def why(row: ToCall) -> str:
    """Say why this call stands here: what is late, the chance, what moved it."""
    parts = [_("%(amount)s échus") % {"amount": formats.money(row.owed.cents, row.currency)}]
    if row.owed.late_days:
        days = row.owed.late_days
        parts.append(ngettext("depuis %(n)s jour", "depuis %(n)s jours", days) % {"n": days})
    chance = _("%(percent)s de chances que l'appel change la date") % {
        "percent": formats.percent(row.chance)
    }
    return f"{' '.join(parts)}, {chance} ({', '.join(_moved(row))})."


def _moved(row: ToCall) -> Iterator[str]:
    badge = PROFILES.get(row.payer.profile)
    yield str(badge.label).lower() if badge else _("sans profil encore")
    broken, tries = row.payer.broken_promises, row.payer.tries
    if broken:
        said = ngettext("%(n)s promesse non tenue", "%(n)s promesses non tenues", broken)
        yield said % {"n": broken}
    if tries:
        yield ngettext("%(n)s appel sans réponse", "%(n)s appels sans réponse", tries) % {
            "n": tries
        }


def reasons(row: ToCall) -> str:
    """Say what the call is for: the steps of the scenario, then the actions planned."""
    steps = [str(step(code).label) for code in row.steps]
    tasks = [f"{TASKS[one.kind]} : {one.text}" if one.text else str(TASKS[one.kind])
             for one in row.tasks]  # fmt: skip
    return " · ".join([*steps, *tasks])
