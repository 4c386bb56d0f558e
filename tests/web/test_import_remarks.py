"""What is wrong with a file, given back on its own rows; what keeps an import from being undone."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook
from tests.imports.test_uploads import fec
from tests.web.places import Place, logged_in, place
from tests.web.test_imports import dropped, state

from encours.imports import jobs
from encours.imports.actions import uploads
from encours.imports.models import FileImport
from encours.parties.queries import customer_by_code
from encours.receivables.actions import allocations, documents
from encours.tenancy.scope import in_tenant
from encours.web.imports.annotated import own_text


@pytest.fixture
def mine(transactional_db: None, tmp_path: Path, settings: Any) -> Place:
    settings.IMPORTS_ROOT = tmp_path
    return place("REMARKS")


@pytest.fixture
def client(mine: Place) -> Client:
    return logged_in(mine.users["accountant"])


def content(answer: object) -> bytes:
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined]


def test_the_rows_come_back_with_what_is_wrong(mine: Place, client: Client) -> None:
    import_id = dropped(mine, client, fec(wrong=True))
    address = reverse("import_annotated", args=[import_id])

    given = fec(wrong=True).decode().splitlines()
    answer = client.get(address)
    rows = content(answer).decode("utf-8-sig").splitlines()
    wrong = content(client.get(address, {"wrong": "1"})).decode("utf-8-sig").splitlines()

    assert answer.headers["Content-Disposition"].endswith('-remarques.csv"')
    assert len(rows) == len(given)
    assert rows[0].startswith(given[0][:20])
    assert rows[0].endswith("Remarques")
    told = [row for row in rows[1:] if "Erreur :" in row]
    assert told
    assert wrong == [rows[0], *[row for row in rows[1:] if row.rsplit("\t", 1)[-1]]]


def test_a_workbook_comes_back_as_one(mine: Place, client: Client) -> None:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Client", "Montant", "Formule"])
        sheet.write_row(1, 0, ["00123", 12.5])
        sheet.write_string(1, 2, "=1+1")
    issue = {"line": 2, "severity": "error", "message": "montant illisible", "column": "",
             "code": "x", "found": "", "expected": "", "file": ""}  # fmt: skip
    with in_tenant(mine.house.tenant_id):
        import_id = uploads.receive(
            tenant_id=mine.house.tenant_id,
            creditor_id=mine.second_id,
            name="impayes.xlsx",
            chunks=[file.getvalue()],
            author_id=mine.users["accountant"],
            kind="table",
        )
        rows = FileImport.objects.of(mine.house.tenant_id).filter(pk=import_id)
        rows.update(issues=[issue], issue_counts={"error": 3}, state="refused")

    got = content(client.get(reverse("import_annotated", args=[import_id])))
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(got)).get_sheet_by_index(0)

    assert sheet.to_python() == [
        ["Client", "Montant", "Formule", "Remarques"],
        ["00123", 12.5, "=1+1", "Erreur : montant illisible"],
        ["Et 2 remarques de plus, qui ne sont pas gardées.", "", "", ""],
    ]


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ("-12,50", "-12,50"), ("+1 234.00 €", "+1 234.00 €"), ("=2+3", "'=2+3"),
        ("-cmd|calc", "'-cmd|calc"), ("@SUM(A1)", "'@SUM(A1)"), ("Martin", "Martin"),
    ],
)  # fmt: skip
def test_own_text(cell: str, kept: str) -> None:
    assert own_text(cell) == kept


def test_contacts_come_back_with_their_remarks(mine: Place, client: Client) -> None:
    pasted = "code;email\nINCONNU;a@b.example\n"
    asked = {"creditor_id": mine.second_id, "text": pasted, "do": "annotate"}
    rows = content(client.post(reverse("contacts_import"), asked)).decode("utf-8-sig").splitlines()
    assert rows[0] == "code;email;Remarques"
    assert "INCONNU" in rows[1]
    assert ";Erreur : " in rows[1] or ";À vérifier : " in rows[1]


def test_what_rests_on_an_import_is_shown_row_by_row(mine: Place, client: Client) -> None:
    tenant_id = mine.house.tenant_id
    import_id = dropped(mine, client, fec())
    client.post(reverse("import_accept", args=[import_id]))
    jobs.apply(tenant_id=tenant_id, import_id=import_id)
    address = reverse("import_undo", args=[import_id])
    assert "Rien ne repose sur lui" in client.get(address).content.decode()
    with in_tenant(tenant_id):
        customer_id = customer_by_code(tenant_id=tenant_id, creditor_id=mine.second_id, code="C1")
        assert customer_id is not None
        who: dict[str, Any] = {"tenant_id": tenant_id, "today": timezone.localdate()}
        credit_id = documents.record_credit(
            **who,
            customer_id=customer_id,
            kind="payment",
            received_on=timezone.localdate(),
            amounts=documents.Amounts(5_000),
        )
        allocations.settle_by_law(**who, credit_id=credit_id)

    page = client.get(address).content.decode()
    assert "Lettrage fait depuis" in page
    assert client.post(address).headers["Location"] == address
    assert state(mine, import_id) == "applied"
