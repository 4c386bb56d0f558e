"""The way to the directory and back, with a sentence for whatever the answer may be."""

from __future__ import annotations

from typing import Any, Final

from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.providers.saml import views
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from encours.web.rights import public
from encours.web.signon.saml.provider import UNREADABLE

LONGEST: Final = 256 * 1024  # an answer is kept in the session while the browser comes back

login = public(views.LoginView.as_view())


@csrf_exempt
@require_POST
@public
def consume(request: HttpRequest, organization_slug: str) -> HttpResponse:
    """Take the posted answer; it is read once the browser comes back with its session."""
    if not 0 < len(request.POST.get("SAMLResponse", "")) <= LONGEST:
        return HttpResponseBadRequest(content_type="text/plain")
    response: HttpResponse = views.acs(request, organization_slug)
    return response


@public
def finish(request: HttpRequest, organization_slug: str) -> HttpResponse:
    """Read the answer: let the person in, or say why not."""
    return _answered(views.finish_acs, request, organization_slug)


@require_GET
@public
def metadata(request: HttpRequest, organization_slug: str) -> HttpResponse:
    """Describe this site to the directory."""
    return _answered(views.metadata, request, organization_slug)


@csrf_exempt
@public
def leave(request: HttpRequest, organization_slug: str) -> HttpResponse:  # noqa: ARG001
    """Ask the person, who leaves by themselves: an unsigned request would log anybody out."""
    return redirect("account_logout")


def _answered(view: Any, request: HttpRequest, organization_slug: str) -> HttpResponse:
    try:
        response: HttpResponse = view(request, organization_slug=organization_slug)
    except (*UNREADABLE, PermissionDenied, ValueError) as problem:
        app = views.get_app_or_404(request, organization_slug)
        response = render_authentication_error(
            request, app.get_provider(request), exception=problem, extra_context={}
        )
    return response
