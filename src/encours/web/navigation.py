"""The menu of the staff site: an entry shows when its page exists and its right is granted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from encours.tenancy.rights import Access
from encours.web.wording import Text


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a menu: the name of its address, and the addresses that belong under it."""

    label: Text
    url_name: str
    icon: str
    right: str
    also: tuple[str, ...] = ()
    of_all: bool = False  # what acts on every creditor needs the right at each of them


@dataclass(frozen=True, slots=True)
class Item:
    """An entry as one person sees it on one page."""

    label: Text
    url: str
    icon: str
    is_current: bool


MAIN: Final[tuple[Entry, ...]] = (
    Entry(_("Tableau de bord"), "dashboard", "home", "ledger.read"),
    Entry(_("Balance âgée"), "aged_balance", "ageing", "ledger.read", ("aged_balance_",)),
    Entry(_("Clients"), "customers", "customers", "customers.read", ("customer",)),
    Entry(_("Factures"), "invoices", "invoice", "ledger.read", ("invoice", "penalty_", "discount")),
    Entry(_("Relances"), "plan", "calendar", "dunning.read", ("plan", "reminder", "triage")),
    Entry(_("Réponses"), "replies", "undo", "dunning.read", ("reply", "replies_")),
    Entry(_("Appels"), "calls", "phone", "calls.read", ("call",)),
    Entry(
        _("Messages"), "outbox", "mail", "dunning.read", ("outbox", "message", "letters", "sink")
    ),
    Entry(_("Pièces"), "documents", "note", "documents.read", ("document", "claims")),
    Entry(_("Imports"), "imports", "upload", "imports.read", ("import", "source", "contacts")),
    Entry(_("Réglages"), "settings", "settings", "settings.read", ("settings",)),
)
SETTINGS: Final[tuple[Entry, ...]] = (
    Entry(_("Société"), "settings_creditor", "building", "settings.read"),
    Entry(_("Relances et envois"), "settings_creditor_habits", "clock", "settings.read"),
    Entry(_("Comptes bancaires"), "settings_bank", "bank", "settings.read", ("settings_bank",)),
    Entry(_("Expéditeur"), "settings_sender", "mail", "settings.read", ("settings_sender",)),
    Entry(_("Coût des courriers"), "settings_postage", "print", "settings.read"),
    Entry(
        _("Réponses des clients"),
        "settings_replies",
        "undo",
        "settings.read",
        ("settings_replies",),
    ),
    Entry(_("Canaux"), "settings_channels", "send", "settings.read", ("settings_channel",)),
    Entry(_("Conditions de règlement"), "settings_terms", "calendar", "settings.read"),
    Entry(_("Escompte"), "settings_discounts", "percent", "settings.read", ("settings_discount",)),
    Entry(_("Pénalités et indemnités"), "settings_penalties", "euro", "settings.read"),
    Entry(_("Taux légaux"), "settings_rates", "percent", "settings.read", ("settings_rates",)),
    Entry(_("Devises"), "settings_exchange", "bank", "settings.read", ("settings_exchange",)),
    Entry(
        _("Facturation électronique"),
        "settings_einvoicing",
        "invoice",
        "settings.read",
        ("settings_einvoicing",),
    ),
    Entry(
        _("Scénarios de relance"),
        "settings_scenarios",
        "steps",
        "settings.read",
        ("settings_scenario",),
    ),
    Entry(
        _("Cabinet de recouvrement"),
        "settings_agency",
        "users",
        "settings.read",
        ("settings_agency_",),
    ),
    Entry(_("Textes des messages"), "settings_texts", "edit", "settings.read", ("settings_text",)),
    Entry(_("Profils payeurs"), "settings_profiles", "percent", "settings.read"),
    Entry(_("Appels"), "settings_calls", "phone", "settings.read", ("settings_calls",)),
    Entry(_("Segments"), "settings_segments", "filter", "settings.read", ("settings_segment_",)),
    Entry(_("Vos champs"), "settings_fields", "filter", "settings.read", ("settings_field",)),
    Entry(_("Utilisateurs"), "settings_users", "users", "users.manage", ("settings_user",)),
    Entry(_("Clés de l'API"), "settings_keys", "key", "users.manage", ("settings_key",)),
    Entry(
        _("Webhooks"),
        "settings_webhooks",
        "send",
        "settings.read",
        ("settings_webhook", "settings_delivery"),
    ),
    Entry(
        _("Portefeuilles et absences"),
        "settings_portfolios",
        "users",
        "settings.read",
        ("settings_portfolios",),
    ),
    Entry(_("Journal"), "settings_journal", "journal", "audit.read"),
    Entry(
        _("Données"),
        "settings_data",
        "shield",
        "custody.export",
        ("settings_person",),
        of_all=True,
    ),
)
ACCOUNT: Final[tuple[Entry, ...]] = (
    Entry(_("Profil"), "profile", "user", "self"),
    Entry(_("Mot de passe"), "account_change_password", "key", "self"),
    Entry(_("Double authentification"), "mfa_index", "shield", "self", ("mfa_",)),
    Entry(_("Sessions ouvertes"), "usersessions_list", "device", "self"),
)


def menu(
    entries: Sequence[Entry], access: Access, url_name: str, creditor_id: int | None
) -> list[Item]:
    """Return the entries this person may open, the current one marked."""
    items = []
    for entry in entries:
        if not access.may(entry.right, creditor_id):
            continue
        if entry.of_all and not access.everywhere(entry.right):
            continue
        try:
            url = reverse(entry.url_name)
        except NoReverseMatch:
            continue
        current = url_name == entry.url_name or url_name.startswith(entry.also or ("\0",))
        items.append(Item(entry.label, url, entry.icon, current))
    return items
