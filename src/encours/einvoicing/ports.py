"""What carries an electronic document: a *plateforme agréée*, or Chorus Pro for public debtors.

Refusals of a platform are values or these exceptions; an outage rises as httpx raises it and the
worker tries again with the same tracking id, which the platform refuses to take twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal, Protocol

from encours.kernel.registry import Registry

Syntax = Literal["CDAR", "FRR", "Factur-X"]
Ack = Literal["pending", "ok", "error"]


class RefusedByPlatform(Exception):
    """The platform will never take this message; the text says why."""


class AccessDenied(Exception):
    """Identifier or secret are not the right ones: nothing will pass before somebody looks."""


class TryLater(Exception):
    """The platform is busy; `after_s` is how long it asks to wait."""

    def __init__(self, message: str, after_s: int = 60) -> None:
        super().__init__(message)
        self.after_s = after_s


@dataclass(frozen=True, slots=True)
class Access:
    """Where a platform is and who we are there; secrets opened for the call only."""

    base_url: str
    token_url: str
    client_id: str
    client_secret: str
    login: str = ""
    password: str = ""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One file to hand over; `tracking` is the same at each try."""

    tracking: str
    name: str
    syntax: Syntax
    rule: str
    content: bytes
    sha256: str


@dataclass(frozen=True, slots=True)
class Handed:
    """What the platform answered at once."""

    reference: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Seen:
    """A flow as the platform sees it now: ours acknowledged, or one that came for us."""

    reference: str
    tracking: str
    is_incoming: bool
    syntax: str
    ack: Ack
    reasons: tuple[str, ...]
    updated_at: datetime


class Platform(Protocol):
    """A plateforme agréée."""

    code: str

    def submit(self, outgoing: Outgoing) -> Handed:
        """Hand a file over once; a second call with the same tracking changes nothing."""
        ...

    def find(self, tracking: str) -> Handed | None:
        """Return what the platform knows of a tracking id: an answer to a call cut short."""
        ...

    def changed(self, after: datetime) -> Sequence[Seen]:
        """Return the flows changed since, oldest first, at most one page."""
        ...

    def download(self, reference: str) -> bytes:
        """Return the file of a flow as its sender gave it."""
        ...


@dataclass(frozen=True, slots=True)
class PortalStatus:
    """Where an invoice to a public body stands, in the portal's own word."""

    number: str
    status: str
    at: datetime
    deposited_on: date | None


class PublicPortal(Protocol):
    """Chorus Pro: invoices sent to public bodies and their status."""

    code: str

    def statuses(self, since: date, until: date) -> Sequence[PortalStatus]:
        """Return the status of the invoices deposited within these days."""
        ...


PLATFORMS: Final[Registry[Callable[[Access], Platform]]] = Registry("platform")
PORTALS: Final[Registry[Callable[[Access], PublicPortal]]] = Registry("public portal")
