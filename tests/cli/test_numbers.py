"""`import numbers` and `invoice number` as typed."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.shapes import faults
from tests.conftest import House
from tests.imports.test_numbering import SALES, TABLE, brought, fec, live
from typer.testing import CliRunner

from encours.cli.numbers import app


def typed(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, words)
    return result.exit_code, result.output


def test_a_table_of_numbers(house: House, tmp_path: Path) -> None:
    brought(house, fec(tmp_path))
    file = tmp_path / "numeros.csv"
    file.write_text(TABLE)
    asked = ("import", "numbers", str(file), "--creditor", house.code)

    code, said = typed(*asked, "--dry-run")
    assert (code, "recevraient leur numéro : 2" in said) == (0, True)
    assert live(house)[120] == ""
    code, said = typed(*asked, "--json")
    answer = json.loads(said)
    assert faults(answer, "import-numbers") == []
    assert (code, answer["applied"], answer["counts"]["numbered"]) == (0, True, 2)
    assert live(house)[120] == "F-120"
    file.write_text("rien")
    code, said = typed(*asked, "--json")
    assert (code, faults(json.loads(said), "import-numbers")) == (1, [])
    assert typed("import", "numbers", str(tmp_path / "x"), "--creditor", house.code)[0] == 1


def test_one_number_by_piece(house: House, tmp_path: Path) -> None:
    brought(
        house,
        fec(
            tmp_path,
            SALES.replace("C1 VE0124", "C1 VE0124-X").replace("- VE0124 -120", "- VE0124-X -120"),
        ),
    )
    asked = ("--creditor", house.code)

    code, said = typed("invoice", "number", "VE0124", "F-1", *asked)
    assert (code, "2 factures ont la pièce" in said) == (1, True)
    code, said = typed("invoice", "number", "inconnue", "F-1", *asked)
    assert (code, "Aucune facture sans numéro" in said) == (1, True)
