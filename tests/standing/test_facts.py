"""Facts recorded, ended, withdrawn; what is in force on a day; the status of open items."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from tests.conftest import House
from tests.receivables.ledger_rows import write
from tests.receivables.test_queries_ageing import moment
from tests.receivables.test_rules_ageing import line

from encours.parties.models import Customer
from encours.receivables.actions.acts import NotFound
from encours.receivables.models import Instalment
from encours.receivables.rules.ageing import LedgerFacts
from encours.receivables.rules.rates import shipped_rates
from encours.receivables.rules.values import shipped_law_values
from encours.standing import actions, queries
from encours.standing.actions import InvalidFact
from encours.tenancy.models import Fact
from encours.tenancy.scope import in_tenant

TODAY = date(2026, 11, 20)
LATER = TODAY + timedelta(days=10)
LEDGER = LedgerFacts(
    lines=(
        line("F1", 1000, date(2026, 9, 1), customer="A"),
        line("F2", 500, date(2026, 9, 2), customer="A"),
        line("F3", 70, date(2026, 9, 3), customer="B"),
    )
)


@dataclass(frozen=True)
class Desk:
    house: House
    customers: dict[str, int]
    lines: dict[str, int]

    def say(self, kind: str, customer: str = "A", **more: Any) -> int:
        asked = {"starts_on": TODAY, "today": TODAY, **more}
        return actions.record_fact(
            tenant_id=self.house.tenant_id, customer_id=self.customers[customer], kind=kind, **asked
        )

    def statuses(self, on: date = TODAY) -> dict[str, str]:
        found = queries.open_items(moment(self.house, on))
        return dict(found.select("document", "status").iter_rows())


@pytest.fixture
def desk(house: House) -> Iterator[Desk]:
    with in_tenant(house.tenant_id):
        write(house, LEDGER)
        yield Desk(
            house,
            dict(Customer.objects.of(house.tenant_id).values_list("code", "pk")),
            dict(Instalment.objects.of(house.tenant_id).values_list("invoice__number", "pk")),
        )


@pytest.mark.parametrize(
    ("kind", "more", "expected"),
    [
        pytest.param("dispute", {"reason": "prix", "on": "F1"}, {"F1": "disputed"}, id="one line"),
        pytest.param("dispute", {"reason": "prix"}, {"F1": "disputed", "F2": "disputed"}, id="the whole account"),
        pytest.param("promise", {"ends_on": LATER, "amount_cents": 1500}, {"F1": "promised", "F2": "promised"}, id="a promise for all"),
        pytest.param("insolvency", {}, {"F1": "insolvent", "F2": "insolvent"}, id="insolvency"),
        pytest.param("einvoice", {"on": "F2", "details": {"status": "210"}}, {"F2": "disputed"}, id="an e-invoice refused"),
        pytest.param("einvoice", {"on": "F2", "details": {"status": "213"}}, {"F2": "rejected"}, id="an e-invoice rejected"),
        pytest.param("einvoice", {"on": "F2", "details": {"status": "205"}}, {}, id="an e-invoice approved"),
        pytest.param("limitation", {"reason": "reconnaissance de dette"}, {}, id="an act that only counts for the clock"),
    ],
)  # fmt: skip
def test_facts_say_how_lines_stand(
    desk: Desk, kind: str, more: dict[str, Any], expected: dict[str, str]
) -> None:
    said = {name: value for name, value in more.items() if name != "on"}
    desk.say(kind, line_id=desk.lines.get(more.get("on", "")), **said)

    assert desk.statuses() == {"F1": "open", "F2": "open", "F3": "open"} | expected


def test_a_fact_holds_from_its_first_to_its_last_day(desk: Desk) -> None:
    desk.say("pause", reason="accord", ends_on=LATER)

    days = {"before": -1, "first": 0, "last": 10, "after": 11}
    assert {
        name: desk.statuses(TODAY + timedelta(days=shift))["F1"] for name, shift in days.items()
    } == {"before": "open", "first": "paused", "last": "paused", "after": "open"}


def test_the_strongest_of_line_and_customer_decides(desk: Desk) -> None:
    desk.say("promise", line_id=desk.lines["F1"], ends_on=LATER, amount_cents=100)
    desk.say("dispute", reason="qualité")

    assert desk.statuses()["F1"] == "disputed"


def test_an_ended_fact_is_a_new_row(desk: Desk) -> None:
    fact = desk.say("dispute", reason="prix")
    asked = {"tenant_id": desk.house.tenant_id, "fact_id": fact, "today": TODAY}

    ended = actions.end_fact(**asked, ends_on=TODAY)

    assert desk.statuses(LATER)["F1"] == "open"
    assert desk.statuses()["F1"] == "disputed"
    rows = queries.history(
        tenant_id=desk.house.tenant_id, customer_id=desk.customers["A"], with_withdrawn=True
    )
    assert {row.id: row.undone_at is None for row in rows} == {fact: False, ended: True}
    with pytest.raises(NotFound):
        actions.end_fact(**asked, ends_on=TODAY)


def test_a_fact_does_not_end_before_it_starts(desk: Desk) -> None:
    fact = desk.say("dispute", reason="prix")
    with pytest.raises(InvalidFact, match="précède"):
        actions.end_fact(
            tenant_id=desk.house.tenant_id, fact_id=fact, today=TODAY,
            ends_on=TODAY - timedelta(days=1),
        )  # fmt: skip


def test_a_withdrawn_fact_never_held(desk: Desk) -> None:
    fact = desk.say("dispute", reason="Monsieur Untel refuse")
    actions.withdraw_fact(tenant_id=desk.house.tenant_id, fact_id=fact, today=TODAY)

    facts = Fact.objects.of(desk.house.tenant_id).order_by("pk")
    assert desk.statuses()["F1"] == "open"
    assert [row.verb for row in facts] == [
        "standing.dispute.recorded",
        "standing.dispute.withdrawn",
    ]
    assert all("Untel" not in str(row.data) for row in facts)


@pytest.mark.parametrize(
    ("kind", "more", "refusal"),
    [
        pytest.param("promise", {"ends_on": LATER, "amount_cents": 1501}, InvalidFact, id="more than the customer owes"),
        pytest.param("promise", {"ends_on": LATER, "amount_cents": 501, "on": "F2"}, InvalidFact, id="more than the line owes"),
        pytest.param("dispute", {"reason": "prix", "on": "F3"}, NotFound, id="the line of another customer"),
    ],
)  # fmt: skip
def test_facts_refused(
    desk: Desk, kind: str, more: dict[str, Any], refusal: type[Exception]
) -> None:
    line_id = desk.lines.get(more.get("on", ""))
    with pytest.raises(refusal):
        desk.say(kind, line_id=line_id, **{k: v for k, v in more.items() if k != "on"})


def test_a_fact_follows_its_line(desk: Desk) -> None:
    desk.say("dispute", reason="prix", line_id=desk.lines["F1"])
    old = Instalment.objects.of(desk.house.tenant_id).get(pk=desk.lines["F1"])
    new = Instalment.objects.of(desk.house.tenant_id).get(pk=old.pk)
    new.pk, new.lineage_id, new.due_on = None, old.pk, LATER
    new.save(force_insert=True)
    Instalment.objects.of(desk.house.tenant_id).filter(pk=old.pk).update(undone_at=new.recorded_at)

    assert desk.statuses()["F1"] == "disputed"


def test_a_judgment_stops_interest(desk: Desk) -> None:
    Customer.objects.of(desk.house.tenant_id).update(debtor_class="business")
    rates, law = shipped_rates(), shipped_law_values()
    free = queries.interest_due(moment(desk.house, TODAY), rates, law)
    desk.say("insolvency", starts_on=date(2026, 9, 1))
    stopped = queries.interest_due(moment(desk.house, TODAY), rates, law)

    assert free["interest_cents"].to_list()[0] > 0
    assert stopped["interest_cents"].to_list()[0] == 0
