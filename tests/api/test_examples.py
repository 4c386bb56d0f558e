"""Every operation of the OpenAPI shows what it takes and what it answers, as its shape says."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest

from encours.api import examples
from encours.api.door import api

OPENAPI: dict[str, Any] = api.get_openapi_schema()
OPERATIONS = list(examples.operations(OPENAPI))
MUTE = frozenset({"204"})


def faults(media: dict[str, Any]) -> list[str]:
    """Say where an example leaves its shape; formats count, and so do fields nobody announced."""
    shape = {**_closed(media["schema"]), "components": _closed(OPENAPI["components"])}
    checker = jsonschema_rs.validator_for(shape, validate_formats=True)
    return [
        f"{error.instance_path}: {error.message}" for error in checker.iter_errors(media["example"])
    ]


def _closed(shape: Any) -> Any:
    """Refuse members that no property announces: a field renamed must not stay in an example."""
    if isinstance(shape, list):
        return [_closed(one) for one in shape]
    if not isinstance(shape, dict):
        return shape
    found = {name: _closed(value) for name, value in shape.items()}
    if isinstance(found.get("properties"), dict) and found.get("type") == "object":
        found.setdefault("additionalProperties", False)
    return found


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one["operationId"])
def test_each_example_is_what_its_shape_says(operation: dict[str, Any]) -> None:
    every = [*examples.bodies(operation), *examples.answers(operation)]

    assert not [fault for media in every for fault in faults(media)]


def test_nothing_is_without_an_example() -> None:
    silent = [
        one["operationId"]
        for one in OPERATIONS
        for media in (*examples.bodies(one), *examples.answers(one))
        if "example" not in media
    ]
    unanswered = [
        one["operationId"]
        for one in OPERATIONS
        if not list(examples.answers(one)) and not MUTE & set(map(str, one["responses"]))
    ]

    assert not silent
    assert not unanswered
    assert len(OPERATIONS) > 80


def test_an_example_is_used_and_an_own_answer_has_its_operation() -> None:
    used = {
        name
        for one in OPERATIONS
        for media in (*examples.bodies(one), *examples.answers(one))
        for name in _names(media["schema"])
    }

    assert set(examples.EXAMPLES) == used
    ids = {one["operationId"] for one in OPERATIONS}
    assert {*examples.OF_OPERATION, *examples.FORMS} <= ids


def _names(shape: dict[str, Any]) -> list[str]:
    if "$ref" in shape:
        name = shape["$ref"].rpartition("/")[2]
        return [name[len("Page_") : -1] if name.startswith("Page_") else name]
    return _names(shape["items"]) if shape.get("type") == "array" else []


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"number": 5, "is_given": True}, id="a number for a text"),
        pytest.param({"number": "F1"}, id="a member missing"),
        pytest.param({"number": "F1", "is_given": True, "more": 1}, id="a member too many"),
    ],
)
def test_a_wrong_example_is_seen(wrong: dict[str, Any]) -> None:
    shape = {"$ref": "#/components/schemas/Number"}

    assert faults({"schema": shape, "example": wrong})
    assert not faults({"schema": shape, "example": examples.EXAMPLES["Number"]})
