"""What was decided of a day, in codes, before any word is put on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

PLANNED: Final = "planned"
RESERVED: Final = "reserved"
HELD: Final = "held"
WAITING: Final = "waiting"


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided, in codes: `plan` adds the words, `simulation` needs none.

    `lines` = lines in reach of the scenario, `far` = lines whose day is still to come, `messages` =
    messages that leave today, `thanked` = settled lines that a thank-you answers.
    """

    lines: pl.DataFrame
    far: pl.DataFrame
    messages: pl.DataFrame
    thanked: pl.DataFrame
    accounts: pl.DataFrame
