"""How a creditor's messages leave: by its own server or account, else the installation's."""

from __future__ import annotations

import json
import uuid
from datetime import datetime

from django.db import transaction

from encours.kernel.refusal import Refusal
from encours.messaging.models import ChannelAccount
from encours.messaging.ports import CHANNEL_FACTORIES, Account, Email, Parcel, Undelivered
from encours.messaging.rules import mime
from encours.messaging.rules.address import Mailbox
from encours.tenancy import vault
from encours.tenancy.actions import sending
from encours.tenancy.models import Creditor
from encours.tenancy.scope import in_tenant

SUBJECT = "Message d'essai d'encours"
TEXT = """Bonjour,

Ce message d'essai de {name} est parti par le serveur de messagerie réglé pour cette société.
S'il est arrivé dans les indésirables, demandez à votre hébergeur de vérifier SPF, DKIM et DMARC.
"""


class SenderMissing(Refusal):
    """No test without an address to write from."""

    message = "Indiquez d'abord l'adresse d'expédition."


class NoAccount(Refusal):
    """Somebody closed the account meanwhile: what waited for it goes on waiting."""

    message = "Aucun compte n'est ouvert pour ce canal."


def account_for(creditor: Creditor, channel: str) -> Account:
    """Return the account of a creditor's channel, its secrets opened.

    E-mails leave without one; raises NoAccount for the rest.
    """
    own = ChannelAccount.objects.of(creditor.tenant_id).filter(
        creditor=creditor, channel=channel, is_enabled=True
    )
    found = own.first()
    if found is not None:
        return opened(found)
    if channel != "email":
        raise NoAccount
    return account_of(creditor)


def own_number(creditor: Creditor, channel: str) -> str:
    """Return the user's own number, where a rehearsal's texts go; nothing when none is said."""
    rows = ChannelAccount.objects.of(creditor.tenant_id).filter(creditor=creditor, channel=channel)
    return next(iter(rows.values_list("own_number", flat=True)), "")


def opened(row: ChannelAccount) -> Account:
    """Return what a channel is opened with, its secrets opened."""
    every = {**{name: str(value) for name, value in row.settings.items()}, **secrets_of(row)}
    return Account(row.provider, tuple(sorted(every.items())))


def short_terms(creditor: Creditor, channel: str) -> tuple[str, int]:
    """Return where a STOP is answered, and the price of one part in hundredths of a cent."""
    rows = ChannelAccount.objects.of(creditor.tenant_id)
    row = rows.filter(creditor=creditor, channel=channel).first()
    return (str(row.settings.get("stop", "")), row.segment_price) if row else ("", 0)


def secrets_of(row: ChannelAccount) -> dict[str, str]:
    """Return the secrets of an account, opened."""
    return dict(json.loads(vault.opened(row.secrets))) if row.secrets else {}


def account_of(creditor: Creditor) -> Account:
    """Return the e-mail account of a creditor, its password opened; empty settings: ours."""
    server = {str(name): str(value) for name, value in creditor.smtp.items()}
    if server.get("consent"):
        server |= {"tenant_id": str(creditor.tenant_id), "creditor_id": str(creditor.pk)}
    if server.get("host") and creditor.smtp_password:
        server["password"] = vault.opened(creditor.smtp_password)
    return Account("smtp", tuple(sorted(server.items())))


def send_test_mail(
    *, tenant_id: int, creditor_id: int, to: str, actor_id: int, now: datetime
) -> None:
    """Send a test to the person who asks, after the commit, and keep what the server said."""
    creditor = Creditor.objects.of(tenant_id).get(id=creditor_id)
    if not creditor.sender_email:
        raise SenderMissing
    account, email = account_for(creditor, "email"), _test_email(creditor, to, now)

    def send() -> None:
        problem = problem_of(account, email)
        with in_tenant(tenant_id):
            sending.record_sender_check(
                tenant_id=tenant_id,
                creditor_id=creditor_id,
                problem=problem,
                actor_id=actor_id,
                now=now,
            )

    transaction.on_commit(send)


def _test_email(creditor: Creditor, to: str, now: datetime) -> Email:
    mail = mime.Mail(
        message_id=mime.message_id(uuid.uuid4(), creditor.sender_email),
        prepared_at=now,
        sender=Mailbox(creditor.sender_email, creditor.sender_name or creditor.name),
        to=(Mailbox(to),),
        subject=SUBJECT,
        text=TEXT.format(name=creditor.name),
        reply_to=Mailbox(creditor.reply_to) if creditor.reply_to else None,
    )
    return Email(
        mail.message_id, creditor.sender_email, mime.recipients(mail), mime.mime_bytes(mail)
    )


def problem_of(account: Account, parcel: Parcel) -> str:
    """Return why a test did not leave, in the channel's own words; nothing when it left."""
    channel = CHANNEL_FACTORIES[account.channel](account)
    try:
        channel.send(parcel)
    except Undelivered as refusal:
        return f"{refusal} {refusal.reply}".strip()
    finally:
        channel.close()
    return ""
