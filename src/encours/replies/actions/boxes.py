"""Where a creditor's answers come in, set up by a person: its settings, its secrets sealed."""

from __future__ import annotations

import json
import secrets as random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Final

from django.db import transaction

from encours.feeds.ports import Account
from encours.kernel.refusal import Refusal
from encours.replies.models import Inbox
from encours.replies.rules.proposing import HOLD_DAYS, HOLD_MAX
from encours.tenancy import vault
from encours.tenancy.journal import record
from encours.tenancy.models import Creditor
from encours.tenancy.scope import in_tenant

AUTHS: Final = ("", "password", "microsoft", "google")
AFTERS: Final = ("leave", "flag", "move")
SETTINGS: Final = (
    "auth", "host", "port", "security", "user", "folder", "client_id", "directory", "after",
    "done_folder", "reader_url", "reader_model",
)  # fmt: skip
SECRETS: Final = ("password", "client_secret", "refresh_token", "signing_key", "reader_key")
CONNECTING: Final = ("auth", "host", "port", "user", "folder")
TOKEN_BYTES: Final = 32
TEXT_MAX: Final = 300


class InvalidInbox(Refusal):
    """Say what is wrong in what was typed: `by_field`."""

    message = "Cette boîte ne peut pas être enregistrée ainsi."

    def __init__(self, by_field: Mapping[str, str]) -> None:
        """Keep what is wrong, field by field."""
        super().__init__(" ".join(by_field.values()))
        self.by_field = dict(by_field)


class NoInbox(Refusal):
    """Nothing was set up for this creditor."""

    message = "Aucune boîte de réponses n'est réglée pour cette société."


@dataclass(frozen=True, slots=True)
class Told:
    """What a person says of the answers of a creditor; a secret left out stays as it is."""

    settings: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    allows_private: bool = False
    is_enabled: bool = True
    takes_all: bool = False
    hold_days: int = HOLD_DAYS
    tags_addresses: bool = False


@transaction.atomic
def set_inbox(*, tenant_id: int, creditor_id: int, told: Told, actor_id: int, today: date) -> int:
    """Set up where answers come in, or change it; what came before today is not read."""
    wrong = dict(_wrong(told))
    if wrong:
        raise InvalidInbox(wrong)
    rows = Inbox.objects.of(tenant_id).select_for_update(no_key=True)
    inbox = rows.filter(creditor_id=creditor_id).first()
    if inbox is None:
        inbox = Inbox(tenant_id=tenant_id, creditor_id=creditor_id, since_on=today)
    was_private, before = inbox.allows_private, dict(inbox.settings)
    given = {name: str(told.settings.get(name, "")).strip() for name in SETTINGS}
    inbox.settings = {name: text for name, text in given.items() if text}
    elsewhere = _elsewhere(inbox, before)
    if wrong := {name: vault.AGAIN for name in elsewhere if not told.secrets.get(name)}:
        raise InvalidInbox(wrong)
    if any(before.get(name) != inbox.settings.get(name) for name in CONNECTING):
        inbox.position, inbox.failures, inbox.failure = {}, 0, ""
    inbox.secrets = sealed(_with(inbox, told.secrets))
    inbox.allows_private, inbox.is_enabled = told.allows_private, told.is_enabled
    inbox.takes_all, inbox.hold_days = told.takes_all, told.hold_days
    inbox.next_run_at = datetime.now(UTC) if told.is_enabled and given["auth"] else None
    inbox.save()
    _tag_addresses(tenant_id, creditor_id, is_tagged=told.tags_addresses)
    _tell("inbox.set", inbox, actor_id, today, {"auth": given["auth"] or "none"})
    if inbox.allows_private and not was_private:
        _tell("inbox.private_allowed", inbox, actor_id, today)
    return inbox.pk


@transaction.atomic
def keep_consent(
    *, tenant_id: int, creditor_id: int, secrets: Mapping[str, str], actor_id: int, today: date
) -> None:
    """Keep what the owner of the mailbox consented to; it is read from the next minute on."""
    inbox = locked(tenant_id=tenant_id, creditor_id=creditor_id)
    inbox.secrets = sealed(_with(inbox, secrets))
    inbox.failures, inbox.failure = 0, ""
    inbox.next_run_at = datetime.now(UTC) if inbox.is_enabled else None
    inbox.save(update_fields=["secrets", "failures", "failure", "next_run_at"])
    _tell("inbox.connected", inbox, actor_id, today, {"auth": inbox.settings.get("auth", "")})


@transaction.atomic
def new_token(*, tenant_id: int, creditor_id: int, actor_id: int, today: date) -> str:
    """Return a new token for the address a provider calls, shown once; the one before is shut."""
    inbox = locked(tenant_id=tenant_id, creditor_id=creditor_id)
    token = random.token_urlsafe(TOKEN_BYTES)
    inbox.digest = digest_of_token(token)
    inbox.save(update_fields=["digest"])
    _tell("inbox.token_made", inbox, actor_id, today)
    return token


def digest_of_token(token: str) -> str:
    """Return the hash under which a token is kept; the secret of it is not in the database."""
    return vault.digest("inbox-token", token)


def locked(*, tenant_id: int, creditor_id: int) -> Inbox:
    """Return the inbox of a creditor, its row locked; raises NoInbox."""
    rows = Inbox.objects.of(tenant_id).select_for_update(no_key=True)
    found = rows.filter(creditor_id=creditor_id).first()
    if found is None:
        raise NoInbox
    return found


def account_of(inbox: Inbox) -> Account:
    """Return what a mailbox is opened with, its secrets opened."""
    tenant_id, creditor_id = inbox.tenant_id, inbox.creditor_id

    def keep(found: Mapping[str, str], secret: Mapping[str, str]) -> None:
        with in_tenant(tenant_id):
            row = locked(tenant_id=tenant_id, creditor_id=creditor_id)
            row.settings = {**row.settings, **found}
            row.secrets = sealed({**opened(row), **secret})
            row.save(update_fields=["settings", "secrets"])

    told = {name: str(value) for name, value in inbox.settings.items()}
    return Account(
        settings={**told, "since": inbox.since_on.isoformat()},
        secrets=opened(inbox),
        position=inbox.position,
        private=inbox.allows_private,
        keep=keep,
    )


def reader_settings(inbox: Inbox) -> dict[str, str]:
    """Return how the service that reads is called; empty when none was chosen."""
    url = str(inbox.settings.get("reader_url", ""))
    if not url:
        return {}
    return {
        "url": url,
        "model": str(inbox.settings.get("reader_model", "")),
        "key": opened(inbox).get("reader_key", ""),
        "private": "yes" if inbox.allows_private else "",
    }


def opened(inbox: Inbox) -> dict[str, str]:
    """Return the secrets of an inbox, in clear."""
    return dict(json.loads(vault.opened(inbox.secrets))) if inbox.secrets else {}


def _elsewhere(inbox: Inbox, before: Mapping[str, Any]) -> list[str]:
    """Return the secrets that are kept, and whose server is another now."""
    kept, now = opened(inbox), inbox.settings
    moved = {
        "password": now.get("auth") == "password" and vault.is_elsewhere(before, now),
        "reader_key": before.get("reader_url", "") != now.get("reader_url", ""),
    }
    return [name for name, is_moved in moved.items() if is_moved and kept.get(name)]


def _with(inbox: Inbox, given: Mapping[str, str]) -> dict[str, str]:
    """Return the secrets, those that were typed in the place of the others."""
    typed = {name: text.strip() for name, text in given.items() if name in SECRETS and text}
    return {**opened(inbox), **typed}


def sealed(secrets: Mapping[str, str]) -> str:
    """Return what the row keeps of secrets: those that are set, sealed by the vault."""
    kept = {name: text for name, text in secrets.items() if text}
    return vault.sealed(json.dumps(kept)) if kept else ""


def _tag_addresses(tenant_id: int, creditor_id: int, *, is_tagged: bool) -> None:
    creditor = Creditor.objects.of(tenant_id).select_for_update(no_key=True).get(pk=creditor_id)
    if bool(creditor.settings.get("reply_tags")) != is_tagged:
        creditor.settings = {**creditor.settings, "reply_tags": is_tagged}
        creditor.save(update_fields=["settings"])


def _wrong(told: Told) -> Mapping[str, str]:
    wrong, given = dict[str, str](), told.settings
    auth = given.get("auth", "")
    if auth not in AUTHS:
        wrong["auth"] = "Cette façon de se connecter n'existe pas."
    if auth == "password" and not given.get("host", "").strip():
        wrong["host"] = "Indiquez le serveur IMAP."
    if auth and not given.get("user", "").strip():
        wrong["user"] = "Indiquez l'adresse de la boîte."
    if auth in ("microsoft", "google") and not given.get("client_id", "").strip():
        wrong["client_id"] = "Indiquez l'identifiant de l'application chez le fournisseur."
    if given.get("after", "leave") not in ("", *AFTERS):
        wrong["after"] = "Ce choix n'existe pas."
    if given.get("after") == "move" and not given.get("done_folder", "").strip():
        wrong["done_folder"] = "Indiquez le dossier où ranger les réponses lues."
    if not 0 <= told.hold_days <= HOLD_MAX:
        wrong["hold_days"] = f"Indiquez un nombre de jours entre 0 et {HOLD_MAX}."
    if any(len(str(text)) > TEXT_MAX for text in given.values()):
        wrong["host"] = "Un de ces textes est trop long."
    return wrong


def _tell(
    verb: str,
    inbox: Inbox,
    actor_id: int | None,
    today: date,
    data: Mapping[str, Any] | None = None,
) -> None:
    record(
        verb,
        tenant_id=inbox.tenant_id,
        subject=("inbox", inbox.pk),
        effective_on=today,
        actor_id=actor_id,
        creditor_id=inbox.creditor_id,
        data=data,
    )


def tell_health(inbox: Inbox, *, is_failing: bool, today: date) -> None:
    """Write that a mailbox began to fail, or answers again."""
    _tell("inbox.failed" if is_failing else "inbox.recovered", inbox, None, today)
