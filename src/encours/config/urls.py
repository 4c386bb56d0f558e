"""Every address of the site."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("api/v1/", include(("encours.api.urls", "api"))),
    path("compte/", include("allauth.urls")),
    path("", include("encours.web.urls")),
]
