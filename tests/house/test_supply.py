"""What we take from others is pinned, checked by its digest, and licensed for what we do with it."""

from __future__ import annotations

import hashlib
import json
import re
import runpy
from email.message import Message
from typing import Any

import pytest
from tests.house.sources import ROOT

LICENCES: dict[str, Any] = runpy.run_path(str(ROOT / "tools" / "licences.py"))
AGPL = "0d96a4ff68ad6d4b6f1f30f713b18d5184912ba8dd389f86aa7710db079abcb0"


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_every_package_of_a_lock_is_exact_and_has_its_digest(name: str) -> None:
    entries = re.split(r"\n(?=\S)", (ROOT / name).read_text("utf-8").strip())

    assert entries
    assert [entry for entry in entries if not re.match(r"[\w.\[\]-]+==\S+", entry)] == []
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []


def test_every_asset_has_its_digest_and_names_no_host() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    others = {name: told for name, told in lock.items() if name}

    assert others
    assert [name for name, told in others.items() if not told.get("integrity")] == []
    assert [name for name, told in others.items() if "resolved" in told] == []


def test_every_asset_is_pinned_and_licensed() -> None:
    wanted = json.loads((ROOT / "package.json").read_text("utf-8"))
    listed = json.loads((ROOT / "assets.json").read_text("utf-8"))
    pinned = wanted["dependencies"] | wanted["devDependencies"]

    assert [name for name, version in pinned.items() if not re.fullmatch(r"[\d.]+", version)] == []
    for group in ("copied", "tests"):
        for package, files in listed[group].items():
            assert package in pinned
            assert "LICENSE" in files or package in listed["mit"], package


def test_our_own_licence_is_the_true_text() -> None:
    assert hashlib.sha256((ROOT / "LICENSE").read_bytes()).hexdigest() == AGPL


@pytest.mark.parametrize(
    ("expression", "allowed"),
    [
        pytest.param("MIT", True, id="one"),
        pytest.param("Apache-2.0 OR Proprietary", True, id="a choice"),
        pytest.param("MIT AND Proprietary", False, id="both"),
        pytest.param("(MIT OR SSPL-1.0) AND BSD-3-Clause", True, id="a choice in brackets"),
        pytest.param("(Proprietary OR SSPL-1.0) AND MIT", False, id="no good choice"),
        pytest.param("GPL-2.0-only", False, id="version 2 only is not compatible"),
        pytest.param("AGPL-3.0-only", False, id="not listed"),
    ],
)
def test_licences_that_may_be_combined(expression: str, allowed: bool) -> None:
    assert LICENCES["is_allowed"](expression) is allowed


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        pytest.param({"License-Expression": "MIT"}, "MIT", id="an expression"),
        pytest.param(
            {"Classifier": "License :: OSI Approved :: MIT License"}, "MIT", id="a classifier"
        ),
        pytest.param({"License": "Apache 2.0"}, "Apache-2.0", id="free words"),
        pytest.param({"License": "Copyright\nAll rights"}, "", id="a whole text says nothing"),
        pytest.param({}, "", id="nothing"),
    ],
)
def test_what_a_package_declares(headers: dict[str, str], expected: str) -> None:
    package = Message()
    for name, value in headers.items():
        package[name] = value

    assert LICENCES["licence"](package) == expected
