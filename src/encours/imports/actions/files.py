"""Brings a file in: read outside any transaction, written in one, control printed, never half."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

import polars as pl
from django.db import connection, transaction
from django.db.models import Min

from encours.imports.actions.correcting import correct
from encours.imports.actions.einvoices.statuses import match_waiting
from encours.imports.actions.keeping import (
    Kept,
    Outcome,
    digest_of,
    refused,
    seen,
)
from encours.imports.actions.writing import Place, write
from encours.imports.models import FileImport
from encours.imports.ports import READERS, Progress
from encours.imports.queries.live import net_by_customer
from encours.imports.rules.derive import Derivation
from encours.imports.rules.ledger import Totals
from encours.kernel.issue import Issue, has_errors
from encours.kernel.money import decimal_text
from encours.parties import bulk as parties
from encours.parties.models import Batch
from encours.receivables.actions import bulk
from encours.tenancy.models import Creditor

DIFFERENCES_SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class Export:
    """A file as read: its hash and size, and what it says, derived as it is written."""

    name: str
    sha256: str
    size_bytes: int
    derivation: Derivation

    @property
    def totals(self) -> Totals:
        """Return what the whole file adds up to."""
        return self.derivation.totals

    @property
    def first_on(self) -> date | None:
        """Return the day of its first entry."""
        return self.totals.first_on

    @property
    def last_on(self) -> date | None:
        """Return the day of its last entry, None where nothing could be read."""
        return self.totals.last_on


def read_file(
    path: Path, *, name: str = "", kind: str = "fec", progress: Progress | None = None
) -> Export:
    """Read a file; no database, no transaction, bounded memory."""
    digest = digest_of(path)
    ledger = READERS[kind].read(path, name=name or path.name, progress=progress)
    return Export(name or path.name, digest, path.stat().st_size, Derivation(ledger))


def already_imported(path: Path, *, tenant_id: int, creditor_id: int) -> Outcome | None:
    """Return the outcome of a file that is in the ledger already, before reading it; else None."""
    return seen(
        tenant_id=tenant_id, creditor_id=creditor_id, name=path.name, sha256=digest_of(path)
    )


def import_file(
    export: Export,
    *,
    tenant_id: int,
    creditor_id: int,
    accept_rest: bool = False,
    dry_run: bool = False,
    author_id: int | None = None,
    kind: str = "fec",
    import_id: int | None = None,
) -> Outcome:
    """Write what the file says, in the caller's transaction of the tenant, or say why not.

    A file already imported changes nothing. A dry run takes the same decisions and undoes them.
    `import_id` is the row of a file that was uploaded before; without it a new one is written.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_advisory_xact_lock(hashtext('encours.import'), %s)", [creditor_id]
        )
    creditor = Creditor.objects.of(tenant_id).get(pk=creditor_id)
    again = seen(
        tenant_id=tenant_id, creditor_id=creditor_id, name=export.name, sha256=export.sha256
    )
    if again:
        return again
    is_refused = has_errors(export.derivation.issues()) and not accept_rest
    kept = Kept(import_id, kind, author_id)
    if is_refused or export.totals.last_on is None:
        for _ in export.derivation.buckets():
            pass  # what its letters say is told too
        return refused(export, _issues(export, creditor), creditor, kept, dry_run=dry_run)
    with transaction.atomic():
        outcome = _apply(export, creditor, kept, accept_rest=accept_rest)
        if dry_run:
            transaction.set_rollback(True)
            outcome = replace(outcome, applied=False, import_id=None)
    return outcome


def _apply(
    export: Export,
    creditor: Creditor,
    kept: Kept,
    *,
    accept_rest: bool,
) -> Outcome:
    tenant_id, totals = creditor.tenant_id, export.totals
    assert totals.first_on is not None
    assert totals.last_on is not None
    batch = Batch.objects.create(
        tenant_id=tenant_id, creditor=creditor, kind=kept.kind, author_id=kept.author_id
    )
    place = Place(
        tenant_id,
        creditor.pk,
        batch.pk,
        creditor.currency,
        _year_start(creditor, totals.first_on, totals.last_on),
        totals.last_on,
    )
    counts, unlike = write(export.derivation, place)
    for name, more in correct(place).items():
        counts[name] += more
    issues = _issues(export, creditor, unlike)
    match_waiting(tenant_id=tenant_id, creditor_id=creditor.pk, today=totals.last_on)
    bulk.refresh_statistics()
    control = _control(export.derivation, place)
    outcome = Outcome(export.name, applied=True, counts=counts, control=control, issues=issues)
    return kept.applied(
        export,
        creditor,
        outcome,
        batch=batch,
        days=(totals.first_on, totals.last_on),
        effective_on=totals.last_on,
        accepted_rest=accept_rest,
    )


def _year_start(creditor: Creditor, first_on: date, last_on: date) -> date:
    """Return where the year of an export begins: an earlier export of it may begin before.

    What that one had and the newer one has not was withdrawn, the very first entry included.
    """
    same_year = FileImport.objects.of(creditor.tenant_id).filter(
        creditor=creditor, kind="fec", state="applied", first_on__lte=last_on, last_on__gte=first_on
    )
    earliest: date | None = same_year.aggregate(day=Min("first_on"))["day"]
    return min(first_on, earliest) if earliest else first_on


def _control(derivation: Derivation, place: Place) -> dict[str, Any]:
    """Compare, customer by customer, the file's balance with our ledger's at its last entry.

    An export without opening balances only says what moved: so is our side taken.
    """
    ids = parties.customer_ids(**place.owner)
    since = None if derivation.has_openings else place.first_on
    ours = net_by_customer(on=place.last_on, since=since, **place.owner)
    both = (
        derivation.control.join(ids, left_on="customer_code", right_on="code", how="left")
        .join(ours, on="customer_id", how="left")
        .with_columns(pl.col("ledger_cents").fill_null(0))
    )
    wrong = both.filter(pl.col("ledger_cents") != pl.col("net_cents"))
    totals = derivation.totals
    return {
        "ok": wrong.is_empty(),
        "on": place.last_on.isoformat(),
        "ledger_net": decimal_text(int(both["ledger_cents"].sum())),
        "file_net": decimal_text(int(both["net_cents"].sum())),
        "file_debit": decimal_text(totals.debit_cents),
        "file_credit": decimal_text(totals.credit_cents),
        "lines": totals.lines,
        "entries": totals.entries,
        "differences": [
            {"customer": code, "file": decimal_text(theirs), "ledger": decimal_text(mine)}
            for code, theirs, mine in wrong.select("customer_code", "net_cents", "ledger_cents")
            .head(DIFFERENCES_SHOWN)
            .iter_rows()
        ],
    }


def _issues(
    export: Export, creditor: Creditor, unlike: tuple[Issue, ...] = ()
) -> tuple[Issue, ...]:
    """Return all that a file's user should know, once its documents were derived."""
    derivation = export.derivation
    every = (*derivation.issues(), *_identity_issues(derivation, creditor), *unlike)
    return tuple(replace(issue, file=export.name) for issue in every)


def _identity_issues(derivation: Derivation, creditor: Creditor) -> list[Issue]:
    siren = derivation.layout.siren
    if not siren or not creditor.siren or siren == creditor.siren:
        return []
    return [
        Issue(
            code="other_company",
            message=f"Le nom du fichier porte le SIREN {siren}, la société {creditor.name} a le "
            f"SIREN {creditor.siren} : vérifiez que c'est bien la bonne société.",
            found=siren,
            expected=creditor.siren,
            severity="warning",
        )
    ]
