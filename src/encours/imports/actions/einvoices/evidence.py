"""Keeps the original of each e-invoice as evidence, attached to what it became."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from encours.documents import actions as documents
from encours.documents.actions import Subject
from encours.documents.pages import PdfReader
from encours.documents.rules.content import NotTaken
from encours.imports.actions.einvoices.place import Document, Place
from encours.imports.ports import EINVOICE_READERS
from encours.kernel.issue import Issue

if TYPE_CHECKING:
    from encours.imports.actions.einvoices.receiving import Received


def keep(received: Received, written: Iterable[Document], place: Place) -> list[Issue]:
    """Attach each document's own bytes to its invoice or credit; return what was not kept."""
    subjects: Mapping[str, Document] = {one.decision.read.name: one for one in written}
    if not subjects:
        return []
    issues = []
    reader = EINVOICE_READERS["einvoice"]
    with PdfReader() as pdfs:
        for name, content in reader.contents(received.path, name=received.name):
            one = subjects.get(name)
            if one is None:
                continue
            try:
                documents.keep(
                    **place.owner,
                    name=name.rpartition("/")[2],
                    chunks=[content],
                    kind="invoice",
                    subjects=[_subject(one)],
                    source="einvoice",
                    dated_on=one.decision.invoice.issued_on,
                    actor_id=place.actor_id,
                    reader=pdfs,
                    today=place.today,
                )
            except NotTaken as no:
                issues.append(
                    Issue("not_kept", f"L'original n'a pas été gardé : {no}", severity="warning")
                )
    return issues


def _subject(document: Document) -> Subject:
    if document.invoice_id is not None:
        return Subject("invoice", document.invoice_id)
    assert document.credit_id is not None
    return Subject("credit", document.credit_id)
