"""What of the files asked for goes along with a message: mailboxes refuse what is too heavy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, TypeVar

WEIGHT_MAX: Final = 7 * 1024 * 1024  # base64 adds a third: under the 10 MB of the strictest
COUNT_MAX: Final = 40


class Weighed(Protocol):
    """A file before it is opened: its weight and what identifies its content."""

    @property
    def size_bytes(self) -> int:
        """Return its weight."""
        ...

    @property
    def sha256(self) -> str:
        """Return what two equal files share."""
        ...


File = TypeVar("File", bound=Weighed)


@dataclass(frozen=True, slots=True)
class Missing:
    """What the step promises and the message does not bring: `numbers` of the invoices."""

    absent: tuple[str, ...] = ()
    too_heavy: tuple[str, ...] = ()

    def sentences(self) -> Iterator[str]:
        """Yield what a person is told before it leaves."""
        if self.absent:
            yield f"Sans pièce à joindre : {_listed(self.absent)}."
        if self.too_heavy:
            yield f"Trop lourd pour un e-mail, laissé de côté : {_listed(self.too_heavy)}."


def packed(
    wanted: Iterable[tuple[str, Sequence[File]]], *, weight_max: int = WEIGHT_MAX
) -> tuple[tuple[File, ...], Missing]:
    """Take the files of each invoice, whole, in the order given, while they fit.

    An invoice whose files are too heavy is left aside and the next one tried: the list of those
    that are missing is what the reader is told. The same content goes once.
    """
    taken, seen, left = list[File](), set[str](), weight_max
    absent, heavy = list[str](), list[str]()
    for number, files in wanted:
        if not files:
            absent.append(number)
            continue
        fresh = {one.sha256: one for one in files if one.sha256 not in seen}
        weight = sum(one.size_bytes for one in fresh.values())
        if weight > left or len(taken) + len(fresh) > COUNT_MAX:
            heavy.append(number)
            continue
        taken += fresh.values()
        seen |= fresh.keys()
        left -= weight
    return tuple(taken), Missing(tuple(absent), tuple(heavy))


def _listed(numbers: Sequence[str], shown: int = 5) -> str:
    rest = len(numbers) - shown
    said = ", ".join(numbers[:shown])
    return said if rest <= 0 else f"{said} et {rest} autre{'s' if rest > 1 else ''}"
