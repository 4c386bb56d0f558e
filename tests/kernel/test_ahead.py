"""One value ahead: the same series, and the same failures."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event

import pytest

from encours.kernel.ahead import ahead


def test_the_series_stays_in_order_and_whole() -> None:
    assert list(ahead(iter(range(5)))) == [0, 1, 2, 3, 4]
    assert list(ahead(iter(()))) == []


def test_the_next_one_is_made_while_one_is_used() -> None:
    made = Event()

    def series() -> Iterator[int]:
        yield 1
        made.set()
        yield 2

    for value in ahead(series()):
        assert value == 2 or made.wait(timeout=30)


def test_what_the_maker_raises_comes_at_its_turn() -> None:
    def series() -> Iterator[int]:
        yield 1
        raise ValueError("illisible")

    coming = ahead(series())

    assert next(coming) == 1
    with pytest.raises(ValueError, match="illisible"):
        next(coming)
