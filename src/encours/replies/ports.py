"""What reading may ask from outside, when a creditor chose it: a service that names the class."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from encours.kernel.registry import Registry


class NotAnswered(Exception):
    """The service gave nothing that can be used; the reply is left to a person."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a service thinks of a text: one of our classes, how sure, and words of that text."""

    kind: str
    confidence: float
    why: tuple[str, ...] = ()


class Reader(Protocol):
    """Reads a text and nothing else: no name, no amount owed, no customer is given to it."""

    code: str

    def read(self, text: str) -> Opinion:
        """Return what the text says; raises NotAnswered."""
        ...


READERS: Final[Registry[Callable[[Mapping[str, str]], Reader]]] = Registry("reader of replies")
