"""Takes a file in: copies it aside, counts and digests it, and looks at what it is.

Nothing is trusted: not its name, not the size it declares, not what it says of itself.
"""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import IO, Final
from xml.parsers import expat

from django.conf import settings

from encours.documents.pages import PdfReader
from encours.documents.rules import content as rules
from encours.documents.rules.content import Ends, NotTaken

COPY: Final = 256 * 1024
PARTS_MAX: Final = 5000
UNPACKED_MAX: Final = 300 * 1024 * 1024
RATIO_MAX: Final = 200
DEPTH_MAX: Final = 200


@dataclass(frozen=True, slots=True)
class Examined:
    """A file that may be kept; `text` is what a PDF says, for finding its invoice."""

    file: IO[bytes]
    name: str
    content_type: str
    size: int
    sha256: str
    pages: int | None
    text: str

    def chunks(self) -> Iterator[bytes]:
        """Yield the content from its beginning."""
        self.file.seek(0)
        while chunk := self.file.read(COPY):
            yield chunk


@contextmanager
def examined(name: str, chunks: Iterable[bytes], reader: PdfReader) -> Iterator[Examined]:
    """Open a file that comes in, or raise NotTaken with what is wrong with it."""
    with tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR) as file:
        digest, size = sha256(), 0
        for chunk in chunks:
            size += len(chunk)
            if size > settings.DOCUMENT_MAX_BYTES:
                most = settings.DOCUMENT_MAX_BYTES // (1024 * 1024)
                raise NotTaken(f"Ce fichier dépasse {most} Mo.")
            digest.update(chunk)
            file.write(chunk)
        told = _type(file, size)
        rules.refuse_other_suffix(name, told)
        pages, text = None, ""
        if told == rules.PDF:
            file.seek(0)
            facts = reader.facts(file.read())
            pages, text = facts.pages, facts.text
        yield Examined(
            file, rules.clean_name(name, told), told, size, digest.hexdigest(), pages, text
        )


def _type(file: IO[bytes], size: int) -> str:
    file.seek(0)
    head = file.read(rules.HEAD_BYTES)
    file.seek(max(size - rules.TAIL_BYTES, 0))
    told = rules.content_type(Ends(head, file.read(), size))
    file.seek(0)
    if told == rules.XML:
        _read_xml(file)
    return _office(file) if told == rules.ZIP else told


def _read_xml(file: IO[bytes]) -> None:
    """Read an XML file to its end; entities, a document type and deep nesting are refused."""
    parser, depth = expat.ParserCreate(), 0

    def refuse(*_told: object) -> None:
        raise NotTaken("Ce XML déclare un type de document ou des entités : il n'est pas gardé.")

    def enter(_name: str, _attributes: object) -> None:
        nonlocal depth
        depth += 1
        if depth > DEPTH_MAX:
            raise NotTaken("Ce XML est imbriqué trop profondément.")

    def leave(_name: str) -> None:
        nonlocal depth
        depth -= 1

    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
    parser.StartElementHandler, parser.EndElementHandler = enter, leave
    try:
        parser.ParseFile(file)
    except expat.ExpatError as wrong:
        raise NotTaken(f"Ce XML est mal formé (ligne {wrong.lineno}).") from wrong


def _office(file: IO[bytes]) -> str:
    """Tell an office document by its parts; what would unpack without measure is refused."""
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            refuse_bomb(members)
            parts = {member.filename.lower(): b"" for member in members}
            if "mimetype" in parts:
                with archive.open("mimetype") as declared:
                    parts["mimetype"] = declared.read(200)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, KeyError) as wrong:
        raise NotTaken("Cette archive est coupée ou abîmée.") from wrong
    return rules.office_type(parts)


def refuse_bomb(members: list[zipfile.ZipInfo], unpacked_max: int = UNPACKED_MAX) -> None:
    """Refuse an archive that unpacks without measure, or that is locked."""
    if any(member.flag_bits & 1 for member in members):
        raise NotTaken("Cette archive est protégée par un mot de passe.")
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    is_bomb = unpacked > unpacked_max or unpacked > RATIO_MAX * max(packed, 1024)
    if len(members) > PARTS_MAX or is_bomb:
        raise NotTaken("Cette archive est une bombe : dépliée, elle prendrait trop de place.")
