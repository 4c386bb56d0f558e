"""E-mail by SMTP (RFC 5321), on one kept connection; knows at which word a message was lost.

Until the final dot is written, nothing was accepted and the message may be tried again. From the
dot to its reply, nobody knows: `Uncertain`. That boundary is why this is not `sendmail()`.
"""

from __future__ import annotations

import contextlib
import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import Final, Literal

from encours.messaging.ports import (
    Email,
    PermanentRefusal,
    Phase,
    Receipt,
    TemporaryRefusal,
    Uncertain,
)
from encours.messaging.rules.address import needs_utf8

Security = Literal["none", "starttls", "tls"]
READY: Final = 354
BAD_LOGIN: Final = "Le serveur d'envoi refuse l'identifiant ou le mot de passe."
NO_CONSENT: Final = (
    "Le serveur d'envoi refuse l'accès donné à la boîte : l'envoi authentifié (SMTP AUTH) y est "
    "peut-être coupé, ou la boîte est à reconnecter."
)
CLOSING: Final = 421
REPLY_MAX: Final = 300
_LEADING_DOT: Final = re.compile(rb"(?m)^\.")
_ENHANCED: Final = re.compile(r"^[245]\.(\d{1,3})\.(\d{1,3})\b")
_BAD_SENDER: Final = frozenset({("1", "7"), ("1", "8")})


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """How to reach the server; no security is for loopback only.

    `reply_timeout_s` follows RFC 5321, 4.5.3.2.6: giving up earlier on the final reply makes
    uncertain what was accepted. `token` gives what opens the mailbox in place of a password
    (XOAUTH2, of Microsoft and Google); it may raise TemporaryRefusal.
    """

    host: str
    port: int = 587
    security: Security = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)
    hello: str = ""
    timeout_s: float = 30.0
    reply_timeout_s: float = 600.0
    idle_s: float = 30.0
    context: ssl.SSLContext | None = None
    token: Callable[[], str] | None = field(default=None, repr=False)


class SmtpChannel:
    """One connection, one message at a time; threads wait for each other."""

    code = "smtp"

    def __init__(self, settings: SmtpSettings) -> None:
        """Keep the settings; the first message opens the connection."""
        self._settings = settings
        self._client: smtplib.SMTP | None = None
        self._used_at = 0.0
        self._lock = threading.Lock()

    def send(self, email: Email) -> Receipt:
        """Hand over the e-mail, or raise TemporaryRefusal, PermanentRefusal or Uncertain."""
        with self._lock:
            try:
                return self._handed_over(self._announced(email), email)
            finally:
                self._used_at = monotonic()

    def close(self) -> None:
        """Leave politely; a later send connects again."""
        with self._lock:
            if self._client is not None:
                with contextlib.suppress(OSError, smtplib.SMTPException):
                    self._client.quit()
            self._drop()

    def check(self) -> None:
        """Connect and authenticate without sending anything; raise TemporaryRefusal if it fails."""
        with self._lock:
            self._drop()
            self._client = _connected(self._settings)

    def _announced(self, email: Email) -> smtplib.SMTP:
        """Bring the server to the point where it waits for the content.

        A kept connection may have been closed meanwhile: nothing was given, so once more.
        """
        if self._client is not None and monotonic() - self._used_at < self._settings.idle_s:
            try:
                self._announce(self._client, email)
            except _Lost:
                self._drop()
            else:
                return self._client
        self._drop()
        self._client = _connected(self._settings)
        try:
            self._announce(self._client, email)
        except _Lost as lost:
            self._drop()
            raise TemporaryRefusal(phase=lost.phase, reply=str(lost)) from lost
        return self._client

    def _announce(self, client: smtplib.SMTP, email: Email) -> None:
        options = self._options(client, email)
        self._ask(client, "sender", "MAIL", f"FROM:<{email.sender}>{options}")
        for recipient in email.recipients:
            self._ask(client, "recipient", "RCPT", f"TO:<{recipient}>")
        self._ask(client, "content", "DATA", "", expected=READY)

    def _options(self, client: smtplib.SMTP, email: Email) -> str:
        options = ""
        limit = client.esmtp_features.get("size", "")
        if limit.isdigit() and 0 < int(limit) < len(email.content):
            raise PermanentRefusal(
                f"Le message est trop gros pour le serveur ({len(email.content)} octets, "
                f"{limit} au plus).",
                phase="size",
            )
        if client.has_extn("size"):
            options += f" SIZE={len(email.content)}"
        if any(needs_utf8(address) for address in (email.sender, *email.recipients)):
            if not client.has_extn("smtputf8"):
                raise PermanentRefusal(
                    "Le serveur n'accepte pas d'accent avant le @ d'une adresse.", phase="recipient"
                )
            client.command_encoding = "utf-8"
            options += " BODY=8BITMIME SMTPUTF8"
        return options

    def _ask(
        self, client: smtplib.SMTP, phase: Phase, verb: str, words: str, *, expected: int = 250
    ) -> None:
        try:
            code, reply = client.docmd(verb, words)
        except (OSError, smtplib.SMTPException) as problem:
            raise _Lost(phase, str(problem)) from problem
        if code // 10 == expected // 10:
            return
        if code in (CLOSING, -1):
            raise _Lost(phase, _said(reply))
        self._reset(client)
        raise _refusal(code, _said(reply), phase)

    def _handed_over(self, client: smtplib.SMTP, email: Email) -> Receipt:
        assert client.sock is not None, "the server has just answered"
        content = _LEADING_DOT.sub(b"..", email.content)
        try:
            client.sock.sendall(content if content.endswith(b"\r\n") else content + b"\r\n")
        except OSError as problem:
            self._drop()
            raise TemporaryRefusal(phase="content", reply=str(problem)) from problem
        code, said = self._concluded(client)
        if code // 100 == 2:  # noqa: PLR2004
            return Receipt(said[:REPLY_MAX])
        if code == CLOSING:
            self._drop()
        if code // 100 in (4, 5):
            raise _refusal(code, said, "content")
        self._drop()
        raise Uncertain(code=code, reply=said)

    def _concluded(self, client: smtplib.SMTP) -> tuple[int, str]:
        assert client.sock is not None, "the content has just been written"
        try:
            client.sock.settimeout(self._settings.reply_timeout_s)
            client.sock.sendall(b".\r\n")
            code, reply = client.getreply()
            client.sock.settimeout(self._settings.timeout_s)
        except (OSError, smtplib.SMTPException) as problem:
            self._drop()
            raise Uncertain(reply=str(problem)) from problem
        return code, _said(reply)

    def _reset(self, client: smtplib.SMTP) -> None:
        try:
            code, _ = client.rset()
        except (OSError, smtplib.SMTPException):
            code = -1
        if code != 250:  # noqa: PLR2004
            self._drop()

    def _drop(self) -> None:
        if self._client is not None:
            self._client.close()
        self._client = None


class _Lost(Exception):
    """The connection ended while a word was said, before any content was given."""

    def __init__(self, phase: Phase, reply: str) -> None:
        super().__init__(reply)
        self.phase = phase


def _connected(settings: SmtpSettings) -> smtplib.SMTP:
    """Connect, secure and authenticate; whatever fails here says nothing of a message."""
    hello = settings.hello or socket.gethostname() or "localhost"
    client: smtplib.SMTP | None = None
    try:
        client = _opened(settings, hello)
        assert client.sock is not None, "a client given a host is connected"
        client.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.ehlo_or_helo_if_needed()
        if settings.security == "starttls":
            client.starttls(context=settings.context or ssl.create_default_context())
            client.ehlo()
        if settings.token:
            _open_with(client, settings.user, settings.token())
        elif settings.user:
            client.login(settings.user, settings.password)
    except smtplib.SMTPAuthenticationError as problem:
        _close(client)
        message = NO_CONSENT if settings.token else BAD_LOGIN
        reply = _said(problem.smtp_error)
        raise TemporaryRefusal(
            message, phase="connection", code=problem.smtp_code, reply=reply
        ) from problem
    except TemporaryRefusal:
        _close(client)
        raise
    except (OSError, smtplib.SMTPException) as problem:
        _close(client)
        message = f"Le serveur d'envoi {settings.host}:{settings.port} n'est pas joignable."
        raise TemporaryRefusal(message, phase="connection", reply=str(problem)) from problem
    return client


def _open_with(client: smtplib.SMTP, user: str, token: str) -> None:
    """Show a token (XOAUTH2): a refusal comes as a challenge, to be answered by nothing."""
    said = f"user={user}\x01auth=Bearer {token}\x01\x01"
    client.auth("XOAUTH2", lambda challenge=None: said if challenge is None else "")


def _close(client: smtplib.SMTP | None) -> None:
    if client is not None:
        client.close()


def _opened(settings: SmtpSettings, hello: str) -> smtplib.SMTP:
    address = (settings.host, settings.port)
    if settings.security == "tls":
        context = settings.context or ssl.create_default_context()
        return smtplib.SMTP_SSL(*address, hello, timeout=settings.timeout_s, context=context)
    return smtplib.SMTP(*address, hello, timeout=settings.timeout_s)


def _said(reply: bytes | str) -> str:
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    return " ".join(text.split())[:REPLY_MAX]


def _refusal(code: int, said: str, phase: Phase) -> TemporaryRefusal | PermanentRefusal:
    """Classify by the enhanced status (RFC 3463) where there is one: it knows better whose fault.

    A relay or reputation refusal at RCPT (x.7.x) is about us; an unknown user told after DATA
    (x.1.1) is about the recipient.
    """
    found = _ENHANCED.match(said)
    if found:
        phase = _phase_of(found[1], found[2], phase)
    kind = PermanentRefusal if code // 100 == 5 else TemporaryRefusal  # noqa: PLR2004
    return kind(f"Le serveur a répondu : {code} {said}", phase=phase, code=code, reply=said)


def _phase_of(subject: str, detail: str, phase: Phase) -> Phase:
    if (subject, detail) in _BAD_SENDER:
        return "sender"
    known: dict[str, Phase] = {"1": "recipient", "2": "recipient", "7": "policy"}
    return known.get(subject, phase)
