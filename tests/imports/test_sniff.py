"""A file that is no FEC is refused by what it looks like."""

import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.imports.books import read

from encours.imports.readers.fec import Fec
from encours.imports.readers.sniff import looks_like


def zipped(name: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, "x")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        pytest.param(b"", "f.txt", "un fichier vide", id="nothing"),
        pytest.param(b"\xef\xbb\xbf\r\n \r\n", "f.txt", "un fichier vide", id="blanks"),
        pytest.param(b"%PDF-1.7\n", "f.pdf", "un document PDF", id="PDF"),
        pytest.param(zipped("a.txt"), "f.zip", "une archive ZIP", id="ZIP"),
        pytest.param(zipped("xl/workbook.xml"), "f.bin", "un classeur Excel (.xlsx)", id="XLSX"),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1", "f.xls", "un classeur Excel ancien", id="XLS"),
        pytest.param(b"EBP.EDI\nASCII\n", "f.edi", "un échange EBP", id="EBP"),
        pytest.param(b"UNA:+.? '", "f.edi", "un message EDIFACT", id="EDIFACT"),
        pytest.param(b"<?xml?><ECX><I/></ECX>", "f.ecx", "un échange d'écritures ECX", id="ECX"),
        pytest.param(
            b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02">',
            "f.xml",
            "un relevé bancaire CAMT",
            id="CAMT",
        ),
        pytest.param(
            b"<rsm:CrossIndustryInvoice xmlns:rsm='x'>",
            "f.xml",
            "une facture électronique (Factur-X / CII)",
            id="CII",
        ),
        pytest.param(b"<Invoice xmlns='x'>", "f.xml", "une facture électronique (UBL)", id="UBL"),
        pytest.param(b"<a><b/></a>", "f.xml", "un fichier XML d'un autre format", id="other XML"),
        pytest.param(b"<!doctype html><p>", "f.htm", "une page web", id="a page"),
        pytest.param(b"OFXHEADER:100\r\n", "f.ofx", "un relevé bancaire OFX", id="OFX"),
        pytest.param(b":20:START\n:25:1/2\n", "f.sta", "un relevé bancaire MT940", id="MT940"),
        pytest.param(b"01" + b"0" * 118 + b"\n", "f.txt", "un relevé bancaire CFONB", id="CFONB"),
        pytest.param(b'{"a": 1}', "f.json", "un fichier JSON", id="JSON"),
        pytest.param(bytes(range(256)) * 4, "f.bin", "un fichier binaire", id="binary"),
        pytest.param(
            b"Journal;Date;Compte;Debit;Credit\nVE;1;411;1;0\n",
            "f.csv",
            "un export d'écritures d'un autre logiciel",
            id="entries of another layout",
        ),
        pytest.param(b"Date,Tiers,Prix TTC\n1,2,3\n", "f.csv", "un tableau de factures", id="CSV"),
        pytest.param(b"Date;Mode paiement;TTC\n", "f.csv", "un tableau de règlements", id="money"),
        pytest.param(b"a;b;c\n1;2;3\n", "f.csv", "un tableau (CSV)", id="any table"),
        pytest.param(b"Bonjour,\nvoici", "f.txt", "un tableau (CSV)", id="a letter with a comma"),
        pytest.param(b"Bonjour\nvoici", "f.txt", "un texte", id="a letter"),
    ],
)
def test_what_it_looks_like(content: bytes, name: str, said: str) -> None:
    issues = read(content, name=name).issues

    assert [issue.code for issue in issues] == ["not_a_fec"]
    assert said in issues[0].message
    assert issues[0].severity == "error"
    assert not Fec().recognises(content, name)


@settings(deadline=None)
@given(st.binary(max_size=300), st.text(max_size=20))
def test_anything_looks_like_something(head: bytes, name: str) -> None:
    assert looks_like(head, name)


@settings(deadline=None)
@given(st.binary(max_size=2_000))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    ledger = read(content)

    assert ledger.issues or ledger.totals.lines
