"""Addresses of the API: each carries the right of its operation; what describes it is public."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, re_path

from encours.api import answers, problems, pushes, reports
from encours.api.door import api
from encours.api.guard import RIGHT_OF

PUBLIC: Final = ("openapi-json", "openapi-view", "api-root")


def nothing_here(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - a view
    """Answer an address that does not exist as the rest of the API does."""
    return problems.response(404, "Cette adresse n'existe pas dans l'API.")


nothing_here.right = "public"  # type: ignore[attr-defined]
nothing_here.by_key = True  # type: ignore[attr-defined]
nothing_here.csrf_exempt = True  # type: ignore[attr-defined]


def _marked(pattern: URLPattern) -> URLPattern:
    """Put on an address what the middleware and `tests/house` look for."""
    view = pattern.callback
    right = "public" if pattern.name in PUBLIC else RIGHT_OF.get(str(pattern.name))
    if right is not None:
        view.right = right  # type: ignore[attr-defined]
    view.by_key = True  # type: ignore[attr-defined]
    return pattern


_found, *_names = api.urls
urlpatterns = [
    *(_marked(one) for one in _found if isinstance(one, URLPattern)),
    path("feeds/<str:token>", pushes.push, name="feed-push"),
    path("replies/<str:token>", answers.receive, name="reply-push"),
    path("replies/<str:token>/mime", answers.receive, name="reply-push-mime"),
    path("channels/<str:token>", reports.report, name="channel-report"),
    re_path(r"^.+$", nothing_here),
]
