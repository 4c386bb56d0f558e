"""A tenant's own fields: defined, said by hand, brought by a file, undone, asked for."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest
from tests.conftest import House

from encours.attributes import queries
from encours.attributes.actions import fields, values
from encours.attributes.rules import FIELDS_MAX, Field, condition
from encours.tenancy.models import Fact
from encours.tenancy.scope import in_tenant

TODAY = date(2026, 11, 20)


def define(house: House, label: str, kind: Any = "text", **more: Any) -> Field:
    field_id = fields.add_field(
        tenant_id=house.tenant_id, subject="customer", label=label, kind=kind, today=TODAY, **more
    )
    known = queries.fields(tenant_id=house.tenant_id, subject="customer")
    return next(one for one in known if one.id == field_id)


def say(house: House, key: str, **typed: str) -> list[str]:
    return values.say(
        tenant_id=house.tenant_id,
        creditor_id=house.creditor_id,
        subject="customer",
        subject_id=1,
        key=key,
        typed=typed,
        today=TODAY,
    )


def take(house: House, batch_id: int, **columns: list[Any]) -> int:
    return values.take(
        pl.DataFrame(columns),
        tenant_id=house.tenant_id,
        creditor_id=house.creditor_id,
        subject="customer",
        batch_id=batch_id,
    )


def held(house: House) -> dict[str, dict[str, Any]]:
    known = queries.fields(tenant_id=house.tenant_id, subject="customer")
    found = queries.values(tenant_id=house.tenant_id, fields=known, keys=None)
    return {key: said for (_creditor, key), said in found.items()}


def test_a_field_keeps_its_code_and_there_are_24_at_most(house: House) -> None:
    with in_tenant(house.tenant_id):
        one = define(house, "Région")
        fields.change_field(
            tenant_id=house.tenant_id, field_id=one.id, label="Zone", in_lists=False, today=TODAY
        )
        assert queries.fields(tenant_id=house.tenant_id, subject="customer", in_lists=True) == []
        with pytest.raises(fields.InvalidField):
            define(house, "zone")
        for number in range(FIELDS_MAX - 1):
            define(house, f"Champ {number}")
        with pytest.raises(fields.TooManyFields):
            define(house, "De trop")
        fields.retire_field(tenant_id=house.tenant_id, field_id=one.id, today=TODAY)
        assert define(house, "Région").code == "region_2"


def test_what_is_said_is_told_without_its_value(house: House) -> None:
    with in_tenant(house.tenant_id):
        define(house, "Affaire")
        define(house, "Plafond", "amount")
        assert say(house, "C1", affaire="Dupont", plafond="1 000") == ["affaire", "plafond"]
        assert say(house, "C1", affaire="Dupont", plafond="1 000,00") == []
        assert say(house, "C1", affaire="") == ["affaire"]
        assert held(house) == {"C1": {"plafond": 100_000}}
        with pytest.raises(values.InvalidValue, match="Plafond"):
            say(house, "C1", plafond="mille")
        facts = Fact.objects.filter(verb="customer.fields_said")
        assert [one.data["fields"] for one in facts.order_by("id")] == [
            ["affaire", "plafond"], ["affaire"],
        ]  # fmt: skip
        assert not any("Dupont" in str(one.data) for one in facts)


def test_a_file_adds_to_what_is_said_and_its_undo_restores_it(house: House) -> None:
    with in_tenant(house.tenant_id):
        define(house, "Affaire")
        define(house, "Zone")
        say(house, "C1", affaire="A")
        before = held(house)
        given = {
            "key": ["C1", "C1", "C2", "C3"],
            "affaire": [None, None, "B", None],
            "zone": ["nord", "sud", None, None],
        }

        assert take(house, 7, **given) == 2
        assert held(house) == {"C1": {"affaire": "A", "zone": "sud"}, "C2": {"affaire": "B"}}
        assert take(house, 8, **given) == 0, "the same file again changes nothing"

        values.undo_batch(tenant_id=house.tenant_id, creditor_id=house.creditor_id, batch_id=7)
        assert held(house) == before


def test_what_a_person_said_after_a_file_survives_its_undo(house: House) -> None:
    with in_tenant(house.tenant_id):
        define(house, "Affaire")
        say(house, "C1", affaire="A")
        take(house, 7, key=["C1"], affaire=["B"])
        say(house, "C1", affaire="C")
        values.undo_batch(tenant_id=house.tenant_id, creditor_id=house.creditor_id, batch_id=7)
        assert held(house) == {"C1": {"affaire": "C"}}


def test_columns_of_a_file_are_read_or_said(house: House) -> None:
    with in_tenant(house.tenant_id):
        day, zone = (
            define(house, "Depuis", "date"),
            define(house, "Zone", "choice", choices=["Sud"]),
        )
        frame = pl.DataFrame(
            {"line": [2, 3], "depuis": ["01/02/2026", "hier"], "zone": ["SUD", None]}
        )
        read, issues = values.read_columns(frame, {day.code: day, zone.code: zone})
    assert read["depuis"].to_list() == ["2026-02-01", None]
    assert read["zone"].to_list() == ["Sud", None]
    assert [(one.line, one.column, one.found) for one in issues] == [(3, "Depuis", "hier")]


@pytest.mark.parametrize(
    ("kind", "typed", "expected"),
    [
        ("text", "upon", {"C1"}),
        ("amount", "> 100", {"C2"}),
        ("amount", "100..200", {"C1", "C2"}),
        ("amount", "<100", set()),
        ("date", ">= 02/01/2026", {"C2"}),
        ("yes_no", "non", {"C2"}),
    ],
)
def test_who_matches(house: House, kind: Any, typed: str, expected: set[str]) -> None:
    said = {
        "text": ("DUPONT", "Martin"), "amount": ("100", "200"),
        "date": ("01/01/2026", "02/01/2026"), "yes_no": ("oui", "non"),
    }[kind]  # fmt: skip
    with in_tenant(house.tenant_id):
        one = define(house, "Champ", kind)
        for key, text in zip(("C1", "C2"), said, strict=True):
            say(house, key, champ=text)
        asked = condition(one, typed)
        assert asked is not None
        found = queries.matching(tenant_id=house.tenant_id, subject="customer", conditions=[asked])
        named = queries.values_by_name(
            tenant_id=house.tenant_id, subject="customer", creditor_id=house.creditor_id, key="C9"
        )
    assert found == {(house.creditor_id, key) for key in expected}
    assert named == {"champ": None}
