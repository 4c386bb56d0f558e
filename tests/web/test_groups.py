"""Duplicates and the people who follow customers, on screen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

import pytest
from django.urls import reverse
from django.utils import timezone
from tests.web.places import Place, add_user, logged_in, place

from encours.parties.actions import customers as parties
from encours.parties.models import CustomerMerge, NotDuplicates
from encours.receivables.actions import documents
from encours.receivables.actions.documents import Amounts
from encours.receivables.rules.terms import DueLine
from encours.tenancy.scope import in_tenant

SIREN = "552100554"


@dataclass(frozen=True)
class Group:
    """A tenant where Adam has two accounts and Petit one, followed by a salesperson."""

    place: Place
    adam: int
    double: int
    petit: int
    seller: int

    @property
    def tenant_id(self) -> int:
        return self.place.house.tenant_id


def today() -> date:
    return timezone.localdate()


@cache
def group() -> Group:
    mine = place("GROUPS")
    house = mine.house
    with in_tenant(house.tenant_id):
        seller = add_user(house, "sales", "GROUPS").pk
        who = {"tenant_id": house.tenant_id, "today": today()}
        rows = (
            ("ADAM", "Adam SARL", {"siren": SIREN, "salesperson_id": seller}),
            ("ADAM2", "ADAM", {"siren": SIREN}),
            ("PETIT", "Petit SAS", {}),
        )
        adam, double, petit = (
            parties.create_customer(
                **who, creditor_id=house.creditor_id, code=code, name=name, **more
            )
            for code, name, more in rows
        )
        for place_, customer in enumerate((adam, double, petit), start=1):
            documents.record_invoice(
                **who, customer_id=customer, number=f"G-{place_}", issued_on=today(),
                amounts=Amounts(place_ * 100_00), due=[DueLine(today(), place_ * 100_00)],
            )  # fmt: skip
    return Group(mine, adam, double, petit, seller)


@pytest.fixture
def bed(transactional_db: None) -> Group:
    found = group()
    with in_tenant(found.tenant_id):
        CustomerMerge.objects.of(found.tenant_id).filter(undone_at=None).update(
            undone_at=timezone.now()
        )
        NotDuplicates.objects.of(found.tenant_id).delete()
    return found


def test_the_pair_is_proposed_with_its_reasons(bed: Group) -> None:
    page = logged_in(bed.place.users["credit_manager"]).get(reverse("customers_duplicates"))

    text = page.content.decode()
    assert "même SIREN, même nom" in text
    assert f'value="{bed.adam}-{bed.double}"' in text
    assert "Petit" not in text


def test_merged_from_the_list_then_given_back(bed: Group) -> None:
    client = logged_in(bed.place.users["credit_manager"])
    client.post(reverse("customers_duplicates"), {"ids": f"{bed.adam}-{bed.double}"})

    listed = client.get(reverse("customers")).content.decode()
    assert "ADAM2" not in listed
    moved = client.get(reverse("customer_statement", args=[bed.double]))
    assert moved.headers["Location"] == reverse("customer_statement", args=[bed.adam])
    card = client.get(reverse("customer_card", args=[bed.adam])).content.decode()
    assert "ADAM2" in card
    account = client.get(reverse("customer", args=[bed.adam])).content.decode()
    assert {"G-1", "G-2"} <= set(account.replace("<", " ").replace(">", " ").split())

    client.post(reverse("customer_unmerge", args=[bed.adam, bed.double]))
    assert "ADAM2" in client.get(reverse("customers")).content.decode()


def test_kept_apart_is_proposed_no_more(bed: Group) -> None:
    client = logged_in(bed.place.users["credit_manager"])
    asked = {"ids": f"{bed.adam}-{bed.double}", "decision": "apart"}
    client.post(reverse("customers_duplicates"), asked)

    page = client.get(reverse("customers_duplicates"))
    assert "Aucun doublon" in page.content.decode()
    assert "ADAM2" in client.get(reverse("customers")).content.decode()


def test_merged_by_code_from_the_card(bed: Group) -> None:
    client = logged_in(bed.place.users["credit_manager"])
    done = client.post(reverse("customer_merge", args=[bed.adam]), {"code": "ADAM2"}, follow=True)
    assert "plus qu&#x27;un" in done.content.decode()

    nobody = client.post(reverse("customer_merge", args=[bed.adam]), {"code": "X"}, follow=True)
    assert "Aucun client" in nobody.content.decode()


@pytest.mark.parametrize("role", ["reader", "sales"])
def test_who_may_only_read_merges_nothing(bed: Group, role: str) -> None:
    client = logged_in(bed.place.users[role])

    assert client.post(
        reverse("customer_merge", args=[bed.adam]), {"code": "ADAM2"}
    ).status_code in (403, 404)
    assert "Fusionner ceux" not in client.get(reverse("customers_duplicates")).content.decode()
