"""Addresses of the settings."""

from __future__ import annotations

from django.urls import path

from encours.web.settings import (
    bank,
    creditor,
    exchange,
    fields,
    journal,
    rates,
    scenario,
    sender,
    terms,
    users,
)

urlpatterns = [
    path("", creditor.home, name="settings"),
    path("societe/", creditor.creditor, name="settings_creditor"),
    path("societe/relances/", creditor.habits, name="settings_creditor_habits"),
    path("societe/nouvelle/", creditor.new, name="settings_creditor_new"),
    path("societe/logo/", creditor.logo, name="settings_creditor_logo"),
    path("societe/logo/image/", creditor.logo_image, name="settings_creditor_logo_image"),
    path("banque/", bank.accounts, name="settings_bank"),
    path("banque/nouveau/", bank.new, name="settings_bank_new"),
    path("banque/<int:account_id>/confirmer/", bank.confirm, name="settings_bank_confirm"),
    path("banque/<int:account_id>/retirer/", bank.retire, name="settings_bank_retire"),
    path("expediteur/", sender.sender, name="settings_sender"),
    path("expediteur/serveur/", sender.server, name="settings_sender_server"),
    path("expediteur/essai/", sender.test, name="settings_sender_test"),
    path("envois/", sender.switch, name="sending_switch"),
    path("conditions/", terms.terms, name="settings_terms"),
    path("conditions/<int:terms_id>/confirmer/", terms.confirm, name="settings_terms_confirm"),
    path("conditions/<int:terms_id>/defaut/", terms.make_default, name="settings_terms_default"),
    path("taux/", rates.rates, name="settings_rates"),
    path("taux/fichier/", rates.upload, name="settings_rates_upload"),
    path("taux/saisie/", rates.enter, name="settings_rates_enter"),
    path("devises/", exchange.exchange, name="settings_exchange"),
    path("devises/fichier/", exchange.upload, name="settings_exchange_upload"),
    path("devises/groupe/", exchange.group_currency, name="settings_exchange_group"),
    path("scenario/", scenario.scenario, name="settings_scenario"),
    path("champs/", fields.fields, name="settings_fields"),
    path("champs/<int:field_id>/", fields.change, name="settings_field"),
    path("champs/<int:field_id>/retirer/", fields.retire, name="settings_field_retire"),
    path("utilisateurs/", users.users, name="settings_users"),
    path("utilisateurs/<int:membership_id>/role/", users.set_role, name="settings_user_role"),
    path("utilisateurs/<int:membership_id>/retirer/", users.revoke, name="settings_user_revoke"),
    path(
        "invitations/<int:invitation_id>/annuler/",
        users.withdraw,
        name="settings_user_withdraw",
    ),
    path("journal/", journal.journal, name="settings_journal"),
]
