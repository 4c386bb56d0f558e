"""The creditor whose settings are on the page: the one chosen in the header, else the first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render

from encours.tenancy.queries import creditors
from encours.tenancy.queries.creditors import CreditorSettings
from encours.web import navigation
from encours.web.rights import StaffRequest, creditors_of, require


def subject(request: StaffRequest, right: str = "settings.read") -> CreditorSettings:
    """Return the creditor's settings, or 404 when this person may read none.

    A form names its creditor in `creditor_id`: what the header shows may have changed in another
    tab since it was drawn.
    """
    posted = request.POST.get("creditor_id", "")
    if posted.isascii() and posted.isdecimal():
        creditor_id = int(posted)
        require(request, right, creditor_id)
    else:
        choices = [one for one in creditors_of(request) if request.scope.covers(one.id)]
        if not choices or request.method == "POST":
            raise Http404
        creditor_id = request.creditor_id or choices[0].id
    found = creditors.creditor_settings(tenant_id=request.tenant_id, creditor_id=creditor_id)
    if found is None:
        raise Http404
    return found


def may_write(request: StaffRequest, creditor_id: int, right: str = "settings.write") -> bool:
    """Say whether the page offers its buttons."""
    return request.access.may(right, creditor_id)


def settings_menu(request: StaffRequest) -> dict[str, Any]:
    """Return what the settings' own menu needs."""
    match = request.resolver_match
    url_name = (match.url_name or "") if match else ""
    items = navigation.menu(navigation.SETTINGS, request.access, url_name, request.creditor_id)
    choices = [one for one in creditors_of(request) if request.scope.covers(one.id)]
    return {"settings_menu": items, "has_choice": len(choices) > 1}


def shown(
    request: StaffRequest, template: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """Draw a settings page with its own menu."""
    return render(request, template, {**settings_menu(request), **context}, status=status)
