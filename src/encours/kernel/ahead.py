"""Work prepared ahead: the next of a series is made in another thread while one is used."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Value = TypeVar("Value")


def ahead(series: Iterator[Value]) -> Iterator[Value]:
    """Yield a series in order, one value ahead; what its maker raises is raised at its turn."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        coming = pool.submit(next, series, None)
        while (value := coming.result()) is not None:
            coming = pool.submit(next, series, None)
            yield value
