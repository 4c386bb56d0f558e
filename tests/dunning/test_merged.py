"""Merged customers are reminded as one, and as two again when the merge is undone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests.conftest import House
from tests.dunning.test_day import Shop, channel, day, noon

from encours.dunning import actions
from encours.dunning.actions.outgoing import ReminderPreparer
from encours.dunning.models import Reminder
from encours.dunning.queries.timeline import timeline
from encours.messaging.ports import Withdrawn
from encours.parties.actions import merging
from encours.parties.models import Contact, Customer
from encours.parties.queries import contacts_of, customer_by_code
from encours.receivables.models import Credit, Instalment, Invoice
from encours.receivables.queries.moment import Moment
from encours.standing import actions as standing
from encours.standing import queries as standing_queries
from encours.standing.queries import facts_frame
from encours.tenancy.scope import in_tenant

__all__ = ("channel",)


@pytest.fixture
def shop(house: House) -> Shop:
    shop = Shop(house)
    shop.open()
    return shop


@pytest.fixture
def double(shop: Shop) -> int:
    """A second account of Adam, without a contact, with one invoice as old."""
    with in_tenant(shop.house.tenant_id):
        twin = Customer.objects.create(
            **shop.owner, code="ADAM2", name="ADAM", debtor_class="business",
            class_confirmed_at=datetime(2026, 1, 1, tzinfo=UTC),
        )  # fmt: skip
    adam, shop.customer_id = shop.customer_id, twin.pk
    shop.invoice("FA-2", 50_000)
    shop.customer_id = adam
    return twin.pk


def merge(shop: Shop, double: int) -> None:
    with in_tenant(shop.house.tenant_id):
        merging.merge_customers(
            tenant_id=shop.house.tenant_id, customer_id=double, survivor_id=shop.customer_id,
            reason="même SIREN", today=day(0),
        )  # fmt: skip


def unmerge(shop: Shop, double: int) -> None:
    with in_tenant(shop.house.tenant_id):
        merging.unmerge_customer(tenant_id=shop.house.tenant_id, customer_id=double, today=day(0))


def plan(shop: Shop, late: int) -> list[tuple[int, int, int]]:
    """Plan the day; who is reminded, of how many lines, of how much."""
    with in_tenant(shop.house.tenant_id):
        actions.plan_day(**shop.owner, on=day(late), now=noon(late), allow_stale=True)
        rows = Reminder.objects.filter(planned_on=day(late)).exclude(state="cancelled")
        return [(one.customer_id, len(one.instalment_ids), one.amount_cents) for one in rows]


def test_one_message_lists_the_lines_of_both(shop: Shop, double: int) -> None:
    merge(shop, double)

    assert plan(shop, 5) == [(shop.customer_id, 2, 150_000)]


def test_unmerged_each_has_its_own_again(shop: Shop, double: int) -> None:
    merge(shop, double)
    unmerge(shop, double)

    assert plan(shop, 5) == [(shop.customer_id, 1, 100_000)], "the double has no address"


def test_an_address_of_the_double_serves_both(shop: Shop, double: int) -> None:
    with in_tenant(shop.house.tenant_id):
        Contact.objects.filter(customer_id=shop.customer_id).update(customer_id=double)
    merge(shop, double)

    assert plan(shop, 5) == [(shop.customer_id, 2, 150_000)]
    with in_tenant(shop.house.tenant_id):
        found = contacts_of(tenant_id=shop.house.tenant_id, customer_id=shop.customer_id)
    assert [one.email for one in found] == ["compta@adam.example"]


def test_money_of_the_double_covers_the_survivor(shop: Shop, double: int) -> None:
    with in_tenant(shop.house.tenant_id):
        Credit.objects.create(
            **shop.owner, customer_id=double, received_on=day(1), amount_cents=150_000, key="R1"
        )
    merge(shop, double)

    assert plan(shop, 5) == []


def test_a_fact_follows_its_line_there_and_back(shop: Shop, double: int) -> None:
    merge(shop, double)
    tenant_id = shop.house.tenant_id
    with in_tenant(tenant_id):
        line = Instalment.objects.get(customer_id=double)
        standing.record_fact(
            tenant_id=tenant_id, customer_id=shop.customer_id, kind="dispute", starts_on=day(1),
            line_id=line.pk, reason="Qualité", today=day(2),
        )  # fmt: skip
        moment = Moment(tenant_id=tenant_id, as_of=day(3), customer_id=shop.customer_id)
        assert facts_frame(moment)["customer_id"].to_list() == [shop.customer_id]
        assert len(standing_queries.history(tenant_id=tenant_id, customer_id=shop.customer_id)) == 1
    assert plan(shop, 5) == [(shop.customer_id, 1, 100_000)]

    unmerge(shop, double)
    with in_tenant(tenant_id):
        assert standing_queries.history(tenant_id=tenant_id, customer_id=shop.customer_id) == []
        assert len(standing_queries.history(tenant_id=tenant_id, customer_id=double)) == 1


def test_a_reminder_of_the_double_does_not_leave_after_the_merge(shop: Shop, double: int) -> None:
    with in_tenant(shop.house.tenant_id):
        Contact.objects.create(
            tenant_id=shop.house.tenant_id, customer_id=double, email="autre@adam.example"
        )
    assert len(plan(shop, 5)) == 2
    with in_tenant(shop.house.tenant_id):
        number = Reminder.objects.get(customer_id=double).pk
        asked = {"tenant_id": shop.house.tenant_id, "now": noon(5)}
        before = ReminderPreparer().fingerprint(subject_id=number, **asked)
    merge(shop, double)

    with in_tenant(shop.house.tenant_id):
        found = ReminderPreparer().prepare(channel="email", subject_ids=[number], **asked)[number]
        after = ReminderPreparer().fingerprint(subject_id=number, **asked)
    assert isinstance(found, Withdrawn)
    assert "fusionné" in found.reason
    assert after != before


def test_the_code_of_the_double_leads_to_the_survivor(shop: Shop, double: int) -> None:
    merge(shop, double)
    with in_tenant(shop.house.tenant_id):
        assert customer_by_code(**shop.owner, code="ADAM2") == shop.customer_id
        events = timeline(
            tenant_id=shop.house.tenant_id, customer_id=shop.customer_id, until=day(30)
        )
    documents = {event.name for event in events if event.source == "invoice"}
    assert documents == {"FA-1", "FA-2"}


def test_a_new_document_of_the_double_is_the_survivors(shop: Shop, double: int) -> None:
    merge(shop, double)
    with in_tenant(shop.house.tenant_id):
        assert Invoice.objects.filter(customer_id=double).count() == 1
    adam, shop.customer_id = shop.customer_id, double
    shop.invoice("FA-3", 1_000)
    shop.customer_id = adam

    assert plan(shop, 5) == [(adam, 3, 151_000)]


@pytest.mark.parametrize(
    ("first", "second", "sentence"),
    [
        pytest.param("ADAM", "ADAM", "différents", id="with itself"),
        pytest.param("ADAM2", "ADAM", "déjà fusionné", id="twice"),
        pytest.param("ADAM", "ADAM2", "lui-même fusionné", id="into a merged one"),
    ],
)
def test_refused(shop: Shop, double: int, first: str, second: str, sentence: str) -> None:
    merge(shop, double)
    known = {"ADAM": shop.customer_id, "ADAM2": double}

    with in_tenant(shop.house.tenant_id), pytest.raises(merging.NotMergeable, match=sentence):
        merging.merge_customers(
            tenant_id=shop.house.tenant_id, customer_id=known[first], survivor_id=known[second],
            today=day(0),
        )  # fmt: skip
