"""A customer never depends on itself, whatever parents are tried in whatever order."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.conftest import House

from encours.parties.actions import customers
from encours.parties.actions.parents import LoopOfParents
from encours.parties.models import Customer
from encours.tenancy.scope import in_tenant

TODAY = date(2026, 11, 20)
NAMES = "ABCD"
tries = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), max_size=8)


def climbs_for_ever(parents: dict[str, str | None], start: str) -> bool:
    above, seen = parents[start], {start}
    while above is not None:
        if above in seen:
            return True
        seen.add(above)
        above = parents[above]
    return False


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tries=tries)
def test_no_order_of_parents_makes_a_loop(house: House, tries: list[tuple[str, str]]) -> None:
    parents: dict[str, str | None] = dict.fromkeys(NAMES)
    with in_tenant(house.tenant_id):
        rows = Customer.objects.of(house.tenant_id)
        ids = {
            name: rows.get_or_create(
                tenant_id=house.tenant_id, creditor_id=house.creditor_id, code=name, name=name
            )[0].pk
            for name in NAMES
        }
        rows.update(parent=None)
        for child, parent in tries:
            asked = {**parents, child: parent}
            told = {"tenant_id": house.tenant_id, "customer_id": ids[child], "today": TODAY}
            if climbs_for_ever(asked, child):
                with pytest.raises(LoopOfParents):
                    customers.update_customer(**told, parent_id=ids[parent])
            else:
                customers.update_customer(**told, parent_id=ids[parent])
                parents = asked
        stored = dict(rows.values_list("code", "parent__code"))
    assert {name: stored[name] for name in NAMES} == parents
