"""`import einvoice`: the shape, the exit codes, the sentences."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import Result
from tests.conftest import House
from tests.imports.einvoices import samples
from typer.testing import CliRunner

from encours.cli.imports import app


def run(house: House, *words: str) -> Result:
    command = ["import", "einvoice", "--creditor", house.code]
    return CliRunner().invoke(app, [*command, *words])


def test_a_file_enters_with_its_counts(house: House, tmp_path: Path) -> None:
    path = samples.kept(tmp_path, samples.cii())
    result = run(house, str(path), "--json")

    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert (told["applied"], told["counts"]["invoices"]) == (True, 1)
    assert told["control"] == {
        "ok": True,
        "on": "2026-10-01",
        "ledger_net": "1200.00",
        "file_net": "1200.00",
        "differences": [],
    }


def test_a_refusal_names_the_rule_and_exits_with_1(house: House, tmp_path: Path) -> None:
    path = samples.kept(tmp_path, samples.cii(total=130_000))
    result = run(house, str(path))

    assert result.exit_code == 1
    assert "Règle BR-CO-15 : Le total TTC" in result.stdout
    accepted = run(house, str(path), "--accept-rest", "--dry-run", "--json")
    assert (accepted.exit_code, json.loads(accepted.stdout)["applied"]) == (0, False)


def test_a_missing_file_is_a_sentence(house: House) -> None:
    result = run(house, "rien.xml")

    assert result.exit_code == 1
    assert "introuvable" in result.stderr
