"""Every adapter that ships with encours, by port and code: the only list of them.

Third parties add theirs by entry points; nothing else in the program knows a provider's name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from django.conf import settings

from encours.kernel.registry import supply

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from encours.einvoicing.ports import Access, Platform, PublicPortal
    from encours.feeds import ports as feeds
    from encours.feeds.providers.oauth import MailConsent
    from encours.imports.ports import TableReader
    from encours.imports.readers.einvoices.reader import EinvoiceFile
    from encours.imports.readers.fec import Fec
    from encours.messaging.ports import (
        Account,
        ChannelFactory,
        EmailChannel,
        NameRecords,
        Preparer,
        ReportReader,
        SenderConsent,
        TextChannel,
    )
    from encours.messaging.providers.sink import MailFolder
    from encours.messaging.providers.smtp import Security
    from encours.messaging.providers.typst_letter import TypstPress
    from encours.parties.ports import MasterData
    from encours.replies.ports import Reader
    from encours.tenancy.providers.django_mail import DjangoMailer
    from encours.webhooks.providers.guarded import GuardedCaller

# Each adapter is imported where it is made: the program starts without any of them.
# ruff: noqa: PLC0415


def register() -> None:
    """Say where the registries of the ports find their adapters."""
    supply(
        {
            "channel factory": channel_factories,
            "reader of delivery reports": report_readers,
            "records of a domain": name_records,
            "consent of a sender": sender_consents,
            "letter press": letter_presses,
            "mailer": mailers,
            "preparer of messages": preparers,
            "ledger reader": ledger_readers,
            "table reader": table_readers,
            "e-invoice reader": einvoice_readers,
            "mail sink": mail_sinks,
            "webhook caller": webhook_callers,
            "source of files": file_sources,
            "platform": platforms,
            "public portal": public_portals,
            "connector": connectors,
            "mailbox": mailboxes,
            "consent of a mailbox": consents,
            "reader of replies": reply_readers,
            "master data": master_data,
        }
    )


def master_data() -> Mapping[str, MasterData]:
    """Return who keeps what a list of customers says beside their records."""
    from encours.payments.actions.listed import ListedMandates
    from encours.postal.actions.listed import ListedConsents
    from encours.risk.actions.listed import ListedLimits

    every = (ListedLimits(), ListedMandates(), ListedConsents())
    return {one.code: one for one in every}


def platforms() -> Mapping[str, Callable[[Access], Platform]]:
    """Return what carries electronic documents."""
    from encours.einvoicing.providers.afnor import AfnorPlatform

    return {"afnor": lambda access: AfnorPlatform(_client(), access)}


def public_portals() -> Mapping[str, Callable[[Access], PublicPortal]]:
    """Return what says where invoices to public bodies stand."""
    from encours.einvoicing.providers.chorus import ChorusPro

    return {"chorus": lambda access: ChorusPro(_client(), access)}


def _client() -> httpx.Client:
    """Return a client that waits so long and no longer, and goes where it was sent only."""
    import httpx

    return httpx.Client(timeout=httpx.Timeout(30, connect=10), follow_redirects=False)


def channel_factories() -> Mapping[str, ChannelFactory]:
    """Return what sends messages, whatever the channel."""
    from encours.messaging.providers.ar24 import Ar24
    from encours.messaging.providers.maileva import Maileva
    from encours.messaging.providers.merci_facteur import MerciFacteur

    return {
        "smtp": smtp_channel,
        "mailgun": lambda account: esp_channel("mailgun", account),
        "brevo": lambda account: esp_channel("brevo", account),
        "postmark": lambda account: esp_channel("postmark", account),
        "twilio": twilio_channel,
        "ovh": ovh_channel,
        "maileva": lambda account: Maileva(_client(), account),
        "merci_facteur": lambda account: MerciFacteur(_client(), account),
        "ar24": lambda account: Ar24(_client(), account),
    }


def report_readers() -> Mapping[str, ReportReader]:
    """Return what reads delivery reports, by provider."""
    from encours.messaging.providers.esp import ESPS, EspReports
    from encours.messaging.providers.ovh import OvhReports
    from encours.messaging.providers.twilio import TwilioReports

    services: dict[str, ReportReader] = {code: EspReports(code) for code in ESPS}
    return {one.code: one for one in (TwilioReports(), OvhReports())} | services


def name_records() -> Mapping[str, Callable[[], NameRecords]]:
    """Return what asks the DNS."""
    from encours.messaging.providers.dns import DnsRecords

    return {"dns": lambda: DnsRecords(settings.DNS_SERVERS)}


def letter_presses() -> Mapping[str, TypstPress]:
    """Return what typesets letters."""
    from encours.messaging.providers.typst_letter import TypstPress

    return {"typst": TypstPress()}


def mailers() -> Mapping[str, DjangoMailer]:
    """Return what sends the installation's own e-mails."""
    from encours.tenancy.providers.django_mail import DjangoMailer

    return {"django": DjangoMailer()}


def preparers() -> Mapping[str, Preparer]:
    """Return what writes the messages of the outbox."""
    from encours.dunning.actions.outgoing import ReminderPreparer
    from encours.dunning.actions.trials import TrialPreparer
    from encours.replies.actions.answering import AnswerPreparer

    return {
        "reminder": ReminderPreparer(),
        "trial": TrialPreparer(),
        "answer": AnswerPreparer(),
    }


def ledger_readers() -> Mapping[str, Fec]:
    """Return what reads exports of a ledger."""
    from encours.imports.readers.fec import Fec

    return {"fec": Fec()}


def table_readers() -> Mapping[str, TableReader]:
    """Return what reads tables: workbooks are known by their first bytes, text is the rest."""
    from encours.imports.readers.csv_table import CsvTable
    from encours.imports.readers.workbook import Workbook

    return {"workbook": Workbook(), "csv": CsvTable()}


def einvoice_readers() -> Mapping[str, EinvoiceFile]:
    """Return what reads electronic invoices and their statuses."""
    from encours.imports.readers.einvoices.reader import EinvoiceFile

    return {"einvoice": EinvoiceFile()}


def mail_sinks() -> Mapping[str, MailFolder]:
    """Return where a rehearsal's mail goes."""
    from encours.config import home
    from encours.messaging.providers.sink import MailFolder

    return {"folder": MailFolder(home.files("sink"))}


def webhook_callers() -> Mapping[str, GuardedCaller]:
    """Return what calls the subscribers of webhooks."""
    from encours.webhooks.providers.guarded import GuardedCaller

    return {"guarded": GuardedCaller(loopback=settings.WEBHOOKS_TO_LOOPBACK)}


def file_sources() -> Mapping[str, Callable[[feeds.Account], feeds.FileSource]]:
    """Return where files come from by themselves."""
    from encours.feeds.providers.folder import Folder
    from encours.feeds.providers.imap import Imap
    from encours.feeds.providers.sftp import Sftp

    return {
        "folder": lambda account: Folder(account, roots=settings.FEED_ROOTS),
        "sftp": Sftp,
        "imap": Imap,
    }


def connectors() -> Mapping[str, Callable[[feeds.Account], feeds.Connector]]:
    """Return which software can be asked."""
    return {
        "pennylane": _pennylane,
        "odoo": _odoo,
        "dolibarr": _dolibarr,
        "quickbooks": _quickbooks,
    }


def _pennylane(account: feeds.Account) -> feeds.Connector:
    from encours.feeds.providers import pennylane, web

    headers = {"Authorization": f"Bearer {account.secrets.get('token', '')}"}
    return pennylane.Pennylane(web.client(pennylane.BASE, private=False, headers=headers))


def _odoo(account: feeds.Account) -> feeds.Connector:
    from encours.feeds.providers import odoo, web

    given = account.settings
    return odoo.Odoo(
        web.client(given["url"], private=account.private),
        database=given["database"],
        user=given["user"],
        key=account.secrets.get("password", ""),
    )


def _dolibarr(account: feeds.Account) -> feeds.Connector:
    from encours.feeds.providers import dolibarr, web

    url = account.settings["url"].rstrip("/").removesuffix("/api/index.php") + "/api/index.php"
    headers = {"DOLAPIKEY": account.secrets.get("token", "")}
    return dolibarr.Dolibarr(web.client(url, private=account.private, headers=headers))


def _quickbooks(account: feeds.Account) -> feeds.Connector:
    from encours.feeds.providers import quickbooks, web

    host = quickbooks.HOSTS[account.settings.get("environment") or "production"]
    return quickbooks.QuickBooks(
        web.client(host, private=False),
        realm=account.settings["realm"],
        secrets=account.secrets,
        keep=account.keep,
    )


def mailboxes() -> Mapping[str, Callable[[feeds.Account], feeds.Mailbox]]:
    """Return where answers come in."""
    return {"imap": _mailbox}


def _mailbox(account: feeds.Account) -> feeds.Mailbox:
    from encours.feeds.providers.mailbox import ImapMailbox
    from encours.feeds.providers.oauth import PROVIDERS

    if account.settings.get("auth") in PROVIDERS:
        account = _consent(account).opening()
    return ImapMailbox(account)


def consents() -> Mapping[str, Callable[[feeds.Account], feeds.Consent]]:
    """Return who lets us read a mailbox once its owner agrees."""
    from encours.feeds.providers.oauth import PROVIDERS

    return dict.fromkeys(PROVIDERS, _consent)


def _consent(account: feeds.Account) -> MailConsent:
    from encours.feeds.providers import web
    from encours.feeds.providers.oauth import PROVIDERS, MailConsent

    endpoints = PROVIDERS[account.settings["auth"]]
    return MailConsent(web.client(endpoints.tokens, private=False), account, endpoints)


def reply_readers() -> Mapping[str, Callable[[Mapping[str, str]], Reader]]:
    """Return which services may be asked what a reply says."""
    return {"openai": _openai}


def _openai(given: Mapping[str, str]) -> Reader:
    from encours.feeds.providers import web
    from encours.replies.providers.openai import OpenAiReader

    headers = {"Authorization": f"Bearer {given['key']}"} if given.get("key") else {}
    private = given.get("private") == "yes"
    http = web.client(given["url"], private=private, headers=headers)
    return OpenAiReader(http, model=given.get("model", ""))


def smtp_channel(account: Account) -> EmailChannel:
    """Open the creditor's own server, or the installation's when it has none."""
    from encours.messaging.providers.smtp import SmtpChannel, SmtpSettings

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
                token=_sending_token(given),
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


def _sending_token(given: Mapping[str, str]) -> Callable[[], str] | None:
    from encours.messaging.ports import SENDER_CONSENTS
    from encours.messaging.providers.tokens import KeptToken

    if not given.get("consent"):
        return None
    whose = {name: int(given[name]) for name in ("tenant_id", "creditor_id")}
    return KeptToken(lambda: SENDER_CONSENTS[given["consent"]].token(**whose))


def sender_consents() -> Mapping[str, SenderConsent]:
    """Return who opens a mailbox for sending."""
    from encours.replies.actions.sending import InboxConsent

    return {"inbox": InboxConsent()}


def esp_channel(code: str, account: Account) -> EmailChannel:
    """Open an account at a sending service."""
    from encours.messaging.providers import calls
    from encours.messaging.providers.esp import EspChannel

    return EspChannel(calls.client(), code, account)


def twilio_channel(account: Account) -> TextChannel:
    """Open a Twilio account."""
    from encours.messaging.providers import calls
    from encours.messaging.providers.twilio import TwilioChannel

    given = dict(account.settings)
    return TwilioChannel(
        calls.client(),
        sid=given.get("sid", ""),
        token=given.get("token", ""),
        callback=given.get("callback", ""),
    )


def ovh_channel(account: Account) -> TextChannel:
    """Open an SMS service of OVHcloud."""
    from encours.messaging.providers import calls
    from encours.messaging.providers.ovh import OvhChannel

    given = dict(account.settings)
    return OvhChannel(
        calls.client(),
        service=given.get("service", ""),
        application=given.get("application", ""),
        secret=given.get("secret", ""),
        consumer=given.get("consumer", ""),
    )


def _starttls() -> Security:
    return "starttls" if settings.EMAIL_USE_TLS else "none"
