"""An SFTP server: its key pinned at the first meeting, files taken once their size stands still."""

from __future__ import annotations

import base64
import hashlib
import io
import posixpath
import stat
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import paramiko

from encours.feeds.ports import Account, Unreachable, Waiting
from encours.feeds.providers import network
from encours.feeds.rules.names import is_finished, is_wanted, safe_name

CHUNK: Final = 256 * 1024
SETTLE_S: Final = 60.0
SECOND_LOOK_S: Final = 1.0
DONE: Final = "traites"
FILES_MAX: Final = 1_000
PORT: Final = 22
KEYS: Final = (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey)


class Sftp:
    """`host`, `port`, `user`, `path`, `pattern`, `after`; `password` or `key` (with `passphrase`).

    `fingerprint` is the server's key: without it, the first one met is kept; another is refused.
    """

    code = "sftp"

    def __init__(self, account: Account, *, settle_s: float = SETTLE_S) -> None:
        """Connect and prove who we are; raises Unreachable."""
        self._settings, self._settle_s = account.settings, settle_s
        self._path = account.settings.get("path", "").strip() or "."
        host = account.settings.get("host", "").strip()
        port = network.port_of(account.settings.get("port", ""), PORT)
        link = network.connected(host, port, private=account.private)
        self._transport = paramiko.Transport(link)
        self._transport.banner_timeout = self._transport.auth_timeout = network.TIMEOUT_S
        try:
            self._transport.start_client(timeout=network.TIMEOUT_S)
            self.fingerprint = _fingerprint(self._transport.get_remote_server_key())
            _meet(account, self.fingerprint)
            _prove(self._transport, account)
            client = paramiko.SFTPClient.from_transport(self._transport)
            assert client is not None, "the transport was just authenticated"
            self._client = client
            channel = client.get_channel()
            if channel is not None:
                channel.settimeout(network.TIMEOUT_S)
        except Unreachable:
            self._transport.close()
            raise
        except (paramiko.SSHException, EOFError, OSError) as problem:
            self._transport.close()
            raise Unreachable(f"« {host} » ne se comporte pas en serveur SFTP.") from problem

    def check(self) -> str:
        """List the folder, and show the server's key."""
        count = sum(1 for one in self.waiting(lambda _: False) if isinstance(one, Waiting))
        return f"Serveur joint, clé {self.fingerprint} : {count} fichier(s) en attente."

    def waiting(self, is_known: Callable[[str], bool]) -> Iterator[Waiting | Unreachable]:
        """Yield the files that are whole, the oldest first."""
        first = self._listed()
        wanted = [one for one in first.values() if not is_known(self._identity(one))]
        if any(self._is_fresh(one) for one in wanted):
            time.sleep(SECOND_LOOK_S)
            second = self._listed()
            wanted = [one for one in wanted if self._stands_still(one, second)]
        ordered = sorted(wanted, key=lambda one: (one.st_mtime or 0, one.filename))
        for one in ordered[:FILES_MAX]:
            name = one.filename
            yield Waiting(safe_name(name), self._identity(one), one.st_size or 0, self._at(name))

    def read(self, one: Waiting) -> Iterator[bytes]:
        """Yield the file's bytes; as many as were announced, or it is not taken."""
        read = 0
        try:
            with self._client.open(one.place, "rb") as stream:
                stream.prefetch(one.size)
                while chunk := stream.read(CHUNK):
                    read += len(chunk)
                    yield chunk
            size = self._client.lstat(one.place).st_size
        except (paramiko.SSHException, EOFError, OSError) as problem:
            raise Unreachable(f"« {one.name} » ne peut pas être lu sur le serveur.") from problem
        if read != one.size or size != one.size:
            raise Unreachable(f"« {one.name} » a changé pendant la lecture.")

    def done(self, one: Waiting) -> None:
        """Move a taken file into `traites`, or leave it."""
        if self._settings.get("after", "move") != "move":
            return
        folder = self._at(DONE)
        try:
            try:
                self._client.stat(folder)
            except FileNotFoundError:
                self._client.mkdir(folder)
            self._client.rename(one.place, posixpath.join(folder, f"{time.time_ns()}-{one.name}"))
        except (paramiko.SSHException, EOFError, OSError) as problem:
            raise Unreachable(
                f"« {one.name} » est lu mais ne peut pas être rangé dans « {DONE} » sur le serveur."
            ) from problem

    def position(self) -> Mapping[str, Any]:
        """Remember nothing: identities do."""
        return {}

    def close(self) -> None:
        """Hang up."""
        self._transport.close()

    def _listed(self) -> dict[str, paramiko.SFTPAttributes]:
        try:
            found = self._client.listdir_attr(self._path)
        except (paramiko.SSHException, EOFError, OSError) as problem:
            raise Unreachable(f"Le dossier « {self._path} » n'est pas lisible.") from problem
        pattern = self._settings.get("pattern", "")
        return {
            one.filename: one
            for one in found
            if stat.S_ISREG(one.st_mode or 0)
            and "/" not in one.filename
            and is_finished(one.filename)
            and is_wanted(one.filename, pattern)
        }

    def _is_fresh(self, one: paramiko.SFTPAttributes) -> bool:
        return time.time() - (one.st_mtime or 0) < self._settle_s

    def _stands_still(
        self, one: paramiko.SFTPAttributes, second: Mapping[str, paramiko.SFTPAttributes]
    ) -> bool:
        again = second.get(one.filename)
        return again is not None and self._identity(again) == self._identity(one)

    def _identity(self, one: paramiko.SFTPAttributes) -> str:
        words = f"{self._at(one.filename)}\0{one.st_size}\0{one.st_mtime}"
        return hashlib.sha256(words.encode("utf-8", "surrogateescape")).hexdigest()

    def _at(self, name: str) -> str:
        return posixpath.join(self._path, name)


def _fingerprint(key: paramiko.PKey) -> str:
    digest = base64.b64encode(hashlib.sha256(key.asbytes()).digest()).decode().rstrip("=")
    return f"SHA256:{digest}"


def _meet(account: Account, found: str) -> None:
    """Compare the server's key with the one that is known; keep the first one."""
    known = account.settings.get("fingerprint", "").strip()
    if not known:
        account.keep({"fingerprint": found}, {})
    elif known != found:
        raise Unreachable(
            f"La clé du serveur a changé ({found} au lieu de {known}) : vérifiez auprès de qui le "
            "tient, puis corrigez l'empreinte de la source."
        )


def _prove(transport: paramiko.Transport, account: Account) -> None:
    user = account.settings.get("user", "")
    try:
        if account.secrets.get("key"):
            transport.auth_publickey(user, _private_key(account))
        else:
            transport.auth_password(user, account.secrets.get("password", ""), fallback=False)
    except paramiko.AuthenticationException as problem:
        raise Unreachable("Le serveur refuse cet utilisateur ou son mot de passe.") from problem


def _private_key(account: Account) -> paramiko.PKey:
    text, phrase = account.secrets["key"], account.secrets.get("passphrase") or None
    for kind in KEYS:
        try:
            return kind.from_private_key(io.StringIO(text), password=phrase)
        except (paramiko.SSHException, ValueError, TypeError):
            continue
    raise Unreachable("La clé privée n'est pas lisible (format OpenSSH, phrase secrète ?).")
