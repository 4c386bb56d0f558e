"""What is chosen in the header, and the search box."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from encours.receivables.queries import search as ledger_search
from encours.tenancy import middleware
from encours.tenancy.actions import people
from encours.web.rights import CREDITOR_KEY, MINE_KEY, StaffRequest, creditors_of, needs, public
from encours.web.shell.language import keep_language


@require_GET
@needs("ledger.read")
def home(request: StaffRequest) -> HttpResponse:
    """Lead to the dashboard."""
    try:
        return redirect(reverse("dashboard"))
    except NoReverseMatch:
        return render(request, "shell/home.html")


@require_POST
@needs("self")
def choose_creditor(request: StaffRequest) -> HttpResponse:
    """Show one creditor, or all of them, from now on."""
    wanted = request.POST.get("creditor", "")
    if not wanted:
        request.session.pop(CREDITOR_KEY, None)
        return redirect(_next(request))
    known = {one.id for one in creditors_of(request)}
    if not wanted.isascii() or not wanted.isdecimal() or int(wanted) not in known:
        raise Http404
    request.session[CREDITOR_KEY] = int(wanted)
    return redirect(_next(request))


@require_POST
@needs("self")
def choose_mine(request: StaffRequest) -> HttpResponse:
    """Show one's own customers (and those of whom one stands in for), or everybody's."""
    if request.POST.get("mine") == "1":
        request.session[MINE_KEY] = True
    else:
        request.session.pop(MINE_KEY, None)
    return redirect(_next(request))


@require_POST
@needs("self")
def choose_tenant(request: StaffRequest) -> HttpResponse:
    """Work for another organisation from now on."""
    wanted = request.POST.get("tenant", "")
    mine = {str(access.tenant_id) for access in middleware.accesses(request.access.user_id)}
    if wanted not in mine:
        raise Http404
    request.session[middleware.SESSION_KEY] = int(wanted)
    request.session.pop(CREDITOR_KEY, None)
    return redirect("/")


@require_POST
@public
def choose_language(request: HttpRequest) -> HttpResponse:
    """Show the site in another language, and remember it for this person."""
    wanted = request.POST.get("language", "")
    response = redirect(_next(request))
    if wanted in dict(settings.LANGUAGES):
        keep_language(response, wanted)
        if request.user.is_authenticated:
            people.set_preferences(user_id=int(request.user.pk), language=wanted)
    return response


@require_GET
@needs("customers.read")
def search(request: StaffRequest) -> HttpResponse:
    """Find customers by code, name or SIREN and invoices by number, from their beginning."""
    asked = request.GET.get("q", "").replace("\0", "").strip()
    found = ledger_search.find(asked, tenant_id=request.tenant_id, scope=_limits(request))
    context: dict[str, Any] = {"asked": asked, "found": found}
    is_fragment = request.htmx and request.htmx.target == "search-results"
    template = "search/results.html" if is_fragment else "search/page.html"
    return render(request, template, context)


def _limits(request: StaffRequest) -> ledger_search.Limits:
    return ledger_search.Limits(request.scope.creditor_ids, request.scope.people)


def _next(request: HttpRequest) -> str:
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return wanted
    return "/"
