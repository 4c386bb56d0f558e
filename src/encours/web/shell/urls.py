"""Addresses of the frame."""

from __future__ import annotations

from django.urls import path

from encours.web.shell import views

urlpatterns = [
    path("", views.home, name="home"),
    path("societe/", views.choose_creditor, name="choose_creditor"),
    path("mes-clients/", views.choose_mine, name="choose_mine"),
    path("organisation/", views.choose_tenant, name="choose_tenant"),
    path("langue/", views.choose_language, name="choose_language"),
    path("recherche/", views.search, name="search"),
]
