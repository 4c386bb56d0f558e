"""The importer finds in generated exports what their makers know, one file at a time."""

from collections import Counter
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from tests.generators.ledgers import SmallLedger, any_options, small_ledgers
from tests.generators.recount import open_by_rows

from encours.config.demo import DemoLedger, generate
from encours.imports.readers.fec import Fec
from encours.imports.rules.derive import derive
from encours.imports.rules.derived import Derived

TODAY = date(2026, 11, 22)
DEBTOR = ("411", "413", "416", "419")


def taken(path: Path, content: bytes) -> Derived:
    path.write_bytes(content)
    return derive(Fec().read(path))


def open_in(found: Derived) -> dict[str, int]:
    """Return what is open by number, else by piece; small debits of 758 are nobody's document."""
    paid = found.allocations.group_by("claim_key").agg(paid=pl.col("amount_cents").sum())
    claims = found.claims.join(paid, left_on="key", right_on="claim_key", how="left")
    left: Counter[str] = Counter()
    for number, piece, amount, settled in claims.select(
        "number", "piece", "amount_cents", "paid"
    ).iter_rows():
        left[number or piece] += amount - (settled or 0)
    return +left


@pytest.fixture(scope="module")
def demo() -> DemoLedger:
    return generate(TODAY)


@pytest.mark.parametrize("year", [0, 1, 2])
def test_the_demo_s_years(demo: DemoLedger, year: int, tmp_path: Path) -> None:
    file = demo.files[year]
    found = taken(tmp_path / file.name, file.content())
    nets: Counter[str] = Counter()
    for row in file.rows:
        if row.account.startswith(DEBTOR):
            nets[row.party] += row.cents

    assert open_in(found) == open_by_rows([file.rows])
    assert {k: v for k, v in found.control.iter_rows() if v} == {k: v for k, v in nets.items() if v}
    assert found.is_acceptable


@given(drawn=small_ledgers(any_options(shapes=("one_year",))))
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_hostile_ledgers(drawn: SmallLedger, tmp_path: Path) -> None:
    (export,) = drawn.exports
    found = taken(tmp_path / export.name, export.content)
    truth = export.truth

    assert {k: v for k, v in found.control.iter_rows() if v} == {
        k: v for k, v in truth.nets.items() if v
    }
    if drawn.options.first_number > 1:  # FA00001 in January looks like a month
        assert open_in(found) == {n: left for n, (_, _, left) in truth.documents.items() if left}
