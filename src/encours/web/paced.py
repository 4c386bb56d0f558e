"""« 120 aujourd'hui, 80 demain » : on which days what waits at a limited sender leaves."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.utils.translation import gettext as _

from encours.messaging.queries import LimitedSender
from encours.web.formats import count, day

SHOWN: Final = 4


def in_words(sender: LimitedSender) -> str:
    """Say it day by day, the far ones together; nothing when nothing waits."""
    ahead = sender.ahead
    named = {sender.today: _("aujourd'hui"), sender.today + timedelta(days=1): _("demain")}
    parts = [
        f"{count(number)} {named.get(on) or _('le %(day)s') % {'day': day(on)}}"
        for on, number in ahead[:SHOWN]
    ]
    if len(ahead) > SHOWN:
        rest = sum(number for _on, number in ahead[SHOWN:])
        told = {"count": count(rest), "day": day(ahead[-1][0])}
        parts.append(_("%(count)s ensuite, jusqu'au %(day)s") % told)
    return ", ".join(parts)
