"""The way to the directory and back; the answers are checked by `exchange`."""

from __future__ import annotations

from typing import Any

from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from django.http import Http404, HttpRequest, HttpResponse
from requests import RequestException

from encours.web.rights import public
from encours.web.signon.openid.exchange import Exchange


class Return(OAuth2CallbackView):  # type: ignore[misc]
    """Where the directory sends the browser back."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Let the person in, or say why not."""
        try:
            response: HttpResponse = super().dispatch(request, *args, **kwargs)
        except (OAuth2Error, RequestException) as problem:
            response = render_authentication_error(
                request, self.adapter.get_provider(), exception=problem, extra_context={}
            )
        return response

    def _get_state(self, request: HttpRequest, provider: Any) -> tuple[Any, Any]:
        """Hand the nonce of this browser to the check of the identity token."""
        state, refused = super()._get_state(request, provider)
        if state:
            self.adapter.nonce = state.get("nonce", "")
        return state, refused


@public
def login(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Lead to the directory."""
    return _answer(OAuth2LoginView, request, provider_id)


@public
def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Take what the directory answered."""
    return _answer(Return, request, provider_id)


def _answer(view: Any, request: HttpRequest, provider_id: str) -> HttpResponse:
    try:
        response: HttpResponse = view.adapter_view(Exchange(request, provider_id))(request)
    except SocialApp.DoesNotExist as problem:
        raise Http404 from problem
    return response
