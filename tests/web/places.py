"""Two tenants with people of every role, made once and left committed: the site's test bed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from django.test import Client
from tests.conftest import House, found_house

from encours.receivables.actions import terms
from encours.tenancy.actions import banking, people
from encours.tenancy.models import Creditor, Membership, Tenant, User
from encours.tenancy.scope import in_tenant

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
ROLES = ("admin", "credit_manager", "collector", "sales", "accountant", "reader")
PASSWORD = "correct horse battery"


@dataclass(frozen=True)
class Place:
    """A tenant with two creditors and one person per role, each for every creditor."""

    house: House
    second_id: int
    mark: str
    users: dict[str, int]
    terms_id: int
    account_id: int
    invitation_id: int
    membership_id: int


@cache
def place(mark: str) -> Place:
    """Found a tenant whose every name holds `mark`, so that a leak is found by searching it."""
    house = found_house()
    with in_tenant(house.tenant_id):
        Tenant.objects.filter(id=house.tenant_id).update(name=f"{mark} Groupe")
        Creditor.objects.of(house.tenant_id).update(name=f"{mark} Distribution")
        second = Creditor.objects.create(
            tenant_id=house.tenant_id, code=f"{mark}2", name=f"{mark} Logistique"
        )
        users = {role: add_user(house, role, mark).pk for role in ROLES}
        asked = {"tenant_id": house.tenant_id, "creditor_id": house.creditor_id, "now": NOW}
        terms_id = terms.create_terms(
            **asked, text="45 jours", name=f"{mark} 45 jours", actor_id=users["admin"]
        )
        account = banking.request_bank_account(
            **asked,
            iban="FR7630006000011234567890189",
            holder_name=f"{mark} DISTRIBUTION",
            actor_id=users["admin"],
        )
        invited = people.invite(
            **{**asked, "creditor_id": None},
            email=f"invite@{mark}.example".lower(),
            role="reader",
            actor_id=users["admin"],
        )
        membership = Membership.objects.of(house.tenant_id).get(user_id=users["reader"])
    return Place(house, second.pk, mark, users, terms_id, account.id, invited.id, membership.pk)


def add_user(house: House, role: str, mark: str, creditor_id: int | None = None) -> User:
    """Add one person with one role; call it with the tenant's door open."""
    number = User.objects.count()
    user = User.objects.create_user(
        f"{role}.{number}.{house.tenant_id}@{mark}.example".lower(),
        PASSWORD,
        first_name=mark,
        last_name=role,
    )
    Membership.objects.create(
        tenant_id=house.tenant_id, user=user, role=role, creditor_id=creditor_id
    )
    return user


def logged_in(user_id: int) -> Client:
    """Return a browser where this person is logged in."""
    client = Client()
    client.force_login(User.objects.get(pk=user_id))
    return client
