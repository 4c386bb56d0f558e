"""The guard of every screen: `@needs("ledger.read")` or `@public`, never neither.

A view of the staff site receives a `StaffRequest`: its tenant, its person's access, and the scope
of what the page may show. `tests/house` finds any address whose view carries no right.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from allauth.account.internal.flows import reauthentication
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from encours.tenancy import middleware
from encours.tenancy.middleware import TenantRequest
from encours.tenancy.queries import absences, places
from encours.tenancy.queries.places import CreditorChoice
from encours.tenancy.reach import Scope, scope_of
from encours.tenancy.rights import RIGHTS

CREDITOR_KEY: Final = "creditor"
MINE_KEY: Final = "mine"
FORBIDDEN: Final = 403

View = Callable[..., HttpResponseBase]


class StaffRequest(TenantRequest):
    """A request whose right was checked; `scope` says what its page may show."""

    scope: Scope
    creditor_id: int | None  # the one chosen in the header; None is all of them
    htmx: HtmxDetails


class Moved(Exception):
    """What the address names is shown at another one since: lead there."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.url = url


def needs(right: str) -> Callable[[View], View]:
    """Let only members with this right in; others log in, read why not, or get a 403."""
    assert right in RIGHTS, right

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
            away = turned_away(request)
            if away is not None:
                return away
            chosen = chosen_creditor(request)
            if not request.access.may(right, chosen):
                raise PermissionDenied
            request.scope = scope_of(
                request.access,
                right,
                chosen,
                people=lambda: people_of(request),
                is_mine=bool(request.session.get(MINE_KEY)),
            )
            request.creditor_id = chosen
            try:
                return view(request, *args, **kwargs)
            except Moved as moved:
                return redirect(moved.url)

        guarded.right = right  # type: ignore[attr-defined]
        return guarded

    return decorate


def over_tenants(right: str) -> Callable[[Callable[[Any], View]], View]:
    """Let a view read each tenant of a person in turn, then draw inside the one they work in.

    The view is called with no door open; it opens one at a time, where this person has the right,
    and returns what draws the page, itself guarded by the right.
    """

    def decorate(read: Callable[[Any], View]) -> View:
        @wraps(read)
        def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                away = turned_away(request)
                assert away is not None
                return away
            draw = needs(right)(read(request))
            return middleware.inside(request, lambda within: draw(within, *args, **kwargs))  # type: ignore[arg-type, return-value]

        guarded.right = right  # type: ignore[attr-defined]
        return outside_tenant(guarded)

    return decorate


def public(view: View) -> View:
    """Mark a view that anybody may open: it must show nothing of any tenant."""
    view.right = "public"  # type: ignore[attr-defined]
    return view


def outside_tenant(view: View) -> View:
    """Mark a view that opens a tenant's door by itself: the middleware leaves it shut."""
    view.outside_tenant = True  # type: ignore[attr-defined]
    return view


def fresh_login(back: str) -> Callable[[View], View]:
    """Ask who it is again when the last proof is more than five minutes old; then open `back`.

    A form sent too late is typed again: nothing that was posted is kept meanwhile.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not reauthentication.get_reauthentication_flows(request.user):
                messages.error(request, _("Choisissez d'abord un mot de passe pour votre compte."))
                return redirect("account_set_password")
            if reauthentication.did_recently_reauthenticate(request):
                return view(request, *args, **kwargs)
            asked = urlencode({"next": reverse(back)})
            return redirect(f"{reverse('account_reauthenticate')}?{asked}")

        return guarded

    return decorate


def chosen_creditor(request: Any) -> int | None:
    """Return the creditor chosen in the header, kept in the session."""
    chosen = request.session.get(CREDITOR_KEY)
    return int(chosen) if chosen is not None else None


def people_of(request: Any) -> tuple[int, ...]:
    """Return this person and those they stand in for today."""
    access = request.access
    return absences.people_of(
        tenant_id=access.tenant_id, user_id=access.user_id, on=timezone.localdate()
    )


def creditors_of(request: Any) -> list[CreditorChoice]:
    """Return the creditors this person sees at all, by name; asked once a request."""
    if not hasattr(request, "_creditors"):
        access = request.access
        request._creditors = places.creditors(  # noqa: SLF001 - our own memory on the request
            access.tenant_id, access.creditors("self")
        )
    found: list[CreditorChoice] = request._creditors  # noqa: SLF001
    return found


def require(request: StaffRequest, right: str, creditor_id: int) -> None:
    """Refuse a row of a creditor for which this person lacks the right (403)."""
    if not request.access.may(right, creditor_id):
        raise PermissionDenied


def require_everywhere(request: StaffRequest, right: str) -> None:
    """Refuse what acts on every creditor to whoever lacks the right at one of them (403)."""
    if not request.access.everywhere(right):
        raise PermissionDenied


def turned_away(request: HttpRequest) -> HttpResponse | None:
    """Return where a stranger is sent: to the login page, or told that no tenant knows them."""
    if not request.user.is_authenticated:
        if getattr(request, "htmx", False):
            return HttpResponseClientRedirect(resolve_url("account_login"))
        return redirect_to_login(request.get_full_path())
    if getattr(request, "access", None) is None:
        return render(request, "accounts/no_membership.html", status=FORBIDDEN)
    return None
