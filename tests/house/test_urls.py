"""Every address asks for a right, or says that it is public (house.md, 2)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver, path
from django.views.generic import RedirectView
from tests.house.sources import none

from encours.tenancy.rights import RIGHTS

# Addresses of others, which guard themselves: prefix of the view's module → how.
GUARDED_ELSEWHERE = {
    "allauth.": "the login itself; its pages about a person ask for one",
    "django.contrib.staticfiles.": "files of the program",
    "django.views.static.": "files of the program",
    "django.views.i18n": "words of the program",
}


def unguarded(patterns: list[Any], prefix: str = "/") -> Iterator[str]:
    """Addresses whose view carries no known right."""
    for entry in patterns:
        address = f"{prefix}{entry.pattern}"
        if isinstance(entry, URLResolver):
            yield from unguarded(entry.url_patterns, address)
        elif isinstance(entry, URLPattern) and not _is_guarded(entry.callback):
            yield f"{address} ({entry.callback.__module__}.{entry.callback.__qualname__})"


def _is_guarded(view: Callable[..., Any]) -> bool:
    right = getattr(view, "right", None)
    if right is not None:
        return right == "public" or right in RIGHTS
    owner = getattr(view, "view_class", view)
    sends_away = owner is RedirectView  # shows nothing: the address it leads to is guarded
    return sends_away or any(owner.__module__.startswith(name) for name in GUARDED_ELSEWHERE)


def test_every_address_asks_for_a_right() -> None:
    none(unguarded(get_resolver().url_patterns))


def test_an_open_address_is_seen() -> None:
    def opened(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    def misspelt(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    misspelt.right = "ledger.raed"  # type: ignore[attr-defined]
    planted = [path("a", opened), path("b", misspelt)]

    assert len(list(unguarded(planted))) == 2
