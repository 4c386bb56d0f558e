"""A table of invoice numbers as every other import: shown first, in the history, undone whole."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Final

import polars as pl
from django.db import transaction

from encours.imports.actions.keeping import Kept, issues_kept
from encours.imports.rules import given_numbers
from encours.imports.rules.given_numbers import Invoice
from encours.kernel.issue import Issue, has_errors
from encours.parties.models import Batch
from encours.receivables.actions import numbering
from encours.receivables.queries.numbering import candidates
from encours.tenancy import journal
from encours.tenancy.models import Creditor

KIND: Final = "numbers"
PASTED: Final = "Lignes collées"


@dataclass(slots=True)
class NumbersImport:
    """What a table of numbers did, or would do."""

    file: str
    applied: bool = False
    rows: int = 0
    numbered: int = 0
    unchanged: int = 0
    import_id: int | None = None
    issues: list[Issue] = field(default_factory=list)

    @property
    def is_refused(self) -> bool:
        """Say whether the whole table was refused."""
        return has_errors(self.issues)

    @property
    def counts(self) -> dict[str, int]:
        """Return how many rows did what."""
        return {"rows": self.rows, "numbered": self.numbered, "unchanged": self.unchanged}

    def as_json(self) -> dict[str, Any]:
        """Return the shape that `import numbers --json` promises."""
        return {
            "file": self.file,
            "import": self.import_id,
            "applied": self.applied,
            "counts": self.counts,
            "issues": [issue.as_json() for issue in self.issues],
        }


@dataclass(frozen=True, slots=True)
class _Given:
    name: str
    sha256: str
    size_bytes: int


@transaction.atomic
def import_numbers(
    *,
    tenant_id: int,
    creditor_id: int,
    content: bytes,
    file_name: str = "",
    dry_run: bool = False,
    actor_id: int | None = None,
    today: date,
) -> NumbersImport:
    """Give the numbers of a table to the invoices that its rows name, each row by itself.

    The same table again changes nothing. A trial, a refusal and a table that changes nothing
    leave no trace.
    """
    rows, issues = given_numbers.read_rows(content)
    outcome = NumbersImport(file_name or PASTED, rows=len(rows), issues=issues)
    if outcome.is_refused:
        return outcome
    owner = {"tenant_id": tenant_id, "creditor_id": creditor_id}
    known = [
        Invoice(
            one.invoice_id,
            one.customer_code,
            one.customer_name,
            one.piece,
            one.issued_on,
            one.amount_cents,
            one.number,
        )
        for one in candidates(**owner)
    ]
    found = given_numbers.find(rows, known)
    outcome.unchanged = found.unchanged
    outcome.issues += found.issues
    batch = Batch.objects.create(**owner, kind=KIND, author_id=actor_id)
    wanted = pl.DataFrame(list(found.numbers.items()), schema=numbering.GIVEN, orient="row")
    done = numbering.give(wanted, source="table", batch_id=batch.pk, **owner)
    outcome.numbered = done.count
    outcome.issues += [_taken(found.numbers[pk], other) for pk, other in done.taken.iter_rows()]
    if dry_run or not done.count:
        transaction.set_rollback(True)
        return outcome
    outcome.applied = True
    outcome.import_id = _keep(outcome, content, batch, today)
    return outcome


def _keep(outcome: NumbersImport, content: bytes, batch: Batch, today: date) -> int:
    """Write the act in the history of imports and in the journal."""
    digest = hashlib.sha256(content).hexdigest()
    creditor = Creditor.objects.of(batch.tenant_id).get(pk=batch.creditor_id)
    import_id = Kept(None, KIND, batch.author_id).write(
        _Given(outcome.file, digest, len(content)),
        creditor,
        state="applied",
        counts=outcome.counts,
        batch_id=batch.pk,
        progress=100,
        applied_at=datetime.now(UTC),
        **issues_kept(outcome.issues),
    )
    journal.record(
        "invoices.numbered",
        tenant_id=batch.tenant_id,
        subject=("import", import_id),
        effective_on=today,
        actor_id=batch.author_id,
        creditor_id=batch.creditor_id,
        data={**outcome.counts, "sha256": digest},
    )
    return import_id


def _taken(number: str, other: str) -> Issue:
    return Issue(
        "number_taken",
        f"Une autre facture de cette société porte déjà le numéro {other}.",
        found=number,
        severity="warning",
    )
