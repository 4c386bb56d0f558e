"""The month told in the guide is the month that encours lives: same text, same figures."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.conftest import House
from tests.dunning.test_day import channel
from tests.stories import month

__all__ = ("channel",)

PAGE = Path(__file__).parents[2] / "docs" / "guide" / "25-un-mois.md"
MARK = (
    "<!-- Ce qui suit est écrit par tests/stories : ENCOURS_WRITE=1 pour l'écrire de nouveau. -->"
)


@pytest.mark.usefixtures("channel")
def test_the_guide_tells_a_month_as_it_was(house: House) -> None:
    text = month.told(month.live(house))
    head, _, told = PAGE.read_text("utf-8").partition(MARK)
    if os.environ.get("ENCOURS_WRITE"):
        PAGE.write_text(f"{head}{MARK}\n\n{text}", "utf-8")

    assert told.strip() == text.strip()
