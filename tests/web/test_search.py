"""The search box: from the beginning of a code, a name, a SIREN or a number; in one's own scope."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse
from tests.conftest import House
from tests.web.places import add_user, logged_in

from encours.parties.models import Customer
from encours.receivables.models import Invoice
from encours.receivables.queries.search import Limits, find
from encours.tenancy.scope import in_tenant


@pytest.fixture
def ledger(house: House) -> House:
    with in_tenant(house.tenant_id):
        for code, name, siren, seller in (
            ("C001", "Boulangerie Martin", "552100554", 7),
            ("C002", "Martin & Fils", "732829320", 8),
            ("D100", "Étoile du Nord", "", None),
        ):
            customer = Customer.objects.create(
                tenant_id=house.tenant_id,
                creditor_id=house.creditor_id,
                code=code,
                name=name,
                siren=siren,
                salesperson_id=seller,
            )
            Invoice.objects.create(
                tenant_id=house.tenant_id,
                creditor_id=house.creditor_id,
                customer=customer,
                number=f"FA-{code}",
                issued_on=date(2026, 10, 1),
                amount_cents=12_345,
                key=code,
            )
    return house


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        pytest.param("martin", ["Martin & Fils"], id="the beginning of a name, not its middle"),
        pytest.param("Boulang", ["Boulangerie Martin"], id="a name"),
        pytest.param("étoile", ["Étoile du Nord"], id="accents and case"),
        pytest.param("c00", ["Boulangerie Martin", "Martin & Fils"], id="a code, in small letters"),
        pytest.param("732 829", ["Martin & Fils"], id="a SIREN, spaced"),
        pytest.param("fa-c001", ["FA-C001"], id="an invoice"),
        pytest.param("F", [], id="one letter is too few"),
        pytest.param("%", [], id="no wildcard"),
        pytest.param("' or 1=1 --", [], id="no SQL"),
    ],
)
def test_find(ledger: House, typed: str, expected: list[str]) -> None:
    with in_tenant(ledger.tenant_id):
        found = find(typed, tenant_id=ledger.tenant_id, scope=Limits(None, None))
    names = [one.name for one in found.customers] + [one.number for one in found.invoices]

    assert names == expected


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        pytest.param(Limits(None, (7,)), 1, id="a salesperson's own customers"),
        pytest.param(Limits((), None), 0, id="no creditor at all"),
        pytest.param(Limits((10**9,), None), 0, id="another creditor"),
    ],
)
def test_the_search_stays_in_its_limits(ledger: House, limits: Limits, expected: int) -> None:
    with in_tenant(ledger.tenant_id):
        customers = find("C00", tenant_id=ledger.tenant_id, scope=limits).customers
        invoices = find("FA-C", tenant_id=ledger.tenant_id, scope=limits).invoices

    assert (len(customers), len(invoices)) == (expected, expected)


def test_the_search_page_and_its_fragment(ledger: House) -> None:
    with in_tenant(ledger.tenant_id):
        reader = add_user(ledger, "reader", "R")
        seller = add_user(ledger, "sales", "S")
    asked = {"hx-request": "true", "hx-target": "search-results"}
    client = logged_in(reader.pk)
    part = client.get(reverse("search"), {"q": "Boul\0"}, headers=asked).content.decode()

    assert "Boulangerie Martin" in part
    assert "<html" not in part
    assert "Boulangerie Martin" in client.get(reverse("search"), {"q": "Boul"}).content.decode()
    theirs = logged_in(seller.pk).get(reverse("search"), {"q": "Boul"}).content.decode()
    assert "Boulangerie Martin" not in theirs
