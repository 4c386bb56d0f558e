"""What a feed needs from outside: something that holds files, or a software that answers rows.

An adapter is opened with an `Account` and speaks its problems in French: `Unreachable`. It never
touches the database; what it must remember (a host key, a new token) goes through `keep`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from encours.kernel.registry import Registry


class Unreachable(Exception):
    """The other side cannot be used now; `str()` is the sentence its user reads."""


class SlowDown(Unreachable):
    """The other side asks to wait: `wait_s` seconds."""

    def __init__(self, wait_s: int) -> None:
        """Say how long."""
        super().__init__(f"Le service demande d'attendre {wait_s} secondes avant de recommencer.")
        self.wait_s = wait_s


def _keep_nothing(found: Mapping[str, str], secrets: Mapping[str, str]) -> None:
    """Forget what was found: for trials."""


@dataclass(frozen=True, slots=True)
class Account:
    """What a source is opened with: its settings, its secrets in clear, what it read before.

    `keep(settings, secrets)` stores at once what must survive, whatever happens next.
    """

    settings: Mapping[str, str]
    secrets: Mapping[str, str] = field(default_factory=dict)
    position: Mapping[str, Any] = field(default_factory=dict)
    private: bool = False
    keep: Callable[[Mapping[str, str], Mapping[str, str]], None] = _keep_nothing


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file that waits: its name here, what identifies it there, where the adapter finds it."""

    name: str
    identity: str
    size: int
    place: str


class FileSource(Protocol):
    """Holds files: a folder, a server, a mailbox."""

    code: str

    def check(self) -> str:
        """Return in French what was found; raises Unreachable."""
        ...

    def waiting(self, is_known: Callable[[str], bool]) -> Iterator[Waiting | Unreachable]:
        """Yield the files to take, whole ones only; a problem with one of them stops no other."""
        ...

    def read(self, one: Waiting) -> Iterator[bytes]:
        """Yield a file's bytes; raises Unreachable, also when it changed meanwhile."""
        ...

    def done(self, one: Waiting) -> None:
        """Put a taken file away, where the source is told to; raises Unreachable."""
        ...

    def position(self) -> Mapping[str, Any]:
        """Return how far it read, for the next time."""
        ...

    def close(self) -> None:
        """Leave the other side."""
        ...


@dataclass(frozen=True, slots=True)
class NewMail:
    """A message of a mailbox: its first bytes, how long it is whole, when it came in."""

    place: int
    content: bytes
    size: int
    received_at: datetime | None = None


class Mailbox(Protocol):
    """Holds mails, read whole or by their beginning; nothing of it is ever deleted."""

    code: str

    def check(self) -> str:
        """Return in French what was found; raises Unreachable."""
        ...

    def new(self) -> Iterator[NewMail]:
        """Yield the messages that came in since the position, the oldest first."""
        ...

    def done(self, one: NewMail) -> None:
        """Mark a message or put it away, where the settings say so; raises Unreachable."""
        ...

    def position(self) -> Mapping[str, Any]:
        """Return how far it read, for the next time."""
        ...

    def close(self) -> None:
        """Leave the mailbox."""
        ...


MAILBOXES: Registry[Callable[[Account], Mailbox]] = Registry("mailbox")


class Revoked(Unreachable):
    """The owner of a mailbox took the access back: a person connects it again."""


class Consent(Protocol):
    """Asks the owner of a mailbox to let us read it (OAuth 2.0, authorization code with PKCE)."""

    code: str

    def address(self, *, state: str, challenge: str, back: str) -> str:
        """Return where the owner is sent; `back` is where they come back to."""
        ...

    def tokens(self, *, code: str, verifier: str, back: str) -> Mapping[str, str]:
        """Return the secrets that open the mailbox; raises Unreachable."""
        ...

    def sending_token(self) -> str:
        """Return a token that the mailbox's SMTP server takes; raises Revoked or Unreachable."""
        ...


CONSENTS: Registry[Callable[[Account], Consent]] = Registry("consent of a mailbox")


FILE_SOURCES: Registry[Callable[[Account], FileSource]] = Registry("source of files")


@dataclass(frozen=True, slots=True)
class Pulled:
    """One thing that a software holds, in our values (`rules.pulled` says which), by its id."""

    kind: str
    id: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """Things read at once, and those that are no more: kind and id."""

    rows: tuple[Pulled, ...] = ()
    gone: tuple[tuple[str, str], ...] = ()


class Connector(Protocol):
    """Asks a software; never writes to it."""

    code: str

    def check(self) -> str:
        """Return in French who answered; raises Unreachable."""
        ...

    def pull(self, since: datetime | None) -> Iterator[Page]:
        """Yield what changed since an instant, or (None) all there is; raises Unreachable."""
        ...


CONNECTORS: Registry[Callable[[Account], Connector]] = Registry("connector")
