"""References checked once a statement refuse what a foreign key would refuse."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from tests.conftest import House

from encours.parties.models import Customer
from encours.receivables.models import Allocation, Credit, Instalment, Invoice
from encours.tenancy.scope import in_tenant

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 2)
NOBODY = 10**12


@pytest.fixture
def share(house: House) -> Allocation:
    """Return an invoice's due line settled by a payment."""
    base = {"tenant_id": house.tenant_id, "creditor_id": house.creditor_id}
    with in_tenant(house.tenant_id):
        customer = Customer.objects.create(**base, code="R1", name="Client R1")
        invoice = Invoice.objects.create(
            **base, customer=customer, issued_on=DAY, amount_cents=100, key="I"
        )
        line = Instalment.objects.create(
            **base, customer=customer, invoice=invoice, issued_on=DAY, due_on=DAY,
            due_source="read", amount_cents=100,
        )  # fmt: skip
        credit = Credit.objects.create(
            **base, customer=customer, received_on=DAY, amount_cents=100, key="C"
        )
        return Allocation.objects.create(
            **base, credit=credit, instalment=line, customer_id=customer.pk,
            payer_id=customer.pk, issued_on=DAY, due_on=DAY, amount_cents=100,
            effective_on=DAY, origin="manual",
        )  # fmt: skip


@pytest.mark.parametrize("column", ["credit_id", "instalment_id"])
def test_an_allocation_of_nothing_is_refused(house: House, share: Allocation, column: str) -> None:
    share.pk = None
    setattr(share, column, NOBODY)
    with in_tenant(house.tenant_id), pytest.raises(IntegrityError), transaction.atomic():
        share.save(force_insert=True)


@pytest.mark.parametrize(
    ("table", "column"),
    [
        pytest.param("allocation", "credit_id", id="an allocation to no payment"),
        pytest.param("allocation", "instalment_id", id="an allocation to no due line"),
        pytest.param("instalment", "invoice_id", id="a due line to no invoice"),
    ],
)
def test_a_row_is_not_moved_to_a_parent_that_is_not_there(
    house: House, share: Allocation, table: str, column: str
) -> None:
    assert share.pk
    with (
        in_tenant(house.tenant_id),
        connection.cursor() as cursor,
        pytest.raises(IntegrityError),
        transaction.atomic(),
    ):
        cursor.execute(f"update receivables_{table} set {column} = %s", [NOBODY])


@pytest.mark.parametrize("table", ["credit", "instalment", "invoice"])
def test_a_parent_with_children_is_not_deleted(house: House, share: Allocation, table: str) -> None:
    assert share.pk
    with (
        in_tenant(house.tenant_id),
        connection.cursor() as cursor,
        pytest.raises(IntegrityError),
        transaction.atomic(),
    ):
        cursor.execute(f"delete from receivables_{table}")


def test_the_parent_of_another_tenant_is_no_parent(
    house: House, other_house: House, share: Allocation
) -> None:
    base = {"tenant_id": other_house.tenant_id, "creditor_id": other_house.creditor_id}
    with in_tenant(other_house.tenant_id), pytest.raises(IntegrityError), transaction.atomic():
        Allocation.objects.create(
            **base, credit_id=share.credit_id, instalment_id=share.instalment_id,
            customer_id=share.customer_id, payer_id=share.payer_id, issued_on=DAY, due_on=DAY,
            amount_cents=1, effective_on=DAY, origin="manual",
        )  # fmt: skip
    assert house.tenant_id != other_house.tenant_id
