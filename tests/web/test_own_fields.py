"""A tenant's own fields on screen: defined, filled in, in lists, as filters, in files."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from tests.web.places import add_user, logged_in
from tests.web.test_ledger import Books, books, text

from encours.attributes import queries
from encours.tenancy.scope import in_tenant


@pytest.fixture
def book(transactional_db: None) -> Books:
    return books("FIELDS")


@pytest.fixture
def client(book: Books) -> Client:
    return logged_in(book.place.users["admin"])


def define(client: Client, book: Books, label: str, kind: str, subject: str, **more: str) -> str:
    asked = {"label": label, "kind": kind, "subject": subject, **more}
    answer = client.post(reverse("settings_fields"), asked)
    assert answer.status_code == 302, answer.content.decode()
    with in_tenant(book.tenant_id):
        known = queries.fields(tenant_id=book.tenant_id, subject=subject)  # type: ignore[arg-type]
    return next(one.code for one in known if one.label == label)


def test_a_field_of_customers_from_the_settings_to_the_file(book: Books, client: Client) -> None:
    zone = define(client, book, "Zone", "choice", "customer", choices="Nord\nSud", in_lists="on")
    quota = define(client, book, "Quota", "amount", "customer")
    card = reverse("customer_card", args=[book.late_customer])

    refused = client.post(card, {"what": "own", f"own-{quota}": "mille"}).content.decode()
    assert "montant illisible" in refused
    client.post(card, {"what": "own", f"own-{zone}": "Sud", f"own-{quota}": "1 500,5"})

    page = text(client, "customer_card", book.late_customer)
    assert 'value="1500,50"' in page
    listed = text(client, "customers")
    assert "Zone" in listed
    assert "Quota" not in listed, "only what lists show"
    kept = text(client, "customers", **{f"own_{zone}": "Sud"})
    assert "Martin" in kept
    assert "Dubois" not in kept
    answer = client.get(reverse("customers"), {"export": "csv", f"own_{quota}": ">1000"})
    file = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert file[0].endswith(";Zone;Quota")
    assert [line.split(";")[-2:] for line in file[1:]] == [["Sud", "1500,50"]]


def test_a_field_of_invoices(book: Books, client: Client) -> None:
    site = define(client, book, "Chantier", "text", "invoice", in_lists="on")
    address = reverse("invoice", args=[book.late_invoice])

    client.post(address, {f"own-{site}": "Pont neuf"})

    assert "Pont neuf" in text(client, "invoice", book.late_invoice)
    kept = text(client, "invoices", **{f"own_{site}": "pont"})
    assert "F-1" in kept
    assert "F-2" not in kept
    reader = logged_in(book.place.users["reader"])
    assert reader.post(address, {f"own-{site}": "x"}).status_code == 403
    assert "Pont neuf" in text(reader, "invoice", book.late_invoice)


def test_fields_belong_to_the_whole_organisation(book: Books) -> None:
    with in_tenant(book.tenant_id):
        user = add_user(book.place.house, "admin", "FIELDS", book.place.house.creditor_id)
    one_company = logged_in(user.pk)
    asked = {"label": "Interdit", "kind": "text", "subject": "customer"}
    assert one_company.post(reverse("settings_fields"), asked).status_code == 403


def test_a_field_is_renamed_then_retired(book: Books, client: Client) -> None:
    define(client, book, "Ancien", "text", "customer", in_lists="on")
    with in_tenant(book.tenant_id):
        known = queries.fields(tenant_id=book.tenant_id, subject="customer")
    field = next(one for one in known if one.label == "Ancien")
    client.post(
        reverse("settings_field", args=[field.id]), {"label": "Chantier nord", "in_lists": "on"}
    )
    assert "Chantier nord" in text(client, "customers")
    client.post(reverse("settings_field_retire", args=[field.id]))
    assert "Chantier nord" not in text(client, "customers")
