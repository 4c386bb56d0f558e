"""Addresses of invitations and of one's own profile."""

from __future__ import annotations

from django.urls import path

from encours.web.accounts import views

urlpatterns = [
    path("invitation/<str:token>/", views.invitation, name="invitation"),
    path("profil/", views.profile, name="profile"),
]
