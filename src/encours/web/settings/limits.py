"""How many messages a sender may hand over an hour and a day, and when those that wait leave."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST

from encours.messaging import limits, queries
from encours.messaging.limits import LIMIT_MAX, LIMITED
from encours.messaging.rules.pace import Limit
from encours.web.answers import telling
from encours.web.dunning.sentences import CHANNEL
from encours.web.paced import in_words
from encours.web.rights import StaffRequest, needs
from encours.web.settings.subject import subject


class Pace(forms.Form):
    """Two numbers; nothing said: no limit."""

    hourly = forms.IntegerField(
        label=lazy("Messages par heure"), min_value=0, max_value=LIMIT_MAX, required=False
    )
    daily = forms.IntegerField(
        label=lazy("Messages par jour"), min_value=0, max_value=LIMIT_MAX, required=False
    )


def senders(request: StaffRequest, creditor_id: int) -> list[dict[str, Any]]:
    """Return each channel that may be limited, its form, and what waits for another day."""
    found = queries.limited_senders(
        tenant_id=request.tenant_id, creditor_ids=(creditor_id,), now=timezone.now()
    )
    known = {one.channel: one for one in found}
    return [
        {
            "code": channel,
            "name": CHANNEL[channel],
            "sender": known.get(channel),
            "ahead": in_words(known[channel]) if channel in known else "",
            "form": Pace(
                initial={
                    "hourly": known[channel].hourly or None,
                    "daily": known[channel].daily or None,
                }
                if channel in known
                else None,
                prefix=channel,
            ),
        }
        for channel in LIMITED
    ]


@require_POST
@needs("settings.write")
def set_limit(request: StaffRequest, channel: str) -> HttpResponse:
    """Limit a sender, or lift its limits."""
    if channel not in LIMITED:
        raise Http404
    mine = subject(request, "settings.write")
    form = Pace(request.POST, prefix=channel)
    if not form.is_valid():
        messages.error(request, _("Ces nombres ne conviennent pas : rien n'est changé."))
        return redirect("settings_channels")
    hourly, daily = form.cleaned_data["hourly"] or 0, form.cleaned_data["daily"] or 0
    with telling(request, _("Rythme d'envoi enregistré.")):
        limits.set_limit(
            tenant_id=request.tenant_id,
            creditor_id=mine.id,
            channel=channel,
            limit=Limit(hourly, daily),
            actor_id=request.access.user_id,
            now=timezone.now(),
        )
    return redirect("settings_channels")
