"""Undoes an import whole: its rows are withdrawn, what it had withdrawn comes back."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Final

from encours.imports.actions import einvoices
from encours.imports.models import FileImport
from encours.imports.queries.blockers import RECORDS, blockers
from encours.kernel.refusal import Refusal
from encours.parties.actions import records
from encours.parties.models import Batch
from encours.parties.ports import MASTER_DATA
from encours.receivables.actions import reinstate
from encours.receivables.actions.due_dates import recompute_due_dates
from encours.tenancy import journal

SHOWN: Final = 10


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
    if row.kind in RECORDS:
        _records_back(row, today)
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


def _records_back(row: FileImport, today: date) -> None:
    """Give customers and contacts back what they were; due dates follow their terms."""
    assert row.batch_id is not None
    owner = {"tenant_id": row.tenant_id, "creditor_id": row.creditor_id}
    leaving = records.created_by(tenant_id=row.tenant_id, batch_id=row.batch_id)
    for code in MASTER_DATA:
        MASTER_DATA[code].take_back(tenant_id=row.tenant_id, batch_id=row.batch_id, leaving=leaving)
    moved = records.take_back(tenant_id=row.tenant_id, batch_id=row.batch_id)
    if moved:
        recompute_due_dates(**owner, customer_ids=moved, today=today)


def _assert_nothing_rests_on(row: FileImport) -> None:
    found = blockers(row)
    later = [f"« {one.name} »" for one in found if one.kind == "import"]
    if later:
        names = ", ".join(later[:SHOWN])
        raise CannotUndo(f"Annulez d'abord les imports plus récents : {names}.")
    used = [f"« {one.name} »" for one in found if one.kind == "customer"]
    if used:
        names = ", ".join(used[:SHOWN]) + (", …" if len(used) > SHOWN else "")
        raise CannotUndo(f"Des fiches ont changé ou servi depuis cet import : {names}.")
    billed = [f"« {one.name} »" for one in found if one.kind == "note"]
    if billed:
        names = ", ".join(billed[:SHOWN]) + (", …" if len(billed) > SHOWN else "")
        raise CannotUndo(
            f"Des notes de pénalités portent sur cet import : annulez d'abord {names}."
        )
    held = list(dict.fromkeys(one.name for one in found))
    if held:
        names = ", ".join(held[:SHOWN]) + (", …" if len(held) > SHOWN else "")
        raise CannotUndo(
            f"Des lettrages faits depuis reposent sur cet import : délettrez d'abord {names}."
        )
