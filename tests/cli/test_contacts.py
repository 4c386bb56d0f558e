"""`import contacts` and `unreachable` as typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.shapes import faults
from tests.conftest import House
from tests.receivables.ledger_rows import write
from tests.receivables.test_queries_ageing import SMALL
from typer.testing import CliRunner

from encours.cli.contacts import app
from encours.tenancy.scope import in_tenant

GOOD = "code;e-mail\nA;a@a.example\nZ;z@z.example\n"


@pytest.fixture
def ledger(house: House) -> House:
    with in_tenant(house.tenant_id):
        write(house, SMALL)
    return house


def bring(house: House, path: Path, text: str, *words: str) -> tuple[int, str]:
    path.write_text(text)
    result = CliRunner().invoke(
        app, ["import", "contacts", str(path), "--creditor", house.code, *words]
    )
    return result.exit_code, result.stdout


def test_who_cannot_be_reached_then_can(ledger: House, tmp_path: Path) -> None:
    def unreachable() -> list[str]:
        result = CliRunner().invoke(app, ["unreachable", "--creditor", ledger.code, "--json"])
        return [row["customer"] for row in json.loads(result.stdout)]

    assert unreachable() == ["B", "A"]
    code, told = bring(ledger, tmp_path / "contacts.csv", GOOD, "--json")

    assert code == 0
    assert faults(json.loads(told), "import-contacts") == []
    assert unreachable() == ["B"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        pytest.param((), "Ajoutés : 1", id="for good"),
        pytest.param(("--dry-run",), "À ajouter : 1", id="for show"),
    ],
)
def test_sentences(ledger: House, tmp_path: Path, words: tuple[str, ...], sentence: str) -> None:
    code, told = bring(ledger, tmp_path / "contacts.csv", GOOD, *words)

    assert (code, sentence in told, "ligne 3" in told) == (0, True, True)


def test_a_file_refused_still_answers_in_json(ledger: House, tmp_path: Path) -> None:
    code, told = bring(ledger, tmp_path / "contacts.csv", "rien\n", "--json")

    assert (code, json.loads(told)["applied"]) == (1, False)


def test_the_table_of_the_unreachable(ledger: House) -> None:
    result = CliRunner().invoke(app, ["unreachable", "--creditor", ledger.code])

    assert result.exit_code == 0
    assert "Client B" in result.stdout


def test_the_template_needs_no_database() -> None:
    result = CliRunner().invoke(app, ["import", "contacts", "--template"])

    assert result.stdout.startswith("code;nom;")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        pytest.param(("x.csv", "--creditor", "C"), 1, id="no such file"),
        pytest.param(("--creditor", "C"), 2, id="no file at all"),
    ],
)
def test_wrong_usage(words: tuple[str, ...], code: int) -> None:
    assert CliRunner().invoke(app, ["import", "contacts", *words]).exit_code == code
