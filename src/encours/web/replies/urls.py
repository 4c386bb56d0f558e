"""Addresses of replies."""

from __future__ import annotations

from django.urls import path

from encours.web.replies import acts, lists, one, settings

urlpatterns = [
    path("reponses/", lists.replies, name="replies"),
    path("reponses/causes/", lists.causes, name="replies_causes"),
    path("reponses/<int:reply_id>/", one.reply, name="reply"),
    path("reponses/<int:reply_id>/decider/", acts.decide, name="reply_decide"),
    path("reponses/<int:reply_id>/repondre/", acts.answer, name="reply_answer"),
    path("clients/<int:customer_id>/reponses/", lists.of_customer, name="customer_replies"),
    path("reglages/reponses/", settings.replies, name="settings_replies"),
    path("reglages/reponses/essayer/", settings.try_now, name="settings_replies_try"),
    path("reglages/reponses/lire/", settings.read_now, name="settings_replies_read"),
    path("reglages/reponses/adresse/", settings.token, name="settings_replies_token"),
    path("reglages/reponses/acces/", settings.consent, name="settings_replies_consent"),
    path("reglages/reponses/retour/", settings.back, name="settings_replies_back"),
]
