"""Keys of the API: which programs may come in, as whom, until when."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from encours.tenancy.actions import keys as actions
from encours.tenancy.queries import keys as queries
from encours.tenancy.queries import places
from encours.web.answers import telling
from encours.web.rights import StaffRequest, needs
from encours.web.settings import forms
from encours.web.settings.subject import shown


@require_http_methods(["GET", "POST"])
@needs("users.manage")
def keys(request: StaffRequest) -> HttpResponse:
    """List the keys; make one, and show it this once."""
    form = forms.NewKey(request.POST or None, creditors=_creditors(request))
    made = None
    if request.method == "POST" and form.is_valid():
        made = _make(request, form.cleaned_data)
        if made is not None:
            form = forms.NewKey(creditors=_creditors(request))
    mine, now = request.access.creditors("users.manage"), timezone.now()
    found = [
        (one, one.is_over(now))
        for one in queries.api_keys(request.tenant_id)
        if mine is None or one.creditor_id in mine
    ]
    context = {"form": form, "keys": found, "made": made, "roles": dict(forms.ROLES)}
    return shown(request, "settings/keys.html", context)


@require_POST
@needs("users.manage")
def revoke(request: StaffRequest, key_id: int) -> HttpResponse:
    """End a key."""
    exists, creditor_id = queries.key_creditor(tenant_id=request.tenant_id, key_id=key_id)
    if not exists:
        raise Http404
    mine = request.access.creditors("users.manage")
    if mine is not None and creditor_id not in mine:
        raise PermissionDenied
    with telling(request, _("Clé révoquée : elle n'ouvre plus rien.")):
        actions.revoke_key(
            tenant_id=request.tenant_id,
            key_id=key_id,
            actor_id=request.access.user_id,
            now=timezone.now(),
        )
    return redirect("settings_keys")


def _make(request: StaffRequest, given: dict[str, Any]) -> actions.Made | None:
    until = given["expires_on"]
    expires_at = (
        datetime.combine(until, time.max, timezone.get_current_timezone()) if until else None
    )
    with telling(request, _("Clé créée : copiez-la maintenant.")):
        return actions.create_key(
            tenant_id=request.tenant_id,
            name=given["name"],
            role=given["role"],
            creditor_id=int(given["creditor"]) if given["creditor"] else None,
            scopes=given["scopes"],
            expires_at=expires_at,
            actor_id=request.access.user_id,
            now=timezone.now(),
        )
    return None


def _creditors(request: StaffRequest) -> list[tuple[str, Any]]:
    mine = request.access.creditors("users.manage")
    everything = [("", _("Toutes les sociétés"))] if mine is None else []
    rows = places.creditors(request.tenant_id, mine)
    return [*everything, *((str(one.id), one.name) for one in rows)]
