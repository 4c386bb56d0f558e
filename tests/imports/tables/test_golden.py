"""Tables written by us after those that accounting software exports, and all that each one says.

A pair is a file and what the ledger holds once it was brought in with the columns proposed.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest
from django.db import connection
from tests.conftest import House
from tests.imports.tables.doors import bring, still_open

from encours.imports.actions import tables
from encours.tenancy.scope import in_tenant

GOLDEN: Final = Path(__file__).parents[2] / "golden" / "table"
FILES: Final = sorted(one for one in GOLDEN.iterdir() if one.suffix != ".json")
SOFTWARE: Final = (
    "sage", "ebp", "cegid", "quadra", "isacompta", "pennylane", "quickbooks", "odoo", "dynamics",
    "sap",
)  # fmt: skip
CUSTOMERS: Final = """
select c.code, c.name, c.siren, c.city, c.country, c.payment_method, c.salesperson_name,
    (select l.amount_cents from risk_creditlimit l where l.tenant_id = c.tenant_id
        and l.customer_id = c.id and l.undone_at is null),
    (select m.reference || ' ' || m.scheme || ' ' || m.iban || ' ' || m.signed_on
     from payments_mandate m where m.tenant_id = c.tenant_id and m.customer_id = c.id
        and m.undone_at is null),
    (select string_agg(t.email || ' ' || t.phone, ', ') from parties_contact t
     where t.tenant_id = c.tenant_id and t.customer_id = c.id)
from parties_customer c where c.tenant_id = %(tenant)s order by c.code
"""


def said(house: House, path: Path) -> dict[str, Any]:
    """Bring a file in as proposed and tell all that it says; amounts in cents, days as ISO text."""
    owner = {"tenant_id": house.tenant_id, "creditor_id": house.creditor_id}
    told = tables.describe_file(path, **owner)
    outcome = bring(house, path)
    with in_tenant(house.tenant_id), connection.cursor() as cursor:
        cursor.execute(CUSTOMERS, {"tenant": house.tenant_id})
        customers = [["" if one is None else one for one in row] for row in cursor.fetchall()]
    return {
        "meaning": told.mapping["meaning"],
        "columns": told.mapping["columns"],
        "applied": outcome.applied,
        "counts": {name: count for name, count in outcome.counts.items() if count},
        "customers": customers,
        "open": [[*map(str, row[:-1]), int(row[-1])] for row in still_open(house)],
        "control": outcome.control["ok"],
        "issues": [
            [one.line, one.column, one.code, one.severity, one.found] for one in outcome.issues
        ],
    }


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_table_says_what_is_written_beside_it(house: House, path: Path) -> None:
    expected = json.loads(path.with_suffix(".json").read_text("utf-8"))

    assert said(house, path) == expected


def test_every_software_has_its_pair_and_every_meaning_is_there() -> None:
    assert {path.stem.partition("-")[0] for path in FILES} == set(SOFTWARE)
    pairs = [json.loads(path.with_suffix(".json").read_text("utf-8")) for path in FILES]
    assert {one["meaning"] for one in pairs} == {"movements", "open_items", "master"}
    assert all(one["applied"] for one in pairs)
