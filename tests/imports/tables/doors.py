"""A table through the real door, and what the ledger then says."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from django.db import connection
from tests.conftest import House

from encours.imports import actions
from encours.imports.actions import Outcome, tables
from encours.tenancy.scope import in_tenant

TODAY = date(2026, 4, 2)
OPEN = """
select c.code, coalesce(nullif(v.number, ''), v.piece), i.issued_on, i.due_on, i.currency,
       i.amount_cents - coalesce(a.cents, 0)
from receivables_instalment i
join receivables_invoice v on v.tenant_id = i.tenant_id and v.id = i.invoice_id
join parties_customer c on c.tenant_id = i.tenant_id and c.id = i.customer_id
left join lateral (
    select sum(amount_cents) cents from receivables_allocation
    where tenant_id = i.tenant_id and instalment_id = i.id and undone_at is null
      and effective_on <= %(on)s) a on true
where i.tenant_id = %(tenant)s and i.undone_at is null and i.issued_on <= %(on)s
  and i.amount_cents <> coalesce(a.cents, 0)
union all
select c.code, coalesce(nullif(k.number, ''), k.piece), k.received_on, k.received_on, k.currency,
       -(k.amount_cents - coalesce(a.cents, 0))
from receivables_credit k
join parties_customer c on c.tenant_id = k.tenant_id and c.id = k.customer_id
left join lateral (
    select sum(amount_cents) cents from receivables_allocation
    where tenant_id = k.tenant_id and credit_id = k.id and undone_at is null
      and effective_on <= %(on)s) a on true
where k.tenant_id = %(tenant)s and k.undone_at is null and k.received_on <= %(on)s
  and k.amount_cents <> coalesce(a.cents, 0)
order by 1, 2, 4
"""


def write(folder: Path, text: str, name: str = "table.csv") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def bring(house: House, path: Path, **asked: Any) -> Outcome:
    """Read a table and write it, as the command line does."""
    owner = {"tenant_id": house.tenant_id, "creditor_id": house.creditor_id}
    options = {name: asked.pop(name) for name in ("accept_rest", "dry_run") if name in asked}
    export = tables.read(path, **owner, **asked, today=TODAY)
    with in_tenant(house.tenant_id):
        return tables.import_table(export, **owner, **options)


def still_open(house: House, on: date = date(2030, 1, 1)) -> list[tuple[Any, ...]]:
    """Return what is open on a day: code, number, issued, due, currency, signed cents."""
    with in_tenant(house.tenant_id), connection.cursor() as cursor:
        cursor.execute(OPEN, {"tenant": house.tenant_id, "on": on})
        return [tuple(row) for row in cursor.fetchall()]


def cents(house: House, on: date = date(2030, 1, 1)) -> dict[str, int]:
    """Return what each number still has open on a day."""
    found: dict[str, int] = {}
    for _code, number, *_rest, left in still_open(house, on):
        found[number] = found.get(number, 0) + left
    return found


def undo(house: House, outcome: Outcome) -> None:
    assert outcome.import_id is not None
    with in_tenant(house.tenant_id):
        actions.undo(
            tenant_id=house.tenant_id, import_id=outcome.import_id, user_id=None, today=TODAY
        )
