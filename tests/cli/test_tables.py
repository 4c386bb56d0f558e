"""`import table` as typed."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.cli import shapes
from tests.conftest import House
from typer.testing import CliRunner

from encours.cli.tables import app
from encours.imports.actions import tables
from encours.tenancy.scope import in_tenant

OPEN = (
    "Code client;Nom;N° facture;Date;Échéance;Reste dû\n"
    "C1;Dupont SA;F1;05/01/2026;04/02/2026;1 200,00\nC2;Durand;F2;15/02/2026;17/03/2026;50,00\n"
)
ODD = "Truc;Machin;Chose\nC1;F1;12,00\nC2;F2;24,50\n"


def typed(house: House, *words: str) -> tuple[int, Any]:
    result = CliRunner().invoke(
        app, ["import", "table", *words, "--creditor", house.code, "--json"]
    )
    return result.exit_code, json.loads(result.stdout)


def test_a_sure_table_goes_in(house: House, tmp_path: Path) -> None:
    path = tmp_path / "encours.csv"
    path.write_text(OPEN)

    dry, shown = typed(house, str(path), "--as-of", "2026-03-31", "--dry-run")
    code, told = typed(house, str(path), "--as-of", "2026-03-31")
    again, same = typed(house, str(path), "--as-of", "2026-03-31")

    assert (dry, shown["applied"], shown["counts"]["invoices"]) == (0, False, 2)
    assert (code, told["applied"], told["control"]["ok"]) == (0, True, True)
    assert (told["control"]["on"], told["control"]["file_net"]) == ("2026-03-31", "1250.00")
    assert (again, same["applied"], same["issues"][0]["code"]) == (0, False, "already_imported")


def test_an_unsure_table_is_refused_with_what_is_proposed(house: House, tmp_path: Path) -> None:
    path = tmp_path / "truc.csv"
    path.write_text(ODD)
    code, told = typed(house, str(path))

    assert (code, told["applied"]) == (1, False)
    assert {issue["code"] for issue in told["issues"]} == {"mapping_unsure"}
    assert [column["label"] for column in told["proposal"]["columns"]] == [
        "Truc",
        "Machin",
        "Chose",
    ]


def test_a_mapping_by_file_and_by_name(house: House, tmp_path: Path) -> None:
    path, mapping = tmp_path / "truc.csv", tmp_path / "mapping.json"
    path.write_text(ODD)
    columns = {"customer_code": "Truc", "number": "Machin", "open_amount": "Chose"}
    definition = {"meaning": "open_items", "columns": columns}
    mapping.write_text(json.dumps(definition))
    with in_tenant(house.tenant_id):
        tables.save_mapping(
            tenant_id=house.tenant_id,
            creditor_id=house.creditor_id,
            name="Export du lundi",
            definition=definition,
            signature="of another file",
            today=date(2026, 4, 2),
        )

    code, told = typed(house, str(path), "--mapping", str(mapping), "--dry-run")
    named, same = typed(house, str(path), "--mapping", "Export du lundi")
    propose, shown = typed(house, str(path), "--mapping", str(mapping), "--propose")

    assert (code, told["counts"]["invoices"]) == (0, 2)
    assert (named, same["applied"], same["control"]["file_net"]) == (0, True, "36.50")
    assert (propose, shown["rows"][1]["values"]["open"]) == (0, "24.50")


def test_an_unknown_name_is_refused_with_a_sentence(house: House, tmp_path: Path) -> None:
    path = tmp_path / "truc.csv"
    path.write_text(ODD)
    result = CliRunner().invoke(
        app, ["import", "table", str(path), "--creditor", house.code, "--mapping", "Absente"]
    )

    assert result.exit_code == 1
    assert "Absente" in result.output


def test_what_is_no_table_is_refused(house: House, tmp_path: Path) -> None:
    path = tmp_path / "facture.csv"
    path.write_bytes(b"%PDF-1.7")

    code, told = typed(house, str(path))

    assert (code, told["issues"][0]["code"]) == (1, "not_a_table")


@pytest.mark.parametrize("words", [(), ("--meaning", "master")], ids=["proposed", "asked"])
def test_a_list_of_customers_enters_after_a_dry_run(
    house: House, tmp_path: Path, words: tuple[str, ...]
) -> None:
    path = tmp_path / "clients.csv"
    path.write_text("Code client;Nom;E-mail;Ville\nC1;Dupont SA;a@dupont.example;Lyon\n")

    code, told = typed(house, str(path), *words, "--dry-run")
    assert (code, told["applied"], told["counts"]["customers"]) == (0, False, 1)
    assert not list(shapes.faults(told, "import"))
    _, proposed = typed(house, str(path), *words, "--propose")
    assert not list(shapes.faults(proposed, "import-proposal"))
    code, told = typed(house, str(path), *words)
    assert (code, told["applied"], told["counts"]["contacts_created"]) == (0, True, 1)
    code, told = typed(house, str(path), *words)
    assert (code, told["applied"], told["issues"][0]["code"]) == (0, False, "already_imported")
