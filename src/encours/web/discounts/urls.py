"""Addresses of discounts."""

from __future__ import annotations

from django.urls import path

from encours.web.discounts import customer, offers, rewards, settings

urlpatterns = [
    path("escomptes/", offers.discounts, name="discounts"),
    path("escomptes/ecritures/", offers.entries, name="discount_entries"),
    path("escomptes/<int:grant_id>/reprendre/", offers.take_back, name="discount_take_back"),
    path("clients/<int:customer_id>/escomptes/", customer.customer_discounts,
         name="customer_discounts"),
    path("clients/<int:customer_id>/escomptes/<int:offer_id>/retirer/", customer.withdraw,
         name="customer_discount_withdraw"),
    path("clients/bons-payeurs/", rewards.rewards, name="rewards"),
    path("reglages/escompte/", settings.discounts, name="settings_discounts"),
    path("reglages/escompte/regles/", settings.add_rule, name="settings_discount_rule"),
    path("reglages/escompte/regles/<int:rule_id>/terminer/", settings.end_rule,
         name="settings_discount_end"),
    path("reglages/escompte/choix/", settings.set_policy, name="settings_discount_policy"),
]  # fmt: skip
