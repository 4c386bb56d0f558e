"""A platform and a portal in memory: for the demonstration and the tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from encours.einvoicing.ports import Handed, Outgoing, PortalStatus, RefusedByPlatform, Seen


@dataclass(slots=True)
class MemoryPlatform:
    """Takes each tracking id once, acknowledges what it took, and gives what was put in it."""

    code: str = "memory"
    taken: dict[str, Outgoing] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    refusing: str = ""

    def submit(self, outgoing: Outgoing) -> Handed:
        """Take a file, or refuse it with the words it was told to say."""
        if self.refusing:
            raise RefusedByPlatform(self.refusing)
        known = self.find(outgoing.tracking)
        if known is None:
            self.taken[outgoing.tracking] = outgoing
            self._show(outgoing)
        return known or Handed(f"flow-{outgoing.tracking}", datetime.now(UTC))

    def find(self, tracking: str) -> Handed | None:
        """Return what was taken under a tracking id."""
        return Handed(f"flow-{tracking}", None) if tracking in self.taken else None

    def changed(self, after: datetime) -> Sequence[Seen]:
        """Return what was shown since."""
        return sorted(
            (one for one in self.seen if one.updated_at > after), key=lambda one: one.updated_at
        )

    def download(self, reference: str) -> bytes:
        """Return the file that was put in for us."""
        return self.files[reference]

    def put_in(self, reference: str, content: bytes, at: datetime, syntax: str = "CDAR") -> None:
        """Have a file come for us."""
        self.files[reference] = content
        self.seen.append(Seen(reference, "", True, syntax, "ok", (), at))

    def _show(self, outgoing: Outgoing) -> None:
        now = datetime.now(UTC)
        shown = Seen(f"flow-{outgoing.tracking}", outgoing.tracking, False, "", "ok", (), now)
        self.seen.append(replace(shown, syntax=outgoing.syntax))


@dataclass(slots=True)
class MemoryPortal:
    """A portal that says what it was told."""

    code: str = "memory"
    known: list[PortalStatus] = field(default_factory=list)

    def statuses(self, since: date, until: date) -> Sequence[PortalStatus]:
        """Return the statuses of the invoices deposited within these days."""
        return [
            one
            for one in self.known
            if one.deposited_on is None or since <= one.deposited_on <= until
        ]
