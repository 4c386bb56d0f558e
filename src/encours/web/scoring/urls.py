"""Addresses of payer profiles."""

from __future__ import annotations

from django.urls import path

from encours.web.scoring import profiles, settings

urlpatterns = [
    path("clients/profils/", profiles.profiles, name="customers_profiles"),
    path("clients/<int:customer_id>/payeur/", profiles.payer, name="customer_payer"),
    path("clients/<int:customer_id>/profil/", profiles.choose, name="customer_profile"),
    path(
        "clients/<int:customer_id>/profil/retirer/",
        profiles.withdraw,
        name="customer_profile_withdraw",
    ),
    path("reglages/profils/", settings.thresholds, name="settings_profiles"),
    path("reglages/profils/reprendre/", settings.inherit, name="settings_profiles_inherit"),
    path("reglages/segments/", settings.segments, name="settings_segments"),
    path(
        "reglages/segments/<int:segment_id>/",
        settings.change_segment,
        name="settings_segment_change",
    ),
]
