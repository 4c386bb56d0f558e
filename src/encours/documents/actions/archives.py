"""Takes in a ZIP of pieces: each is kept, and attached to the invoice whose number it bears.

Where the accounts give no number, an invoice of the same total and day takes the PDF's
(`rules.proof`). What matches no invoice, or several, is kept and listed: a person attaches it.
Files are read outside any transaction and written one by one, so that a large ZIP holds nobody up.
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
from encours.documents.actions.linking import Subject, attach
from encours.documents.examine import COPY, Examined, examined, refuse_bomb
from encours.documents.pages import PdfReader
from encours.documents.rules import matching, proof
from encours.documents.rules.content import NotTaken
from encours.documents.rules.kinds import Kind
from encours.documents.rules.proof import Proof, Unnumbered
from encours.kernel.issue import Issue
from encours.receivables.actions import acts, numbering
from encours.receivables.queries.numbering import candidates
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
    numbered: list[dict[str, Any]] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """Return how many of each."""
        ambiguous = sum(1 for one in self.left if one["candidates"])
        return {
            "files": self.files,
            "attached": len(self.attached),
            "numbered": len(self.numbered),
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
            "numbered": self.numbered,
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


@dataclass(slots=True)
class _Known:
    """What the ledger says of its invoices, and the proofs found for those without a number."""

    numbers: pl.DataFrame
    unnumbered: list[Unnumbered]
    proofs: list[Proof] = field(default_factory=list)
    kept: dict[int, tuple[str, int | None]] = field(default_factory=dict)
    """By the rank of a file: its name, and the document it is kept as (none on a trial)."""
    seen: set[str] = field(default_factory=set)


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
        known = _Known(
            matching.known(read_frame(NUMBERS, params, schema=NUMBERS_SCHEMA)),
            [
                Unnumbered(one.invoice_id, one.issued_on, one.amount_cents)
                for one in candidates(**params)
                if not one.number
            ],
        )
    try:
        with zipfile.ZipFile(file) as archive, PdfReader() as reader:
            members = _members(archive)
            received.files = len(members)
            for done, member in enumerate(members, start=1):
                _receive_one(archive, member, reader, known=known, received=received, place=place)
                if progress is not None:
                    progress(done, len(members))
    except (zipfile.BadZipFile, NotImplementedError) as wrong:
        raise NotTaken("Cette archive ZIP est coupée ou abîmée.") from wrong
    _number(known, received, place)
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
    *,
    known: _Known,
    received: Received,
    place: Place,
) -> None:
    name = PurePosixPath(member.filename.replace("\\", "/")).name
    try:
        with examined(name, _unpacked(archive, member), reader) as found:
            _settle(found, name, known, received, place)
    except (NotTaken, zipfile.BadZipFile, EOFError) as refused:
        told = str(refused) if isinstance(refused, NotTaken) else "Fichier abîmé dans l'archive."
        received.issues.append(
            Issue("not_taken", told, found=name, severity="warning", file=received.file)
        )


def _settle(found: Examined, name: str, known: _Known, received: Received, place: Place) -> None:
    """Find the invoice of one piece, then keep it; what may prove a number waits for the others."""
    may_prove = matching.matches(_said(name, found.text), known.numbers)
    ids: list[int] = may_prove["invoice_id"].to_list()
    rank = 0
    if len(ids) == 1:
        received.attached.append({"file": name, "invoice": may_prove["number"][0]})
    elif found.sha256 in known.seen:
        pass  # the same file under another name proves nothing more
    elif not ids and place.kind == Kind.INVOICE and known.unnumbered:
        known.seen.add(found.sha256)
        rank = len(known.proofs) + 1
        known.proofs.append(proof.prove(rank, found.text, known.unnumbered))
        known.kept[rank] = (name, None)
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
    if rank:
        known.kept[rank] = (name, kept.document_id)


def _number(known: _Known, received: Received, place: Place) -> None:
    """Give the numbers that the files prove together, and attach each file to its invoice."""
    sure = {one.file: one for one in proof.proved(known.proofs)}
    taken = _given(list(sure.values()), known, received, place)
    for rank, (name, _document_id) in known.kept.items():
        one = sure.get(rank)
        if one is None or one.invoice_ids[0] in taken:
            received.left.append({"file": name, "candidates": []})
        else:
            received.attached.append({"file": name, "invoice": one.number})
            received.numbered.append({"file": name, "invoice": one.number})


def _given(sure: list[Proof], known: _Known, received: Received, place: Place) -> set[int]:
    """Write the numbers proved; return the invoices whose number another document bears."""
    if not sure or not received.applied:
        return set()
    owner = {"tenant_id": place.tenant_id, "creditor_id": place.creditor_id}
    rows = [(one.invoice_ids[0], one.number) for one in sure]
    with in_tenant(place.tenant_id):
        act = acts.start(
            **owner, kind="numbers", customer_id=None, actor_id=place.actor_id, today=place.today
        )
        wanted = pl.DataFrame(rows, schema=numbering.GIVEN, orient="row")
        done = numbering.give(wanted, **owner, source="document", batch_id=act.batch_id)
        taken = set(done.taken["invoice_id"].to_list())
        for one in sure:
            document_id = known.kept[one.file][1]
            if one.invoice_ids[0] in taken or document_id is None:
                continue
            attach(
                tenant_id=place.tenant_id,
                document_id=document_id,
                subjects=[Subject("invoice", one.invoice_ids[0])],
                actor_id=place.actor_id,
                today=place.today,
            )
        act.tell("invoices.numbered", ("batch", act.batch_id), numbered=done.count)
    return taken


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
