"""Says how to reach a platform; a secret that is not given again stays as it was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from django.db import transaction

from encours.einvoicing.models import Connection
from encours.kernel.refusal import Refusal
from encours.tenancy import journal, vault

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class UnsafeAddress(Refusal):
    """A secret never travels in clear, but to this very machine."""

    message = "L'adresse de la plateforme doit commencer par https://."


@dataclass(frozen=True, slots=True)
class Given:
    """What the form says; empty secrets mean the ones already kept."""

    code: str
    base_url: str
    token_url: str
    client_id: str
    client_secret: str = ""
    login: str = ""
    password: str = ""
    is_active: bool = True


@transaction.atomic
def set_connection(
    *, tenant_id: int, creditor_id: int, given: Given, actor_id: int | None = None, today: date
) -> None:
    """Keep how a creditor reaches its platform, secrets sealed; raises UnsafeAddress."""
    for address in (given.base_url, given.token_url):
        parts = urlsplit(address)
        if parts.scheme != "https" and parts.hostname not in LOOPBACK:
            raise UnsafeAddress
    values = {
        "base_url": given.base_url,
        "token_url": given.token_url,
        "client_id": given.client_id,
        "login": given.login,
        "is_active": given.is_active,
        "last_error": "",
    }
    if given.client_secret:
        values["client_secret"] = vault.sealed(given.client_secret)
    if given.password:
        values["password"] = vault.sealed(given.password)
    Connection.objects.of(tenant_id).update_or_create(
        tenant_id=tenant_id, creditor_id=creditor_id, code=given.code, defaults=values
    )
    journal.record(
        "einvoicing.connection_set",
        tenant_id=tenant_id,
        subject=("creditor", creditor_id),
        effective_on=today,
        actor_id=actor_id,
        creditor_id=creditor_id,
        data={"platform": given.code, "active": given.is_active},
    )
