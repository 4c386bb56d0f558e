"""The reader of contracts sees what it must see, and every contract can be read."""

from __future__ import annotations

from typing import Any

import pytest
from tests.cli import shapes
from tests.cli.shapes import CONTRACTS, _faults

SHAPE = {
    "type": "object", "required": ["open"], "additionalProperties": False,
    "properties": {
        "open": {"type": "string", "pattern": "^[0-9]+[.][0-9]{2}$"},
        "rows": {"type": "array", "items": {"enum": ["a", "b"]}},
    },
}  # fmt: skip


@pytest.mark.parametrize(
    ("value", "wrong"),
    [
        pytest.param({"open": "1.00", "rows": ["a"]}, False, id="as promised"),
        pytest.param({"open": "1.0"}, True, id="a decimal lost"),
        pytest.param({"open": 1.0}, True, id="a number for a text"),
        pytest.param({}, True, id="a member missing"),
        pytest.param({"open": "1.00", "more": 1}, True, id="a member too many"),
        pytest.param({"open": "1.00", "rows": ["c"]}, True, id="a word nobody promised"),
        pytest.param([], True, id="a list for an object"),
    ],
)
def test_faults_are_seen(value: Any, wrong: bool) -> None:
    assert bool(list(_faults(value, SHAPE, SHAPE, "$"))) is wrong


@pytest.mark.parametrize(
    "name", [path.name.removesuffix(".schema.json") for path in CONTRACTS.glob("*.schema.json")]
)
def test_every_contract_can_be_read(name: str) -> None:
    assert shapes.schema(name)["title"]
    shapes.faults(None, name)
