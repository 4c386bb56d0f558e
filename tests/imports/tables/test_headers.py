"""The line of the headings: found, or chosen by a person, or none; own fields by their heading."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.conftest import House
from tests.imports.tables.doors import TODAY, bring, cents, write
from tests.imports.tables.frames import cells

from encours.attributes.actions import fields
from encours.imports.actions.tables import (
    Description,
    UnusableMapping,
    describe_file,
    save_mapping,
)
from encours.imports.ports import Unreadable
from encours.imports.rules.tables import layout
from encours.imports.rules.tables.mapping import Unusable, from_json
from encours.tenancy.scope import in_tenant

TWO_HEADS = "Code;Pièce;Jour;Somme\nClient;N° facture;Échéance;Reste dû\nC1;F1;05/01/2026;10,00\n"
BARE = "C1;F1;05/01/2026;10,00\nC2;F2;06/01/2026;20,00\n"
PLACES = {
    "customer_code": "Colonne A", "number": "Colonne B", "due_on": "Colonne C",
    "open_amount": "Colonne D",
}  # fmt: skip


def described(house: House, path: Path, **asked: Any) -> Description:
    with in_tenant(house.tenant_id):
        return describe_file(
            path, tenant_id=house.tenant_id, creditor_id=house.creditor_id, **asked
        )


@pytest.mark.parametrize(
    ("line", "labels"),
    [
        pytest.param(1, ("Code", "Pièce"), id="the first"),
        pytest.param(2, ("Client", "N° facture"), id="the second"),
        pytest.param(0, ("Colonne A", "Colonne B"), id="none: columns are named by their place"),
        pytest.param(9, None, id="a line that is not there"),
    ],
)
def test_the_headings_of_a_line(line: int, labels: tuple[str, ...] | None) -> None:
    found = layout.header_at(cells("Code;Pièce\nClient;N° facture\nC1;F1"), line)

    assert (found.labels if found else None) == labels


def test_a_table_of_blanks_has_no_columns() -> None:
    blank = pl.DataFrame({"line": [1], "c0": pl.Series([None], dtype=pl.String)})

    assert layout.header_at(blank, 0) is None


def test_another_line_is_read_from(house: House, tmp_path: Path) -> None:
    path = write(tmp_path, TWO_HEADS)
    first, second = (described(house, path, header=line) for line in (1, 2))

    assert (first.labels[0], second.labels[0]) == ("Code", "Client")
    assert [row.line for row in second.rows] == [3]
    assert second.mapping["header"] == 2
    assert [text for _line, text in second.first_lines][:1] == ["Code · Pièce · Jour · Somme"]


def test_without_any_heading_a_person_says_what_columns_are(house: House, tmp_path: Path) -> None:
    path = write(tmp_path, BARE)
    asked = described(house, path)
    assert asked.mapping["header"] == 0
    assert "en-têtes" in asked.doubts[0]
    with pytest.raises(Unreadable):
        bring(house, path)

    mapping = {"meaning": "open_items", "columns": PLACES, "header": 0}
    outcome = bring(house, path, mapping=mapping)
    assert outcome.applied, outcome.issues
    assert cents(house) == {"F1": 10_00, "F2": 20_00}


@pytest.mark.parametrize(("header", "text"), [(2, TWO_HEADS), (0, BARE)], ids=["second", "none"])
def test_a_saved_mapping_finds_its_headings_again(
    house: House, tmp_path: Path, header: int, text: str
) -> None:
    names = ("Client", "N° facture", "Échéance", "Reste dû")
    columns = PLACES if header == 0 else dict(zip(PLACES, names, strict=True))
    mapping = {"meaning": "open_items", "columns": columns, "header": header}
    path = write(tmp_path, text)
    told = described(house, path, mapping=mapping)
    with in_tenant(house.tenant_id):
        save_mapping(
            tenant_id=house.tenant_id,
            creditor_id=None,
            name="Le mien",
            definition=mapping,
            signature=told.signature,
            today=TODAY,
        )
    assert described(house, path).saved_name == "Le mien"
    assert bring(house, path).applied


def test_a_line_that_is_gone_is_told(house: House, tmp_path: Path) -> None:
    path = write(tmp_path, TWO_HEADS)
    mapping = {"meaning": "open_items", "columns": PLACES, "header": 40}

    with pytest.raises(Unreadable) as refused:
        bring(house, path, mapping=mapping)
    assert refused.value.issue.code == "no_such_header"
    assert "choisie" in described(house, path, header=40).doubts[0]


@pytest.mark.parametrize("said", ["x", -1, "1.5"])
def test_a_line_is_a_number(said: Any) -> None:
    with pytest.raises(Unusable):
        from_json({"columns": {"customer_code": "A"}, "header": said})


def test_a_column_named_as_an_own_field_goes_to_it(house: House, tmp_path: Path) -> None:
    with in_tenant(house.tenant_id):
        for label in ("Numéro de chantier", "Client"):
            fields.add_field(
                tenant_id=house.tenant_id,
                subject="invoice",
                label=label,
                kind="text",
                today=TODAY,
            )
    text = (
        "Client;N° facture;Échéance;Reste dû;N° de chantier;Divers\nC1;F1;05/01/2026;10,00;A7;x\n"
    )
    found = described(house, write(tmp_path, text))

    chosen = {one.label: one.field for one in found.columns}
    assert chosen["N° de chantier"] == "custom.numero_de_chantier"
    assert chosen["Client"] == "customer_code", "what is ours comes first"
    assert chosen["Divers"] == ""
    assert found.mapping["columns"]["custom.numero_de_chantier"] == "N° de chantier"
    assert next(one.reason for one in found.columns if one.label == "N° de chantier") == (
        "votre champ « Numéro de chantier »"
    )


def test_an_unusable_mapping_is_refused_as_before(house: House, tmp_path: Path) -> None:
    with pytest.raises(UnusableMapping):
        bring(house, write(tmp_path, BARE), mapping={"columns": {}, "header": 0})
