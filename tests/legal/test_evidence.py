"""Evidence of real rows: documents, reminders and imports read together, never copied."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from tests.conftest import House
from tests.documents import samples

from encours.documents import actions
from encours.documents.actions import Subject
from encours.dunning.models import Reminder
from encours.imports.models import FileImport
from encours.legal.queries import claims as queries
from encours.legal.queries import evidence
from encours.legal.queries.claims import Asked
from encours.legal.queries.evidence import ClaimRow
from encours.parties.models import Batch, Customer
from encours.receivables.models import Instalment, Invoice
from encours.receivables.queries.moment import Moment
from encours.tenancy.scope import in_tenant

TODAY = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> None:
    settings.DOCUMENTS_ROOT = tmp_path


@pytest.fixture
def books(house: House) -> dict[str, Instalment]:
    """Two overdue claims of a confirmed business, one not due."""
    base = {"tenant_id": house.tenant_id, "creditor_id": house.creditor_id}
    with in_tenant(house.tenant_id):
        batch = Batch.objects.create(**base, kind="fec")
        FileImport.objects.create(
            **base, kind="fec", file_name="livre.txt", sha256="a" * 64, size_bytes=1, batch=batch,
            state="applied",
        )  # fmt: skip
        customer = Customer.objects.create(
            **base, code="C1", name="Client un", siren="552100554", debtor_class="business",
            class_confirmed_at=timezone.now(),
        )  # fmt: skip
        return {
            number: _line(base, customer, batch, number, due)
            for number, due in (
                ("F1", date(2026, 9, 1)),
                ("F2", date(2026, 10, 1)),
                ("F3", date(2026, 12, 31)),
            )
        }


def _line(
    base: dict[str, int], customer: Customer, batch: Batch, number: str, due: date
) -> Instalment:
    shared = {
        **base, "customer": customer, "issued_on": date(2026, 8, 1), "amount_cents": 12_000,
        "batch_id": batch.pk,
    }  # fmt: skip
    invoice = Invoice.objects.create(**shared, number=number, key=number)
    return Instalment.objects.create(**shared, invoice=invoice, due_on=due, due_source="read")


def keep(house: House, kind: str, subject: Subject) -> None:
    actions.keep(
        tenant_id=house.tenant_id, creditor_id=house.creditor_id, name=f"{kind}.pdf", kind=kind,
        chunks=[samples.pdf(kind, str(subject))], subjects=[subject], today=TODAY,
    )  # fmt: skip


def claims(house: House, **asked: Any) -> list[ClaimRow]:
    moment = Moment(tenant_id=house.tenant_id, creditor_ids=(house.creditor_id,), as_of=TODAY)
    return list(queries.overdue_claims(moment, Asked(**asked)))


def test_a_piece_of_the_customer_counts_for_each_claim_and_one_of_an_invoice_for_it_alone(
    house: House, books: dict[str, Instalment]
) -> None:
    with in_tenant(house.tenant_id):
        keep(house, "contract", Subject("customer", books["F1"].customer_id))
        keep(house, "invoice", Subject("invoice", books["F1"].invoice_id))
        keep(house, "delivery", Subject("invoice", books["F1"].invoice_id))
        found = {row.document: row for row in claims(house)}

        assert set(found) == {"F1", "F2"}
        assert [one.code for one in found["F1"].readiness.missing if one.is_required] == [
            "formal_notice"
        ]
        assert {one.code for one in found["F2"].readiness.missing if one.is_required} == {
            "invoice", "performance", "formal_notice",
        }  # fmt: skip
        assert found["F1"].score > found["F2"].score
        assert [row.document for row in claims(house, lacks="invoice")] == ["F2"]
        assert claims(house, lacks="agreement") == []


def test_reminders_are_read_where_they_are(house: House, books: dict[str, Instalment]) -> None:
    line = books["F1"]
    with in_tenant(house.tenant_id):
        for step, rank in (("relance_1", 1), ("mise_en_demeure", 4)):
            Reminder.objects.create(
                tenant_id=house.tenant_id, creditor_id=house.creditor_id, customer=line.customer,
                currency="EUR", scenario_code="x", step_code=step, step_rank=rank, cycle=1,
                planned_on=TODAY, channel="email", amount_cents=12_000, instalment_ids=[line.pk],
                open_cents=[12_000], line_ranks=[rank], reason="x", state="sent", sent_on=TODAY,
            )  # fmt: skip
        # a line written again by an import: what was sent follows it
        Instalment.objects.of(house.tenant_id).filter(pk=line.pk).update(undone_at=timezone.now())
        line.lineage_id, line.pk = line.pk, None
        line.save(force_insert=True)
        moment = Moment(tenant_id=house.tenant_id, creditor_ids=None, as_of=TODAY)
        found = evidence.claim_evidence(moment, line.invoice_id)

        assert found is not None
        assert [one.step for one in found.messages] == ["relance_1", "mise_en_demeure"]
        assert "formal_notice" not in {one.code for one in found.claim.readiness.missing}
        assert found.original is not None
        assert found.original.file_name == "livre.txt"
        assert [row.document for row in claims(house, lacks="formal_notice")] == ["F2"]


def test_a_claim_not_due_has_its_evidence_but_is_not_listed(
    house: House, books: dict[str, Instalment]
) -> None:
    with in_tenant(house.tenant_id):
        moment = Moment(tenant_id=house.tenant_id, as_of=TODAY)

        assert evidence.claim_evidence(moment, books["F3"].invoice_id) is not None
        assert evidence.claim_evidence(moment, 0) is None


def test_a_page_costs_a_few_queries_whatever_it_holds(
    house: House, books: dict[str, Instalment], django_assert_num_queries: Any
) -> None:
    with in_tenant(house.tenant_id):
        claims(house, limit=50)
        with django_assert_num_queries(3):
            assert len(claims(house, limit=50)) == 2
        assert [row.document for row in claims(house, limit=1, offset=1)] == ["F2"]
        assert [row.document for row in claims(house, search="f2")] == ["F2"]
