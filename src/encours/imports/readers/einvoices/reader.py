"""Reads a file of electronic invoices or statuses: what it is, what it says, what is wrong."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from lxml import etree

from encours.imports.ports import Progress
from encours.imports.readers.einvoices import archive, cdar, cii, markup, pdf, schemas, ubl
from encours.imports.readers.einvoices.markup import Node, Unreadable
from encours.imports.rules.einvoices import checks, failures
from encours.imports.rules.einvoices.document import Einvoice, Read
from encours.imports.rules.einvoices.failures import Failure
from encours.imports.rules.einvoices.values import Values
from encours.kernel.issue import Issue

HEAD: Final = 4_096
ROOTS: Final = (
    b"CrossIndustryInvoice",
    b"CrossIndustryDocument",
    b"CrossDomainAcknowledgement",
    b"xsd:Invoice-2",
    b"xsd:CreditNote-2",
)
UNKNOWN: Final = (
    "Ce fichier n'est ni une facture électronique (Factur-X, CII, UBL) ni un statut (CDAR)."
)


class EinvoiceFile:
    """A PDF, an XML or a ZIP of them: every syntax of the socle, and CDAR."""

    code = "einvoice"

    def recognises(self, head: bytes, name: str) -> bool:  # noqa: ARG002 - bytes tell better
        """Say whether a file is of this kind from its first bytes."""
        if head.startswith(pdf.MAGIC) or archive.is_archive(head):
            return True
        return any(root in head for root in ROOTS)

    def read(
        self, path: Path, *, name: str = "", progress: Progress | None = None
    ) -> tuple[Read, ...]:
        """Read every document of a file, one after the other; what is unreadable is an Issue."""
        found: list[Read] = []
        size, done = path.stat().st_size, 0
        try:
            for member, content in archive.documents(path, name or path.name):
                found.extend(_documents(member, content))
                done += len(content)
                if progress is not None:
                    progress(min(done, size), size)
        except Unreadable as no:
            found.append(_unread(name or path.name, b"", no))
        return tuple(found)

    def contents(self, path: Path, *, name: str = "") -> Iterator[tuple[str, bytes]]:
        """Yield the name and the bytes of each document, as `read` names them."""
        yield from archive.documents(path, name or path.name)


def _documents(name: str, content: bytes) -> Iterator[Read]:
    try:
        root = markup.parse(_xml(content))
        yield from _read(name, content, root)
    except Unreadable as no:
        yield _unread(name, content, no)


def _xml(content: bytes) -> bytes:
    if content.startswith(pdf.MAGIC):
        return pdf.embedded_invoice(content)
    plain = content.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not plain.startswith((b"<", b"\xff\xfe<", b"\xfe\xff\x00<")):
        raise Unreadable(UNKNOWN)
    return plain


def _read(name: str, content: bytes, root: etree._Element) -> Iterator[Read]:
    namespace, local = markup.root_of(root)
    values, node = Values(), Node(root)
    digest, size = hashlib.sha256(content).hexdigest(), len(content)
    if namespace == markup.CDAR:
        statuses = list(cdar.read(node, values))
        for position, status in enumerate(statuses or [None]):
            own = name if not position else f"{name}#{position + 1}"
            yield Read(own, digest, size, status=status, issues=tuple(values.issues))
        return
    invoice: Einvoice | None
    if namespace in {markup.CII, markup.ZUGFERD1}:
        invoice = cii.read(node, values, is_zugferd1=namespace == markup.ZUGFERD1)
    elif namespace.startswith(markup.UBL) and local in {"Invoice", "CreditNote"}:
        invoice = ubl.read(node, values, is_credit_note=local == "CreditNote")
    else:
        raise Unreadable(UNKNOWN)
    found = _breaches(root, namespace, local, invoice)
    issues = [*values.issues, *(failures.as_issue(one) for one in found)]
    if invoice is not None:
        issues.extend(checks.issues(invoice))
    yield Read(name, digest, size, invoice=invoice, issues=checks.once(issues))


def _breaches(
    root: etree._Element, namespace: str, local: str, invoice: Einvoice | None
) -> Iterator[Failure]:
    """Yield where a document departs from its schema, and the business rules that it breaks."""
    if namespace == markup.ZUGFERD1:
        yield from schemas.breaks(root, schemas.ZUGFERD1_XSD)
        return
    is_cii = namespace == markup.CII
    schema = schemas.CII_XSD if is_cii else schemas.UBL_XSD.format(name=local)
    found = schemas.breaks(root, schema)
    yield from found
    if invoice is None:
        return
    profile = schemas.PROFILE_XSD.get(invoice.profile) if is_cii and not found else None
    if profile is not None:
        for one in schemas.breaks(root, profile)[:1]:
            yield Failure("XSD-PROFIL", one.text, one.where, is_warning=True, line=one.line)
    if schemas.has_schematron():
        yield from _rules(root, invoice, is_cii=is_cii)


def _rules(root: etree._Element, invoice: Einvoice, *, is_cii: bool) -> Iterator[Failure]:
    table = schemas.CII_RULES if is_cii else schemas.UBL_RULES
    yield from schemas.failed_rules(root, table.get(invoice.profile, table["en16931"]))
    if invoice.is_ctc:
        yield from schemas.failed_rules(root, schemas.FRENCH_RULES["cii" if is_cii else "ubl"])


def _unread(name: str, content: bytes, no: Unreadable) -> Read:
    code = "no_data" if str(no) == pdf.NO_DATA else "unreadable"
    return Read(
        name,
        hashlib.sha256(content).hexdigest(),
        len(content),
        issues=(Issue(code, str(no)),),
    )
