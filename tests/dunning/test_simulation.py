"""The simulation against the nights themselves: the same messages, one for one, on real tables."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import polars as pl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.conftest import House

from encours.dunning import actions
from encours.dunning.actions import choices, drafts, scenarios
from encours.dunning.models import Reminder
from encours.dunning.queries import simulation
from encours.dunning.queries.scenarios import steps_in_force
from encours.dunning.rules.scenario_edit import StepEdit, edited
from encours.parties.models import Contact, Customer
from encours.receivables.models import Allocation, Credit, Instalment, Invoice
from encours.scoring.models import Score
from encours.standing.models import StandingFact
from encours.tenancy.models import Creditor
from encours.tenancy.scope import in_tenant

START = date(2026, 9, 14)
DAYS = 35
LONG_AGO = date(2026, 1, 1)
CUSTOMERS = 30


def noon(on: date) -> datetime:
    return datetime.combine(on, datetime.min.time(), UTC) + timedelta(hours=10)


class Ledger:
    """A creditor whose customers buy, pay late, in parts or not at all, promise and dispute."""

    def __init__(self, house: House, seed: int) -> None:
        self.owner: dict[str, Any] = {
            "tenant_id": house.tenant_id,
            "creditor_id": house.creditor_id,
        }
        self.tenant = {"tenant_id": house.tenant_id}
        self.random = Random(seed)
        with in_tenant(house.tenant_id):
            Creditor.objects.filter(pk=house.creditor_id).update(
                live_on=LONG_AGO, sender_email="compta@durand.example", approval="auto"
            )
            for number in range(CUSTOMERS):
                self.customer(number)

    def customer(self, number: int) -> None:
        random = self.random
        one = Customer.objects.create(
            **self.owner,
            code=f"C{number}",
            name=f"Client {number}",
            debtor_class=random.choice(("business", "business", "consumer", "public")),
            class_confirmed_at=noon(LONG_AGO) if random.random() < 0.8 else None,
            address_line1="1 rue Haute" if random.random() < 0.6 else "",
            postcode="69001",
            city="Lyon",
        )
        if random.random() < 0.8:
            Contact.objects.create(**self.tenant, customer=one, email=f"c{number}@client.example")
        for place in range(random.randint(1, 4)):
            self.invoice(one, f"F{number}-{place}")
        draw = random.random()
        if draw < 0.3:
            starts_on = START + timedelta(days=random.randint(-20, 20))
            StandingFact.objects.create(
                **self.owner,
                customer=one,
                kind=random.choice(("dispute", "promise", "pause")),
                starts_on=starts_on,
                ends_on=starts_on + timedelta(days=random.randint(3, 15)),
            )
        elif draw < 0.5:
            self.money(
                one, random.randint(1, 900_00), START + timedelta(days=random.randint(-9, 30))
            )

    def invoice(self, customer: Customer, number: str) -> None:
        random = self.random
        due_on = START + timedelta(days=random.randint(-90, 40))
        issued_on = due_on - timedelta(days=random.choice((0, 30, 45)))
        cents = random.choice((600, 100_00, random.randint(1, 5_000_00)))
        currency = "CHF" if random.random() < 0.15 else "EUR"
        same = {"customer_id": customer.pk, "issued_on": issued_on, "currency": currency}
        invoice = Invoice.objects.create(
            **self.owner,
            **same,
            number=number if random.random() < 0.95 else "",
            amount_cents=cents,
            key=number,
        )
        line = Instalment.objects.create(
            **self.owner,
            **same,
            invoice=invoice,
            due_on=due_on,
            due_source=random.choice(("read", "read", "read", "terms_assumed")),
            amount_cents=cents,
        )
        if random.random() < 0.6:
            on = due_on + timedelta(days=random.randint(-2, 60))
            paid = cents if random.random() < 0.7 else max(1, cents // 2)
            credit = self.money(customer, paid, on, currency)
            Allocation.objects.create(
                **self.owner,
                credit=credit,
                instalment=line,
                payer_id=customer.pk,
                due_on=due_on,
                amount_cents=paid,
                effective_on=on,
                origin="letter",
                **same,
            )

    def money(self, customer: Customer, cents: int, on: date, currency: str = "EUR") -> Credit:
        return Credit.objects.create(
            **self.owner,
            customer=customer,
            received_on=on,
            amount_cents=cents,
            currency=currency,
            key=f"R{self.random.random()}",
        )

    def nights(self, days: int) -> list[tuple[Any, ...]]:
        """Plan, reserve and send each day; return what left."""
        for shift in range(days):
            on = START + timedelta(days=shift)
            actions.plan_day(**self.owner, on=on, now=noon(on), allow_stale=True)
            mine = Reminder.objects.filter(creditor_id=self.owner["creditor_id"], planned_on=on)
            mine.exclude(state="cancelled").update(state="sent", sent_on=on)
        rows = Reminder.objects.filter(creditor_id=self.owner["creditor_id"]).order_by("pk")
        return sorted(
            (
                row.planned_on, row.customer_id, row.currency, row.scenario_code,
                row.scenario_version, row.step_code, row.step_rank, row.cycle, row.channel,
                row.amount_cents, tuple(sorted(row.instalment_ids)),
            )
            for row in rows
        )  # fmt: skip


def told(found: simulation.Simulated) -> list[tuple[Any, ...]]:
    lines = found.listings.group_by("message_id").agg(pl.col("instalment_id").sort())
    rows = found.messages.join(lines, on="message_id").select(
        "on", "customer_id", "currency", "scenario", "version", "step", "rank", "cycle", "channel",
        "amount_cents", "instalment_id",
    )  # fmt: skip
    return sorted((*row[:-1], tuple(row[-1])) for row in rows.iter_rows())


def asked(ledger: Ledger, **more: Any) -> dict[str, Any]:
    return {**ledger.owner, "on": START, "now": noon(START), "days": DAYS, **more}


@pytest.mark.parametrize("seed", [1, 2])
def test_the_simulation_is_what_the_nights_then_do(house: House, seed: int) -> None:
    ledger = Ledger(house, seed)
    with in_tenant(house.tenant_id):
        never, gentle, *_others = Customer.objects.filter(creditor_id=house.creditor_id)
        for customer, code in ((never, "jamais"), (gentle, "doux")):
            choices.choose_scenario(
                tenant_id=house.tenant_id, customer_id=customer.pk, scenario=code, today=START
            )
        before = told(simulation.ahead(**asked(ledger)))
        after = ledger.nights(DAYS)

    assert before == after
    assert len(after) > CUSTOMERS
    assert len({row[5] for row in after}) > 4


def test_branches_and_working_days_are_simulated_as_the_nights_follow_them(house: House) -> None:
    ledger = Ledger(house, 7)
    changes: dict[str, dict[str, Any]] = {
        "relance_2": {"unless": ["promised", "part_paid"], "days": "working"},
        "relance_3": {"minimum_cents": {"EUR": 200_00}, "stops": ["promise_broken"]},
    }
    asking: dict[str, Any] = {**ledger.owner, "code": "france", "actor_id": 1}
    with in_tenant(house.tenant_id):
        for step, values in changes.items():
            drafts.change_step(**asking, step=step, values=values, now=noon(START))
        drafts.save_draft(**asking, today=START)
        before = told(simulation.ahead(**asked(ledger)))
        after = ledger.nights(DAYS)

    assert before == after
    assert {row[4] for row in after} == {2}


def test_from_the_middle_of_the_month_and_with_a_new_version(house: House) -> None:
    ledger = Ledger(house, 4)
    with in_tenant(house.tenant_id):
        begun = ledger.nights(15)
        base, _origin = steps_in_force(**ledger.owner)
        edits = [StepEdit("relance_2", 8, is_active=True)]
        draft, _issues = edited(base, edits, version=base.version + 1)
        later = {**asked(ledger), "on": START + timedelta(days=15), "days": 20}
        expected = told(simulation.ahead(**later, draft=draft))
        scenarios.save_steps(**ledger.owner, edits=edits, actor_id=1, today=START)
        saved = told(simulation.ahead(**later))
        for shift in range(15, 35):
            on = START + timedelta(days=shift)
            actions.plan_day(**ledger.owner, on=on, now=noon(on), allow_stale=True)
            mine = Reminder.objects.filter(creditor_id=house.creditor_id, planned_on=on)
            mine.exclude(state="cancelled").update(state="sent", sent_on=on)
        real = [row for row in ledger.nights(0) if row not in begun]

    assert expected == saved == real
    assert {row[4] for row in real} == {1, 2}


def test_a_replay_says_who_would_have_been_reminded_although_paid(house: House) -> None:
    ledger = Ledger(house, 5)
    with in_tenant(house.tenant_id):
        Creditor.objects.filter(pk=house.creditor_id).update(live_on=None)
        on = START + timedelta(days=60)
        past = {**ledger.owner, "on": on, "now": noon(on), "days": 90}
        at_once = simulation.behind(**past).run()
        late = simulation.behind(**past, lag_days=10).run()
        part = simulation.behind(**past, most_lines=20).run()

    assert at_once.simulated.messages["paid_cents"].sum() == 0
    assert late.simulated.messages["paid_cents"].sum() > 0
    assert not at_once.is_sample
    assert at_once.of_customers == CUSTOMERS
    assert part.is_sample
    mine = part.simulated.messages["customer_id"].unique()
    whole = at_once.simulated.messages.filter(pl.col("customer_id").is_in(mine.implode()))
    columns = ["on", "customer_id", "step", "amount_cents"]
    one = part.simulated.messages.select(columns).sort(columns)
    assert one.equals(whole.select(columns).sort(columns))


def test_paid_as_usual_there_are_fewer_messages_and_no_query_a_day(house: House) -> None:
    ledger = Ledger(house, 6)
    with in_tenant(house.tenant_id):
        for customer in Customer.objects.filter(creditor_id=house.creditor_id):
            Score.objects.create(
                **ledger.owner,
                customer=customer,
                on=START,
                profile="on_time",
                behaviour="on_time",
                expected_tenths=25,
            )
        unpaid = simulation.ahead(**asked(ledger))
        with CaptureQueriesContext(connection) as queries:
            paid = simulation.ahead(**asked(ledger, is_paid=True))

    assert 0 < paid.messages.height < unpaid.messages.height
    assert len(queries) <= 25
