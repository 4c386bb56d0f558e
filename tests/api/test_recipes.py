"""The recipes of the page « Se servir de l'API » and its Python client, run on a live server."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from tests.api.programs import ok, program, token
from tests.web.places import place

from encours.webhooks import rules

HOWTO = Path(__file__).resolve().parents[2] / "docs" / "howto"
CLIENT = HOWTO / "api_client.py"
RECIPES = re.compile(r"^```sh\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@pytest.mark.django_db(transaction=True)
def test_the_recipes_and_the_client(live_server: Any) -> None:
    curl = shutil.which("curl")
    if curl is None:
        pytest.skip("no curl on this machine")
    at = place("ALPHA")
    key = token(at)
    given = {
        "ENCOURS_URL": live_server.url, "ENCOURS_CLE": key, "SOCIETE": at.house.code,
        "PATH": os.environ["PATH"], "NO_PROXY": "*",
    }  # fmt: skip
    recipes = RECIPES.findall((HOWTO / "use-the-api.md").read_text("utf-8"))
    script = "set -eu -o pipefail\n" + "\n".join(recipes)
    ran = subprocess.run(
        ["bash", "-c", script], env=given, capture_output=True, text=True, timeout=120, check=False
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert len(recipes) >= 7
    asked = {"creditor": at.house.code, "customer": "C900"}
    invoices = {one["number"]: one for one in ok(program().get("/invoices", **asked))["items"]}
    assert {name: one["open"] for name, one in invoices.items()} == {
        "F900": "70.00", "F901": "80.00", "F902": "95.50",
    }  # fmt: skip
    shown = subprocess.run(
        [sys.executable, str(CLIENT), at.house.code],
        env=given, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert shown.returncode == 0, shown.stderr
    assert "C900 F900 70.00" in shown.stdout


def client() -> ModuleType:
    spec = importlib.util.spec_from_file_location("api_client", CLIENT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["api_client"] = module
    spec.loader.exec_module(module)
    return module


def test_the_client_knows_our_signature() -> None:
    signed = rules.signature("whsec_x", timestamp=1_000, delivery="d-1", body=b"{}")
    headers = {
        "Encours-Timestamp": "1000", "Encours-Delivery": "d-1", "Encours-Signature": signed,
    }  # fmt: skip
    check = client().is_signed

    assert check("whsec_x", headers, b"{}", now=1_100)
    assert not check("whsec_x", headers, b"{ }", now=1_100)
    assert not check("whsec_y", headers, b"{}", now=1_100)
    assert not check("whsec_x", headers, b"{}", now=1_400)
