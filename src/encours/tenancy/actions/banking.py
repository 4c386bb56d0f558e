"""Where a creditor is paid. A change needs two people: invoice fraud begins with an IBAN.

The view asks for a fresh login before each of these actions; the admins are told of every change.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from schwifty import IBAN
from schwifty.exceptions import SchwiftyException

from encours.kernel.refusal import Refusal
from encours.tenancy import journal
from encours.tenancy.actions.creditors import locked_creditor
from encours.tenancy.actions.letters import tell_admins
from encours.tenancy.models import BankAccount


class InvalidIban(Refusal):
    """Its key or its form is wrong."""

    message = "Cet IBAN est faux : recopiez-le depuis le relevé d'identité bancaire."


class HolderMissing(Refusal):
    """Banks compare it with the account (verification of payee)."""

    message = "Indiquez le titulaire exactement comme la banque l'écrit sur le RIB."


class AlreadyKnown(Refusal):
    """The same account twice says nothing new."""

    message = "Ce compte est déjà enregistré pour cette société."


class SecondPersonNeeded(Refusal):
    """The one who asks cannot be the one who confirms."""

    message = "Une autre personne doit confirmer : vous avez demandé ce changement."


class NotWaiting(Refusal):
    """Confirmed, refused or replaced meanwhile."""

    message = "Ce compte n'attend plus de confirmation."


class OnlyAccount(Refusal):
    """Reminders would have nowhere to ask money to."""

    message = "C'est le seul compte actif : ajoutez-en un autre avant de le retirer."


@dataclass(frozen=True, slots=True)
class Requested:
    """An account that was recorded; `is_active` when nobody's account was replaced by it."""

    id: int
    is_active: bool


@transaction.atomic
def request_bank_account(
    *, tenant_id: int, creditor_id: int, iban: str, holder_name: str, actor_id: int, now: datetime
) -> Requested:
    """Record an account: a creditor's first is used at once, any later one waits.

    A waiting account becomes the default when a second person confirms it.
    """
    creditor = locked_creditor(tenant_id=tenant_id, creditor_id=creditor_id)
    checked = _iban(iban)
    holder = " ".join(holder_name.split())
    if not holder:
        raise HolderMissing
    known = BankAccount.objects.of(tenant_id).filter(creditor_id=creditor_id)
    if known.exclude(state="retired").filter(iban=str(checked)).exists():
        raise AlreadyKnown
    is_first = not known.exclude(confirmed_at=None).exists()
    account = BankAccount.objects.create(
        tenant_id=tenant_id,
        creditor_id=creditor_id,
        iban=str(checked),
        bic=str(checked.bic or ""),
        holder_name=holder[:70],
        state="active" if is_first else "pending",
        is_default=is_first,
        requested_by_id=actor_id,
        confirmed_at=now if is_first else None,
    )
    _record("bank_account.requested", account, actor_id, now)
    if is_first:
        _record("bank_account.activated", account, actor_id, now)
    tell_admins(
        tenant_id=tenant_id,
        subject=f"Compte bancaire ajouté pour {creditor.name}",
        text=(
            f"Le compte {masked(account.iban)} au nom de {holder} a été ajouté pour "
            f"{creditor.name}.\n"
            + (
                "C'est son premier compte : il figure désormais sur les relances."
                if is_first
                else "Il n'est pas utilisé tant qu'une deuxième personne ne l'a pas confirmé."
            )
            + "\nSi vous n'en savez rien, retirez-le sans attendre : Réglages › Comptes bancaires."
        ),
    )
    return Requested(account.pk, is_first)


@transaction.atomic
def confirm_bank_account(*, tenant_id: int, account_id: int, actor_id: int, now: datetime) -> None:
    """Let a second person put a waiting account in use; it becomes the creditor's default."""
    account = _waiting(tenant_id, account_id)
    if account.requested_by_id == actor_id:
        raise SecondPersonNeeded
    mine = BankAccount.objects.of(tenant_id).filter(creditor_id=account.creditor_id)
    mine.filter(is_default=True).update(is_default=False)
    mine.filter(id=account_id).update(
        state="active", is_default=True, confirmed_by_id=actor_id, confirmed_at=now
    )
    _record("bank_account.confirmed", account, actor_id, now)
    tell_admins(
        tenant_id=tenant_id,
        subject=f"Compte bancaire confirmé pour {account.creditor.name}",
        text=(
            f"Le compte {masked(account.iban)} au nom de {account.holder_name} est confirmé : "
            f"les relances de {account.creditor.name} demandent désormais d'y payer."
        ),
    )


@transaction.atomic
def retire_bank_account(*, tenant_id: int, account_id: int, actor_id: int, now: datetime) -> None:
    """Stop using an account, or refuse one that waits; the last active one stays."""
    accounts = BankAccount.objects.of(tenant_id).select_for_update(of=("self",))
    account = accounts.filter(id=account_id).exclude(state="retired").first()
    if account is None:
        raise NotWaiting
    mine = BankAccount.objects.of(tenant_id).filter(creditor_id=account.creditor_id)
    others = mine.filter(state="active").exclude(id=account_id).order_by("-confirmed_at", "-id")
    heir = others.first()
    if account.state == "active" and heir is None:
        raise OnlyAccount
    mine.filter(id=account_id).update(state="retired", is_default=False)
    if account.is_default and heir is not None:
        mine.filter(id=heir.pk).update(is_default=True)
    _record("bank_account.retired", account, actor_id, now)
    tell_admins(
        tenant_id=tenant_id,
        subject=f"Compte bancaire retiré pour {account.creditor.name}",
        text=f"Le compte {masked(account.iban)} de {account.creditor.name} n'est plus utilisé.",
    )


def masked(iban: str) -> str:
    """Return an IBAN that may be written in a mail or the journal: its ends only."""
    return f"{iban[:4]}…{iban[-4:]}"


def _iban(text: str) -> IBAN:
    try:
        return IBAN("".join(text.split()).upper(), validate_bban=True)
    except SchwiftyException as problem:
        raise InvalidIban from problem


def _waiting(tenant_id: int, account_id: int) -> BankAccount:
    found = BankAccount.objects.of(tenant_id).filter(id=account_id, state="pending")
    account = found.select_for_update(of=("self",)).select_related("creditor").first()
    if account is None:
        raise NotWaiting
    return account


def _record(verb: str, account: BankAccount, actor_id: int, now: datetime) -> None:
    journal.record(
        verb,
        tenant_id=account.tenant_id,
        subject=("bank_account", account.pk),
        effective_on=now.date(),
        actor_id=actor_id,
        creditor_id=account.creditor_id,
        data={"account": masked(account.iban)},
    )
