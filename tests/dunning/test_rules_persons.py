"""One person is not written to too often: accounts, customers and creditors at one address."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import timedelta
from random import Random

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.dunning.branching import EVERY
from tests.dunning.ledgers import FRENCH, Book, ago, fates, moment
from tests.dunning.strategies import ledgers, moments

from encours.dunning.rules import planner, planning
from encours.dunning.rules.frames import ADDRESSES, CHOICES, CONTACTED, Ledger, Moment
from encours.dunning.rules.gallery import gallery
from encours.dunning.rules.recheck import Prepared
from encours.dunning.rules.scenario import Scenario
from encours.dunning.rules.shelf import Shelf

often = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
OTHERS = tuple(one.scenario for one in gallery() if one.scenario.code != FRENCH.code)


def two(**given: object) -> Book:
    """Return two customers at one address, each with a line that calls for a first reminder."""
    told = Book().customer(1).customer(2, **given).line(1, 4).line(2, 4, customer_id=2)
    for customer in (1, 2):
        told._add("addresses", {"customer_id": customer, "address": 1}, {})
    return told


def dollars(told: Book) -> Book:
    """Give customer 1 a second account."""
    return told.line(3, 4, currency="USD")


def contacted(told: Book, days_ago: int, customer: int = 9, *, sent: bool = True) -> Book:
    """Say what another customer at the address was sent."""
    row = {"message_id": 100 + days_ago, "customer_id": customer, "on": ago(days_ago)}
    if all(one["customer_id"] != customer for one in told.rows["addresses"]):
        told._add("addresses", {"customer_id": customer, "address": 1}, {})
    return told._add("contacted", {**row, "is_sent": sent}, {})


def test_the_second_customer_at_an_address_waits_for_tomorrow() -> None:
    plan = two().plan()

    assert fates(plan) == {1: "relance_1", 2: "same_address"}
    assert plan.held["next_on"].to_list() == [ago(-1)]
    assert plan.held["sentence"].item() == (
        "Un autre client a la même adresse e-mail et un message aujourd'hui : report au 18/11/2026."
    )


def test_the_firmest_goes_first() -> None:
    told = two().line(4, 30, customer_id=2).said("relance_1", 20, 4, customer_id=2)

    assert fates(told.plan())[1] == "same_address"


def test_a_letter_does_not_mind_the_address() -> None:
    told = two(has_email=False, has_postal=True)

    assert fates(told.plan()) == {1: "relance_1", 2: "relance_1"}


def test_the_other_was_written_to_earlier_today() -> None:
    told = two()
    told.rows["lines"].pop()

    assert fates(contacted(told, 0).plan()) == {1: "same_address"}
    assert fates(contacted(told, 1).plan(contacts_a_week=9)) == {1: "same_address"}


@pytest.mark.parametrize(
    ("told", "most", "expected"),
    [
        pytest.param(dollars(two()), 2, "relance_1", id="two accounts are two messages"),
        pytest.param(dollars(two()), 1, "too_many", id="one message a week"),
        pytest.param(contacted(two(), 2), 1, "too_many", id="another creditor wrote"),
        pytest.param(contacted(two(), 2), 2, "relance_1", id="once, and two are allowed"),
        pytest.param(contacted(two(), 7), 1, "relance_1", id="a week ago to the day"),
        pytest.param(contacted(two(), 2), None, "relance_1", id="nobody counts"),
    ],
)
def test_so_many_a_week_and_no_more(told: Book, most: int | None, expected: str) -> None:
    told.rows["lines"] = [row for row in told.rows["lines"] if row["customer_id"] == 1]
    plan = told.plan(contacts_a_week=most)

    assert expected in fates(plan).values()
    if expected == "too_many":
        assert plan.held["next_on"].drop_nulls().to_list()


def test_it_waits_until_the_week_is_over() -> None:
    told = contacted(contacted(two(), 6), 2)
    told.rows["lines"] = told.rows["lines"][:1]

    assert told.plan(contacts_a_week=2).held["next_on"].to_list() == [ago(-1)]
    assert told.plan(contacts_a_week=1).held["next_on"].to_list() == [ago(-6)], "a Monday"


def test_calls_and_text_messages_count_for_the_spacing() -> None:
    told = Book().customer().line(1, 12).said("relance_1", 9, 1).said("appel", 3, 1)

    assert fates(told.plan()) == {1: "too_soon"}


def test_what_is_reserved_and_has_not_left_does_not_block_what_leaves() -> None:
    told = two().said("relance_1", 0, 1, sent_on=None).said("relance_1", 0, 2, customer_id=2)
    told.rows["messages"][1]["sent_on"] = None
    asked = [
        Prepared(1, 1, "EUR", "relance_1", ((1, 100_00),)),
        Prepared(2, 2, "EUR", "relance_1", ((2, 100_00),)),
    ]
    alone = planning.recheck(asked[1:], told.ledger(), Shelf(FRENCH), moment())
    both = planning.recheck(asked, told.ledger(), Shelf(FRENCH), moment())

    assert alone[2].outcome == "send"
    assert [both[number].outcome for number in (1, 2)] == ["send", "wait"]
    assert both[2].reason == "same_address"


def test_a_key_account_is_approved_one_by_one() -> None:
    plan = Book().customer(is_vip=True).line(1, 4).plan()

    assert plan.messages["approval"].to_list() == ["each"]
    assert plan.messages["reason"].item().endswith("grand compte, à valider un par un")


def test_a_holiday_at_the_customer_s_puts_off() -> None:
    closed = {"BE": frozenset({ago(0), ago(-1)}), "DE": frozenset({ago(-1)})}
    told = Book().customer(1, country="BE").customer(2, country="DE").customer(3)
    plan = told.line(1, 4).line(2, 4, customer_id=2).line(3, 4, customer_id=3).plan(abroad=closed)

    assert fates(plan) == {1: "debtor_holiday", 2: "relance_1", 3: "relance_1"}
    assert plan.held["next_on"].to_list() == [ago(-2)]


def crowded(ledger: Ledger, seed: int) -> Ledger:
    """Put customers at shared addresses, and let others there have been written to."""
    random = Random(seed)
    customers = [*ledger.customers["customer_id"], 901, 902]
    shared = {(one, random.choice(customers)) for one in customers if random.random() < 0.5}
    told = [
        (1_000 + place, random.choice([901, 902]), ago(random.randint(0, 9)), random.random() < 0.7)
        for place in range(random.randint(0, 6))
    ]
    choices = [
        (one, None, random.choice(OTHERS).code) for one in customers if random.random() < 0.3
    ]
    return replace(
        ledger,
        addresses=pl.DataFrame(list(shared), schema=ADDRESSES, orient="row"),
        contacted=pl.DataFrame(told, schema=CONTACTED, orient="row"),
        choices=pl.DataFrame(choices, schema=CHOICES, orient="row"),
    )


@often
@given(
    ledger=ledgers(),
    seed=st.integers(0, 99),
    default=st.sampled_from([FRENCH, *EVERY]),
    moment=moments,
    most=st.sampled_from([1, 2, 3]),
)
def test_nobody_is_written_to_too_often(
    ledger: Ledger, seed: int, default: Scenario, moment: Moment, most: int
) -> None:
    """Whatever the scenarios that the customers follow: counted again from the rows, by person."""
    ledger, moment = crowded(ledger, seed), replace(moment, contacts_a_week=most)
    plan = planning.plan(ledger, Shelf(default, OTHERS), moment)
    shared = defaultdict[int, list[tuple[str, int]]](list)
    for customer, address in ledger.addresses.iter_rows():
        shared[customer].append(("address", address))
    counts, mailed = Counter[tuple[str, int]](), defaultdict[tuple[str, int], set[int]](set)
    since = moment.today - timedelta(days=7)
    before = [
        *ledger.messages.select("customer_id", pl.coalesce("sent_on", "planned_on")).iter_rows(),
        *ledger.contacted.select("customer_id", "on").iter_rows(),
    ]
    today = [(row, moment.today) for row in plan.messages["customer_id"]]
    written = set(plan.messages["customer_id"])
    for customer, on in (*before, *today):
        for person in (("customer", customer), *shared[customer]):
            if since < on <= moment.today:
                counts[person] += 1
            if on == moment.today:
                mailed[person].add(customer)
    for customer in plan.messages["customer_id"]:
        for person in (("customer", customer), *shared[customer]):
            assert counts[person] <= most
    by_mail = plan.messages.filter(pl.col("channel").str.contains("email"))["customer_id"]
    for person in {one for customer in by_mail for one in shared[customer]}:
        mailing = mailed[person] & set(by_mail)
        assert len(mailing) <= 1
    told = [
        n
        for part in (plan.planned, plan.held, plan.waiting, plan.reserved)
        for n in part["instalment_id"]
    ]
    assert sorted(told) == sorted(ledger.lines["instalment_id"])
    assert written <= set(ledger.lines["customer_id"])


@often
@given(ledger=ledgers(), seed=st.integers(0, 99), moment=moments)
def test_one_scenario_planned_alone_is_the_same(ledger: Ledger, seed: int, moment: Moment) -> None:
    crowd = replace(crowded(ledger, seed), choices=ledger.choices)
    moment = replace(moment, contacts_a_week=2)
    one = planner.plan(crowd, FRENCH, moment)
    two = planning.plan(crowd, Shelf(FRENCH, OTHERS), moment)

    assert one.held.equals(two.held)
    assert one.planned.equals(two.planned)
