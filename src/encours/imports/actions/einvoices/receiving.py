"""Brings a file of electronic invoices or statuses in: read, decided, written, never half."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final

from django.db import connection, transaction

from encours.imports.actions import keeping
from encours.imports.actions.einvoices import evidence, ledger, statuses
from encours.imports.actions.einvoices.place import Place
from encours.imports.actions.keeping import NO_CONTROL, NO_COUNTS, Kept, Outcome
from encours.imports.ports import EINVOICE_READERS, Progress
from encours.imports.queries import einvoices as queries
from encours.imports.rules.einvoices import decide as rules
from encours.imports.rules.einvoices.decide import Decision
from encours.imports.rules.einvoices.document import Read
from encours.kernel.issue import Issue
from encours.parties.models import Batch
from encours.receivables.actions import bulk
from encours.tenancy.models import Creditor

KIND: Final = "einvoice"
COUNTS: Final = ("completed", "statuses")
MANY: Final = 500
"""From how many documents on the planner's statistics are worth their cost."""


@dataclass(frozen=True, slots=True)
class Received:
    """A file as read: its documents, its digest and size, where it is."""

    name: str
    sha256: str
    size_bytes: int
    path: Path
    reads: tuple[Read, ...]

    @property
    def last_on(self) -> date | None:
        """Return the latest day of its documents, None where nothing could be read."""
        days = [one.invoice.issued_on for one in self.reads if one.invoice]
        days += [one.status.at.date() for one in self.reads if one.status]
        return max(days, default=None)

    @property
    def first_on(self) -> date | None:
        """Return the first day of its documents."""
        days = [one.invoice.issued_on for one in self.reads if one.invoice]
        days += [one.status.at.date() for one in self.reads if one.status]
        return min(days, default=None)


@dataclass(frozen=True, slots=True)
class _Ready:
    """What was decided: the invoices and statuses that enter, and every issue of the file."""

    decisions: tuple[Decision, ...]
    statuses: tuple[Read, ...]
    issues: tuple[Issue, ...]
    has_errors: bool

    @property
    def is_empty(self) -> bool:
        """Say whether nothing of the file can enter."""
        return not self.decisions and not self.statuses


def receive(path: Path, *, name: str = "", progress: Progress | None = None) -> Received:
    """Read every document of a file; no database, no transaction, bounded memory."""
    shown = name or path.name
    reads = EINVOICE_READERS[KIND].read(path, name=shown, progress=progress)
    return Received(shown, keeping.digest_of(path), path.stat().st_size, path, reads)


def import_einvoices(
    received: Received,
    *,
    tenant_id: int,
    creditor_id: int,
    accept_rest: bool = False,
    any_seller: bool = False,
    dry_run: bool = False,
    author_id: int | None = None,
    import_id: int | None = None,
    today: date,
) -> Outcome:
    """Write what the file says, in the caller's transaction of the tenant, or say why not.

    A rule that fails refuses the file; `accept_rest` lets such documents in, with what is wrong in
    them said, and leaves out those that cannot be held. A dry run takes the same decisions.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_advisory_xact_lock(hashtext('encours.import'), %s)", [creditor_id]
        )
    creditor = Creditor.objects.of(tenant_id).get(pk=creditor_id)
    again = keeping.seen(
        tenant_id=tenant_id,
        creditor_id=creditor_id,
        name=received.name,
        sha256=received.sha256,
    )
    if again:
        return again
    ready = _ready(received, creditor, any_seller=any_seller, accept_rest=accept_rest)
    kept = Kept(import_id, KIND, author_id)
    if (ready.has_errors and not accept_rest) or ready.is_empty:
        return keeping.refused(received, ready.issues, creditor, kept, dry_run=dry_run)
    with transaction.atomic():
        outcome = _apply(
            received, ready, creditor, kept, accept_rest=accept_rest, dry_run=dry_run, today=today
        )
        if dry_run:
            transaction.set_rollback(True)
            outcome = replace(outcome, applied=False, import_id=None)
    return outcome


def _ready(
    received: Received, creditor: Creditor, *, any_seller: bool, accept_rest: bool
) -> _Ready:
    owner = {"tenant_id": creditor.tenant_id, "creditor_id": creditor.pk}
    decisions = rules.decide(received.reads, _ledger(received.reads, owner), any_seller=any_seller)
    read = [one for one in received.reads if one.status is not None]
    told = [statuses.checked(one, creditor, any_seller=any_seller) for one in read]
    lost = [one for one in received.reads if one.invoice is None and one.status is None]
    issues = [replace(issue, file=one.name) for one in (*lost, *told) for issue in one.issues]
    issues += [replace(issue, file=one.read.name) for one in decisions for issue in one.issues]
    return _Ready(
        decisions=tuple(
            one for one in decisions if not (one.is_blocked if accept_rest else one.is_wrong)
        ),
        statuses=tuple(one for one in told if not one.is_wrong),
        issues=tuple(issues),
        has_errors=any(issue.severity == "error" for issue in issues),
    )


def _ledger(reads: Sequence[Read], owner: dict[str, int]) -> rules.Ledger:
    invoices = [one.invoice for one in reads if one.invoice]
    numbers = {one.number for one in invoices}
    corrected = {ref.number for one in invoices for ref in one.preceding}
    creditor, ibans = queries.creditor_of(**owner)
    return rules.Ledger(
        creditor=creditor,
        ibans=ibans,
        customers=queries.customers(**owner) if invoices else (),
        invoices=queries.documents(**owner, numbers=numbers | corrected, is_credit=False),
        credits=queries.documents(**owner, numbers=numbers, is_credit=True),
    )


def _apply(
    received: Received,
    ready: _Ready,
    creditor: Creditor,
    kept: Kept,
    *,
    accept_rest: bool,
    dry_run: bool,
    today: date,
) -> Outcome:
    tenant_id = creditor.tenant_id
    batch = Batch.objects.create(
        tenant_id=tenant_id, creditor=creditor, kind=KIND, author_id=kept.author_id
    )
    place = Place(tenant_id, creditor.pk, batch.pk, kept.author_id, today)
    written = ledger.write(ready.decisions, place)
    unkept = [] if dry_run else evidence.keep(received, written.documents, place)
    taken = statuses.take(ready.statuses, place)
    statuses.match_waiting(tenant_id=tenant_id, creditor_id=creditor.pk, today=today)
    if len(ready.decisions) >= MANY:
        bulk.refresh_statistics()
    issues = (*ready.issues, *written.issues, *unkept, *taken.issues)
    counts = {**NO_COUNTS, **dict.fromkeys(COUNTS, 0), **written.counts, "statuses": taken.count}
    control = written.control or dict(NO_CONTROL)
    outcome = Outcome(received.name, applied=True, counts=counts, control=control, issues=issues)
    return kept.applied(
        received,
        creditor,
        outcome,
        batch=batch,
        days=(received.first_on, received.last_on),
        effective_on=received.last_on or today,
        accepted_rest=accept_rest,
    )
