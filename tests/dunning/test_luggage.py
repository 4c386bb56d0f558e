"""What goes along with a reminder: the copies its step joins, a statement of the whole account."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import House
from tests.documents import samples
from tests.dunning.test_day import Shop, day, noon

from encours.documents import actions as documents
from encours.documents import storage
from encours.documents.actions import Subject
from encours.documents.models import Document
from encours.documents.pages import PdfReader
from encours.dunning.actions import outgoing
from encours.dunning.models import Reminder, Scenario
from encours.dunning.rules.scenario import french_scenario
from encours.messaging.ports import Email, Prepared
from encours.messaging.rules.reading import read_mail
from encours.receivables.models import Invoice
from encours.tenancy.scope import in_tenant

JOINED = ("statement", "invoices", "delivery_proof")


@pytest.fixture(scope="module")
def reader() -> Iterator[PdfReader]:
    with PdfReader() as one:
        yield one


@pytest.fixture
def shop(house: House, tmp_path: Path, settings: Any) -> Shop:
    settings.DOCUMENTS_ROOT = tmp_path
    shop = Shop(house)
    shop.open()
    with in_tenant(house.tenant_id):
        shipped = french_scenario()
        first = replace(shipped.steps[1], attachments=JOINED)
        steps = tuple(first if one.code == first.code else one for one in shipped.steps)
        data = replace(shipped, steps=steps).as_json()
        Scenario.objects.create(
            **shop.owner, code=shipped.code, version=2, name=shipped.name, definition=data
        )
    return shop


def keep(shop: Shop, reader: PdfReader, content: bytes, kind: str, number: str) -> int:
    with in_tenant(shop.house.tenant_id):
        invoice = Invoice.objects.get(number=number)
        return documents.keep(
            **shop.owner, chunks=[content], reader=reader, name=f"{kind}.pdf", kind=kind,
            subjects=[Subject("invoice", invoice.pk)], actor_id=1, today=day(0),
        ).document_id  # fmt: skip


def prepared(shop: Shop) -> tuple[int, dict[str, bytes]]:
    """Plan the first reminder and return what would leave, by name of file."""
    shop.plan(5)
    shop.approve(5)
    with in_tenant(shop.house.tenant_id):
        number = Reminder.objects.exclude(state="cancelled").get().pk
        found = outgoing.ReminderPreparer().prepare(
            tenant_id=shop.house.tenant_id, channel="email", subject_ids=[number], now=noon(5)
        )[number]
    assert isinstance(found, Prepared)
    assert isinstance(found.parcel, Email)
    return number, {name: body for name, _, body in read_mail(found.parcel.content).attachments}


def test_copies_proofs_and_the_statement_go_along(shop: Shop, reader: PdfReader) -> None:
    bill, proof = samples.pdf("Facture FA-1"), samples.pdf("Bon de livraison")
    keep(shop, reader, bill, "invoice", "FA-1")
    keep(shop, reader, proof, "delivery", "FA-1")
    shop.invoice("FA-2", 50_000, day(20))

    number, files = prepared(shop)

    assert {**files, "releve-de-compte.pdf": b""} == {
        "releve-de-compte.pdf": b"", "invoice.pdf": bill, "delivery.pdf": proof,
    }  # fmt: skip
    text = reader.facts(files["releve-de-compte.pdf"]).text
    assert "FA-1" in text
    assert "FA-2" in text, "a statement lists what is not due yet"
    with in_tenant(shop.house.tenant_id):
        step, luggage = outgoing.luggage_now(
            tenant_id=shop.house.tenant_id, reminder_id=number, now=noon(5)
        )
    assert step.attachments == JOINED
    assert list(luggage.missing.sentences()) == []


def test_an_invoice_without_a_copy_is_said_and_keeps_nothing_back(shop: Shop) -> None:
    number, files = prepared(shop)

    assert list(files) == ["releve-de-compte.pdf"]
    with in_tenant(shop.house.tenant_id):
        _step, luggage = outgoing.luggage_now(
            tenant_id=shop.house.tenant_id, reminder_id=number, now=noon(5)
        )
    assert list(luggage.missing.sentences()) == ["Sans pièce à joindre : FA-1."]


def test_a_damaged_copy_keeps_nothing_back(shop: Shop, reader: PdfReader) -> None:
    kept = keep(shop, reader, samples.pdf("Facture FA-1"), "invoice", "FA-1")
    with in_tenant(shop.house.tenant_id):
        document = Document.objects.get(pk=kept)
        storage.path_of(shop.house.tenant_id, document.uuid).write_bytes(b"something else")

    _number, files = prepared(shop)

    assert list(files) == ["releve-de-compte.pdf"]


def test_a_step_that_joins_nothing_carries_nothing(house: House, settings: Any) -> None:
    shop = Shop(house)
    shop.open()

    _number, files = prepared(shop)

    assert files == {}
