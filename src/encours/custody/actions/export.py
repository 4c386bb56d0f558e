"""Writes everything a tenant owns into one archive, in constant memory, from one snapshot."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from importlib import resources
from pathlib import Path
from typing import IO, Any, Final

from django.conf import settings
from django.db import connection
from psycopg import IsolationLevel, sql

from encours.custody.archive import Archive
from encours.custody.queries import catalogue, journal
from encours.documents.actions import opening
from encours.documents.cipher import Damaged
from encours.documents.models import Document
from encours.documents.queries import lists
from encours.documents.queries.lists import Asked
from encours.messaging.models import MessageContent
from encours.tenancy.journal import record
from encours.tenancy.models import Tenant
from encours.tenancy.scope import in_tenant

Progress = Callable[[int], None]
TABLES_SHARE: Final = 60
DOCUMENTS_SHARE: Final = 90
CHUNK: Final = 1024 * 1024
AT_ONCE: Final = 500
INDEX: Final = ("fichier", "nature", "type", "octets", "sha256", "recue_le", "origine", "prouve")
SUFFIXES: Final = {"message/rfc822": ".eml", "application/pdf": ".pdf", "text/plain": ".txt"}


def write_export(
    into: IO[bytes], *, tenant_id: int, progress: Progress | None = None, today: date
) -> int:
    """Write the archive; return how many files it holds. Opens its own transaction.

    A file that cannot be read any more is named in the archive instead of stopping it.
    """
    tell = progress or (lambda _percent: None)
    archive = Archive(into)
    with _snapshot(), in_tenant(tenant_id):
        tables = catalogue.tables()
        for done, table in enumerate(tables, start=1):
            archive.add(f"tables/{table.name}.csv", catalogue.rows_as_csv(table))
            tell(TABLES_SHARE * done // len(tables))
        archive.add("tables/tenancy_tenant.csv", catalogue.copied(sql.SQL(catalogue.TENANT)))
        archive.add("tables/tenancy_user.csv", catalogue.copied(sql.SQL(catalogue.PEOPLE)))
        _documents(archive, tenant_id, tell)
        _messages(archive, tenant_id)
        _originals(archive, tenant_id)
        archive.add("journal/faits.jsonl", journal.fact_lines(tenant_id))
        archive.add("journal/scelles.jsonl", journal.seal_lines(tenant_id))
        archive.add("journal/fichier-des-scelles.jsonl", journal.filed_seals(tenant_id))
        archive.add_text("verifier.py", _shipped("verifier.py"))
        left_out = ", ".join(f"`{one.name}.{name}`" for one in tables for name in one.left_out)
        name = Tenant.objects.get(pk=tenant_id).name
        readme = _shipped("data/LISEZMOI.md")
        told = {"tenant": name, "day": f"{today:%d/%m/%Y}", "left_out": left_out}
        archive.add_text("LISEZMOI.md", readme.format_map(told))
    count = archive.close()
    tell(100)
    return count


def note_export(
    *, tenant_id: int, files: int, sha256: str, actor_id: int | None = None, today: date
) -> None:
    """Say in the journal that everything left, and the digest of what left."""
    record(
        "tenant.exported",
        tenant_id=tenant_id,
        subject=("tenant", tenant_id),
        effective_on=today,
        actor_id=actor_id,
        data={"files": files, "sha256": sha256},
    )


def add_document(archive: Archive, row: lists.DocumentRow, folder: str) -> str:
    """Write one kept file, opened; return its name in the archive."""
    document = Document.objects.get(pk=row.id)
    name = f"{folder}/{row.id}-{row.name}"
    try:
        archive.add(name, opening.content(document))
    except Damaged as damaged:
        archive.add_text(f"{name}.ABIME.txt", str(damaged))
    return name


def add_message(archive: Archive, content: MessageContent, folder: str) -> None:
    """Write one part of a message as it left."""
    plain = re.sub(r"[^\w.-]", "_", content.name) or "message"
    suffix = SUFFIXES.get(content.content_type, "")
    name = plain if plain.endswith(suffix) else plain + suffix
    place = f"{folder}/{content.message_id}/{content.pk}-{name}"
    archive.add(place, [zlib.decompress(bytes(content.body))])


def index_row(name: str, row: lists.DocumentRow) -> tuple[Any, ...]:
    """Return a kept file's line of the index whose titles are `INDEX`."""
    proves = "; ".join(f"{link.kind} {link.subject_id} {link.label}" for link in row.links)
    return (
        name, row.kind, row.content_type, row.size_bytes, row.sha256, row.created_at.isoformat(),
        row.source, proves,
    )  # fmt: skip


def _documents(archive: Archive, tenant_id: int, tell: Progress) -> None:
    index: list[tuple[Any, ...]] = []
    while rows := list(_page(tenant_id, len(index))):
        index.extend(index_row(add_document(archive, row, "documents"), row) for row in rows)
        tell((TABLES_SHARE + DOCUMENTS_SHARE) // 2)
    archive.add_rows("documents/index.csv", [INDEX, *index])
    tell(DOCUMENTS_SHARE)


def _page(tenant_id: int, offset: int) -> Iterator[lists.DocumentRow]:
    asked = Asked(offset=offset, limit=AT_ONCE, descending=False)
    return lists.documents(tenant_id=tenant_id, asked=asked)


def _messages(archive: Archive, tenant_id: int) -> None:
    contents = MessageContent.objects.of(tenant_id).order_by("pk").iterator(chunk_size=50)
    for content in contents:
        add_message(archive, content, "messages")


def _originals(archive: Archive, tenant_id: int) -> None:
    folder = Path(settings.IMPORTS_ROOT) / str(tenant_id)
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.is_file() and re.fullmatch(r"[0-9a-f]{64}", path.name):
            archive.add(f"originaux/{path.name}", _chunks(path))


def _shipped(name: str) -> str:
    return resources.files("encours.custody").joinpath(name).read_text("utf-8")


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as handle:
        while chunk := handle.read(CHUNK):
            yield chunk


@contextmanager
def _snapshot() -> Iterator[None]:
    """Let the next transaction see one instant of the database to its end."""
    connection.ensure_connection()
    driver = connection.connection
    driver.isolation_level = IsolationLevel.REPEATABLE_READ
    try:
        yield
    finally:
        driver.isolation_level = None
