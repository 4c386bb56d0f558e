"""The creditor of a page that is about one creditor: the chosen one, or the only one."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import render

from encours.tenancy.queries import places
from encours.tenancy.queries.places import CreditorChoice
from encours.web.rights import StaffRequest, require

View = Callable[..., HttpResponseBase]


def creditors(request: StaffRequest) -> list[CreditorChoice]:
    """Return the creditors that this page may be about."""
    return places.creditors(request.tenant_id, request.scope.creditor_ids)


def of_one_creditor(view: View) -> View:
    """Give the view its `creditor`; where several could be meant, ask which one first.

    Stands under `needs`. A form names its creditor in `creditor_id`: what the header shows may
    have changed in another tab since the form was drawn.
    """

    @wraps(view)
    def asked(request: StaffRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        mine = creditors(request)
        named = request.POST.get("creditor_id", "")
        wanted = int(named) if named.isascii() and named.isdecimal() else request.creditor_id
        found = [one for one in mine if wanted is None or one.id == wanted]
        if not found or (request.method == "POST" and len(found) > 1):
            raise Http404
        if len(found) > 1:
            return render(request, "components/choose_creditor.html", {"choices": found})
        return view(request, *args, creditor=found[0], **kwargs)

    return asked


def of_creditors(view: View) -> View:
    """Give the view its `creditors`: the one chosen, or all those that the page may be about.

    Stands under `needs`. A form that names no creditor acts for each row's own: its view checks
    the right for each of them.
    """

    @wraps(view)
    def asked(request: StaffRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        named = request.POST.get("creditor_id", "")
        wanted = int(named) if named.isascii() and named.isdecimal() else None
        if request.method != "POST":
            wanted = request.creditor_id
        found = tuple(one for one in creditors(request) if wanted is None or one.id == wanted)
        if not found:
            raise Http404
        return view(request, *args, creditors=found, **kwargs)

    return asked


def posted_creditor(request: StaffRequest, right: str) -> int:
    """Return the creditor that a form names, this person having the right for it."""
    named = request.POST.get("creditor_id", "")
    known = {one.id for one in creditors(request)}
    if not (named.isascii() and named.isdecimal()) or int(named) not in known:
        raise Http404
    require(request, right, int(named))
    return int(named)
