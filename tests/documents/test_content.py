"""What a file is, told by its bytes; the hostile ones and the disguised ones are refused."""

from __future__ import annotations

import io
import resource

import pypdf
import pytest
from django.conf import settings as django_settings
from tests.documents import samples

from encours.documents.examine import examined
from encours.documents.pages import PdfReader
from encours.documents.rules import content
from encours.documents.rules.content import NotTaken

LOCKED_WORDS = "mot de passe"


@pytest.fixture(scope="module")
def reader() -> PdfReader:
    return PdfReader()


def locked_pdf() -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(samples.pdf("Facture")))
    writer.encrypt("secret", algorithm="RC4-128")
    held = io.BytesIO()
    writer.write(held)
    return held.getvalue()


@pytest.mark.parametrize(
    ("name", "given", "expected"),
    [
        pytest.param("a.pdf", samples.pdf("Facture F1"), content.PDF, id="a PDF"),
        pytest.param("a.png", samples.png(), content.PNG, id="a PNG"),
        pytest.param("photo.JPG", samples.JPEG, content.JPEG, id="a JPEG, suffix in capitals"),
        pytest.param("a.tif", b"II*\x00" + b"\0" * 60, content.TIFF, id="a TIFF"),
        pytest.param("a.xml", samples.XML, content.XML, id="an XML"),
        pytest.param("a.eml", samples.MAIL, content.EML, id="an e-mail"),
        pytest.param("a.docx", samples.docx(), content.DOCX, id="a Word document"),
        pytest.param("sans-suffixe", samples.pdf("x"), content.PDF, id="the name says nothing"),
        pytest.param(
            "a.ods",
            samples.zipped({"mimetype": content.ODS.encode(), "content.xml": b"<x/>"}),
            content.ODS,
            id="an OpenDocument sheet",
        ),
    ],
)
def test_what_is_kept(name: str, given: bytes, expected: str, reader: PdfReader) -> None:
    with examined(name, [given[:10], given[10:]], reader) as found:
        assert found.content_type == expected
        assert b"".join(found.chunks()) == given
        assert found.size == len(given)


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        pytest.param("a.pdf", b"", "vide", id="nothing"),
        pytest.param("a.pdf", b"MZ\x90\x00", "programme", id="a program called PDF"),
        pytest.param("a.pdf", samples.png(), "n'est pas un PDF", id="a picture called PDF"),
        pytest.param("a.png", samples.pdf("x"), "n'est pas une image PNG", id="a PDF called PNG"),
        pytest.param(
            "a.pdf", samples.pdf("x") + samples.zipped({"a": b"b"}), "second", id="PDF and ZIP"
        ),
        pytest.param(
            "a.pdf", samples.pdf("x") + b"<script>" * 400, "second", id="a PDF followed by a page"
        ),
        pytest.param("a.pdf", samples.pdf("x")[:-30], "coupé", id="a PDF cut short"),
        pytest.param("a.pdf", b"%PDF-1.4\nrubbish\n%%EOF", "abîmé", id="a PDF that is none"),
        pytest.param("a.pdf", locked_pdf(), LOCKED_WORDS, id="a locked PDF"),
        pytest.param("a.jpg", samples.JPEG + samples.zipped({"a": b"b"}), "second", id="JPEG+ZIP"),
        pytest.param("a.png", samples.png()[:-6], "coupée", id="a PNG cut short"),
        pytest.param("a.xml", samples.LAUGHS, "entités", id="an XML bomb"),
        pytest.param("a.xml", b"<a><b></a>", "mal formé", id="an XML that is none"),
        pytest.param("a.xml", b"<a>" * 300 + b"</a>" * 300, "imbriqué", id="an XML too deep"),
        pytest.param("a.xml", b"<html><script>", "page web", id="a web page"),
        pytest.param("a.docx", samples.bomb(), "bombe", id="an office document that is a bomb"),
        pytest.param(
            "a.docx", samples.docx(**{"word/vbaProject.bin": b"x"}), "macros", id="with macros"
        ),
        pytest.param("a.zip", samples.zipped({"a.pdf": b"x"}), "ZIP", id="a plain archive"),
        pytest.param("a.doc", b"\xd0\xcf\x11\xe0" + b"\0" * 99, "ancien", id="an old Office file"),
        pytest.param("a.txt", b"bonjour", "reconnu", id="plain words"),
    ],
)
def test_what_is_refused(name: str, given: bytes, said: str, reader: PdfReader) -> None:
    with pytest.raises(NotTaken, match=said), examined(name, [given], reader):
        pass


def test_a_file_too_large_is_refused_before_it_is_read_whole(
    reader: PdfReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(django_settings, "DOCUMENT_MAX_BYTES", 1024 * 1024)
    given = iter([b"%PDF-" + b"x" * 1024] * 3000)

    with pytest.raises(NotTaken, match="dépasse 1 Mo"), examined("a.pdf", given, reader):
        pass

    assert sum(1 for _ in given) > 1900


def test_memory_stays_flat_on_hostile_files(reader: PdfReader) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for given in (samples.LAUGHS, b"<a>" * 100_000):
        with pytest.raises(NotTaken), examined("a.xml", [given], reader):
            pass

    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000  # kB


def test_text_and_pages_are_read(reader: PdfReader) -> None:
    facts = reader.facts(samples.pdf("Facture FA-2026-0012", "Total 120,00", pages=3))

    assert facts.pages == 3
    assert "FA-2026-0012" in facts.text


def test_a_page_is_a_picture_of_bounded_size(reader: PdfReader) -> None:
    picture = reader.page(samples.pdf("Bonjour"), 0)

    assert picture.startswith(b"\x89PNG")
    width = int.from_bytes(picture[16:20])
    assert 900 < width <= 1001


def test_the_process_starts_again_after_a_death(reader: PdfReader) -> None:
    reader.facts(samples.pdf("x"))
    assert reader._process is not None
    reader._process.kill()
    reader._process.wait()

    with pytest.raises(NotTaken):
        reader.facts(samples.pdf("x"))
    assert reader.facts(samples.pdf("x")).pages == 1


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param("Facture.pdf", "Facture.pdf", id="as it is"),
        pytest.param("../../etc/passwd", "passwd.pdf", id="no path"),
        pytest.param("C:\\temp\\F1.PDF", "F1.PDF", id="no path of Windows"),
        pytest.param('a"\r\nX: y.pdf', "aX y.pdf", id="no header"),
        pytest.param("fdp.\u202eexe.pdf", "fdp.exe.pdf", id="no reversed words"),
        pytest.param("", "piece.pdf", id="no name"),
        pytest.param("x" * 300 + ".pdf", "x" * 196 + ".pdf", id="not too long"),
    ],
)
def test_clean_name(given: str, expected: str) -> None:
    assert content.clean_name(given, content.PDF) == expected
