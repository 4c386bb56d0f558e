"""Names the collector that acts for a creditor, and its account, which two people see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from django.db import transaction
from stdnum import iban as iban_number

from encours.dunning.models import Agency as StoredAgency
from encours.dunning.rules.agency import Card
from encours.kernel.refusal import Refusal
from encours.tenancy import journal


class NoAgency(Refusal):
    """Nobody was named."""

    message = "Aucun cabinet de recouvrement n'est nommé."


class NameMissing(Refusal):
    """A collector is told by its name."""

    message = "Donnez le nom du cabinet."


class InvalidAccount(Refusal):
    """Its key or its holder is wrong."""

    message = "Donnez le titulaire et un IBAN valable, recopiés de son relevé d'identité bancaire."


class SecondPerson(Refusal):
    """The one who gave the account cannot be the one who confirms it."""

    message = "Une autre personne doit confirmer : vous avez donné ce compte."


CARD = tuple(one.name for one in fields(Card))


@transaction.atomic
def name_agency(
    *, tenant_id: int, creditor_id: int, card: Card, actor_id: int | None = None, now: datetime
) -> None:
    """Say who collects for the creditor; it writes once nothing is missing."""
    if not card.name.strip():
        raise NameMissing
    told = {name: getattr(card, name) for name in CARD}
    StoredAgency.objects.of(tenant_id).update_or_create(
        tenant_id=tenant_id, creditor_id=creditor_id, defaults={**told, "changed_at": now}
    )
    _tell("agency.named", tenant_id, creditor_id, actor_id, now)


@transaction.atomic
def set_account(
    *,
    tenant_id: int,
    creditor_id: int,
    receives_funds: bool,
    holder: str = "",
    iban: str = "",
    actor_id: int | None = None,
    now: datetime,
) -> None:
    """Say whether the collector is paid in the creditor's name, and where; another confirms it."""
    row = _locked(tenant_id, creditor_id)
    told: Mapping[str, Any] = {"receives_funds": False, "holder": "", "iban": ""}
    if receives_funds:
        compact = iban_number.compact(iban)
        if not holder.strip() or not iban_number.is_valid(compact):
            raise InvalidAccount
        told = {"receives_funds": True, "holder": holder.strip(), "iban": compact}
        if all(getattr(row, name) == value for name, value in told.items()):
            return
    for name, value in told.items():
        setattr(row, name, value)
    row.account_author_id, row.account_confirmed_by_id, row.changed_at = actor_id, None, now
    row.save()
    _tell("agency.account_given", tenant_id, creditor_id, actor_id, now)


@transaction.atomic
def confirm_account(*, tenant_id: int, creditor_id: int, actor_id: int, now: datetime) -> None:
    """Let a second person put the collector's account in use."""
    row = _locked(tenant_id, creditor_id)
    if actor_id == row.account_author_id:
        raise SecondPerson
    if row.receives_funds and row.account_confirmed_by_id is None:
        row.account_confirmed_by_id, row.changed_at = actor_id, now
        row.save(update_fields=["account_confirmed_by_id", "changed_at"])
        _tell("agency.account_confirmed", tenant_id, creditor_id, actor_id, now)


@transaction.atomic
def remove_agency(
    *, tenant_id: int, creditor_id: int, actor_id: int | None = None, now: datetime
) -> None:
    """End it: nothing leaves in its name any more; what it wrote stays."""
    _locked(tenant_id, creditor_id).delete()
    _tell("agency.removed", tenant_id, creditor_id, actor_id, now)


def _locked(tenant_id: int, creditor_id: int) -> StoredAgency:
    rows = StoredAgency.objects.of(tenant_id).select_for_update()
    row = rows.filter(creditor_id=creditor_id).first()
    if row is None:
        raise NoAgency
    return row


def _tell(verb: str, tenant_id: int, creditor_id: int, actor_id: int | None, now: datetime) -> None:
    journal.record(
        verb,
        tenant_id=tenant_id,
        subject=("creditor", creditor_id),
        effective_on=now.date(),
        actor_id=actor_id,
        creditor_id=creditor_id,
    )
