"""Invoices without a number on screen: listed, numbered one by one, or by a pasted table."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from tests.conftest import House, found_house
from tests.imports.test_numbering import brought, fec, live
from tests.web.places import add_user, logged_in
from tests.web.test_ledger import QUERIES_MAX, counted, text

from encours.receivables.models import Invoice
from encours.tenancy.scope import in_tenant


@pytest.fixture
def sold(transactional_db: None, tmp_path: Path) -> House:
    house = found_house()
    brought(house, fec(tmp_path))
    return house


def client_of(house: House, role: str = "admin") -> Client:
    with in_tenant(house.tenant_id):
        user = add_user(house, role, "NUMEROS")
    return logged_in(user.pk)


def id_of(house: House, euros: int) -> int:
    with in_tenant(house.tenant_id):
        rows = Invoice.objects.of(house.tenant_id).filter(undone_at=None)
        return rows.get(amount_cents=euros * 100).pk


def test_they_are_listed_filtered_and_counted(sold: House, monkeypatch: pytest.MonkeyPatch) -> None:
    client = client_of(sold)

    assert "3 factures dues n'ont pas de numéro" in text(client, "dashboard").replace("&#x27;", "'")
    page = text(client, "invoices_unnumbered")
    assert "70,00" in page
    assert "FA-77" not in page
    assert "120,00" not in text(client, "invoices_unnumbered", amount="70,00")
    assert "70,00" not in text(client, "invoices_unnumbered", q="Client C1")
    with counted(monkeypatch) as asked:
        client.get(reverse("invoices_unnumbered"))
    assert len(asked) <= QUERIES_MAX


def test_a_fragment_is_the_part_of_the_page(sold: House) -> None:
    client = client_of(sold)
    address = reverse("invoices_unnumbered")
    part = client.get(
        address, headers={"hx-request": "true", "hx-target": "table-unnumbered"}
    ).content.decode()

    start = part.index("<table")
    end = part.index("</table>")
    shape = [line.strip() for line in part[start:end].splitlines() if "csrf" not in line]
    whole = client.get(address).content.decode()
    assert all(line in whole for line in shape)


def test_a_number_is_given_from_the_list_and_the_filters_stay(sold: House) -> None:
    client = client_of(sold)
    address = reverse("invoice_number", args=[id_of(sold, 70)])
    given = {"number": "F-70", "back": "list", "query": "q=Vente&client=&evil=//x"}
    answer = client.post(address, given)

    assert answer.headers["Location"] == f"{reverse('invoices_unnumbered')}?q=Vente"
    assert live(sold)[70] == "F-70"
    answer = client.post(reverse("invoice_number", args=[id_of(sold, 50)]), {"number": "F70"},
                         follow=True)  # fmt: skip
    assert "porte déjà le numéro F-70" in answer.content.decode()
    assert live(sold)[50] == ""


def test_the_page_of_an_invoice_gives_changes_and_takes_back(sold: House) -> None:
    client = client_of(sold)
    invoice_id = id_of(sold, 70)
    assert "ne lui donne aucun numéro" in text(client, "invoice", invoice_id)
    client.post(reverse("invoice_number", args=[invoice_id]), {"number": "F-70"})
    assert "Numéro donné ici" in text(client, "invoice", invoice_id)
    client.post(reverse("invoice_number", args=[invoice_id]), {"number": ""})
    assert live(sold)[70] == ""
    assert "Son numéro" not in text(client, "invoice", id_of(sold, 30))


def test_the_page_of_a_customer_leads_there(sold: House) -> None:
    client = client_of(sold)
    with in_tenant(sold.tenant_id):
        customer_id = Invoice.objects.of(sold.tenant_id).filter(amount_cents=7_000)[0].customer_id
    page = text(client, "customer", customer_id)

    assert f"{reverse('invoices_unnumbered')}?client={customer_id}" in page
    address = f"{reverse('invoices_unnumbered')}?client={customer_id}"
    listed = client.get(address).content.decode()
    assert "70,00" in listed
    assert "120,00" not in listed


def test_a_table_is_shown_then_taken_and_undone(sold: House) -> None:
    client = client_of(sold)
    address = reverse("numbers_import")
    pasted = {"text": "Montant\tNuméro\n120,00\tF-120\n999,00\tF-999\n"}
    page = client.post(address, {**pasted, "do": "show"}).content.decode()
    assert "Aucune facture sans numéro ne correspond" in page
    assert live(sold)[120] == ""
    answer = client.post(address, {**pasted, "do": "take"})
    assert live(sold)[120] == "F-120"
    client.post(f"{answer.headers['Location']}annuler/")
    assert live(sold)[120] == ""
    file = SimpleUploadedFile("n.csv", b"Montant;Num\xe9ro\n120,00;F-121\n")
    client.post(address, {"file": file, "do": "take"})
    assert live(sold)[120] == "F-121"


def test_only_who_writes_the_ledger_gives_numbers(sold: House, tmp_path: Path) -> None:
    reader = client_of(sold, "reader")
    invoice_id = id_of(sold, 70)
    assert 'name="number"' not in text(reader, "invoices_unnumbered")
    assert reader.post(
        reverse("invoice_number", args=[invoice_id]), {"number": "F-1"}
    ).status_code == 403  # fmt: skip
    assert reader.post(reverse("numbers_import"), {"text": "A;F1"}).status_code == 403
    stranger = client_of(found_house())
    assert stranger.post(
        reverse("invoice_number", args=[invoice_id]), {"number": "F-1"}
    ).status_code == 404  # fmt: skip
    assert live(sold)[70] == ""
