"""A registry: how a package names an adapter without knowing which ones exist.

`ports.py` declares an empty registry; `config/providers.py`, the only place that knows the
adapters, says where each finds its own. They are fetched at the first use: a command that prints
a balance loads neither the typesetter nor the readers of files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Generic, TypeVar

Port = TypeVar("Port")
Source = Callable[[], Mapping[str, Any]]
_SOURCES: Final[dict[str, Source]] = {}


def supply(sources: Mapping[str, Source]) -> None:
    """Say, by port, what returns the adapters of a registry: called once at start."""
    _SOURCES.update(sources)


class Registry(Generic[Port]):
    """Adapters of one port by code; an unknown code is a programmer's error."""

    def __init__(self, port: str) -> None:
        """Name the port, for messages and documentation."""
        self.port = port
        self._filled: dict[str, Port] | None = None

    def fill(self, adapters: Mapping[str, Port]) -> None:
        """Replace what is registered: by tests."""
        self._filled = dict(adapters)

    @property
    def _adapters(self) -> dict[str, Port]:
        if self._filled is None:
            source = _SOURCES.get(self.port)
            self._filled = dict(source()) if source else {}
        return self._filled

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
