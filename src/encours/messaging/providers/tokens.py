"""The token that opens a mailbox for sending: asked for when a server is reached, kept a while."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Final

LASTS_S: Final = 1_800.0
"""Half of what Microsoft and Google give."""


class KeptToken:
    """Asks once for all the connections of one channel, and again when it gets old."""

    def __init__(self, ask: Callable[[], str], *, clock: Callable[[], float] = monotonic) -> None:
        """Take what asks, which may raise TemporaryRefusal."""
        self._ask, self._clock = ask, clock
        self._token, self._asked_at = "", 0.0

    def __call__(self) -> str:
        """Return a token that is still good for a while."""
        if not self._token or self._clock() - self._asked_at > LASTS_S:
            self._token, self._asked_at = self._ask(), self._clock()
        return self._token
