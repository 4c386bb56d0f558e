"""The store: a file is kept once, sealed, attached, opened with a trace, destroyed for good."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Now
from tests.conftest import House
from tests.documents import samples

from encours.documents import actions
from encours.documents.actions import Subject, linking
from encours.documents.actions.removing import sweep_orphans
from encours.documents.cipher import Damaged
from encours.documents.models import Attachment, Document
from encours.documents.pages import PdfReader
from encours.documents.queries import joined, lists
from encours.documents.queries.lists import Asked
from encours.parties.models import Customer
from encours.receivables.models import Invoice
from encours.tenancy.models import Fact
from encours.tenancy.scope import in_tenant

TODAY = date(2026, 11, 20)
USER = 7


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.DOCUMENTS_ROOT = tmp_path
    return tmp_path


@pytest.fixture(scope="module")
def reader() -> Iterator[PdfReader]:
    with PdfReader() as one:
        yield one


@pytest.fixture
def invoice(house: House) -> Invoice:
    with in_tenant(house.tenant_id):
        return add_invoice(house, "FA-1")


def add_invoice(house: House, number: str) -> Invoice:
    base = {"tenant_id": house.tenant_id, "creditor_id": house.creditor_id}
    customer, _ = Customer.objects.get_or_create(**base, code="C1", defaults={"name": "Client un"})
    return Invoice.objects.create(
        **base, customer=customer, number=number, key=number, issued_on=TODAY, amount_cents=12_000
    )


def keep(house: House, content: bytes, reader: PdfReader, **more: Any) -> actions.Kept:
    more = {"name": "piece.pdf", "kind": "invoice", "actor_id": USER, **more}
    return actions.keep(
        tenant_id=house.tenant_id, creditor_id=house.creditor_id, chunks=[content],
        reader=reader, today=TODAY, **more,
    )  # fmt: skip


def opened(house: House, document_id: int) -> bytes:
    found = actions.open_document(
        tenant_id=house.tenant_id, document_id=document_id, actor_id=USER, today=TODAY
    )
    return b"".join(found.blocks)


def verbs(house: House) -> list[str]:
    rows = Fact.objects.of(house.tenant_id).filter(verb__startswith="document").order_by("id")
    return list(rows.values_list("verb", flat=True))


def listed(house: House, **asked: Any) -> list[lists.DocumentRow]:
    return list(lists.documents(tenant_id=house.tenant_id, asked=Asked(**asked)))


def test_a_file_is_kept_sealed_and_given_back(
    house: House, invoice: Invoice, reader: PdfReader, folder: Path
) -> None:
    content = samples.pdf("Facture FA-1", pages=2)
    with in_tenant(house.tenant_id):
        kept = keep(house, content, reader, subjects=[Subject("invoice", invoice.pk)])

    stored = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    assert len(stored) == 1
    assert b"%PDF" not in stored[0]
    with in_tenant(house.tenant_id):
        assert opened(house, kept.document_id) == content
        [row] = listed(house, invoice_id=invoice.pk)
        assert (row.pages, row.kind, row.name) == (2, "invoice", "piece.pdf")
        assert [(link.kind, link.label, link.customer) for link in row.links] == [
            ("invoice", "FA-1", "Client un")
        ]
        assert verbs(house) == ["document.kept", "document.attached", "document.opened"]


def test_the_same_content_twice_is_one_file(
    house: House, invoice: Invoice, reader: PdfReader, folder: Path
) -> None:
    content = samples.pdf("Facture FA-1")
    with in_tenant(house.tenant_id):
        first = keep(house, content, reader, kind="other")
        again = keep(house, content, reader, subjects=[Subject("invoice", invoice.pk)] * 2)

        assert (first.is_new, again.is_new) == (True, False)
        assert first.document_id == again.document_id
        assert Attachment.objects.of(house.tenant_id).count() == 1
        assert Document.objects.of(house.tenant_id).get().kind == "invoice"
    assert len([path for path in folder.rglob("*") if path.is_file()]) == 1


def test_a_link_follows_its_invoice_through_undo_and_a_new_import(
    house: House, invoice: Invoice, reader: PdfReader
) -> None:
    with in_tenant(house.tenant_id):
        keep(house, samples.pdf("x"), reader, subjects=[Subject("invoice", invoice.pk)])
        Invoice.objects.of(house.tenant_id).filter(pk=invoice.pk).update(undone_at=Now())
        fresh = add_invoice(house, "FA-1")

        assert len(listed(house, invoice_id=fresh.pk)) == 1
        assert len(listed(house, customer_id=fresh.customer_id)) == 1


def test_nothing_is_attached_across_creditors_or_tenants(
    house: House, other_house: House, invoice: Invoice, reader: PdfReader
) -> None:
    with in_tenant(other_house.tenant_id):
        kept = keep(other_house, samples.pdf("x"), reader)
        with pytest.raises(linking.NoSuchThing):
            actions.attach(
                tenant_id=other_house.tenant_id,
                document_id=kept.document_id,
                subjects=[Subject("invoice", invoice.pk)],
                today=TODAY,
            )
    with in_tenant(house.tenant_id):
        assert listed(house) == []
        with pytest.raises(linking.NoSuchThing):
            opened(house, kept.document_id)


def test_the_database_refuses_a_link_to_two_things(
    house: House, invoice: Invoice, reader: PdfReader
) -> None:
    with in_tenant(house.tenant_id):
        kept = keep(house, samples.pdf("x"), reader)
        base = {"tenant_id": house.tenant_id, "creditor_id": house.creditor_id}
        with pytest.raises(IntegrityError), transaction.atomic():
            Attachment.objects.create(
                **base, document_id=kept.document_id, invoice=invoice, customer=invoice.customer
            )
        with pytest.raises(IntegrityError), transaction.atomic():
            Attachment.objects.create(**base, document_id=kept.document_id)


def test_detached_is_loose_again_and_the_trace_stays(
    house: House, invoice: Invoice, reader: PdfReader
) -> None:
    with in_tenant(house.tenant_id):
        kept = keep(house, samples.pdf("x"), reader, subjects=[Subject("invoice", invoice.pk)])
        [row] = listed(house)
        actions.detach(
            tenant_id=house.tenant_id, attachment_id=row.links[0].id, actor_id=USER, today=TODAY
        )

        assert [row.id for row in listed(house, is_loose=True)] == [kept.document_id]
        assert listed(house, invoice_id=invoice.pk) == []
        assert Attachment.objects.of(house.tenant_id).count() == 1
        assert verbs(house)[-1] == "document.detached"


def test_destroyed_means_bytes_key_and_name(
    house: House, invoice: Invoice, reader: PdfReader, folder: Path
) -> None:
    content = samples.pdf("x")
    with in_tenant(house.tenant_id):
        kept = keep(house, content, reader, subjects=[Subject("invoice", invoice.pk)])
        actions.remove(
            tenant_id=house.tenant_id, document_id=kept.document_id, reason="mistake", today=TODAY
        )
    assert [path for path in folder.rglob("*") if path.is_file()] == []
    with in_tenant(house.tenant_id):
        row = Document.objects.of(house.tenant_id).get()
        assert (bytes(row.sealed_key), row.name) == (b"", "pièce détruite")
        assert listed(house) == []
        assert keep(house, content, reader).is_new


def test_a_touched_file_is_never_given(house: House, reader: PdfReader, folder: Path) -> None:
    with in_tenant(house.tenant_id):
        kept = keep(house, samples.pdf("x"), reader)
    [path] = [path for path in folder.rglob("*") if path.is_file()]
    path.write_bytes(path.read_bytes()[:-1] + b"!")

    with in_tenant(house.tenant_id), pytest.raises(Damaged):
        opened(house, kept.document_id)


def test_a_file_without_row_is_swept_a_day_later(
    house: House, reader: PdfReader, folder: Path
) -> None:
    with in_tenant(house.tenant_id):
        keep(house, samples.pdf("x"), reader)
    with in_tenant(house.tenant_id):
        keep(house, samples.pdf("undone"), reader)
        transaction.set_rollback(True)
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert len(files) == 2

    with in_tenant(house.tenant_id):
        assert sweep_orphans(tenant_id=house.tenant_id) == 0
        for path in files:
            os.utime(path, (time.time() - 90_000,) * 2)
        assert sweep_orphans(tenant_id=house.tenant_id) == 1
        assert len(listed(house)) == 1


def test_mentions_are_looked_for_on_invoices_alone(house: House, reader: PdfReader) -> None:
    words = [f"mot{number}" for number in range(30)]
    with in_tenant(house.tenant_id):
        keep(house, samples.pdf(*words), reader)
        keep(house, samples.pdf(*words, "commande"), reader, kind="order")
        found = {row.kind: row.mentions_missing for row in listed(house)}

    assert found["order"] is None
    assert "indemnity" in (found["invoice"] or ())


def test_a_list_costs_one_query(
    house: House, invoice: Invoice, reader: PdfReader, django_assert_num_queries: Any
) -> None:
    with in_tenant(house.tenant_id):
        for number in range(3):
            keep(house, samples.pdf(f"x{number}"), reader,
                 subjects=[Subject("invoice", invoice.pk)])  # fmt: skip
        with django_assert_num_queries(1):
            assert len(listed(house, customer_id=invoice.customer_id)) == 3
    assert connection.in_atomic_block is False


def test_the_files_of_invoices_are_found_together(
    house: House, invoice: Invoice, reader: PdfReader, folder: Path
) -> None:
    bill, proof = samples.pdf("Facture FA-1"), samples.pdf("Bon de livraison")
    with in_tenant(house.tenant_id):
        other = add_invoice(house, "FA-2")
        about = [Subject("invoice", invoice.pk)]
        keep(house, bill, reader, subjects=about)
        kept = keep(house, proof, reader, kind="delivery", name="bl.pdf", subjects=about)
        keep(house, samples.pdf("Contrat"), reader, kind="contract", subjects=about)
        asked = {"tenant_id": house.tenant_id, "invoice_ids": [invoice.pk, other.pk]}

        bills = joined.files_of(**asked, whats=["invoices"])
        assert [one.content() for one in bills[invoice.pk]] == [bill]
        assert other.pk not in bills
        both = joined.files_of(**asked, whats=["invoices", "delivery_proof"])
        assert [one.kind for one in both[invoice.pk]] == ["invoice", "delivery"]
        assert joined.files_of(**asked, whats=[]) == {}

        actions.remove(
            tenant_id=house.tenant_id, document_id=kept.document_id, reason="mistake",
            actor_id=USER, today=TODAY,
        )  # fmt: skip
        assert joined.files_of(**asked, whats=["delivery_proof"]) == {}
