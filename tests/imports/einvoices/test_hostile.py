"""Hostile and broken files: refused with a sentence, in bounded memory."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
import zlib
from pathlib import Path

import pytest
from pypdf import PdfWriter
from pypdf.generic import NameObject
from tests.imports.einvoices import samples

from encours.imports.readers.einvoices import archive, markup, pdf, reader
from encours.imports.readers.einvoices.reader import EinvoiceFile
from encours.imports.rules.einvoices.document import Read

MEGABYTE = 1024 * 1024
DTD = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "x">]>'
LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE a ['
    b'<!ENTITY a0 "ha">'
    + b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 10))
    + b"]><a>&a9;</a>"
)
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY f SYSTEM "file:///etc/passwd">]><a>&f;</a>'


def read(folder: Path, content: bytes, name: str = "piege.xml") -> tuple[Read, ...]:
    return EinvoiceFile().read(samples.kept(folder, content, name))


def bomb(size: int) -> bytes:
    """A PDF whose embedded XML unpacks to a size that it does not say."""
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.add_attachment("factur-x.xml", b"")
    names = writer._root_object["/Names"]["/EmbeddedFiles"]["/Names"]
    stream = names[1].get_object()["/EF"]["/F"].get_object()
    stream._data = zlib.compress(b" " * size)
    stream[NameObject("/Filter")] = NameObject("/FlateDecode")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(b"", "n'est ni une facture", id="an empty file"),
        pytest.param(b"bonjour", "n'est ni une facture", id="a text"),
        pytest.param(b"<html></html>", "n'est ni une facture", id="a page"),
        pytest.param(b"<a><b></a>", "mal formé", id="broken XML"),
        pytest.param(b"<a>" * 5_000, "mal formé", id="XML without an end, too deep"),
        pytest.param(DTD + samples.cii().partition(b"?>")[2], "DTD", id="an invoice with a DTD"),
        pytest.param(LAUGHS, "XML", id="a billion laughs"),
        pytest.param(OUTSIDE, "DTD", id="a file from outside"),
        pytest.param(b"<a>" + b" " * (markup.XML_MAX + 1) + b"</a>", "dépasse 10 Mo", id="too big"),
        pytest.param(b"%PDF-1.7" + b"x" * 2_000, "tronqué", id="half a PDF"),
        pytest.param(b"%PDF-1.7\n%%EOF\n", "abîmé", id="an empty PDF"),
        pytest.param(samples.pdf(None), "ne contient pas de données", id="a PDF without data"),
        pytest.param(samples.pdf(b"<a/>", "autre.txt"), "ne contient pas", id="another file in it"),
        pytest.param(
            samples.pdf(samples.cii()) + b"PK\x03\x04" + b"x" * 2_000, "autre fichier", id="polyglot"
        ),
        pytest.param(b"PK\x03\x04" + b"x" * 100, "abîmée", id="half an archive"),
    ],
)  # fmt: skip
def test_what_is_no_invoice_is_refused_with_a_sentence(
    tmp_path: Path, content: bytes, said: str
) -> None:
    [found] = read(tmp_path, content)

    assert (found.invoice, found.status) == (None, None)
    assert said in found.issues[0].message


def test_a_locked_pdf_is_refused(tmp_path: Path) -> None:
    writer = PdfWriter(clone_from=io.BytesIO(samples.pdf(samples.cii())))
    writer.encrypt("secret", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    [found] = read(tmp_path, out.getvalue(), "serrure.pdf")

    assert "mot de passe" in found.issues[0].message


def test_a_bomb_in_a_pdf_is_unpacked_within_bounds(tmp_path: Path) -> None:
    content = bomb(400 * MEGABYTE)
    assert len(content) < MEGABYTE
    tracemalloc.start()
    try:
        [found] = read(tmp_path, content, "bombe.pdf")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert "dépasse 10 Mo" in found.issues[0].message
    assert peak < 60 * MEGABYTE


def test_a_bomb_in_an_archive_is_unpacked_within_bounds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "PDF_MAX", MEGABYTE)
    path = tmp_path / "bombe.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("facture.xml", b" " * (20 * MEGABYTE))
    [found] = EinvoiceFile().read(path)

    assert "trop grosse" in found.issues[0].message


def test_an_archive_of_many_bombs_stops(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "UNPACKED_MAX", 3 * MEGABYTE)
    path = tmp_path / "bombes.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for number in range(6):
            packed.writestr(f"{number}.xml", b" " * MEGABYTE)
    found = EinvoiceFile().read(path)

    assert "trop grosse" in found[-1].issues[0].message
    assert len(found) < 6


def test_an_archive_of_archives_holds_nothing(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as packed:
        packed.writestr("facture.xml", samples.cii())
    path = tmp_path / "poupees.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("lot.zip", inner.getvalue())
    [found] = EinvoiceFile().read(path)

    assert "ni facture" in found.issues[0].message


@pytest.mark.parametrize(
    ("head", "is_ours"),
    [
        pytest.param(samples.cii()[:4096], True, id="CII"),
        pytest.param(samples.cdar("210")[:4096], True, id="CDAR"),
        pytest.param(b'<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2">',
                     True, id="UBL"),
        pytest.param(pdf.MAGIC, True, id="PDF"),
        pytest.param(b"PK\x03\x04" + b"\0" * 26 + b"factures/f1.XML", True, id="an archive"),
        pytest.param(b"PK\x03\x04" + b"\0" * 26 + b"[Content_Types].xml", False, id="a workbook"),
        pytest.param(b"JournalCode\tJournalLib", False, id="a ledger export"),
        pytest.param(b'<comptabilite xmlns="x">', False, id="an XML ledger export"),
    ],
)  # fmt: skip
def test_a_file_is_known_by_its_first_bytes(head: bytes, is_ours: bool) -> None:
    assert EinvoiceFile().recognises(head, "nom trompeur.xlsx") is is_ours


def test_without_saxonche_the_sums_are_checked_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader.schemas, "has_schematron", lambda: False)
    [found] = read(tmp_path, samples.cii(total=130_000))

    assert "BR-CO-15" in {issue.code for issue in found.issues}
