"""Kept files that go along with a message: the invoices it lists, what proves the delivery."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal
from uuid import UUID

from django.db import connection

from encours.documents import storage
from encours.documents.rules.content import JPEG, PDF, PNG

What = Literal["invoices", "delivery_proof"]

KINDS: Final[Mapping[What, tuple[str, ...]]] = {
    "invoices": ("invoice",),
    "delivery_proof": ("delivery", "service"),
}
READABLE: Final = (PDF, PNG, JPEG)  # what a customer opens without a program of his own

ATTACHED: Final = """
select i.id, d.kind, d.uuid, d.sealed_key, d.name, d.content_type, d.size_bytes, d.sha256
from receivables_invoice i
join documents_attachment a on a.tenant_id = i.tenant_id and a.creditor_id = i.creditor_id
    and a.natural_key = i.key and a.invoice_id is not null and a.detached_at is null
join documents_document d on d.tenant_id = a.tenant_id and d.id = a.document_id
    and d.removed_at is null
where i.tenant_id = %(tenant_id)s and i.id = any(%(invoices)s)
    and d.kind = any(%(kinds)s) and d.content_type = any(%(types)s)
order by i.id, d.id
"""


@dataclass(frozen=True, slots=True)
class Joined:
    """One file of an invoice; its bytes are opened by `content`."""

    tenant_id: int
    invoice_id: int
    kind: str
    uuid: UUID
    sealed_key: bytes
    name: str
    content_type: str
    size_bytes: int
    sha256: str

    def content(self) -> bytes:
        """Open the file; raises Damaged when it is gone or was touched."""
        return b"".join(storage.read(self.tenant_id, self.uuid, self.sealed_key))


def files_of(
    *, tenant_id: int, invoice_ids: Collection[int], whats: Sequence[What]
) -> dict[int, tuple[Joined, ...]]:
    """Return the files of these kinds by invoice, in the order in which they were kept."""
    kinds = [kind for what in whats for kind in KINDS[what]]
    if not kinds or not invoice_ids:
        return {}
    asked: dict[str, Any] = {
        "tenant_id": tenant_id,
        "invoices": list(invoice_ids),
        "kinds": kinds,
        "types": list(READABLE),
    }
    found = dict[int, tuple[Joined, ...]]()
    with connection.cursor() as cursor:
        cursor.execute(ATTACHED, asked)
        for invoice_id, kind, uuid, key, *told in cursor.fetchall():
            one = Joined(tenant_id, invoice_id, kind, uuid, bytes(key), *told)
            found[invoice_id] = (*found.get(invoice_id, ()), one)
    return found
