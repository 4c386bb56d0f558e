"""Asks a software what changed, keeps its last known state, and derives the ledger from all of it.

All is read before anything is written; then the state, the ledger and the customers change in one
transaction, as one import that can be undone.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from django.db.models import Q

from encours.feeds.actions import claims, sources
from encours.feeds.actions.claims import Tally
from encours.feeds.models import PulledRow, Source
from encours.feeds.ports import CONNECTORS, Unreachable
from encours.feeds.rules import pulled
from encours.imports.actions.files import Export, import_file
from encours.imports.models import FileImport
from encours.parties.actions import contacts
from encours.parties.models import Batch
from encours.receivables.models import Invoice
from encours.tenancy.scope import in_tenant

KIND: Final = "fec"
"""A software's books are the whole ledger of their creditor, as an export of it is."""

OVERLAP: Final = timedelta(minutes=10)
WHOLE_EVERY: Final = timedelta(hours=20)
AT_ONCE: Final = 1_000
Key = tuple[str, str]


@dataclass(slots=True)
class Changes:
    """What a software said in one run."""

    rows: dict[Key, dict[str, Any]] = field(default_factory=dict)
    gone: set[Key] = field(default_factory=set)
    is_whole: bool = False


def pull_rows(source: Source, run_id: int, tally: Tally) -> None:
    """Ask, then write what changed; raises Unreachable when the software is out of reach."""
    started = datetime.now(UTC)
    _refuse_undone(source)
    told = _asked(source, started)
    with in_tenant(source.tenant_id):
        before = _state(source)
        after = dict(told.rows) if told.is_whole else {**before, **told.rows}
        for one in told.gone:
            after.pop(one, None)
        changed = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
        position = dict(source.position)
        is_first = not position.get("import")  # or resumed after a person undid what it brought
        if changed or is_first:
            position |= _written(source, run_id, after, changed)
    position["since"] = (started - OVERLAP).isoformat()
    if told.is_whole:
        position["whole_at"] = started.isoformat()
    tally.position = position
    tally.rows = len(after) if is_first else len(changed)
    tally.is_fresh = tally.is_ledger = True
    if tally.rows:
        tally.notes.append(f"{tally.rows} élément(s) repris.")


def _asked(source: Source, now: datetime) -> Changes:
    since = source.position.get("since")
    whole_at = source.position.get("whole_at")
    is_whole = not since or not whole_at
    is_whole = is_whole or now - datetime.fromisoformat(whole_at) > WHOLE_EVERY
    found = Changes(is_whole=is_whole)
    opened = CONNECTORS[source.kind](sources.account_of(source))
    for page in opened.pull(None if is_whole else datetime.fromisoformat(since)):
        for row in page.rows:
            key = (row.kind, row.id[:80])
            found.rows[key] = dict(row.data)
            found.gone.discard(key)
        for key in page.gone:
            found.gone.add(key)
            found.rows.pop(key, None)
        claims.show_progress(source, f"{len(found.rows)} éléments lus")
    return found


def _state(source: Source) -> dict[Key, dict[str, Any]]:
    rows = PulledRow.objects.of(source.tenant_id).filter(source_id=source.pk)
    return {
        (kind, one): data
        for kind, one, data in rows.values_list("kind", "external_id", "data").iterator(AT_ONCE)
    }


def _written(
    source: Source,
    run_id: int,
    after: Mapping[Key, dict[str, Any]],
    changed: set[Key],
) -> dict[str, Any]:
    """Write the state and the ledger in the caller's transaction; return what to remember."""
    assert source.creditor_id is not None, "a software's source has a creditor"
    _refuse_other_books(source, source.creditor_id)
    _keep(source, after, changed)
    by_kind: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    for (kind, one), data in after.items():
        by_kind[kind][one] = data
    remembered = source.position
    today = datetime.now(sources.zone_of(source)).date()
    last_on = max(today, _day(remembered.get("last_on")) or today)
    derived = pulled.derive(
        by_kind, prefix=_prefix(source), first_on=_day(remembered.get("first_on")), last_on=last_on
    )
    text = json.dumps([run_id, sorted((*key, data) for key, data in after.items())], default=str)
    outcome = import_file(
        Export(
            name=f"{source.name} ({today:%d/%m/%Y})",
            sha256=hashlib.sha256(text.encode()).hexdigest(),
            size_bytes=len(text),
            derivation=pulled.PulledLedger(derived),
        ),
        tenant_id=source.tenant_id,
        creditor_id=source.creditor_id,
        kind=KIND,
    )
    if outcome.is_refused:
        raise Unreachable(outcome.issues[0].message if outcome.issues else "Import refusé.")
    _keep_contacts(source, by_kind["customer"], changed, today)
    assert derived.totals.first_on is not None
    assert derived.totals.last_on is not None
    return {
        "import": outcome.import_id,
        "first_on": derived.totals.first_on.isoformat(),
        "last_on": derived.totals.last_on.isoformat(),
    }


def _keep(source: Source, after: Mapping[Key, dict[str, Any]], changed: set[Key]) -> None:
    rows = PulledRow.objects.of(source.tenant_id).filter(source_id=source.pk)
    gone = sorted(changed - after.keys())
    for kind in {one[0] for one in gone}:
        rows.filter(kind=kind, external_id__in=[one for own, one in gone if own == kind]).delete()
    fresh = [
        PulledRow(
            tenant_id=source.tenant_id,
            source_id=source.pk,
            kind=kind,
            external_id=one,
            data=after[kind, one],
        )
        for kind, one in sorted(changed & after.keys())
    ]
    PulledRow.objects.bulk_create(
        fresh,
        batch_size=AT_ONCE,
        update_conflicts=True,
        update_fields=["data"],
        unique_fields=["tenant", "source", "kind", "external_id"],
    )


def _keep_contacts(
    source: Source, customers: Mapping[str, Mapping[str, Any]], changed: set[Key], today: date
) -> None:
    ids = sorted(one for kind, one in changed if kind == "customer" and one in customers)
    touched = [customers[one] for one in ids]
    if touched:
        assert source.creditor_id is not None
        contacts.import_contacts(
            tenant_id=source.tenant_id,
            creditor_id=source.creditor_id,
            content=pulled.contacts_file(touched),
            file_name=source.name,
            today=today,
        )


def _refuse_other_books(source: Source, creditor_id: int) -> None:
    """Refuse a second whole ledger of a creditor: everything would count twice."""
    batches = Batch.objects.of(source.tenant_id).filter(
        kind__in=(KIND, "table"), creditor_id=creditor_id
    )
    others = Invoice.objects.of(source.tenant_id).filter(
        ~Q(key__startswith=f"{_prefix(source)}:"),
        creditor_id=creditor_id,
        undone_at=None,
        batch_id__in=batches.values("id"),
    )
    if others.exists():
        raise Unreachable(
            "Des factures de cette société viennent déjà d'un autre import (FEC ou tableau) : tout "
            "serait compté deux fois. Annulez ces imports, ou gardez-les et retirez cette source."
        )


def _refuse_undone(source: Source) -> None:
    """Leave alone what a person undid: it does not come back by itself."""
    last = source.position.get("import")
    if last is None:
        return
    with in_tenant(source.tenant_id):
        rows = FileImport.objects.of(source.tenant_id).filter(pk=last, state="undone")
        is_undone = rows.exists()
    if is_undone:
        raise Unreachable(
            "Le dernier apport de cette source a été annulé : mettez-la en pause puis remettez-la "
            "en marche pour le reprendre."
        )


def _prefix(source: Source) -> str:
    return f"{source.kind}-{source.pk}"


def _day(text: Any) -> date | None:
    return date.fromisoformat(text) if text else None
