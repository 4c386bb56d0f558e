"""The contacts that a table of invoices holds in its own columns, taken when a person says so."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Final

from encours.imports.actions import contacts, uploads
from encours.imports.actions.tables import open_sheet
from encours.imports.models import FileImport
from encours.imports.rules.findings import Findings
from encours.imports.rules.tables.mapping import from_json
from encours.imports.rules.tables.rows import RowReading
from encours.kernel.refusal import Refusal
from encours.parties.actions.contacts import ContactsImport

COLUMNS: Final = {
    "customer_code": "code", "customer_name": "nom", "contact_name": "interlocuteur",
    "role": "fonction", "email": "e-mail", "phone": "téléphone", "address_line1": "adresse",
    "address_line2": "complément", "postcode": "code postal", "city": "ville", "country": "pays",
    "language": "langue",
}  # fmt: skip
REACHING: Final = frozenset({"email", "phone", "address_line1"})
ROWS_MAX: Final = 50_000


class NothingToTake(Refusal):
    """The table has no such columns, or was not applied."""

    message = "Ce fichier ne contient pas d'interlocuteurs."


def take(*, tenant_id: int, import_id: int, actor_id: int | None, today: date) -> ContactsImport:
    """Add the contacts of an applied table to its customers; the same again changes nothing."""
    row = FileImport.objects.of(tenant_id).filter(pk=import_id, state="applied").first()
    if row is None or not REACHING & dict(row.mapping.get("columns", {})).keys():
        raise NothingToTake
    return contacts.import_contacts(
        tenant_id=tenant_id,
        creditor_id=row.creditor_id,
        content=_as_contacts(row).encode(),
        file_name=row.file_name,
        actor_id=actor_id,
        today=today,
    )


def _as_contacts(row: FileImport) -> str:
    """Return the table as a contacts file, each contact once."""
    path = uploads.path_of(tenant_id=row.tenant_id, sha256=row.sha256)
    if not path.exists():
        raise uploads.FileGone
    mapping = from_json(row.mapping)
    table = open_sheet(path, name=row.file_name, sheet=mapping.sheet, header=mapping.header)
    reading = RowReading(mapping, table.labels, Findings(), header_line=table.header.line)
    kept: dict[tuple[str, ...], None] = {}
    for block in table.blocks():
        cells = reading.table(block)
        names = [name for name in COLUMNS if name in cells.columns]
        for values in cells.select(names).unique(maintain_order=True).iter_rows():
            said = dict(zip(names, values, strict=True))
            if any(said.get(name) for name in REACHING) and len(kept) < ROWS_MAX:
                kept[tuple(said.get(name) or "" for name in COLUMNS)] = None
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow(COLUMNS.values())
    writer.writerows(kept)
    return out.getvalue()
