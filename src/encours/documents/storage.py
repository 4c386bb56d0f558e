"""Where sealed files lie: `files/documents/<tenant>/<uuid>`; nobody else knows these paths."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from uuid import UUID

from django.conf import settings

from encours.documents import cipher
from encours.documents.cipher import Damaged


def path_of(tenant_id: int, name: UUID) -> Path:
    """Return where a file lies; tenants share no folder."""
    folder = Path(settings.DOCUMENTS_ROOT) / str(tenant_id)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder / str(name)


def write(tenant_id: int, name: UUID, chunks: Iterable[bytes]) -> bytes:
    """Write a file sealed, whole or not at all; return its sealed key."""
    path = path_of(tenant_id, name)
    draft = path.with_suffix(".part")
    key, sealed_key = cipher.new_key(f"{tenant_id}:{name}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as handle:
            cipher.seal(chunks, handle, key)
            handle.flush()
            os.fsync(handle.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return sealed_key


def read(tenant_id: int, name: UUID, sealed_key: bytes) -> Iterator[bytes]:
    """Yield a file's content; raises Damaged when it is gone or was touched."""
    key = cipher.opened_key(sealed_key, f"{tenant_id}:{name}")
    try:
        handle = path_of(tenant_id, name).open("rb")
    except FileNotFoundError as gone:
        raise Damaged from gone
    with handle:
        yield from cipher.unseal(handle, key)
