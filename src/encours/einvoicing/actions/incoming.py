"""Takes in a file that the platform holds for a creditor: an invoice's status, most often."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path

from encours.imports.actions import einvoices
from encours.tenancy.scope import in_tenant


def receive_file(*, tenant_id: int, creditor_id: int, name: str, content: bytes) -> None:
    """Import the file as one dropped by hand would be; what cannot enter waits on its page."""
    with tempfile.TemporaryDirectory(prefix="encours-flow-") as folder:
        path = Path(folder) / "received"
        path.write_bytes(content)
        received = einvoices.receive(path, name=name)
        with in_tenant(tenant_id):
            einvoices.import_einvoices(
                received,
                tenant_id=tenant_id,
                creditor_id=creditor_id,
                today=datetime.now(UTC).date(),
            )
