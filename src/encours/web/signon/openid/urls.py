"""Addresses of the OpenID sign-in, under the names that allauth looks up."""

from __future__ import annotations

from django.urls import path

from encours.web.signon.openid import views

urlpatterns = [
    path("oidc/<str:provider_id>/login/", views.login, name="openid_connect_login"),
    path("oidc/<str:provider_id>/login/callback/", views.callback, name="openid_connect_callback"),
]
