"""Every adapter that ships with encours, by port and code: the only list of them.

Third parties add theirs by entry points; nothing else in the program knows a provider's name.
"""

from __future__ import annotations

from django.conf import settings

from encours.config import home
from encours.dunning.actions.outgoing import ReminderPreparer
from encours.imports.ports import READERS
from encours.imports.readers.fec import Fec
from encours.messaging.ports import (
    CHANNEL_FACTORIES,
    LETTER_PRESSES,
    MAIL_SINKS,
    PREPARERS,
    Account,
    EmailChannel,
)
from encours.messaging.providers.sink import MailFolder
from encours.messaging.providers.smtp import Security, SmtpChannel, SmtpSettings
from encours.messaging.providers.typst_letter import TypstPress
from encours.tenancy.ports import MAILERS
from encours.tenancy.providers.django_mail import DjangoMailer


def register() -> None:
    """Fill the registries of the ports; third parties come by entry points."""
    CHANNEL_FACTORIES.fill({"smtp": smtp_channel})
    LETTER_PRESSES.fill({"typst": TypstPress()})
    MAILERS.fill({"django": DjangoMailer()})
    PREPARERS.fill({"reminder": ReminderPreparer()})
    READERS.fill({"fec": Fec()})
    MAIL_SINKS.fill({"folder": MailFolder(home.files("sink"))})


def smtp_channel(account: Account) -> EmailChannel:
    """Open the creditor's own server, or the installation's when it has none."""
    given = dict(account.settings)
    if given.get("host"):
        security: Security = "none"
        if given.get("security") in ("starttls", "tls"):
            security = "starttls" if given["security"] == "starttls" else "tls"
        return SmtpChannel(
            SmtpSettings(
                host=given["host"],
                port=int(given.get("port") or 587),
                security=security,
                user=given.get("user", ""),
                password=given.get("password", ""),
            )
        )
    return SmtpChannel(
        SmtpSettings(
            host=settings.EMAIL_HOST,
            port=settings.EMAIL_PORT,
            security="tls" if settings.EMAIL_USE_SSL else _starttls(),
            user=settings.EMAIL_HOST_USER,
            password=settings.EMAIL_HOST_PASSWORD,
        )
    )


def _starttls() -> Security:
    return "starttls" if settings.EMAIL_USE_TLS else "none"
