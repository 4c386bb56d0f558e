"""A reader of the JSON Schemas of docs/contracts: the few words of the language that they use."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

CONTRACTS = Path(__file__).parents[2] / "docs" / "contracts"
TYPES = {
    "object": dict, "array": list, "string": str, "boolean": bool, "number": (int, float),
    "null": type(None), "integer": int,
}  # fmt: skip
KNOWN = {
    "$schema", "$id", "$defs", "$ref", "title", "description", "type", "properties", "required",
    "additionalProperties", "items", "enum", "pattern", "anyOf",
}  # fmt: skip


def schema(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((CONTRACTS / f"{name}.schema.json").read_text("utf-8"))
    return found


def faults(value: Any, name: str) -> list[str]:
    """Say where a value leaves its contract."""
    root = schema(name)
    return list(_faults(value, root, root, "$"))


def _faults(value: Any, shape: dict[str, Any], root: dict[str, Any], at: str) -> Iterator[str]:
    assert shape.keys() <= KNOWN, shape.keys() - KNOWN
    if "$ref" in shape:
        yield from _faults(value, root["$defs"][shape["$ref"].rpartition("/")[2]], root, at)
        return
    if "anyOf" in shape and all(any(_faults(value, one, root, at)) for one in shape["anyOf"]):
        yield f"{at}: {value!r} is of no shape foreseen"
    if "enum" in shape and value not in shape["enum"]:
        yield f"{at}: {value!r} is not one of {shape['enum']}"
    if "type" in shape:
        wanted = [shape["type"]] if isinstance(shape["type"], str) else shape["type"]
        if not any(_is(value, one) for one in wanted):
            yield f"{at}: {value!r} is not {wanted}"
            return
    if isinstance(value, str) and not re.search(shape.get("pattern", ""), value):
        yield f"{at}: {value!r} does not match {shape['pattern']}"
    if isinstance(value, list):
        for position, one in enumerate(value):
            yield from _faults(one, shape.get("items", {}), root, f"{at}[{position}]")
    if isinstance(value, dict):
        yield from _members(value, shape, root, at)


def _members(
    value: dict[str, Any], shape: dict[str, Any], root: dict[str, Any], at: str
) -> Iterator[str]:
    known = shape.get("properties", {})
    yield from (
        f"{at}.{name} is missing" for name in shape.get("required", ()) if name not in value
    )
    others = shape.get("additionalProperties", True)
    for name, one in value.items():
        if name in known:
            yield from _faults(one, known[name], root, f"{at}.{name}")
        elif others is False:
            yield f"{at}.{name} is not foreseen"
        elif isinstance(others, dict):
            yield from _faults(one, others, root, f"{at}.{name}")


def _is(value: Any, name: str) -> bool:
    if name in ("number", "integer") and isinstance(value, bool):
        return False
    return isinstance(value, TYPES[name])
