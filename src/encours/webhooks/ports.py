"""What calls a subscriber: one method, values in and out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from encours.kernel.refusal import Refusal
from encours.kernel.registry import Registry


class Unreached(Refusal):
    """Nobody answered: the name, the connection, the time; or the address is not allowed."""


@dataclass(frozen=True, slots=True)
class Call:
    """A POST to a subscriber."""

    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What the subscriber answered: a status, headers, the beginning of the body."""

    status: int
    head: str
    body: str

    @property
    def is_heard(self) -> bool:
        """Say whether the subscriber took the call."""
        return 200 <= self.status < 300  # noqa: PLR2004 - HTTP's own


class Caller(Protocol):
    """Calls the address of a subscriber, never one of a private network."""

    code: str

    def post(self, call: Call) -> Answer:
        """Post once, follow nothing, read little; raises Unreached."""
        ...


CALLERS: Registry[Caller] = Registry("webhook caller")
