"""What every import keeps: its row and its issues; how a file is known again, or refused."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final, Protocol

from encours.imports.models import FileImport
from encours.kernel.issue import Issue
from encours.parties.models import Batch
from encours.receivables.actions import portfolios
from encours.tenancy import journal
from encours.tenancy.models import Creditor

ISSUES_KEPT: Final = 5_000
SEVERITIES: Final = ("error", "warning", "info")
COUNTS: Final = (
    "customers",
    "invoices",
    "other_debits",
    "credit_notes",
    "payments",
    "other_credits",
    "inferred",
    "allocations",
    "proposals",
    "withdrawn",
)


class Source(Protocol):
    """A file as read, of any kind: its name, its digest and its size."""

    @property
    def name(self) -> str:
        """Return the name that the user gave it."""
        ...

    @property
    def sha256(self) -> str:
        """Return the digest of its bytes."""
        ...

    @property
    def size_bytes(self) -> int:
        """Return its size."""
        ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an import did or would do: the shape of `import --json`."""

    file: str
    applied: bool
    counts: dict[str, int]
    control: dict[str, Any]
    issues: tuple[Issue, ...]
    import_id: int | None = None
    is_repeated: bool = False
    is_refused: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return the promised shape (design.md, part 5)."""
        return {
            "file": self.file,
            "import": self.import_id,
            "applied": self.applied,
            "counts": self.counts,
            "control": self.control,
            "issues": [issue.as_json() for issue in self.issues],
        }


NO_COUNTS: Final = dict.fromkeys(COUNTS, 0)
NO_CONTROL: Final[dict[str, Any]] = {
    "ok": True,
    "on": None,
    "ledger_net": "0.00",
    "file_net": "0.00",
    "differences": [],
}


@dataclass(frozen=True, slots=True)
class Kept:
    """How the act is kept: on the row of an earlier upload or on a new one, by whom."""

    import_id: int | None
    kind: str
    author_id: int | None

    def write(self, source: Source, creditor: Creditor, **values: Any) -> int:
        """Write the row and return its id."""
        owned = FileImport.objects.of(creditor.tenant_id)
        if self.import_id is not None:
            if values.get("state") == "applied":
                values["kind"] = self.kind  # a table is known to be a list of customers once read
            owned.filter(pk=self.import_id).update(**values)
            return self.import_id
        return FileImport.objects.create(
            tenant_id=creditor.tenant_id,
            creditor=creditor,
            kind=self.kind,
            file_name=source.name[:255],
            sha256=source.sha256,
            size_bytes=source.size_bytes,
            author_id=self.author_id,
            **values,
        ).pk

    def applied(
        self,
        source: Source,
        creditor: Creditor,
        outcome: Outcome,
        *,
        batch: Batch,
        days: tuple[date | None, date | None],
        effective_on: date,
        **values: Any,
    ) -> Outcome:
        """Keep what was written, on its row and in the journal; days are the first and the last."""
        first_on, last_on = days
        control = {name: said for name, said in outcome.control.items() if name != "changes"}
        import_id = self.write(
            source,
            creditor,
            state="applied",
            first_on=first_on,
            last_on=last_on,
            counts=outcome.counts,
            control=control,
            batch=batch,
            progress=100,
            applied_at=datetime.now(UTC),
            **issues_kept(outcome.issues),
            **values,
        )
        journal.record(
            "import.applied",
            tenant_id=creditor.tenant_id,
            subject=("import", import_id),
            effective_on=effective_on,
            actor_id=self.author_id,
            creditor_id=creditor.pk,
            data={
                "sha256": source.sha256,
                "counts": outcome.counts,
                "control_ok": outcome.control["ok"],
            },
        )
        portfolios.apply_rules(
            tenant_id=creditor.tenant_id,
            creditor_ids=(creditor.pk,),
            only_new=True,
            actor_id=self.author_id,
            today=effective_on,
        )
        return replace(outcome, import_id=import_id)


def issues_kept(issues: Sequence[Issue]) -> dict[str, Any]:
    """Return what a row keeps of its issues: the worst first, and how many of each severity."""
    worst = sorted(issues, key=lambda issue: SEVERITIES.index(issue.severity))
    return {
        "issues": [issue.as_json() for issue in worst[:ISSUES_KEPT]],
        "issue_counts": dict(Counter(issue.severity for issue in issues)),
    }


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def seen(*, tenant_id: int, creditor_id: int, name: str, sha256: str) -> Outcome | None:
    """Return the outcome of a file that is in the ledger already, else None."""
    earlier = (
        FileImport.objects.of(tenant_id)
        .filter(creditor_id=creditor_id, sha256=sha256, state="applied")
        .first()
    )
    if earlier is None:
        return None
    return Outcome(
        file=name,
        applied=False,
        counts=dict(NO_COUNTS),
        control=dict(earlier.control),
        issues=(repeated(name, earlier),),
        import_id=earlier.pk,
        is_repeated=True,
    )


def refused(
    source: Source,
    issues: tuple[Issue, ...],
    creditor: Creditor,
    kept: Kept,
    *,
    dry_run: bool,
) -> Outcome:
    """Keep and return what a refusal says."""
    import_id = None
    if not dry_run:
        import_id = kept.write(source, creditor, state="refused", **issues_kept(issues))
    return Outcome(
        source.name,
        applied=False,
        counts=dict(NO_COUNTS),
        control=dict(NO_CONTROL),
        issues=issues,
        import_id=import_id,
        is_refused=True,
    )


def without_creditor(name: str, issue: Issue) -> Outcome:
    """Return the refusal of a file that belongs to no creditor; there is nowhere to keep it."""
    return Outcome(
        name,
        applied=False,
        counts=dict(NO_COUNTS),
        control=dict(NO_CONTROL),
        issues=(issue,),
        is_refused=True,
    )


def repeated(name: str, earlier: FileImport) -> Issue:
    """Say that a file was imported before."""
    shown = f"{earlier.applied_at:%d/%m/%Y}" if earlier.applied_at else ""
    return Issue(
        code="already_imported",
        message=f"Ce fichier a déjà été importé le {shown} : rien n'a changé.",
        severity="info",
        file=name,
    )
