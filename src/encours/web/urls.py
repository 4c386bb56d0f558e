"""Addresses of the staff site; each area brings its own list."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("encours.web.shell.urls")),
    path("", include("encours.web.accounts.urls")),
    path("", include("encours.web.ledger.urls")),
    path("", include("encours.web.discounts.urls")),
    path("imports/sources/", include("encours.web.feeds.urls")),
    path("imports/", include("encours.web.imports.urls")),
    path("", include("encours.web.documents.urls")),
    path("", include("encours.web.dunning.urls")),
    path("", include("encours.web.replies.urls")),
    path("", include("encours.web.recovery.urls")),
    path("", include("encours.web.scoring.urls")),
    path("reglages/", include("encours.web.settings.urls")),
]
