"""Columns of a table that go to the tenant's own fields: said, kept, undone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.conftest import House
from tests.imports.tables.doors import TODAY, bring, cents, undo, write

from encours.attributes import queries
from encours.attributes.actions import fields
from encours.attributes.rules import SUBJECTS, Subject
from encours.tenancy.scope import in_tenant

CLIENT = {"customer_code": "Client", "number": "N°", "custom.region": "Zone"}
LIST = {**CLIENT, "open_amount": "Montant", "custom.affaire": "Dossier", "custom.plafond": "Max"}
MOVES = {**CLIENT, "amount": "Montant", "issued_on": "Jour", "custom.affaire": "Dossier"}
TEXT = (
    "Client;N°;Jour;Montant;Zone;Dossier;Max\n"
    "C1;F1;05/01/2026;100,00;Nord;A-17;5 000,00\n"
    "C1;F2;06/01/2026;50,00;;A-18;\n"
    "C2;F3;07/01/2026;80,00;Sud;;beaucoup\n"
)


@pytest.fixture
def desk(house: House) -> House:
    with in_tenant(house.tenant_id):
        for subject, label, kind in (
            ("customer", "Région", "text"),
            ("customer", "Plafond", "amount"),
            ("invoice", "Affaire", "text"),
        ):
            asked: Any = {"subject": subject, "label": label, "kind": kind}
            fields.add_field(tenant_id=house.tenant_id, **asked, today=TODAY)
    return house


def said(house: House, subject: Subject) -> dict[str, dict[str, Any]]:
    with in_tenant(house.tenant_id):
        known = queries.fields(tenant_id=house.tenant_id, subject=subject)
        found = queries.values(tenant_id=house.tenant_id, fields=known, keys=None)
    return {key: told for (_creditor, key), told in found.items()}


@pytest.mark.parametrize(
    ("meaning", "columns"), [("open_items", LIST), ("movements", MOVES)], ids=["list", "movements"]
)
def test_customers_and_invoices_take_what_their_rows_say(
    desk: House, tmp_path: Path, meaning: str, columns: dict[str, str]
) -> None:
    path = write(tmp_path, TEXT)
    outcome = bring(desk, path, mapping={"meaning": meaning, "columns": columns})

    assert outcome.applied, outcome.issues
    customers = said(desk, "customer")
    assert {key: told["region"] for key, told in customers.items()} == {"C1": "Nord", "C2": "Sud"}
    assert sorted(told["affaire"] for told in said(desk, "invoice").values()) == ["A-17", "A-18"]
    undo(desk, outcome)
    assert [said(desk, subject) for subject in SUBJECTS] == [{}, {}]


def test_what_cannot_be_read_is_told_and_the_rest_enters(desk: House, tmp_path: Path) -> None:
    columns = {**LIST, "custom.inconnu": "Jour"}
    mapping = {"meaning": "open_items", "columns": columns}
    outcome = bring(desk, write(tmp_path, TEXT), mapping=mapping)

    assert outcome.applied
    told = {(one.code, one.line, one.severity) for one in outcome.issues}
    assert {("custom_unreadable", 4, "warning"), ("custom_unknown", 0, "warning")} <= told
    assert said(desk, "customer")["C1"]["plafond"] == 500_000
    assert cents(desk) == {"F1": 100_00, "F2": 50_00, "F3": 80_00}


def test_a_dry_run_says_nothing_of_anybody(desk: House, tmp_path: Path) -> None:
    mapping = {"meaning": "open_items", "columns": LIST}
    outcome = bring(desk, write(tmp_path, TEXT), mapping=mapping, dry_run=True)

    assert not outcome.applied
    assert said(desk, "customer") == {}
