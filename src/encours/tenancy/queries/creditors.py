"""A creditor's settings as its pages show them; secrets never leave the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from encours.tenancy.models import BankAccount, Creditor, User


@dataclass(frozen=True, slots=True)
class CreditorSettings:
    """All that the settings pages show of a creditor; `described` holds its form's fields."""

    id: int
    code: str
    name: str
    described: dict[str, Any]
    time_zone: str
    sender: dict[str, Any]
    server: dict[str, Any]
    has_password: bool
    sender_checked_at: datetime | None
    sender_test: Mapping[str, str]
    sender_names: Mapping[str, Any]
    has_logo: bool
    live_on: date | None
    stopped_at: datetime | None


@dataclass(frozen=True, slots=True)
class AccountRow:
    """A bank account, with the names of who asked for it and who confirmed it."""

    id: int
    iban: str
    bic: str
    holder_name: str
    state: str
    is_default: bool
    requested_at: datetime
    requested_by: str
    requested_by_id: int | None
    confirmed_at: datetime | None
    confirmed_by: str


DESCRIBED = (
    "name", "siren", "vat_number", "legal_form", "address_line1", "address_line2", "postcode",
    "city", "country", "email", "phone", "currency", "signatory", "signatory_role",
)  # fmt: skip
SENDER = ("sender_name", "sender_email", "reply_to", "rehearsal_email")


def creditor_settings(*, tenant_id: int, creditor_id: int) -> CreditorSettings | None:
    """Return one creditor's settings, or None if the tenant has no such creditor."""
    rows = Creditor.objects.of(tenant_id).filter(id=creditor_id).select_related("tenant")
    found = rows.defer("logo").first()
    if found is None:
        return None
    return CreditorSettings(
        id=found.pk,
        code=found.code,
        name=found.name,
        described={name: getattr(found, name) for name in DESCRIBED},
        time_zone=found.in_force("time_zone"),
        sender={name: getattr(found, name) for name in SENDER},
        server=found.smtp,
        has_password=bool(found.smtp_password),
        sender_checked_at=found.sender_checked_at,
        sender_test=found.settings.get("sender_test", {}),
        sender_names=found.settings.get("sender_names", {}),
        has_logo=bool(found.logo_type),
        live_on=found.live_on,
        stopped_at=found.sending_stopped_at,
    )


def logo(*, tenant_id: int, creditor_id: int) -> tuple[bytes, str] | None:
    """Return a creditor's logo and its type."""
    row = (
        Creditor.objects.of(tenant_id)
        .filter(id=creditor_id)
        .exclude(logo_type="")
        .values_list("logo", "logo_type")
        .first()
    )
    return (bytes(row[0]), row[1]) if row and row[0] else None


def bank_accounts(*, tenant_id: int, creditor_id: int) -> list[AccountRow]:
    """Return the accounts in use or waiting, the default first."""
    rows = list(
        BankAccount.objects.of(tenant_id)
        .filter(creditor_id=creditor_id)
        .exclude(state="retired")
        .order_by("-is_default", "state", "id")
    )
    people = {one for row in rows for one in (row.requested_by_id, row.confirmed_by_id) if one}
    names = {user.pk: str(user) for user in User.objects.filter(id__in=people)}
    return [
        AccountRow(
            id=row.pk,
            iban=" ".join(row.iban[at : at + 4] for at in range(0, len(row.iban), 4)),
            bic=row.bic,
            holder_name=row.holder_name,
            state=row.state,
            is_default=row.is_default,
            requested_at=row.requested_at,
            requested_by=names.get(row.requested_by_id or 0, ""),
            requested_by_id=row.requested_by_id,
            confirmed_at=row.confirmed_at,
            confirmed_by=names.get(row.confirmed_by_id or 0, ""),
        )
        for row in rows
    ]


def account_creditor(*, tenant_id: int, account_id: int) -> int | None:
    """Return whose account it is, for the check of rights."""
    found = BankAccount.objects.of(tenant_id).filter(id=account_id)
    return found.values_list("creditor_id", flat=True).first()
