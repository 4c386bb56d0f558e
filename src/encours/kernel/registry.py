"""A registry: how a package names an adapter without knowing which ones exist.

`ports.py` declares an empty registry; `config/providers.py`, the only place that knows the
adapters, fills it when the program starts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Generic, TypeVar

Port = TypeVar("Port")


class Registry(Generic[Port]):
    """Adapters of one port by code; an unknown code is a programmer's error."""

    def __init__(self, port: str) -> None:
        """Name the port, for messages and documentation."""
        self.port = port
        self._adapters: dict[str, Port] = {}

    def fill(self, adapters: Mapping[str, Port]) -> None:
        """Replace what is registered: called once at start, and by tests."""
        self._adapters = dict(adapters)

    def __getitem__(self, code: str) -> Port:
        """Return the adapter registered under `code`."""
        assert code in self._adapters, f"no {self.port} is registered under {code!r}"
        return self._adapters[code]

    def __iter__(self) -> Iterator[str]:
        """Yield the codes, in the order of registration."""
        return iter(self._adapters)

    def __contains__(self, code: object) -> bool:
        """Say whether an adapter has this code."""
        return code in self._adapters
