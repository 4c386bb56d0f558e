"""The journal and its seals as lines that anybody can hash again, in the order of the seals.

A fact's line is the very text whose SHA-256 is its digest in the seal (`tenancy.sealing.LEAF`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import connection

from encours.tenancy.models import Seal

AT_ONCE: Final = 5000
FACTS: Final = """
select jsonb_build_array(tenant_id, id, era, xid::text, extract(epoch from recorded_at),
    effective_on, actor_id, verb, subject_type, subject_id, creditor_id, customer_id, data)::text
from tenancy_fact where tenant_id = %s order by era, xid, id
"""


def fact_lines(tenant_id: int) -> Iterator[bytes]:
    """Yield each fact as the text that was hashed."""
    connection.ensure_connection()
    with connection.connection.cursor(name="custody_facts") as cursor:
        cursor.itersize = AT_ONCE
        cursor.execute(FACTS, [tenant_id])
        for (text,) in cursor:
            yield text.encode() + b"\n"


def seal_lines(tenant_id: int) -> Iterator[bytes]:
    """Yield each seal: its bounds, the digest of each of its facts, its keyed hash."""
    for seal in Seal.objects.of(tenant_id).order_by("number").iterator(chunk_size=10):
        line = {
            "tenant": seal.tenant_id,
            "number": seal.number,
            "era": seal.era,
            "from_xid": seal.from_xid,
            "to_xid": seal.to_xid,
            "sealed_at": seal.sealed_at.isoformat(),
            "fact_ids": list(seal.fact_ids),
            "leaves": bytes(seal.leaves).hex(),
            "previous": bytes(seal.previous).hex(),
            "hash": bytes(seal.hash).hex(),
        }
        yield json.dumps(line).encode() + b"\n"


def filed_seals(tenant_id: int) -> Iterator[bytes]:
    """Yield the file that each seal was appended to when it was made."""
    path = Path(settings.SEALS_ROOT) / f"{tenant_id}.seals"
    if path.exists():
        with path.open("rb") as handle:
            yield from handle
