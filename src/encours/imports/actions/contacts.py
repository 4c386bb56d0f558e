"""A contacts file as every other import: in the history with its author and digest, undone."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, Final

from encours.imports.actions.keeping import Kept, issues_kept
from encours.parties.actions import contacts
from encours.parties.actions.contacts import ContactsImport
from encours.tenancy.models import Creditor

KIND: Final = "contacts"
PASTED: Final = "Lignes collées"


@dataclass(frozen=True, slots=True)
class _Given:
    """What was given: a file, or lines pasted on the page."""

    name: str
    sha256: str
    size_bytes: int


def import_contacts(
    *,
    tenant_id: int,
    creditor_id: int,
    content: bytes,
    file_name: str = "",
    dry_run: bool = False,
    actor_id: int | None = None,
    today: date,
) -> ContactsImport:
    """Bring a contacts file in (`parties.actions.contacts`), and keep it in the history.

    A dry run, a refusal, and a file that changes nothing leave no trace.
    """
    outcome = contacts.import_contacts(
        tenant_id=tenant_id,
        creditor_id=creditor_id,
        content=content,
        file_name=file_name,
        dry_run=dry_run,
        actor_id=actor_id,
        today=today,
    )
    if outcome.batch_id is None:
        return outcome
    digest = hashlib.sha256(content).hexdigest()
    given = _Given(file_name or PASTED, digest, len(content))
    creditor = Creditor.objects.of(tenant_id).get(pk=creditor_id)
    values: dict[str, Any] = {
        "state": "applied",
        "counts": {
            "customers_updated": outcome.customers,
            "contacts_created": outcome.contacts_created,
            "contacts_updated": outcome.contacts_updated,
        },
        "batch_id": outcome.batch_id,
        "progress": 100,
        "applied_at": datetime.now(UTC),
        **issues_kept(outcome.issues),
    }
    import_id = Kept(None, KIND, actor_id).write(given, creditor, **values)
    return replace(outcome, import_id=import_id)
