"""The DNS of tests and demonstrations: a dictionary, some of whose names do not answer."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from encours.messaging.rules.domains import Unreachable


class MemoryRecords:
    """TXT records by name; what is `silent` is not answered."""

    code = "memory"

    def __init__(
        self, records: Mapping[str, tuple[str, ...]], silent: Collection[str] = ()
    ) -> None:
        """Keep what is to be said."""
        self.records = records
        self.silent = silent
        self.asked = list[str]()

    def look(self, name: str) -> tuple[str, ...]:
        """Return the records of a name, or raise Unreachable."""
        self.asked.append(name)
        if name in self.silent:
            raise Unreachable(name)
        return self.records.get(name, ())
