"""Writes a table that was read, in one transaction, like any other import: or says why not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any, Protocol

from django.db import connection, transaction

from encours.imports.actions.keeping import Kept, Outcome, Source, refused, seen
from encours.imports.actions.writing import Place
from encours.imports.rules.ledger import Totals
from encours.kernel.issue import Issue, has_errors
from encours.parties.models import Batch
from encours.receivables.actions import bulk
from encours.tenancy.models import Creditor

KIND = "table"
"""The kind of an import that is a table, whatever its file."""


class Incoming(Source, Protocol):
    """A table as read with its mapping, ready to be written."""

    @property
    def kind(self) -> str:
        """Return what an applied import of it is: `KIND`, or a list of customers."""
        ...

    @property
    def issues(self) -> tuple[Issue, ...]:
        """Return what was found while reading."""
        ...

    @property
    def totals(self) -> Totals:
        """Return what it adds up to; without a last day there is nothing to write."""
        ...

    @property
    def first_on(self) -> date | None:
        """Return its first day."""
        ...

    @property
    def last_on(self) -> date | None:
        """Return its last day."""
        ...

    @property
    def kept(self) -> dict[str, Any]:
        """Return what else the import's row keeps: the mapping."""
        ...

    def place(self, creditor: Creditor, batch_id: int) -> Place:
        """Say where it is written."""
        ...

    def write(self, place: Place) -> tuple[dict[str, int], tuple[Issue, ...]]:
        """Write what it changes; return counts, and what was found meanwhile."""
        ...

    def control(self, place: Place) -> dict[str, Any]:
        """Compare it with the ledger once written, customer by customer."""
        ...


def import_table(
    export: Incoming,
    *,
    tenant_id: int,
    creditor_id: int,
    accept_rest: bool = False,
    dry_run: bool = False,
    author_id: int | None = None,
    import_id: int | None = None,
) -> Outcome:
    """Write what a table says, in the caller's transaction of the tenant, or say why not.

    A file already imported changes nothing. A dry run takes the same decisions and undoes them.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_advisory_xact_lock(hashtext('encours.import'), %s)", [creditor_id]
        )
    creditor = Creditor.objects.of(tenant_id).get(pk=creditor_id)
    issues = tuple(replace(issue, file=export.name) for issue in export.issues)
    again = seen(
        tenant_id=tenant_id, creditor_id=creditor_id, name=export.name, sha256=export.sha256
    )
    if again:
        return again
    kept = Kept(import_id, export.kind, author_id)
    if (has_errors(issues) and not accept_rest) or export.totals.last_on is None:
        return refused(export, issues, creditor, kept, dry_run=dry_run)
    with transaction.atomic():
        outcome = _apply(export, creditor, issues, kept, accept_rest=accept_rest)
        if dry_run:
            transaction.set_rollback(True)
            outcome = replace(outcome, applied=False, import_id=None)
    return outcome


def _apply(
    export: Incoming,
    creditor: Creditor,
    issues: tuple[Issue, ...],
    kept: Kept,
    *,
    accept_rest: bool,
) -> Outcome:
    tenant_id, totals = creditor.tenant_id, export.totals
    assert totals.last_on is not None
    batch = Batch.objects.create(
        tenant_id=tenant_id, creditor=creditor, kind=export.kind, author_id=kept.author_id
    )
    place = export.place(creditor, batch.pk)
    counts, found = export.write(place)
    issues = (*issues, *(replace(issue, file=export.name) for issue in found))
    bulk.refresh_statistics()
    control = export.control(place)
    outcome = Outcome(export.name, applied=True, counts=counts, control=control, issues=issues)
    return kept.applied(
        export,
        creditor,
        outcome,
        batch=batch,
        days=(totals.first_on, totals.last_on),
        effective_on=totals.last_on,
        accepted_rest=accept_rest,
        **export.kept,
    )
