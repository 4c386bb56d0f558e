"""The letterhead and the account that a creditor's letters show."""

from __future__ import annotations

from encours.messaging.rules.notice import Payment, Sender
from encours.tenancy.models import BankAccount, Creditor


def sender_of(creditor: Creditor) -> Sender:
    """Return the letterhead of a creditor."""
    town = f"{creditor.postcode} {creditor.city}".strip()
    address = (creditor.address_line1, creditor.address_line2, town)
    return Sender(
        name=creditor.name,
        address=tuple(part for part in address if part),
        siren=creditor.siren,
        vat_number=creditor.vat_number,
        legal_line=creditor.legal_form,
        email=creditor.reply_to or creditor.email or creditor.sender_email,
        phone=creditor.phone,
        logo=bytes(creditor.logo) if creditor.logo else b"",
    )


def payment_of(creditor: Creditor) -> Payment | None:
    """Return the creditor's active default account, with its exact holder; None without one."""
    account = (
        BankAccount.objects.of(creditor.tenant_id)
        .filter(creditor=creditor, state="active")
        .order_by("-is_default", "pk")
        .first()
    )
    if account is None:
        return None
    return Payment(holder=account.holder_name, iban=account.iban, bic=account.bic)
