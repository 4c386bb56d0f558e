"""Pages of kept files: dropped, listed, looked at, handed over safely, never out of scope."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from tests.documents import samples
from tests.web.places import Place, logged_in, place

from encours.documents import jobs
from encours.documents.queries import lists
from encours.documents.queries.lists import Asked, DocumentRow
from encours.parties.models import Customer
from encours.receivables.models import Instalment, Invoice
from encours.tenancy.models import Fact
from encours.tenancy.scope import in_tenant


@pytest.fixture
def mine(transactional_db: None, tmp_path: Path, settings: Any) -> Place:
    settings.DOCUMENTS_ROOT = tmp_path / "documents"
    settings.IMPORTS_ROOT = tmp_path / "imports"
    return place("PIECES")


@pytest.fixture
def client(mine: Place) -> Client:
    return logged_in(mine.users["collector"])


@pytest.fixture
def invoice(mine: Place) -> Invoice:
    base = {"tenant_id": mine.house.tenant_id, "creditor_id": mine.house.creditor_id}
    with in_tenant(mine.house.tenant_id):
        customer, _ = Customer.objects.get_or_create(
            **base, code="P1", defaults={"name": "PIECES SARL"}
        )
        number = f"FP-{Invoice.objects.of(mine.house.tenant_id).count():04}"
        return Invoice.objects.create(
            **base, customer=customer, number=number, key=number, issued_on="2026-11-02",
            amount_cents=12_000,
        )  # fmt: skip


def dropped(client: Client, *files: tuple[str, bytes], **where: Any) -> list[str]:
    """Drop files on a page; return what the person is told."""
    given = [SimpleUploadedFile(name, content) for name, content in files]
    answer = client.post(reverse("documents_upload"), {"files": given, **where}, follow=True)
    assert answer.status_code == 200
    return [str(told) for told in answer.context["messages"]]


def kept(mine: Place, **asked: Any) -> list[DocumentRow]:
    with in_tenant(mine.house.tenant_id):
        return list(lists.documents(tenant_id=mine.house.tenant_id, asked=Asked(**asked)))


def test_several_files_on_an_invoice(mine: Place, client: Client, invoice: Invoice) -> None:
    told = dropped(
        client,
        ("commande.pdf", samples.pdf(f"Commande {invoice.number}")),
        ("photo.png", samples.png(3, invoice.pk % 50 + 1)),
        ("virus.pdf", b"MZ\x90"),
        invoice_id=invoice.pk,
        kind="order",
    )

    assert told[-1] == "2 pièces gardées."
    assert told[0].startswith("virus.pdf : ")
    assert {row.kind for row in kept(mine, invoice_id=invoice.pk)} == {"order"}
    page = client.get(reverse("invoice", args=[invoice.pk])).content.decode()
    assert "commande.pdf" in page
    of_customer = client.get(reverse("customer_documents", args=[invoice.customer_id]))
    assert "commande.pdf" in of_customer.content.decode()


def test_a_download_runs_nothing_and_leaves_a_trace(
    mine: Place, client: Client, invoice: Invoice
) -> None:
    content = samples.pdf(f"Facture {invoice.number}")
    dropped(client, ("é à.pdf", content), invoice_id=invoice.pk, kind="invoice")
    [row] = kept(mine, invoice_id=invoice.pk)
    answer = client.get(reverse("document_file", args=[row.id]))

    assert b"".join(answer.streaming_content) == content  # type: ignore[attr-defined]
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert "filename*=UTF-8''%C3%A9" in answer.headers["Content-Disposition"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    picture = client.get(reverse("document_page", args=[row.id, 1]))
    assert picture.content.startswith(b"\x89PNG")
    assert client.get(reverse("document_page", args=[row.id, 9])).status_code == 404
    with in_tenant(mine.house.tenant_id):
        opened = Fact.objects.of(mine.house.tenant_id).filter(
            verb="document.opened", subject_id=row.id, actor_id=mine.users["collector"]
        )
        assert opened.count() == 2


def test_from_a_zip_to_the_last_piece_by_hand(
    mine: Place, client: Client, invoice: Invoice
) -> None:
    content = samples.zipped(
        {
            f"{invoice.number}.pdf": samples.pdf(f"x {invoice.pk}"),
            "notice.pdf": samples.pdf(f"y {invoice.pk}"),
        }
    )
    asked = {
        "creditor_id": mine.house.creditor_id,
        "file": SimpleUploadedFile("pieces.zip", content),
    }
    answer = client.post(reverse("documents_archive"), asked)
    intake_id = int(answer.headers["Location"].strip("/").split("/")[-1])
    assert "intake-progress" in client.get(answer.headers["Location"]).content.decode()
    jobs.take_in(tenant_id=mine.house.tenant_id, intake_id=intake_id)
    page = client.get(answer.headers["Location"]).content.decode()
    assert "notice.pdf" in page

    loose = next(row for row in kept(mine, is_loose=True) if row.name == "notice.pdf")
    client.post(reverse("document_attach", args=[loose.id]), {"to": "nulle part"})
    assert loose.id in {row.id for row in kept(mine, is_loose=True)}
    client.post(reverse("document_attach", args=[loose.id]), {"to": invoice.number.lower()})
    [link] = next(row for row in kept(mine) if row.id == loose.id).links
    assert (link.kind, link.subject_id) == ("invoice", invoice.pk)
    client.post(reverse("document_kind", args=[loose.id]), {"kind": "delivery"})
    client.post(reverse("document_detach", args=[loose.id, link.id]))
    again = next(row for row in kept(mine, is_loose=True) if row.id == loose.id)
    assert again.kind == "delivery"


def test_destroying_needs_its_right(mine: Place, client: Client, invoice: Invoice) -> None:
    dropped(client, ("x.pdf", samples.pdf(f"z {invoice.pk}")), invoice_id=invoice.pk)
    [row] = kept(mine, invoice_id=invoice.pk)

    assert client.post(reverse("document_remove", args=[row.id])).status_code == 403
    logged_in(mine.users["accountant"]).post(reverse("document_remove", args=[row.id]))
    assert kept(mine, invoice_id=invoice.pk) == []
    assert client.get(reverse("document_file", args=[row.id])).status_code == 404


def test_sales_people_see_the_files_of_their_own_customers(
    mine: Place, client: Client, invoice: Invoice
) -> None:
    dropped(client, ("x.pdf", samples.pdf(f"s {invoice.pk}")), invoice_id=invoice.pk)
    [row] = kept(mine, invoice_id=invoice.pk)
    seller = logged_in(mine.users["sales"])
    assert seller.get(reverse("document", args=[row.id])).status_code == 404
    assert seller.get(reverse("document_file", args=[row.id])).status_code == 404

    with in_tenant(mine.house.tenant_id):
        Customer.objects.of(mine.house.tenant_id).filter(pk=invoice.customer_id).update(
            salesperson_id=mine.users["sales"]
        )
    assert seller.get(reverse("document", args=[row.id])).status_code == 200
    with in_tenant(mine.house.tenant_id):
        Customer.objects.of(mine.house.tenant_id).filter(pk=invoice.customer_id).update(
            salesperson_id=None
        )


def test_a_file_of_another_tenant_does_not_exist(
    mine: Place, client: Client, invoice: Invoice
) -> None:
    dropped(client, ("x.pdf", samples.pdf(f"t {invoice.pk}")), invoice_id=invoice.pk)
    [row] = kept(mine, invoice_id=invoice.pk)
    stranger = logged_in(place("OMEGA").users["admin"])

    for name in ("document", "document_file"):
        assert stranger.get(reverse(name, args=[row.id])).status_code == 404


def test_the_list_filters_and_exports(mine: Place, client: Client, invoice: Invoice) -> None:
    dropped(client, ("Liste.pdf", samples.pdf(f"l {invoice.pk}")), invoice_id=invoice.pk)
    whole = client.get(reverse("documents"), {"q": "liste"}).content.decode()
    part = client.get(
        reverse("documents"),
        {"q": "liste"},
        headers={"hx-request": "true", "hx-target": "table-documents"},
    ).content.decode()

    assert "Liste.pdf" in part
    assert part.split("</table>")[0].split("<tbody")[1] in whole
    exported = client.get(reverse("documents"), {"export": "csv"})
    text = b"".join(exported.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert "Empreinte SHA-256" in text


def test_what_lacks_for_court_is_on_the_list_and_on_the_invoice(
    mine: Place, client: Client, invoice: Invoice
) -> None:
    with in_tenant(mine.house.tenant_id):
        Instalment.objects.create(
            tenant_id=mine.house.tenant_id, creditor_id=mine.house.creditor_id, invoice=invoice,
            customer_id=invoice.customer_id, issued_on="2026-01-02", due_on="2026-02-01",
            due_source="read", amount_cents=12_000,
        )  # fmt: skip
    listed = client.get(reverse("claims"), {"lacks": "invoice", "q": invoice.number})
    assert "Commande, devis signé ou contrat" in listed.content.decode()
    page = client.get(reverse("invoice", args=[invoice.pk])).content.decode()
    assert "Rien ne montre l&#x27;accord du client" in page

    words = [f"mot{number}" for number in range(30)]
    dropped(client, ("f.pdf", samples.pdf(*words, invoice.number)), invoice_id=invoice.pk,
            kind="invoice")  # fmt: skip
    page = client.get(reverse("invoice", args=[invoice.pk])).content.decode()
    assert "40 euros" in page
    assert client.get(reverse("claims"), {"lacks": "invoice", "q": invoice.number}).content.decode(
    ).count(invoice.number) == 1  # fmt: skip
