"""Undoes an import whole: its rows are withdrawn, what it had withdrawn comes back."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Final

from django.db import connection

from encours.imports.actions import einvoices
from encours.imports.models import FileImport
from encours.kernel.refusal import Refusal
from encours.parties.models import Batch
from encours.receivables.actions import reinstate
from encours.tenancy import journal

SHOWN: Final = 10
# Ledger exports rest on those before them. Electronic invoices stand alone, unless one completed
# or replaced what the other brought.
LATER: Final = """
select f.file_name from imports_fileimport f
where f.tenant_id = %(tenant)s and f.creditor_id = %(creditor)s and f.state = 'applied'
  and f.applied_at > %(applied_at)s and (
    (f.kind <> 'einvoice' and %(kind)s <> 'einvoice')
    or exists (
        select from receivables_instalment i
        join receivables_invoice v on v.tenant_id = i.tenant_id and v.id = i.invoice_id
        where i.tenant_id = f.tenant_id and i.batch_id = f.batch_id and i.undone_at is null
          and v.batch_id = %(batch)s)
    or exists (
        select from receivables_invoice v
        where v.tenant_id = f.tenant_id and v.creditor_id = f.creditor_id
          and v.batch_id = %(batch)s and v.undone_by_id = f.batch_id)
    or exists (
        select from receivables_instalment i
        where i.tenant_id = f.tenant_id and i.creditor_id = f.creditor_id
          and i.batch_id = %(batch)s and i.undone_by_id = f.batch_id))
order by f.applied_at desc
"""
SET_BY_HAND: Final = """
select distinct coalesce(nullif(v.number, ''), v.piece, v.label)
from receivables_allocation a
join receivables_instalment i on i.tenant_id = a.tenant_id and i.id = a.instalment_id
join receivables_invoice v on v.tenant_id = i.tenant_id and v.id = i.invoice_id
left join receivables_credit c on c.tenant_id = a.tenant_id and c.id = a.credit_id
where a.tenant_id = %(tenant)s and a.creditor_id = %(creditor)s and a.undone_at is null
  and a.batch_id is distinct from %(batch)s
  and (i.batch_id = %(batch)s or c.batch_id = %(batch)s)
order by 1 limit 11
"""


class CannotUndo(Refusal):
    """Something later rests on this import."""


def undo(*, tenant_id: int, import_id: int, user_id: int | None, today: date) -> None:
    """Restore the ledger as before an import, or raise CannotUndo with what is in the way."""
    row = FileImport.objects.of(tenant_id).select_for_update().filter(pk=import_id).first()
    if row is None or row.state != "applied" or row.batch_id is None:
        raise CannotUndo("Seul un import appliqué peut être annulé.")
    _assert_nothing_rests_on(row)
    batch_id = row.batch_id
    reinstate.undo_batch(tenant_id=tenant_id, creditor_id=row.creditor_id, batch_id=batch_id)
    if row.kind == einvoices.KIND:
        einvoices.take_back(tenant_id=tenant_id, batch_id=batch_id, today=today)
    now = datetime.now(UTC)
    Batch.objects.of(tenant_id).filter(pk=batch_id).update(undone_at=now)
    row.state, row.undone_at = "undone", now
    row.save(update_fields=["state", "undone_at"])
    journal.record(
        "import.undone",
        tenant_id=tenant_id,
        subject=("import", row.pk),
        effective_on=today,
        actor_id=user_id,
        creditor_id=row.creditor_id,
        data={"sha256": row.sha256},
    )


def _assert_nothing_rests_on(row: FileImport) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            LATER,
            {
                "tenant": row.tenant_id,
                "creditor": row.creditor_id,
                "applied_at": row.applied_at,
                "kind": row.kind,
                "batch": row.batch_id,
            },
        )
        later = [name for (name,) in cursor.fetchall()]
        if later:
            names = ", ".join(f"« {name} »" for name in later[:SHOWN])
            raise CannotUndo(f"Annulez d'abord les imports plus récents : {names}.")
        cursor.execute(
            SET_BY_HAND,
            {"tenant": row.tenant_id, "creditor": row.creditor_id, "batch": row.batch_id},
        )
        held = [name for (name,) in cursor.fetchall()]
    if held:
        names = ", ".join(held[:SHOWN]) + (", …" if len(held) > SHOWN else "")
        raise CannotUndo(
            f"Des lettrages faits depuis reposent sur cet import : délettrez d'abord {names}."
        )
