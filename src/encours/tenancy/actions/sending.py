"""How a creditor's messages leave, and the one button that stops them all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from encours.kernel.refusal import Refusal
from encours.tenancy import journal, vault
from encours.tenancy.actions.creditors import locked_creditor
from encours.tenancy.models import Creditor, Tenant

SECURITIES: Final = ("", "starttls", "tls")
PORT: Final = 587
PORT_MAX: Final = 65_535


class InvalidServer(Refusal):
    """A host and a port are needed to reach a server."""

    message = "Indiquez le nom du serveur SMTP et un port entre 1 et 65535."


class Unencrypted(Refusal):
    """A password must not travel in clear."""

    message = "Un mot de passe SMTP demande une connexion chiffrée (STARTTLS ou TLS)."


@transaction.atomic
def set_sender(
    *,
    tenant_id: int,
    creditor_id: int,
    sender_name: str,
    sender_email: str,
    reply_to: str,
    rehearsal_email: str,
    actor_id: int,
    now: datetime,
) -> None:
    """Set who writes, who is answered, and where the rehearsal's messages go."""
    creditor = locked_creditor(tenant_id=tenant_id, creditor_id=creditor_id)
    changes: dict[str, Any] = {
        "sender_name": sender_name.strip(),
        "sender_email": sender_email.strip(),
        "reply_to": reply_to.strip(),
        "rehearsal_email": rehearsal_email.strip(),
    }
    changed = sorted(name for name, value in changes.items() if getattr(creditor, name) != value)
    if not changed:
        return
    if "sender_email" in changed:
        changes["sender_checked_at"] = None
    _update(creditor, changes)
    _record("sender.set", creditor, actor_id, now, {"fields": changed})


@transaction.atomic
def set_mail_server(
    *,
    tenant_id: int,
    creditor_id: int,
    host: str,
    port: int,
    security: str,
    user: str,
    password: str | None,
    actor_id: int,
    now: datetime,
) -> None:
    """Use the creditor's own SMTP server, or with an empty host the installation's.

    `password` None keeps the one that is stored, encrypted; it is never shown again.
    """
    creditor = locked_creditor(tenant_id=tenant_id, creditor_id=creditor_id)
    assert security in SECURITIES, security
    host = host.strip()
    if not host:
        changes: dict[str, Any] = {"smtp": {}, "smtp_password": ""}
    else:
        if not 0 < port <= PORT_MAX:
            raise InvalidServer
        kept = creditor.smtp_password if password is None else vault.sealed(password)
        if kept and not security:
            raise Unencrypted
        server = {"host": host, "port": port, "security": security, "user": user.strip()}
        changes = {"smtp": server, "smtp_password": kept}
    changes["sender_checked_at"] = None
    _update(creditor, changes)
    _record("sender.server_set", creditor, actor_id, now, {"host": host, "security": security})


@transaction.atomic
def send_by_mailbox(
    *, tenant_id: int, creditor_id: int, host: str, user: str, actor_id: int, now: datetime
) -> None:
    """Send by the creditor's mailbox of answers, which its owner opened: no password is kept."""
    creditor = locked_creditor(tenant_id=tenant_id, creditor_id=creditor_id)
    server = {"host": host, "port": PORT, "security": "starttls", "user": user, "consent": "inbox"}
    changes = {"smtp": server, "smtp_password": "", "sender_checked_at": None}
    _update(creditor, changes)
    told = {"host": host, "security": "starttls"}
    _record("sender.server_set", creditor, actor_id, now, told)


@transaction.atomic
def record_sender_check(
    *, tenant_id: int, creditor_id: int, problem: str, actor_id: int, now: datetime
) -> None:
    """Keep the outcome of a test mail: it left (`problem` empty), or what the server said."""
    creditor = locked_creditor(tenant_id=tenant_id, creditor_id=creditor_id)
    test = {"at": now.isoformat(), "problem": problem[:300]}
    kept = {**creditor.settings, "sender_test": test}
    _update(creditor, {"settings": kept, "sender_checked_at": None if problem else now})
    _record("sender.tested", creditor, actor_id, now, {"left": not problem})


@transaction.atomic
def record_sender_names(
    *,
    tenant_id: int,
    creditor_id: int,
    domain: str,
    selector: str,
    found: Sequence[Mapping[str, Any]],
    actor_id: int,
    now: datetime,
) -> None:
    """Keep what the DNS said of the sender's domain, in place of what it said before."""
    creditor = locked_creditor(tenant_id=tenant_id, creditor_id=creditor_id)
    said = {"at": now.isoformat(), "domain": domain, "selector": selector, "found": list(found)}
    _update(creditor, {"settings": {**creditor.settings, "sender_names": said}})
    states = {str(one["subject"]): f"name_{one['state']}" for one in found}
    _record("sender.names_checked", creditor, actor_id, now, {"domain": domain, **states})


def stop_sending(*, tenant_id: int, creditor_id: int | None, actor_id: int, now: datetime) -> None:
    """Stop every message of a creditor, or of the whole tenant, at once."""
    _switch(tenant_id, creditor_id, _Switch("sending.stopped", now, actor_id, now))


def resume_sending(
    *, tenant_id: int, creditor_id: int | None, actor_id: int, now: datetime
) -> None:
    """Let messages leave again; nothing that was held is sent by that alone."""
    _switch(tenant_id, creditor_id, _Switch("sending.resumed", None, actor_id, now))


@dataclass(frozen=True, slots=True)
class _Switch:
    verb: str
    stopped_at: datetime | None
    actor_id: int
    now: datetime


@transaction.atomic
def _switch(tenant_id: int, creditor_id: int | None, switch: _Switch) -> None:
    stopped_at = switch.stopped_at
    if creditor_id is not None:
        creditor = locked_creditor(tenant_id=tenant_id, creditor_id=creditor_id)
        if (creditor.sending_stopped_at is None) == (stopped_at is None):
            return
        _update(creditor, {"sending_stopped_at": stopped_at})
        _record(switch.verb, creditor, switch.actor_id, switch.now, {})
        return
    tenants = Tenant.objects.filter(id=tenant_id, sending_stopped_at__isnull=stopped_at is not None)
    if tenants.update(sending_stopped_at=stopped_at):
        journal.record(
            switch.verb,
            tenant_id=tenant_id,
            subject=("tenant", tenant_id),
            effective_on=switch.now.date(),
            actor_id=switch.actor_id,
        )


def _update(creditor: Creditor, changes: Mapping[str, Any]) -> None:
    Creditor.objects.of(creditor.tenant_id).filter(id=creditor.pk).update(**changes)


def _record(
    verb: str, creditor: Creditor, actor_id: int, now: datetime, data: Mapping[str, Any]
) -> None:
    journal.record(
        verb,
        tenant_id=creditor.tenant_id,
        subject=("creditor", creditor.pk),
        effective_on=now.date(),
        actor_id=actor_id,
        creditor_id=creditor.pk,
        data=data,
    )
