"""The benchmarks' FEC is an honest one: balanced, lettered to the cent, the same every time."""

from collections import Counter
from pathlib import Path

import pytest
from bench.data import BigFec, write_fec


@pytest.fixture(scope="module")
def fec(tmp_path_factory: pytest.TempPathFactory) -> BigFec:
    return write_fec(tmp_path_factory.mktemp("fec"), 20_000)


def cells(path: Path) -> list[list[str]]:
    lines = path.read_bytes().decode("utf-8").split("\r\n")
    return [line.split("\t") for line in lines[1:-1]]


def cents(row: list[str]) -> int:
    return int(row[11].replace(",", "")) - int(row[12].replace(",", ""))


def test_entries_and_letters_balance(fec: BigFec) -> None:
    entries: Counter[tuple[str, str]] = Counter()
    letters: Counter[tuple[str, str]] = Counter()
    for row in cells(fec.path):
        entries[row[0], row[2]] += cents(row)
        if row[13]:
            letters[row[6], row[13]] += cents(row)
    assert not any(entries.values())
    assert letters
    assert not any(letters.values())


def test_the_shape_is_the_one_that_limits_were_measured_on(fec: BigFec) -> None:
    rows = cells(fec.path)

    assert len(rows) == fec.lines == pytest.approx(20_000, rel=0.01)
    assert fec.invoices == 4_160
    assert fec.customers == pytest.approx(222, abs=5)
    assert sum(bool(row[13]) for row in rows) == pytest.approx(7_120, rel=0.03)
    assert fec.open_invoices == pytest.approx(800, rel=0.15)


def test_the_same_seed_gives_the_same_bytes(fec: BigFec, tmp_path: Path) -> None:
    assert write_fec(tmp_path, 20_000).path.read_bytes() == fec.path.read_bytes()
    assert write_fec(tmp_path, 20_000, seed=2).path.read_bytes() != fec.path.read_bytes()
