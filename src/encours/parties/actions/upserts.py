"""Customers that a program sends by rows: created, completed, in two statements."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl
from django.db import connection, transaction
from stdnum.fr import siren as siren_number

from encours.kernel.issue import Issue
from encours.parties.models import Batch
from encours.tenancy.frames import stage_frame
from encours.tenancy.journal import record

FIELDS: Final = (
    "name", "siren", "vat_number", "address_line1", "address_line2", "postcode", "city", "country",
    "language", "payment_method", "contract_rate", "note", "salesperson_name", "debtor_class",
)  # fmt: skip
DEFAULTS: Final = {"country": "FR", "language": "fr", "debtor_class": "unknown"}
_RATE: Final = re.compile(r"^\d{1,2}([.,]\d{1,4})?$")
INSERT: Final = f"""
insert into parties_customer (tenant_id, creditor_id, batch_id, code, account, to_identify,
    class_confirmed_at, {", ".join(FIELDS)})
select %(tenant)s, %(creditor)s, %(batch)s, s.code, '', false,
    case when s.debtor_class is not null then now() end,
    {", ".join(f"coalesce(s.{name}, '{DEFAULTS.get(name, '')}')" for name in FIELDS)}
from stage_upsert s
where not exists (select from parties_customer c
    where c.tenant_id = %(tenant)s and c.creditor_id = %(creditor)s and c.code = s.code)
"""
UPDATE: Final = f"""
update parties_customer c set
    {", ".join(f"{name} = coalesce(s.{name}, c.{name})" for name in FIELDS)},
    class_confirmed_at = case when s.debtor_class is not null then now()
        else c.class_confirmed_at end
from stage_upsert s
where c.tenant_id = %(tenant)s and c.creditor_id = %(creditor)s and c.code = s.code
    and ({" or ".join(f"s.{name} <> c.{name}" for name in FIELDS)}
        or (s.debtor_class is not null and c.class_confirmed_at is null))
"""
KNOWN: Final = """
select c.code from parties_customer c join stage_upsert s on s.code = c.code
where c.tenant_id = %(tenant)s and c.creditor_id = %(creditor)s
"""


@dataclass(frozen=True, slots=True)
class CustomersOutcome:
    """What a call did, or why it did nothing."""

    applied: bool
    created: int
    updated: int
    unchanged: int
    issues: tuple[Issue, ...]


@transaction.atomic
def upsert_customers(
    rows: pl.DataFrame,
    *,
    tenant_id: int,
    creditor_id: int,
    issues: Sequence[Issue] = (),
    accept_rest: bool = False,
    actor_id: int | None = None,
    today: date,
) -> CustomersOutcome:
    """Create the customers that are new, change the fields that are given of the others.

    `rows`: line, code, and FIELDS, null where nothing is said. With any error nothing is written,
    unless the rest is accepted.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_advisory_xact_lock(hashtext('encours.import'), %s)", [creditor_id]
        )
        owner = {"tenant": tenant_id, "creditor": creditor_id}
        stage_frame("stage_upsert", rows)
        cursor.execute(KNOWN, owner)
        known = {code for (code,) in cursor.fetchall()}
        every = (*issues, *_faults(rows, known))
        wrong = {issue.line for issue in every}
        good = rows.filter(~pl.col("line").is_in(sorted(wrong)))
        if (every and not accept_rest) or good.is_empty():
            cursor.execute("drop table stage_upsert")
            return CustomersOutcome(False, 0, 0, 0, every)
        cursor.execute("delete from stage_upsert where line = any(%s)", [sorted(wrong)])
        batch = Batch.objects.create(
            tenant_id=tenant_id, creditor_id=creditor_id, kind="customers", author_id=actor_id
        )
        cursor.execute(UPDATE, owner)
        updated = cursor.rowcount
        cursor.execute(INSERT, {**owner, "batch": batch.pk})
        created = cursor.rowcount
        cursor.execute("drop table stage_upsert")
    record(
        "customers.upserted",
        tenant_id=tenant_id,
        subject=("batch", batch.pk),
        effective_on=today,
        actor_id=actor_id,
        creditor_id=creditor_id,
        data={"created": created, "updated": updated},
    )
    unchanged = good.height - created - updated
    return CustomersOutcome(True, created, updated, unchanged, every)


def _faults(rows: pl.DataFrame, known: set[str]) -> Iterable[Issue]:
    seen: set[str] = set()
    shown = rows.select("line", "code", "name", "siren", "contract_rate")
    for line, code, name, siren, rate in shown.iter_rows():
        if code in seen:
            yield _issue(line, "code", "repeated", "Ce code est deux fois dans l'envoi.", code)
        seen.add(code)
        if code not in known and not (name or "").strip():
            yield _issue(line, "name", "missing", "Un nouveau client doit avoir un nom.", code)
        if name is not None and not name.strip():
            yield _issue(line, "name", "empty", "Le nom du client est obligatoire.", code)
        if siren and not siren_number.is_valid(siren):
            yield _issue(line, "siren", "invalid", "Ce SIREN n'est pas valide.", siren)
        if rate and not _RATE.match(rate.strip(" %")):
            message = "Le taux contractuel s'écrit en pour cent, par exemple 12,5."
            yield _issue(line, "contract_rate", "invalid", message, rate)


def _issue(line: int, column: str, code: str, message: str, found: str) -> Issue:
    return Issue(code=code, message=message, line=line, column=column, found=found)
