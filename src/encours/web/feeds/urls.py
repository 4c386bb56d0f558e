"""Addresses of sources."""

from __future__ import annotations

from django.urls import path

from encours.web.feeds import views

urlpatterns = [
    path("", views.sources, name="sources"),
    path("nouvelle/<slug:kind>/", views.new, name="source_new"),
    path("<int:source_id>/", views.one, name="source_one"),
    path("<int:source_id>/reglages/", views.edit, name="source_edit"),
    path("<int:source_id>/passer/", views.run, name="source_run"),
    path("<int:source_id>/essayer/", views.try_now, name="source_try"),
    path("<int:source_id>/pause/", views.pause, name="source_pause"),
    path("<int:source_id>/retirer/", views.remove, name="source_remove"),
    path("<int:source_id>/adresse/", views.token, name="source_token"),
]
