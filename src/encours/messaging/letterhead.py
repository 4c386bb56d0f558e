"""The letterhead and the account that a creditor's letters show, and where answers go."""

from __future__ import annotations

from uuid import UUID

from encours.messaging.rules.address import Mailbox, tagged
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


def reply_to(creditor: Creditor, message: UUID) -> Mailbox | None:
    """Return where answers go; the message's number stands in it, where the creditor chose so."""
    if not creditor.reply_to:
        return None
    has_tags = bool(creditor.settings.get("reply_tags"))
    return Mailbox(tagged(creditor.reply_to, message.hex) if has_tags else creditor.reply_to)
