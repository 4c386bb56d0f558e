"""Every real file through the real doors: in, in again, out, in; the control holds each time.

`make real` prints the table.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.db import connection
from tests.conftest import House, found_house
from tests.real.test_fec_files import DATA, FECS, OTHERS, SPOIL, named

from encours.imports import actions
from encours.imports.actions import Outcome
from encours.tenancy.scope import in_tenant

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not DATA.is_dir(), reason="les fichiers réels ne sont pas sur ce poste"),
]
TODAY = date(2026, 11, 20)
ENTERED_PER_FILE = int(os.environ.get("ENCOURS_VARIANTS", "20")) // 5
TABLE: list[tuple[str, str]] = []
STATE = """
select v.number, v.piece, v.kind, v.issued_on, i.due_on, i.amount_cents,
       coalesce((select sum(a.amount_cents) from receivables_allocation a
                 where a.tenant_id = i.tenant_id and a.instalment_id = i.id
                   and a.undone_at is null), 0)
from receivables_instalment i
join receivables_invoice v on v.tenant_id = i.tenant_id and v.id = i.invoice_id
where i.tenant_id = %(tenant)s and i.undone_at is null
union all
select c.number, c.piece, c.kind, c.received_on, c.received_on, -c.amount_cents,
       coalesce((select sum(a.amount_cents) from receivables_allocation a
                 where a.tenant_id = c.tenant_id and a.credit_id = c.id
                   and a.undone_at is null), 0)
from receivables_credit c where c.tenant_id = %(tenant)s and c.undone_at is null
order by 1, 2, 3, 4, 5, 6, 7
"""


@pytest.fixture(scope="module", autouse=True)
def table() -> Iterator[None]:
    yield
    for name, said in TABLE:
        print(f"{name:55} {said}")  # noqa: T201 - the table that `make real` prints


def bring(house: House, path: Path, *, accept_rest: bool = False, dry_run: bool = False) -> Outcome:
    export = actions.read_file(path)
    with in_tenant(house.tenant_id):
        return actions.import_file(
            export,
            tenant_id=house.tenant_id,
            creditor_id=house.creditor_id,
            accept_rest=accept_rest,
            dry_run=dry_run,
        )


def state(house: House) -> list[tuple[object, ...]]:
    with in_tenant(house.tenant_id), connection.cursor() as cursor:
        cursor.execute(STATE, {"tenant": house.tenant_id})
        return [tuple(row) for row in cursor.fetchall()]


def undo(house: House, outcome: Outcome) -> None:
    assert outcome.import_id is not None
    with in_tenant(house.tenant_id):
        actions.undo(
            tenant_id=house.tenant_id, import_id=outcome.import_id, user_id=None, today=TODAY
        )


@pytest.mark.parametrize("path", FECS, ids=named)
def test_a_fec_goes_in_and_out(path: Path, house: House) -> None:
    dry = bring(house, path, dry_run=True)
    assert state(house) == []
    first = bring(house, path)
    if first.is_refused:
        assert not first.applied
        assert state(house) == []
        first = bring(house, path, accept_rest=True)
    else:
        assert dry.counts == first.counts
    assert first.applied
    assert first.control["ok"], first.control["differences"]
    held = state(house)
    assert held
    again = bring(house, path, accept_rest=True)
    assert (again.applied, again.is_repeated, set(again.counts.values())) == (False, True, {0})
    assert state(house) == held
    undo(house, first)
    assert state(house) == []
    redone = bring(house, path, accept_rest=True)
    assert redone.control["ok"]
    assert state(house) == held
    errors = sum(issue.severity == "error" for issue in first.issues)
    counts, control = first.counts, first.control
    said = (
        f"{counts['invoices']:5} factures {counts['payments']:5} règlements "
        f"{counts['allocations']:5} lettrages  net {control['ledger_net']:>12} = "
        f"{control['file_net']:>12}  {len(first.issues)} anomalies, {errors} erreurs"
    )
    TABLE.append((named(path), said))


@pytest.mark.parametrize("path", OTHERS, ids=named)
def test_what_is_no_fec_is_refused_with_what_it_looks_like(path: Path, house: House) -> None:
    outcome = bring(house, path)

    assert outcome.is_refused
    assert state(house) == []
    TABLE.append((named(path), f"refusé : {outcome.issues[0].message}"))


def test_two_houses_do_not_meet(house: House) -> None:
    other = found_house()
    bring(house, FECS[-1])

    assert state(house)
    assert state(other) == []


@pytest.mark.slow
@pytest.mark.parametrize("path", FECS, ids=named)
def test_no_spoilt_variant_enters_by_half(path: Path, house: House, tmp_path: Path) -> None:
    """All that a file claims enters and its control holds, or nothing of it does."""
    draw = random.Random(path.name)
    lines = path.read_bytes().split(b"\n")
    small = b"\n".join([lines[0], *lines[1:150]])
    for _ in range(ENTERED_PER_FILE):
        spoilt = tmp_path / path.name
        spoilt.write_bytes(draw.choice(SPOIL)(small, draw))
        outcome = bring(house, spoilt, accept_rest=bool(draw.randrange(2)))
        if outcome.applied:
            assert outcome.control["ok"], outcome.control["differences"]
            undo(house, outcome)
        assert state(house) == []
