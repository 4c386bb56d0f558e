"""Guards of a person's time, through the database: shared addresses, limits, clocks, approvals."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from tests.conftest import House
from tests.dunning.test_day import Shop, channel, day, noon

from encours.dunning import actions
from encours.dunning.actions import outbox
from encours.dunning.models import Reminder
from encours.messaging.models import Message
from encours.messaging.providers.memory import MemoryEmailChannel
from encours.parties.models import Contact, Customer
from encours.scoring.models import Score
from encours.tenancy.models import Creditor
from encours.tenancy.scope import in_tenant

__all__ = ("channel",)


@pytest.fixture
def shop(house: House) -> Shop:
    one = Shop(house)
    one.open()
    return one


def neighbour(shop: Shop, creditor_id: int | None = None) -> Shop:
    """Return another customer who has the same address, and a line due the same day."""
    tenant = {"tenant_id": shop.house.tenant_id}
    with in_tenant(shop.house.tenant_id):
        other = Customer.objects.create(
            **tenant, creditor_id=creditor_id or shop.house.creditor_id, code="BEA", name="Béa SARL"
        )
        Contact.objects.create(**tenant, customer=other, email="compta@adam.example")
    mine = Shop(shop.house, customer_id=other.pk)
    if creditor_id is None:
        mine.line_id = mine.invoice("FB-1")
    return mine


def reasons(shop: Shop, late: int) -> dict[int, str]:
    """Return why lines are held that day."""
    with in_tenant(shop.house.tenant_id):
        plan = actions.plan_day(**shop.owner, on=day(late), now=noon(late), dry_run=True).plan
    return dict(plan.held.select("instalment_id", "reason").iter_rows())


def test_two_customers_at_one_address_get_a_message_on_two_days(
    shop: Shop, channel: MemoryEmailChannel
) -> None:
    other = neighbour(shop)

    assert shop.send(5) == ["relance_1"]
    assert reasons(shop, 5) == {other.line_id: "same_address"}
    assert shop.send(6) == ["relance_1"]
    assert len(channel.sent) == 2


def test_a_message_already_reserved_waits_when_the_other_has_left(
    shop: Shop, channel: MemoryEmailChannel
) -> None:
    """Reserved apart, by hand or before they shared the address: the second does not leave."""
    other = neighbour(shop)
    with in_tenant(shop.house.tenant_id):
        Contact.objects.filter(customer_id=other.customer_id).update(email="bea@bea.example")
    assert shop.plan(5) == ["relance_1", "relance_1"]
    with in_tenant(shop.house.tenant_id):
        Contact.objects.filter(customer_id=other.customer_id).update(email="compta@adam.example")
    shop.approve(5)
    shop.deliver(5)

    assert len(channel.sent) == 1
    with in_tenant(shop.house.tenant_id):
        held = Message.objects.get(state="withdrawn")
    assert "la même adresse e-mail" in held.last_error


def test_the_limit_of_the_week_counts_what_another_company_sent_where_it_says_so(
    shop: Shop, channel: MemoryEmailChannel
) -> None:
    with in_tenant(shop.house.tenant_id):
        other = Creditor.objects.get(pk=shop.house.creditor_id)
        other.pk, other.code, other.siren = None, "AUTRE", ""
        other.save(force_insert=True)
        Creditor.objects.filter(pk=shop.house.creditor_id).update(contacts_a_week=1)
    them = neighbour(shop, other.pk)
    with in_tenant(shop.house.tenant_id):
        Reminder.objects.create(
            tenant_id=shop.house.tenant_id,
            creditor_id=other.pk,
            customer_id=them.customer_id,
            currency="EUR",
            scenario_code="france",
            step_code="relance_1",
            step_rank=2,
            cycle=1,
            planned_on=day(2),
            sent_on=day(2),
            channel="email",
            amount_cents=1,
            instalment_ids=[],
            open_cents=[],
            line_ranks=[],
            reason="",
            state="sent",
        )

    assert reasons(shop, 5) == {}
    with in_tenant(shop.house.tenant_id):
        Creditor.objects.filter(pk=shop.house.creditor_id).update(contacts_across=True)
    assert reasons(shop, 5) == {shop.line_id: "too_many"}
    assert reasons(shop, 12) == {}


def test_a_key_account_that_a_person_chose_is_approved_alone(shop: Shop) -> None:
    with in_tenant(shop.house.tenant_id):
        Creditor.objects.filter(pk=shop.house.creditor_id).update(approval="auto")
        Score.objects.create(
            **shop.owner,
            customer_id=shop.customer_id,
            on=day(0),
            profile="key_account",
            behaviour="new",
            is_chosen=True,
        )
    neighbour(shop)
    shop.plan(5)

    assert shop.states() == [("relance_1", "planned")]
    assert shop.approve(5) == 0
    with in_tenant(shop.house.tenant_id):
        mine = Reminder.objects.get()
        count = actions.approve(
            **shop.owner, reminder_ids=[mine.pk], user_id=1, on=day(5), now=noon(5)
        )
    assert count == 1


@pytest.mark.parametrize(
    ("country", "at", "expected"),
    [
        pytest.param("FR", datetime(2026, 10, 6, 5, tzinfo=UTC), 7, id="nine in Paris"),
        pytest.param("US", datetime(2026, 10, 6, 7, tzinfo=UTC), 14, id="nine in Chicago"),
        pytest.param("RO", datetime(2026, 10, 6, 5, tzinfo=UTC), 6, id="nine in Bucharest"),
    ],
)
def test_messages_leave_on_the_debtor_s_clock(
    shop: Shop, country: str, at: datetime, expected: int
) -> None:
    with in_tenant(shop.house.tenant_id):
        Customer.objects.filter(pk=shop.customer_id).update(country=country)
        actions.plan_day(**shop.owner, on=day(5), now=at)
        actions.approve(**shop.owner, user_id=1, on=day(5), now=at)
        after = Message.objects.get().send_after

    assert after == at.replace(hour=expected)


@pytest.mark.parametrize("approved", [False, True], ids=["to be approved", "waiting"])
def test_sending_now_does_not_ring_at_night(shop: Shop, approved: bool) -> None:
    at = datetime(2026, 10, 6, 2, tzinfo=UTC)
    with in_tenant(shop.house.tenant_id):
        actions.plan_day(**shop.owner, on=day(5), now=at)
        Reminder.objects.update(channel="email+sms")
        if approved:
            actions.approve(**shop.owner, user_id=1, on=day(5), now=at)
        outbox.send_now(**shop.owner, user_id=1, on=day(5), now=at)
        found = dict(Message.objects.values_list("channel", "send_after"))

    assert found == {"email": at, "sms": at + timedelta(hours=5)}


def test_a_holiday_of_the_debtor_is_waited_for(shop: Shop) -> None:
    with in_tenant(shop.house.tenant_id):
        Customer.objects.filter(pk=shop.customer_id).update(country="AT")
    national = (date(2026, 10, 26) - day(0)).days

    assert reasons(shop, national) == {shop.line_id: "debtor_holiday"}
