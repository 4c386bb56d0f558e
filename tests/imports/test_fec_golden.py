"""Pairs written by us after real files: a FEC, and all that it says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import polars as pl
import pytest
from tests.imports.invariants import assert_consistent, open_by_claim

from encours.imports.readers.fec import Fec
from encours.imports.rules.derive import derive
from encours.imports.rules.derived import Derived

GOLDEN: Final = Path(__file__).parents[1] / "golden" / "fec"


def summary(found: Derived) -> dict[str, Any]:
    """Tell what was derived as the golden files do: amounts in cents, days as ISO text."""
    left = open_by_claim(found)
    lines = found.instalments.sort("claim_key", "position")
    return {
        "customers": found.customers.select("code", "name", "identified_by").rows(),
        "claims": [
            {
                **{name: row[name] for name in ("key", "kind", "number", "amount_cents")},
                "issued_on": str(row["issued_on"]),
                "net_and_vat": [row["net_cents"], row["vat_cents"]],
                "foreign": [row["foreign_cents"], row["foreign_currency"]],
                "open_cents": left[row["key"]],
                "due": [
                    [str(due_on) if due_on else None, cents, state]
                    for due_on, cents, state in lines.filter(pl.col("claim_key") == row["key"])
                    .select("due_on", "amount_cents", "state")
                    .rows()
                ],
            }
            for row in found.claims.sort("key").iter_rows(named=True)
        ],
        "credits": found.credits.sort("key").select("key", "kind", "number", "amount_cents").rows(),
        "allocations": [
            [*row[:3], str(row[3]), *row[4:]]
            for row in found.allocations.select(
                "credit_key", "claim_key", "amount_cents", "effective_on", "letter", "origin"
            ).iter_rows()
        ],
        "proposals": found.proposals.select("credit_key", "claim_key", "reason").rows(),
        "sales": [[str(month), *rest] for month, *rest in found.sales.iter_rows()],
        "control": found.control.rows(),
        "dropped": found.dropped.select("entry_number", "line").rows(),
        "issues": [
            [issue.code, issue.severity, issue.line, issue.column, issue.found]
            for issue in found.issues
        ],
    }


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.txt")), ids=lambda path: path.stem)
def test_a_file_says_what_its_pair_does(path: Path) -> None:
    found = derive(Fec().read(path, name="000325175FEC20241231.txt"))
    told = json.loads(json.dumps(summary(found)))

    assert_consistent(found)
    assert told == json.loads(path.with_suffix(".json").read_text())
