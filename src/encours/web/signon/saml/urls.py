"""Addresses of the SAML sign-in, under the names that allauth looks up."""

from __future__ import annotations

from django.urls import include, path

from encours.web.signon.saml import views

urlpatterns = [
    path(
        "saml/<str:organization_slug>/",
        include(
            [
                path("login/", views.login, name="saml_login"),
                path("acs/", views.consume, name="saml_acs"),
                path("acs/finish/", views.finish, name="saml_finish_acs"),
                path("metadata/", views.metadata, name="saml_metadata"),
                path("sls/", views.leave, name="saml_sls"),
            ]
        ),
    )
]
