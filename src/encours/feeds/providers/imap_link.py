"""A connection to a mailbox by IMAP (RFC 3501): address checked, logged in, folder opened.

An OAuth token goes by XOAUTH2, as Microsoft and Google take it.
"""

from __future__ import annotations

import imaplib
import re
import socket
import ssl
from typing import Final

from encours.feeds.ports import Account, Unreachable
from encours.feeds.providers import network
from encours.feeds.rules.addresses import is_loopback

PORTS: Final = {"tls": 993, "starttls": 143, "none": 143}
ERRORS: Final = (imaplib.IMAP4.error, ssl.SSLError, OSError)
_SAFE: Final = re.compile(r"^[^\x00-\x1f\x7f\"\\]{1,200}$")


def opened(
    account: Account, context: ssl.SSLContext | None = None, *, readonly: bool = True
) -> tuple[imaplib.IMAP4, str]:
    """Return the connection, its folder open, and the folder's UIDVALIDITY; raises Unreachable."""
    try:
        client = _connected(account, context or ssl.create_default_context())
        _log_in(client, account)
        return client, _select(client, account.settings.get("folder", ""), readonly=readonly)
    except ERRORS as problem:
        raise Unreachable(sentence(problem)) from problem


def quoted(folder: str) -> str:
    """Return a folder's name as IMAP takes it; raises Unreachable on what is no name."""
    if not _SAFE.match(folder):
        raise Unreachable("Ce nom de dossier n'est pas possible.")
    return f'"{_utf7(folder)}"'


def leave(client: imaplib.IMAP4) -> None:
    """Log out, or hang up."""
    try:
        client.logout()
    except (imaplib.IMAP4.error, OSError):
        client.shutdown()


def _select(client: imaplib.IMAP4, name: str, *, readonly: bool) -> str:
    folder = name or "INBOX"
    answer, _ = client.select(quoted(folder), readonly=readonly)
    if answer != "OK":
        raise Unreachable(f"Le dossier « {folder} » n'existe pas dans cette boîte.")
    _, told = client.response("UIDVALIDITY")
    return (told[0] or b"0").decode() if told else "0"


def _connected(account: Account, context: ssl.SSLContext) -> imaplib.IMAP4:
    given = account.settings
    security = given.get("security", "") or "tls"
    port = network.port_of(given.get("port", ""), PORTS.get(security, PORTS["tls"]))
    host = given.get("host", "").strip()
    if security == "none" and not all(
        is_loopback(one) for one in network.addresses(host, port, private=account.private)
    ):
        raise Unreachable("Sans TLS, le mot de passe serait lu par d'autres : choisissez TLS.")
    wrapped = context if security == "tls" else None
    client = _Checked(host, port, private=account.private, context=wrapped)
    if security == "starttls":
        client.starttls(context)
    return client


class _Checked(imaplib.IMAP4):
    """IMAP over a connection to an address that was checked."""

    def __init__(
        self, host: str, port: int, *, private: bool, context: ssl.SSLContext | None
    ) -> None:
        self._private, self._context = private, context
        super().__init__(host, port, timeout=network.TIMEOUT_S)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        link = network.connected(
            self.host, self.port, private=self._private, timeout_s=timeout or network.TIMEOUT_S
        )
        return self._context.wrap_socket(link, server_hostname=self.host) if self._context else link


def _log_in(client: imaplib.IMAP4, account: Account) -> None:
    user = account.settings.get("user", "")
    try:
        if token := account.secrets.get("token"):
            said = f"user={user}\x01auth=Bearer {token}\x01\x01".encode()
            client.authenticate("XOAUTH2", lambda _challenge: said)
        else:
            client.login(user, account.secrets.get("password", ""))
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as problem:
        raise Unreachable("La boîte refuse cet utilisateur ou son mot de passe.") from problem


def sentence(problem: Exception) -> str:
    """Say in French what went wrong between the mailbox and us."""
    if isinstance(problem, ssl.SSLCertVerificationError):
        return f"Le certificat du serveur n'est pas valable : {problem.verify_message}."
    if isinstance(problem, ssl.SSLError):
        return "Le serveur ne parle pas TLS sur ce port : vérifiez le port et la sécurité."
    if isinstance(problem, TimeoutError):
        return "La boîte ne répond pas dans le temps imparti."
    return "La connexion à la boîte s'est interrompue."


def _utf7(name: str) -> str:
    """Encode a folder's name as IMAP does (RFC 3501, 5.1.3)."""
    found = []
    for piece in re.findall(r"[\x20-\x7e]+|[^\x20-\x7e]+", name):
        if piece.isascii():
            found.append(piece.replace("&", "&-"))
        else:
            coded = piece.encode("utf-7").decode().strip("+-").replace("/", ",")
            found.append(f"&{coded}-")
    return "".join(found)
