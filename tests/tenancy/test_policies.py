"""Settings of the tenant: what a creditor follows, what it has of its own, and the way back."""

from __future__ import annotations

from datetime import UTC, date, datetime
from importlib import import_module
from typing import Any

import pytest
from django.db import connection
from tests.conftest import House

from encours.tenancy import cycle
from encours.tenancy.actions import policies
from encours.tenancy.inherited import SETTINGS, InForce, in_force
from encours.tenancy.models import Creditor, Fact, Tenant
from encours.tenancy.queries.policies import own_settings, policy
from encours.tenancy.scope import in_tenant

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("own", "theirs", "expected"),
    [
        pytest.param(None, 7, InForce(7, "tenant", 7), id="the tenant's"),
        pytest.param(3, 7, InForce(3, "creditor", 7), id="its own"),
        pytest.param(0, 7, InForce(0, "creditor", 7), id="nothing is a value too"),
        pytest.param(None, None, InForce(None, "shipped", None), id="nobody says"),
        pytest.param(3, None, InForce(3, "creditor", None), id="its own, nobody above"),
    ],
)
def test_in_force(own: Any, theirs: Any, expected: InForce) -> None:
    assert in_force(own, theirs) == expected


def asked(house: House, *, whole: bool = False) -> dict[str, Any]:
    told: dict[str, Any] = {"tenant_id": house.tenant_id, "actor_id": 1, "today": TODAY}
    return told if whole else {**told, "creditor_id": house.creditor_id}


def shown(house: House) -> dict[str, tuple[Any, str]]:
    found = policy(tenant_id=house.tenant_id, creditor_id=house.creditor_id)
    return {name: (one.value, one.origin) for name, one in found.items()}


def test_a_new_creditor_follows_its_tenant(house: House) -> None:
    with in_tenant(house.tenant_id):
        assert shown(house) == {
            "approval": ("review", "tenant"),
            "freshness_days": (7, "tenant"),
            "calendar": ("FR", "tenant"),
            "minimum_cents": (None, "shipped"),
            "min_spacing_days": (None, "shipped"),
            "contacts_a_week": (3, "tenant"),
            "contacts_across": (False, "tenant"),
            "penalty_rate": ("", "tenant"),
            "day_count": ("ACT_365", "tenant"),
            "cycle_hour": (6, "tenant"),
            "send_from_hour": (9, "tenant"),
            "send_until_hour": (18, "tenant"),
            "time_zone": ("Europe/Paris", "tenant"),
        }


def test_the_tenant_says_until_the_creditor_does(house: House) -> None:
    with in_tenant(house.tenant_id):
        policies.set_for_tenant(**asked(house, whole=True), freshness_days=3, minimum_cents=50_00)
        assert shown(house)["freshness_days"] == (3, "tenant")

        policies.set_for_creditor(**asked(house), freshness_days=10)
        policies.set_for_tenant(**asked(house, whole=True), freshness_days=2)
        assert shown(house)["freshness_days"] == (10, "creditor")
        assert shown(house)["minimum_cents"] == (50_00, "tenant")
        assert own_settings(house.tenant_id)["freshness_days"] == ["Maison Durand"]
        assert own_settings(house.tenant_id)["minimum_cents"] == []

        policies.inherit(**asked(house), names=["freshness_days"])
        assert shown(house)["freshness_days"] == (2, "tenant")


def test_a_value_that_already_holds_stays_where_it_comes_from(house: House) -> None:
    with in_tenant(house.tenant_id):
        assert policies.set_for_creditor(**asked(house), freshness_days=7) == []
        policies.set_for_tenant(**asked(house, whole=True), freshness_days=4)

        assert shown(house)["freshness_days"] == (4, "tenant")


def test_each_change_is_a_fact(house: House) -> None:
    with in_tenant(house.tenant_id):
        policies.set_for_tenant(**asked(house, whole=True), approval="auto")
        policies.set_for_tenant(**asked(house, whole=True), approval="auto")
        policies.set_for_creditor(**asked(house), approval="review", calendar="FR-57")
        policies.inherit(**asked(house), names=SETTINGS)
        policies.inherit(**asked(house), names=SETTINGS)
        facts = Fact.objects.of(house.tenant_id).filter(verb__startswith="policy.").order_by("id")
        told = [(one.verb, one.subject_type, one.data["fields"]) for one in facts]

    assert told == [
        ("policy.set", "tenant", ["approval"]),
        ("policy.overridden", "creditor", ["approval", "calendar"]),
        ("policy.inherited", "creditor", ["approval", "calendar"]),
    ]


def test_no_setting_of_another_tenant_is_reached(house: House, other_house: House) -> None:
    with in_tenant(house.tenant_id), pytest.raises(Tenant.DoesNotExist):
        policies.set_for_tenant(**asked(other_house, whole=True), freshness_days=1)
    with in_tenant(other_house.tenant_id):
        assert Creditor.objects.get().in_force("freshness_days") == 7


def test_every_column_of_the_chain_is_on_both_tables() -> None:
    for model in (Tenant, Creditor):
        assert {field.name for field in model._meta.get_fields()} >= set(SETTINGS)


def test_no_rate_of_its_own_is_a_value_too(house: House) -> None:
    with in_tenant(house.tenant_id):
        policies.set_for_tenant(**asked(house, whole=True), penalty_rate="12.5")
        assert shown(house)["penalty_rate"] == ("12.5", "tenant")
        policies.set_for_creditor(**asked(house), penalty_rate="")
        assert shown(house)["penalty_rate"] == ("", "creditor"), "the legal rate, on purpose"


def test_no_window_of_sending_is_left_without_an_hour(house: House) -> None:
    with in_tenant(house.tenant_id):
        with pytest.raises(policies.InvalidHours):
            policies.set_for_tenant(**asked(house, whole=True), send_until_hour=9)
        with pytest.raises(policies.InvalidHours, match="Maison Durand"):
            policies.set_for_creditor(**asked(house), send_until_hour=8)
        policies.set_for_creditor(**asked(house), send_from_hour=16)
        with pytest.raises(policies.InvalidHours, match="Maison Durand"):
            policies.set_for_tenant(**asked(house, whole=True), send_until_hour=15)
        policies.set_for_creditor(**asked(house), send_until_hour=20)
        policies.set_for_tenant(**asked(house, whole=True), send_from_hour=10, send_until_hour=15)
        with pytest.raises(policies.InvalidHours):
            policies.inherit(**asked(house), names=["send_until_hour"])
        policies.inherit(**asked(house), names=["send_from_hour", "send_until_hour"])
        assert shown(house)["send_until_hour"] == (15, "tenant")


def test_the_clock_and_the_window_are_those_that_hold(house: House) -> None:
    noon = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)
    with in_tenant(house.tenant_id):

        def told() -> tuple[int, bool]:
            creditor = Creditor.objects.select_related("tenant").get()
            return cycle.local_now(creditor, noon).hour, cycle.is_in_send_window(creditor, noon)

        assert told() == (13, True)
        policies.set_for_tenant(**asked(house, whole=True), time_zone="Indian/Reunion")
        assert told() == (16, True)
        policies.set_for_tenant(**asked(house, whole=True), send_until_hour=16)
        assert told() == (16, False)
        policies.set_for_creditor(**asked(house), time_zone="Europe/Paris")
        assert told() == (13, True)


def test_an_upgrade_lets_what_was_shipped_follow_the_tenant(house: House) -> None:
    module = import_module("encours.tenancy.migrations.0010_more_inherited_settings")
    with in_tenant(house.tenant_id), connection.cursor() as cursor:
        Creditor.objects.update(penalty_rate="", day_count="ACT_ACT", send_from_hour=9,
                                send_until_hour=20, time_zone="Europe/Paris")  # fmt: skip
        cursor.execute(module.FOLLOW)
        found = Creditor.objects.get()

    assert (found.penalty_rate, found.time_zone) == (None, None)
    assert found.day_count == "ACT_ACT"
    assert (found.send_from_hour, found.send_until_hour) == (9, 20), "the pair stays whole"
