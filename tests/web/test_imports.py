"""A file dropped on the page: read, shown, applied, undone; contacts pasted."""

from __future__ import annotations

import itertools
from datetime import date
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.imports.test_uploads import fec
from tests.web.places import Place, logged_in, place

from encours.attributes.actions import fields
from encours.imports import jobs
from encours.imports.queries import history
from encours.parties.queries import customer_by_code
from encours.tenancy.scope import in_tenant

HTMX = {"hx-request": "true"}
_COUNT = itertools.count(1)


@pytest.fixture
def mine(transactional_db: None, tmp_path: Path, settings: object) -> Place:
    """A place of each test's own: what one leaves imported, another must not find."""
    settings.IMPORTS_ROOT = tmp_path  # type: ignore[attr-defined]
    return place(f"IMPORTS{next(_COUNT)}")


@pytest.fixture
def client(mine: Place) -> Client:
    return logged_in(mine.users["accountant"])


def dropped(mine: Place, client: Client, content: bytes, name: str = "x.txt") -> int:
    """Drop a file on the page, run its job, return its import."""
    file = SimpleUploadedFile(name, content)
    asked = {"creditor_id": mine.second_id, "file": file}
    answer = client.post(reverse("import_upload"), asked, headers=HTMX)
    address = answer.headers["HX-Redirect"]
    import_id = int(address.strip("/").split("/")[-1])
    jobs.preview(tenant_id=mine.house.tenant_id, import_id=import_id)
    return import_id


def state(mine: Place, import_id: int) -> str:
    with in_tenant(mine.house.tenant_id):
        found = history.one_import(tenant_id=mine.house.tenant_id, import_id=import_id)
    return found.state if found else "none"


@pytest.fixture
def known(mine: Place, client: Client) -> None:
    """A ledger already imported: its customer is known."""
    import_id = dropped(mine, client, fec())
    client.post(reverse("import_accept", args=[import_id]))
    jobs.apply(tenant_id=mine.house.tenant_id, import_id=import_id)


def test_from_the_drop_to_the_undo(mine: Place, client: Client) -> None:
    import_id = dropped(mine, client, fec())
    assert state(mine, import_id) == "previewed"
    page = client.get(reverse("import_one", args=[import_id])).content.decode()
    assert "au centime" in page
    assert "Importer" in page

    client.post(reverse("import_accept", args=[import_id]))
    assert state(mine, import_id) == "running"
    running = client.get(reverse("import_one", args=[import_id]))
    assert "import-progress" in running.content.decode()
    polled = {**HTMX, "hx-target": "import-progress"}
    poll = client.get(reverse("import_one", args=[import_id]), headers=polled)
    assert b"<html" not in poll.content

    jobs.apply(tenant_id=mine.house.tenant_id, import_id=import_id)
    over = client.get(reverse("import_one", args=[import_id]), headers=polled)
    assert over.headers["HX-Refresh"] == "true"

    client.post(reverse("import_undo", args=[import_id]))
    assert state(mine, import_id) == "undone"


def test_errors_offer_the_rest_and_their_list(mine: Place, client: Client) -> None:
    import_id = dropped(mine, client, fec(wrong=True))
    address = reverse("import_one", args=[import_id])
    page = client.get(address).content.decode()
    assert "Importer le reste" in page

    fragment = client.get(
        address, {"severity": "error"}, headers={**HTMX, "hx-target": "table-issues"}
    )
    whole = client.get(address, {"severity": "error"}).content.decode()
    table = fragment.content.decode().split("</table>")[0]
    assert table.strip() in whole
    exported = client.get(address, {"export": "csv"})
    assert b"".join(exported.streaming_content).count(b"\n") > 1

    client.post(reverse("import_accept", args=[import_id]))
    assert state(mine, import_id) == "previewed"
    client.post(reverse("import_cancel", args=[import_id]))
    assert state(mine, import_id) == "none"


def test_too_large_and_empty_are_said(mine: Place, client: Client, settings: object) -> None:
    settings.UPLOAD_MAX_BYTES = 10  # type: ignore[attr-defined]
    asked = {"creditor_id": mine.second_id, "file": SimpleUploadedFile("x.txt", b"x" * 11)}
    page = client.post(reverse("import_upload"), asked, follow=True).content.decode()
    assert "dépasse" in page
    nothing = client.post(reverse("import_upload"), {"creditor_id": mine.second_id}, follow=True)
    assert "Choisissez un fichier" in nothing.content.decode()


def test_several_files_each_to_its_creditor_by_its_siren(mine: Place, client: Client) -> None:
    files = [
        SimpleUploadedFile("552100554FEC20251231.txt", fec()),
        SimpleUploadedFile("732829320FEC20251231.txt", fec()),
        SimpleUploadedFile("notes.txt", b"x"),
    ]
    page = client.post(reverse("import_upload"), {"file": files}, follow=True).content.decode()

    assert "Aucune société n&#x27;a le SIREN 732829320" in page
    assert "notes.txt : Le nom du fichier ne dit pas de SIREN" in page
    with in_tenant(mine.house.tenant_id):
        rows = history.imports(
            tenant_id=mine.house.tenant_id, creditor_ids=None, limit=50, offset=0
        )
        names = {(row.file_name, row.creditor_id) for row in rows}
    assert ("552100554FEC20251231.txt", mine.house.creditor_id) in names
    assert not any("732829320" in name for name, _creditor in names)


def test_a_file_for_the_creditor_of_others_is_not_taken(mine: Place) -> None:
    theirs = place("ELSEWHERE")
    asked = {"creditor_id": theirs.house.creditor_id, "file": SimpleUploadedFile("x.txt", fec())}
    answer = logged_in(mine.users["admin"]).post(reverse("import_upload"), asked)

    assert answer.status_code == 404


def test_pages_ask_few_questions(mine: Place, client: Client) -> None:
    import_id = dropped(mine, client, fec(wrong=True))
    for address in (reverse("imports"), reverse("import_one", args=[import_id])):
        client.get(address)
        with CaptureQueriesContext(connection) as asked:
            client.get(address)
        told = [one["sql"] for one in asked if one["sql"].lower().startswith(("select", "with"))]
        assert len(told) <= 12, told


def test_contacts_are_shown_then_taken(mine: Place) -> None:
    client = logged_in(mine.users["admin"])
    import_id = dropped(mine, client, fec())
    client.post(reverse("import_accept", args=[import_id]))
    jobs.apply(tenant_id=mine.house.tenant_id, import_id=import_id)
    client.post(reverse("choose_creditor"), {"creditor": mine.second_id})
    text = "code;e-mail\nC1;compta@client.example\nC9;x@y.example\n"
    asked = {"creditor_id": mine.second_id, "text": text}

    shown = client.post(reverse("contacts_import"), asked).content.decode()
    assert "Aperçu" in shown
    assert "C9" in shown
    taken = client.post(reverse("contacts_import"), {**asked, "do": "take"}, follow=True)
    assert "1 interlocuteurs ajoutés" in taken.content.decode()
    with in_tenant(mine.house.tenant_id):
        assert customer_by_code(
            tenant_id=mine.house.tenant_id, creditor_id=mine.second_id, code="C1"
        )
    assert client.get(reverse("contacts_template")).content.startswith(b"\xef\xbb\xbf")


def test_a_column_may_go_to_a_field_of_ones_own(mine: Place, client: Client) -> None:
    with in_tenant(mine.house.tenant_id):
        fields.add_field(
            tenant_id=mine.house.tenant_id,
            subject="customer",
            label="Région",
            kind="text",
            today=date(2026, 11, 20),
        )
    import_id = dropped(mine, client, b"Truc;Machin;Chose\nC1;F1;12,00\nC2;F2;24,50\n", "x.csv")

    page = client.get(reverse("import_columns", args=[import_id])).content.decode()

    assert '<optgroup label="Vos champs">' in page
    assert '<option value="custom.region"' in page


@pytest.mark.usefixtures("known")
def test_a_list_of_customers_is_shown_taken_and_undone(mine: Place, client: Client) -> None:
    text = "Code client;Nom;E-mail;Ville;Type de client\nC1;Dupont SA;a@dupont.example;Lyon;Pro\n"
    import_id = dropped(mine, client, text.encode(), "clients.csv")
    columns = client.get(reverse("import_columns", args=[import_id])).content.decode()
    assert "Des fiches de clients" in columns
    assert "<td>a@dupont.example</td>" in columns, "rows are shown as they will be read"

    page = client.get(reverse("import_one", args=[import_id])).content.decode()
    assert "Les premières fiches qui changeraient" in page
    assert "<td>Entreprise</td>" in page
    client.post(reverse("import_accept", args=[import_id]))
    jobs.apply(tenant_id=mine.house.tenant_id, import_id=import_id)
    taken = client.get(reverse("import_one", args=[import_id])).content.decode()
    assert "Interlocuteurs nouveaux" in taken
    assert "Les premières fiches" not in taken, "personal values stay on records alone"
    client.post(reverse("import_undo", args=[import_id]))
    assert state(mine, import_id) == "undone"


@pytest.mark.usefixtures("known")
def test_a_contacts_file_is_undone_unless_it_changed_since(mine: Place, client: Client) -> None:
    text = "code;interlocuteur;e-mail\nC1;Claire Martin;claire@x.example\n"
    asked = {"creditor_id": mine.second_id, "text": text, "do": "take"}
    taken = client.post(reverse("contacts_import"), asked)
    import_id = int(taken.headers["Location"].strip("/").split("/")[-1])
    page = client.get(reverse("import_one", args=[import_id])).content.decode()
    assert "Lignes collées" in page
    other = {**asked, "text": text.replace("Claire Martin", "Claire Roux")}
    client.post(reverse("contacts_import"), other)

    blocked = client.get(reverse("import_undo", args=[import_id])).content.decode()
    assert "Import plus récent" in blocked
    client.post(reverse("import_undo", args=[import_id]))
    assert state(mine, import_id) == "applied"
    client.post(reverse("import_undo", args=[import_id + 1]))
    client.post(reverse("import_undo", args=[import_id]))
    assert state(mine, import_id) == "undone"
