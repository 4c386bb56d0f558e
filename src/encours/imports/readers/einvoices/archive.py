"""The documents of a file: itself, or those of a ZIP, one after the other and bounded."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from encours.imports.readers.einvoices.markup import Unreadable
from encours.imports.readers.einvoices.pdf import PDF_MAX

ZIP_MAGIC: Final = b"PK\x03\x04"
MEMBERS_MAX: Final = 5_000
UNPACKED_MAX: Final = 500 * 1024 * 1024
WANTED: Final = (".xml", ".pdf")
HEAD: Final = 4
OFFICE: Final = (b"[Content_Types].xml", b"mimetype", b"_rels/", b"xl/", b"word/")


def is_archive(head: bytes) -> bool:
    """Say whether a ZIP may hold invoices, from its first bytes: workbooks are ZIP files too."""
    if not head.startswith(ZIP_MAGIC) or any(name in head for name in OFFICE):
        return False
    return any(suffix.encode() in head.lower() for suffix in WANTED)


def documents(path: Path, name: str) -> Iterator[tuple[str, bytes]]:
    """Yield name and bytes of each document, or raise Unreadable."""
    with path.open("rb") as handle:
        is_archive = handle.read(HEAD) == ZIP_MAGIC
    if is_archive:
        yield from _members(path)
        return
    if path.stat().st_size > PDF_MAX:
        raise Unreadable(f"Ce fichier dépasse {PDF_MAX // 1024 // 1024} Mo.")
    yield name, path.read_bytes()


def _members(path: Path) -> Iterator[tuple[str, bytes]]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = [one for one in archive.infolist() if _is_document(one.filename)]
            if not members:
                raise Unreadable("Cette archive ne contient ni facture XML ni PDF.")
            if len(members) > MEMBERS_MAX:
                raise Unreadable(f"Cette archive contient plus de {MEMBERS_MAX} documents.")
            left = UNPACKED_MAX
            for member in members:
                if member.flag_bits & 1:
                    raise Unreadable("Cette archive est protégée par un mot de passe.")
                with archive.open(member) as handle:
                    content = handle.read(min(left, PDF_MAX) + 1)
                left -= len(content)
                if left < 0 or len(content) > PDF_MAX:
                    raise Unreadable("Cette archive est trop grosse une fois décomprimée.")
                yield member.filename, content
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, OSError) as broken:
        raise Unreadable("Cette archive est abîmée : elle n'a pas pu être lue.") from broken


def _is_document(name: str) -> bool:
    path = PurePosixPath(name.lower())
    return path.suffix in WANTED and "__macosx" not in path.parts and not path.name.startswith(".")
