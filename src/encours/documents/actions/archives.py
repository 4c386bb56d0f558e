"""Takes in a ZIP of pieces: each is kept, and attached to the invoice whose number it bears.

What matches no invoice, or several, is kept and listed: a person attaches it. Files are read
outside any transaction and written one by one, so that a large ZIP holds nobody up.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import PurePosixPath
from typing import IO, Any, Final

import polars as pl

from encours.documents.actions.keeping import keep_examined
from encours.documents.actions.linking import Subject
from encours.documents.examine import COPY, Examined, examined, refuse_bomb
from encours.documents.pages import PdfReader
from encours.documents.rules import matching
from encours.documents.rules.content import NotTaken
from encours.kernel.issue import Issue
from encours.tenancy.frames import read_frame
from encours.tenancy.journal import record
from encours.tenancy.scope import in_tenant

UNPACKED_MAX: Final = 4 * 1024 * 1024 * 1024
NUMBERS: Final = """
select id, coalesce(nullif(number, ''), piece) from receivables_invoice
where tenant_id = %(tenant_id)s and creditor_id = %(creditor_id)s and undone_at is null
    and (number <> '' or piece <> '')
"""
NUMBERS_SCHEMA: Final = {"invoice_id": pl.Int64, "number": pl.String}
Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Received:
    """What a ZIP gave: pieces attached, pieces left to a person, pieces refused."""

    file: str
    applied: bool
    files: int = 0
    known: int = 0
    attached: list[dict[str, Any]] = field(default_factory=list)
    left: list[dict[str, Any]] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """Return how many of each."""
        ambiguous = sum(1 for one in self.left if one["candidates"])
        return {
            "files": self.files,
            "attached": len(self.attached),
            "known": self.known,
            "ambiguous": ambiguous,
            "left": len(self.left) - ambiguous,
            "refused": len(self.issues),
        }

    def as_json(self) -> dict[str, Any]:
        """Return the shape that `--json` promises (docs/contracts)."""
        return {
            "file": self.file,
            "applied": self.applied,
            "counts": self.counts,
            "attached": self.attached,
            "left": self.left,
            "issues": [issue.as_json() for issue in self.issues],
        }


@dataclass(frozen=True, slots=True)
class Place:
    """Where the pieces go, and who brings them."""

    tenant_id: int
    creditor_id: int
    kind: str
    actor_id: int | None
    today: date


def receive_archive(
    file: IO[bytes],
    *,
    tenant_id: int,
    creditor_id: int,
    name: str,
    kind: str = "invoice",
    dry_run: bool = False,
    actor_id: int | None = None,
    progress: Progress | None = None,
    today: date,
) -> Received:
    """Take a ZIP in, outside any transaction; raises NotTaken when the ZIP itself is refused."""
    place = Place(tenant_id, creditor_id, kind, actor_id, today)
    received = Received(name, applied=not dry_run)
    with in_tenant(tenant_id):
        params = {"tenant_id": tenant_id, "creditor_id": creditor_id}
        numbers = matching.known(read_frame(NUMBERS, params, schema=NUMBERS_SCHEMA))
    try:
        with zipfile.ZipFile(file) as archive, PdfReader() as reader:
            members = _members(archive)
            received.files = len(members)
            for done, member in enumerate(members, start=1):
                _receive_one(
                    archive, member, reader, numbers=numbers, received=received, place=place
                )
                if progress is not None:
                    progress(done, len(members))
    except (zipfile.BadZipFile, NotImplementedError) as wrong:
        raise NotTaken("Cette archive ZIP est coupée ou abîmée.") from wrong
    if received.applied:
        _tell(received, place)
    return received


def _members(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    every = archive.infolist()
    refuse_bomb(every, UNPACKED_MAX)
    return [
        member
        for member in every
        if not member.is_dir()
        and not member.filename.startswith("__MACOSX/")
        and not PurePosixPath(member.filename).name.startswith(".")
    ]


def _receive_one(
    archive: zipfile.ZipFile,
    member: zipfile.ZipInfo,
    reader: PdfReader,
    numbers: pl.DataFrame,
    *,
    received: Received,
    place: Place,
) -> None:
    name = PurePosixPath(member.filename.replace("\\", "/")).name
    try:
        with examined(name, _unpacked(archive, member), reader) as found:
            _settle(found, name, numbers, received, place)
    except (NotTaken, zipfile.BadZipFile, EOFError) as refused:
        told = str(refused) if isinstance(refused, NotTaken) else "Fichier abîmé dans l'archive."
        received.issues.append(
            Issue("not_taken", told, found=name, severity="warning", file=received.file)
        )


def _settle(
    found: Examined, name: str, numbers: pl.DataFrame, received: Received, place: Place
) -> None:
    """Find the invoice of one piece, then keep it."""
    may_prove = matching.matches(_said(name, found.text), numbers)
    ids: list[int] = may_prove["invoice_id"].to_list()
    if len(ids) == 1:
        received.attached.append({"file": name, "invoice": may_prove["number"][0]})
    else:
        received.left.append({"file": name, "candidates": may_prove["number"].to_list()})
    if not received.applied:
        return
    with in_tenant(place.tenant_id):
        kept = keep_examined(
            found,
            tenant_id=place.tenant_id,
            creditor_id=place.creditor_id,
            kind=place.kind,
            subjects=[Subject("invoice", ids[0])] if len(ids) == 1 else [],
            source="archive",
            candidates=ids if len(ids) > 1 else [],
            actor_id=place.actor_id,
            today=place.today,
        )
    received.known += not kept.is_new


def _said(name: str, text: str) -> pl.DataFrame:
    rows = [(0, token, True) for token in matching.tokens(name.rpartition(".")[0] or name)]
    rows += [(0, token, False) for token in matching.tokens(text)]
    return pl.DataFrame(rows, schema=matching.TOKENS, orient="row")


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    with archive.open(member) as stream:
        while chunk := stream.read(COPY):
            yield chunk


def _tell(received: Received, place: Place) -> None:
    with in_tenant(place.tenant_id):
        record(
            "documents.received",
            tenant_id=place.tenant_id,
            subject=("creditor", place.creditor_id),
            effective_on=place.today,
            actor_id=place.actor_id,
            creditor_id=place.creditor_id,
            data={
                "attached": len(received.attached),
                "left": len(received.left),
                "refused": len(received.issues),
            },
        )
