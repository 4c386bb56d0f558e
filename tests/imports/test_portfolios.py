"""The customers of an import go to whom the stored rules say, those of nobody only."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from tests.conftest import House
from tests.imports.test_numbering import brought, fec

from encours.parties.actions import portfolio_rules
from encours.parties.models import Customer
from encours.tenancy.models import Membership, User
from encours.tenancy.scope import in_tenant


def test_new_customers_of_an_import_find_their_collector(house: House, tmp_path: Path) -> None:
    with in_tenant(house.tenant_id):
        user = User.objects.create_user(f"import.{house.tenant_id}@portfolio.example", "x")
        Membership.objects.create(tenant_id=house.tenant_id, user=user, role="collector")
        portfolio_rules.add_rule(
            tenant_id=house.tenant_id, creditor_id=None, part="collector", user_id=user.pk,
            countries=["FR"], today=date(2024, 1, 1),
        )  # fmt: skip
    brought(house, fec(tmp_path))

    with in_tenant(house.tenant_id):
        found = Customer.objects.of(house.tenant_id).values_list("code", "collector_id")
        assert dict(found) == dict.fromkeys(("C1", "C2", "C3"), user.pk)
