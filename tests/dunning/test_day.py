"""One creditor's day on real tables: planned, approved, sent, paid, thanked; and what holds it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from tests.conftest import House

from encours.dunning import actions
from encours.dunning.models import Reminder
from encours.messaging.actions import Outbox, Tally
from encours.messaging.models import Message
from encours.messaging.ports import CHANNEL_FACTORIES, PermanentRefusal
from encours.messaging.providers.memory import MemoryEmailChannel
from encours.messaging.rules.reading import read_mail
from encours.parties.models import Contact, Customer
from encours.receivables.models import Allocation, Credit, Instalment, Invoice
from encours.standing.models import StandingFact
from encours.tenancy.models import BankAccount, Creditor
from encours.tenancy.scope import in_tenant

DUE = date(2026, 10, 1)


def day(late: int) -> date:
    return DUE + timedelta(days=late)


def noon(late: int) -> datetime:
    return datetime.combine(day(late), datetime.min.time(), UTC) + timedelta(hours=10)


@pytest.fixture
def channel() -> Iterator[MemoryEmailChannel]:
    one = MemoryEmailChannel()
    kept = dict(CHANNEL_FACTORIES._adapters)
    CHANNEL_FACTORIES.fill({**kept, "smtp": lambda account: one})
    yield one
    CHANNEL_FACTORIES.fill(kept)


@dataclass
class Shop:
    """A live creditor with one customer and one invoice of 1 000,00 EUR due on 1 October 2026."""

    house: House
    customer_id: int = 0
    line_id: int = 0

    @property
    def owner(self) -> dict[str, int]:
        return {"tenant_id": self.house.tenant_id, "creditor_id": self.house.creditor_id}

    def open(self) -> None:
        tenant = {"tenant_id": self.house.tenant_id}
        with in_tenant(self.house.tenant_id):
            Creditor.objects.filter(pk=self.house.creditor_id).update(
                live_on=date(2026, 1, 1),
                sender_email="compta@durand.example",
                reply_to="compta@durand.example",
                rehearsal_email="moi@durand.example",
            )
            BankAccount.objects.create(
                **tenant,
                creditor_id=self.house.creditor_id,
                iban="FR7630006000011234567890189",
                holder_name="MAISON DURAND",
                state="active",
                is_default=True,
            )
            customer = Customer.objects.create(
                **tenant,
                creditor_id=self.house.creditor_id,
                code="ADAM",
                name="Adam SARL",
                debtor_class="business",
                class_confirmed_at=datetime(2026, 1, 1, tzinfo=UTC),
                address_line1="1 rue Haute",
                postcode="69001",
                city="Lyon",
            )
            Contact.objects.create(**tenant, customer=customer, email="compta@adam.example")
        self.customer_id = customer.pk
        self.line_id = self.invoice("FA-1")

    def invoice(self, number: str, cents: int = 100_000, due_on: date = DUE) -> int:
        with in_tenant(self.house.tenant_id):
            invoice = Invoice.objects.create(
                **self.owner,
                customer_id=self.customer_id,
                number=number,
                issued_on=due_on - timedelta(days=30),
                amount_cents=cents,
                key=number,
            )
            line = Instalment.objects.create(
                **self.owner,
                customer_id=self.customer_id,
                invoice=invoice,
                issued_on=invoice.issued_on,
                due_on=due_on,
                due_source="read",
                amount_cents=cents,
            )
        return line.pk

    def pay(self, cents: int, on: date) -> None:
        with in_tenant(self.house.tenant_id):
            line = Instalment.objects.get(pk=self.line_id)
            credit = Credit.objects.create(
                **self.owner,
                customer_id=self.customer_id,
                received_on=on,
                amount_cents=cents,
                key=f"R{on}",
            )
            Allocation.objects.create(
                **self.owner,
                credit=credit,
                instalment=line,
                customer_id=self.customer_id,
                payer_id=self.customer_id,
                issued_on=line.issued_on,
                due_on=line.due_on,
                amount_cents=cents,
                effective_on=on,
                origin="letter",
            )

    def plan(self, late: int, **more: bool) -> list[str]:
        with in_tenant(self.house.tenant_id):
            plan = actions.plan_day(**self.owner, on=day(late), now=noon(late), **more)
        return plan.planned["step"].to_list()

    def approve(self, late: int) -> int:
        with in_tenant(self.house.tenant_id):
            return actions.approve(
                **self.owner, user_id=1, on=day(late), now=noon(late), at_once=True
            )

    def deliver(self, late: int) -> Tally:
        return Outbox(self.house.tenant_id, 1, clock=lambda: noon(late)).run()

    def send(self, late: int) -> list[str]:
        steps = self.plan(late)
        self.approve(late)
        self.deliver(late)
        return steps

    def states(self) -> list[tuple[str, str]]:
        with in_tenant(self.house.tenant_id):
            rows = Reminder.objects.of(self.house.tenant_id).order_by("pk")
            return list(rows.values_list("step_code", "state"))


@pytest.fixture
def shop(house: House) -> Shop:
    one = Shop(house)
    one.open()
    return one


def test_the_ladder_is_climbed_to_the_formal_notice_and_thanked(
    shop: Shop, channel: MemoryEmailChannel
) -> None:
    climbed = [shop.send(late) for late in (-15, 0, 5, 12, 20, 33)]
    shop.pay(100_000, day(34))
    thanked = shop.send(35)

    assert climbed == [
        ["prevenance"],
        [],
        ["relance_1"],
        ["relance_2"],
        ["relance_3"],
        ["mise_en_demeure"],
    ]
    assert thanked == ["remerciement"]
    assert len(channel.sent) == 6
    assert {state for _, state in shop.states()} == {"sent"}
    formal = channel.sent[4].content
    assert b"application/pdf" in formal
    assert channel.sent[0].recipients == ("compta@adam.example",)


def test_planning_twice_plans_nothing_new(shop: Shop) -> None:
    assert shop.plan(5) == ["relance_1"]
    assert shop.plan(5) == []


def test_a_dry_run_decides_the_same_and_writes_nothing(shop: Shop) -> None:
    assert shop.plan(5, dry_run=True) == ["relance_1"]
    assert shop.states() == []
    assert shop.plan(5) == ["relance_1"]


def told(shop: Shop, late: int, **more: bool) -> dict[str, Any]:
    with in_tenant(shop.house.tenant_id):
        asked = {**shop.owner, "on": day(late), "allow_stale": True}
        return actions.plan_told(**asked, **more).as_dict()


def test_the_day_is_told_whole_each_time(shop: Shop) -> None:
    shop.invoice('FA-2 « dite "bis" »', cents=2_050)
    first, again = told(shop, 5), told(shop, 5)
    with in_tenant(shop.house.tenant_id):
        alone = actions.reserved_told(**shop.owner, on=day(5)).as_dict()

    (message,) = first["planned"]
    assert message == {
        "customer": "ADAM",
        "step": "relance_1",
        "channel": "email",
        "currency": "EUR",
        "amount": "1020.50",
        "new": True,
        "state": "planned",
        "lines": [
            {"document": "FA-1", "due_on": "2026-10-01", "open": "1000.00"},
            {"document": 'FA-2 « dite "bis" »', "due_on": "2026-10-01", "open": "20.50"},
        ],
        "reason": message["reason"],
    }
    assert again["planned"] == alone["planned"] == [{**message, "new": False}]
    assert (first["on"], first["rehearsal"], first["held"]) == ("2026-10-06", False, [])
    assert list(first) == ["on", "planned", "held", "rehearsal"]


def test_a_line_listed_then_paid_or_held_is_still_told_as_listed(shop: Shop) -> None:
    shop.invoice("FA-2")
    (before,) = told(shop, 5)["planned"]
    shop.pay(100_000, day(5))
    with in_tenant(shop.house.tenant_id):
        StandingFact.objects.create(
            **shop.owner, customer_id=shop.customer_id, kind="pause", starts_on=day(5), reason="x"
        )
    after = told(shop, 5)

    assert after["planned"] == [{**before, "new": False}]
    (held,) = after["held"]
    assert list(held) == ["customer", "document", "due_on", "open", "currency", "reason", "message"]
    assert (held["document"], held["open"], held["reason"]) == ("FA-2", "1000.00", "paused")


def test_a_payment_before_sending_withdraws_the_message(
    shop: Shop, channel: MemoryEmailChannel
) -> None:
    shop.plan(5)
    shop.approve(5)
    shop.pay(100_000, day(5))
    tally = shop.deliver(5)

    assert (tally.sent, tally.withdrawn) == (0, 1)
    assert channel.sent == []
    assert shop.states() == [("relance_1", "cancelled")]


def test_a_part_payment_before_sending_rewrites_the_amount(
    shop: Shop, channel: MemoryEmailChannel
) -> None:
    shop.plan(5)
    shop.approve(5)
    shop.pay(40_000, day(5))
    shop.deliver(5)

    assert len(channel.sent) == 1
    assert "600,00" in channel.sent[0].content.decode("utf-8", "replace").replace("=2C", ",")


@pytest.mark.parametrize("kind", ["dispute", "promise", "plan", "pause", "insolvency"])
def test_a_standing_fact_before_sending_withdraws_the_message(
    shop: Shop, channel: MemoryEmailChannel, kind: str
) -> None:
    shop.plan(5)
    shop.approve(5)
    with in_tenant(shop.house.tenant_id):
        StandingFact.objects.create(
            **shop.owner, customer_id=shop.customer_id, kind=kind, starts_on=day(5)
        )
    assert shop.deliver(5).withdrawn == 1
    assert shop.plan(6) == []


def test_the_stop_button_stops_what_was_approved(shop: Shop, channel: MemoryEmailChannel) -> None:
    shop.plan(5)
    shop.approve(5)
    with in_tenant(shop.house.tenant_id):
        Creditor.objects.filter(pk=shop.house.creditor_id).update(sending_stopped_at=noon(5))

    assert shop.deliver(5).withdrawn == 1
    with pytest.raises(actions.decisions.SendingStopped):
        shop.approve(5)


def test_a_rehearsal_only_writes_to_its_own_user(shop: Shop, channel: MemoryEmailChannel) -> None:
    with in_tenant(shop.house.tenant_id):
        Creditor.objects.filter(pk=shop.house.creditor_id).update(live_on=None)
    assert shop.send(5) == ["relance_1"]
    assert [email.recipients for email in channel.sent] == [("moi@durand.example",)]
    with in_tenant(shop.house.tenant_id):
        Creditor.objects.filter(pk=shop.house.creditor_id).update(live_on=date(2026, 1, 1))

    assert shop.send(6) == ["relance_1"]
    assert channel.sent[1].recipients == ("compta@adam.example",)


def test_a_bounce_marks_the_address_and_the_next_plan_says_so(
    shop: Shop, channel: MemoryEmailChannel
) -> None:
    channel.outcomes["compta@adam.example"] = lambda: PermanentRefusal(phase="recipient")
    shop.send(5)

    with in_tenant(shop.house.tenant_id):
        assert Contact.objects.get().bounced_at is not None
        assert Message.objects.get().state == "bounced"
    assert shop.states() == [("relance_1", "cancelled")]


def test_yesterdays_unapproved_message_gives_way_to_todays_plan(shop: Shop) -> None:
    shop.plan(5)
    assert shop.plan(6) == ["relance_1"]
    assert shop.states() == [("relance_1", "cancelled"), ("relance_1", "planned")]


def test_two_lines_go_in_one_message(shop: Shop, channel: MemoryEmailChannel) -> None:
    shop.invoice("FA-2", 50_000, day(1))
    shop.send(5)

    with in_tenant(shop.house.tenant_id):
        reminder = Reminder.objects.get()
    assert len(reminder.instalment_ids) == 2
    assert reminder.amount_cents == 150_000
    assert len(channel.sent) == 1


def test_money_not_allocated_yet_is_taken_off_what_is_asked(
    shop: Shop, channel: MemoryEmailChannel
) -> None:
    with in_tenant(shop.house.tenant_id):
        Credit.objects.create(
            **shop.owner, customer_id=shop.customer_id, received_on=day(1), amount_cents=30_001,
            key="R1",
        )  # fmt: skip
    shop.send(5)

    (mail,) = channel.sent
    text = read_mail(mail.content).text.replace("\u202f", " ").replace("\u00a0", " ")
    assert "-300,01" in text.replace("−", "-")
    assert "699,99 €" in text


def test_a_formal_notice_asks_no_more_than_is_owed(shop: Shop, channel: MemoryEmailChannel) -> None:
    for late in (5, 12, 20):
        shop.send(late)
    with in_tenant(shop.house.tenant_id):
        Credit.objects.create(
            **shop.owner, customer_id=shop.customer_id, received_on=day(21), amount_cents=90_000,
            key="R1",
        )  # fmt: skip
    shop.send(33)

    text = read_mail(channel.sent[-1].content).text.replace("\u202f", " ").replace("\u00a0", " ")
    assert "1 000,00 €" in text
    assert "-900,00" in text.replace("−", "-")
    assert "(21 jours), 12,40 % = 7,13 €" in text, "on all of it, up to the day the money came"
    assert "(12 jours), 12,40 % = 0,41 €" in text
