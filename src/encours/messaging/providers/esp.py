"""E-mail by the API of a sending service (Mailgun, Brevo, Postmark), as django-anymail writes it.

Anymail turns an e-mail into each service's request, and what they tell afterwards into one form.
The call is ours (`calls`): no redirect, no kept connection, and it says at which point it stopped.
https://anymail.dev
"""

from __future__ import annotations

import email as mail
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from email.encoders import encode_base64
from email.message import EmailMessage
from email.mime.base import MIMEBase
from email.policy import default
from email.utils import formataddr, getaddresses
from io import BytesIO
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

import httpx
import requests
from anymail.backends import brevo, mailgun, postmark
from anymail.exceptions import AnymailError, AnymailWebhookValidationFailure
from anymail.message import AnymailMessage
from anymail.webhooks.brevo import BrevoTrackingWebhookView
from anymail.webhooks.mailgun import MailgunTrackingWebhookView
from anymail.webhooks.postmark import PostmarkTrackingWebhookView
from django.core.handlers.wsgi import WSGIRequest

from encours.messaging.ports import (
    Account,
    Email,
    Forged,
    Knock,
    PermanentRefusal,
    Receipt,
    Report,
    ReportKind,
    TemporaryRefusal,
)
from encours.messaging.providers import calls

KEY: Final = "encours"
"""Under which name our uuid travels with a message, and comes back with what is told of it."""
WRITTEN: Final = frozenset({"from", "to", "cc", "bcc", "reply-to", "subject", "date"})
NOT_THEIRS: Final = ("content-", "mime-version")
ADDRESS_WORDS: Final = ("'to'", "to parameter", "in to", "inactive", "recipient")
CLOSED_WORDS: Final = ("not allowed to send", "pending approval", "credit", "disabled")
KINDS: Final[Mapping[str, ReportKind]] = {
    "sent": "sent",
    "delivered": "delivered",
    "bounced": "bounced",
    "complained": "complained",
    "unsubscribed": "complained",
    "rejected": "failed",
    "failed": "failed",
}
"""What is told, in our words; `deferred` is theirs to try again, `opened` and `clicked` are not
asked for."""


@dataclass(frozen=True, slots=True)
class Esp:
    """One sending service: how its account is opened, and what it calls a message."""

    backend: Callable[[Mapping[str, str]], Any]
    view: Callable[[Mapping[str, str]], Any]
    reference: str
    may_forbid_tracking: bool = True


class _Brevo(BrevoTrackingWebhookView):  # type: ignore[misc]
    """Unsigned: the token of the address, and a password in it where one is set."""

    warn_if_no_basic_auth = False


class _Postmark(PostmarkTrackingWebhookView):  # type: ignore[misc]
    """Unsigned as well."""

    warn_if_no_basic_auth = False


def _mailgun_view(secrets: Mapping[str, str]) -> Any:
    if not secrets.get("signing_key"):
        raise Forged
    return MailgunTrackingWebhookView(webhook_signing_key=secrets["signing_key"])


def _mailgun(given: Mapping[str, str]) -> Any:
    region = "" if given.get("region") == "us" else "eu."
    url = given.get("base") or f"https://api.{region}mailgun.net/v3"
    return mailgun.EmailBackend(
        api_key=given.get("api_key", ""), sender_domain=given.get("domain", ""), api_url=url
    )


ESPS: Final[Mapping[str, Esp]] = {
    "mailgun": Esp(_mailgun, _mailgun_view, "id"),
    "brevo": Esp(
        lambda given: brevo.EmailBackend(
            api_key=given.get("api_key", ""),
            api_url=given.get("base") or "https://api.brevo.com/v3/",
        ),
        lambda secrets: _Brevo(webhook_secret=secrets.get("webhook_secret") or []),
        "messageId",
        may_forbid_tracking=False,
    ),
    "postmark": Esp(
        lambda given: postmark.EmailBackend(
            server_token=given.get("server_token", ""),
            message_stream=given.get("stream") or None,
            api_url=given.get("base") or "https://api.postmarkapp.com/",
        ),
        lambda secrets: _Postmark(webhook_secret=secrets.get("webhook_secret") or []),
        "MessageID",
    ),
}


class EspChannel:
    """One account at a sending service; a message's uuid goes along as its metadata.

    None of them takes an idempotency key: a lost answer is a doubt, which a later report settles.
    """

    def __init__(self, http: httpx.Client, code: str, account: Account) -> None:
        """Take the client that calls, and the account as it was set up."""
        self.code = code
        self._http = http
        self._service = ESPS[code]
        self._backend = self._service.backend(dict(account.settings))

    def send(self, email: Email) -> Receipt:
        """Hand the e-mail over, or raise as every channel does."""
        backend = self._backend
        message = _as_django(email)
        if self._service.may_forbid_tracking:
            message.track_opens = message.track_clicks = False
        try:
            payload = backend.build_message_payload(message, backend.send_defaults)
            asked = payload.get_request_params(backend.api_url)
        except AnymailError as problem:
            said = " ".join(str(problem).split())[:300]
            raise PermanentRefusal(phase="content", reply=said) from problem
        told = calls.handed(self._http, self._request(asked), refuse=_refusal)
        reference = str(told.get(self._service.reference) or "")
        return Receipt(reference)

    def close(self) -> None:
        """Let the client go; a later send connects again."""

    def _request(self, asked: dict[str, Any]) -> httpx.Request:
        """Return the request that anymail would have made, as our own client sends it."""
        made = requests.Request(**asked).prepare()
        headers = {
            name: str(value) for name, value in made.headers.items() if name != "Content-Length"
        }
        return self._http.build_request(
            str(made.method), str(made.url), content=_bytes(made.body), headers=headers
        )


class EspReports:
    """Reads what one service tells: checked as anymail checks it, in anymail's words."""

    def __init__(self, code: str) -> None:
        """Name the service."""
        self.code = code

    def read(self, knock: Knock, secrets: Mapping[str, str]) -> Sequence[Report]:
        """Return the reports of a call, or raise Forged."""
        request = _as_request(knock)
        view = ESPS[self.code].view(secrets)
        try:
            view.run_validators(request)
            events = view.parse_events(request)
        except (AnymailError, AnymailWebhookValidationFailure) as problem:
            raise Forged from problem
        except (ValueError, KeyError, TypeError, AttributeError) as problem:
            raise Forged from problem
        found = (_report(one) for one in events)
        return [one for one in found if one is not None]


def _report(event: Any) -> Report | None:
    kind = KINDS.get(str(event.event_type))
    if kind is None:
        return None
    if kind == "failed" and event.reject_reason in ("bounced", "invalid", "spam", "unsubscribed"):
        kind = "bounced"
    told = (event.event_type, event.reject_reason, event.description, event.mta_response)
    return Report(
        kind,
        message_id=str((event.metadata or {}).get(KEY, "")),
        reference=str(event.message_id or ""),
        words=" · ".join(" ".join(str(one).split()) for one in told if one)[:300],
    )


def _as_django(email: Email) -> AnymailMessage:
    """Return our e-mail as Django describes one; who is in no header goes in copy, unseen."""
    read = mail.message_from_bytes(email.content, policy=default)
    assert isinstance(read, EmailMessage)
    to, cc, reply = (
        [str(one) for one in read.get_all(name, [])] for name in ("To", "Cc", "Reply-To")
    )
    named = {address.lower() for _, address in getaddresses([*to, *cc])}
    plain, html = (read.get_body((kind,)) for kind in ("plain", "html"))
    made = AnymailMessage(
        subject=str(read["Subject"] or ""),
        body=plain.get_content() if plain else "",
        from_email=str(read["From"]),
        to=_addresses(to),
        cc=_addresses(cc),
        bcc=[one for one in email.recipients if one.lower() not in named],
        reply_to=_addresses(reply),
        headers=_headers(read),
    )
    if html:
        made.attach_alternative(html.get_content(), "text/html")
    for part in read.walk():
        if part is not plain and part is not html and not part.is_multipart():
            made.attach(_attached(part))
    made.metadata = {KEY: str(UUID(email.message_id.strip("<>").partition("@")[0]))}
    return made


def _addresses(headers: Sequence[str]) -> list[str]:
    return [formataddr(pair) for pair in getaddresses(list(headers)) if pair[1]]


def _headers(read: EmailMessage) -> dict[str, str]:
    return {
        name: str(value)
        for name, value in read.items()
        if name.lower() not in WRITTEN and not name.lower().startswith(NOT_THEIRS)
    }


def _attached(part: Any) -> MIMEBase:
    made = MIMEBase(part.get_content_maintype(), part.get_content_subtype())
    made.set_payload(part.get_payload(decode=True))
    encode_base64(made)
    shown, name = part.get_content_disposition() or "attachment", part.get_filename()
    named = {"filename": name} if name else {}
    made.add_header("Content-Disposition", shown, **named)
    if part["Content-ID"]:
        made["Content-ID"] = str(part["Content-ID"])
    return made


def _as_request(knock: Knock) -> WSGIRequest:
    """Return a provider's call as anymail's readers take it."""
    split = urlsplit(knock.url)
    named = {
        f"HTTP_{name.upper().replace('-', '_')}": value for name, value in knock.headers.items()
    }
    return WSGIRequest(
        {
            **named,
            "REQUEST_METHOD": "POST",
            "PATH_INFO": split.path,
            "QUERY_STRING": split.query,
            "CONTENT_TYPE": knock.headers.get("content-type", ""),
            "CONTENT_LENGTH": str(len(knock.body)),
            "wsgi.input": BytesIO(knock.body),
        }
    )


def _bytes(body: Any) -> bytes:
    return body.encode() if isinstance(body, str) else bytes(body or b"")


def _refusal(told: Mapping[str, Any], status: int) -> PermanentRefusal | TemporaryRefusal | None:
    """Say whose fault a refusal is, by the service's own words."""
    words = str(told.get("message") or told.get("Message") or "")
    said = words.lower()
    if any(one in said for one in CLOSED_WORDS):
        message = "Le prestataire n'envoie plus pour ce compte."
        return TemporaryRefusal(message, phase="connection", code=status, reply=words)
    if status in (400, 422) and any(one in said for one in ADDRESS_WORDS):
        message = "Le prestataire refuse cette adresse."
        return PermanentRefusal(message, phase="recipient", code=status, reply=words)
    return None
