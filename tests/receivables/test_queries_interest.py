"""Interest over the ledger equals the exact rule, claim by claim."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl
import pytest
from tests.conftest import House
from tests.receivables.ledger_rows import write
from tests.receivables.test_queries_ageing import moment
from tests.receivables.test_rules_ageing import allocation, credit, line

from encours.parties.models import Customer
from encours.receivables.models import Instalment
from encours.receivables.queries.customers import owner_of
from encours.receivables.queries.interest import by_customer, interest_due, late_lines
from encours.receivables.rules.ageing import LedgerFacts
from encours.receivables.rules.classes import DebtorClass
from encours.receivables.rules.interest import Claim, Reduction, late_interest
from encours.receivables.rules.rates import shipped_rates
from encours.receivables.rules.values import shipped_law_values
from encours.tenancy.models import Creditor, Tenant
from encours.tenancy.scope import in_tenant

DUE, PAID, ON = date(2026, 4, 30), date(2026, 7, 15), date(2026, 9, 1)
FACTS = LedgerFacts(
    lines=(
        line("F1", 1_000_000, DUE, customer="A"),
        line("F2", 500_000, DUE, customer="B"),
        line("F3", 300_000, date(2026, 12, 31), customer="A"),
    ),
    credits=(credit("R1", 200_000, PAID, customer="B"),),
    allocations=(allocation(200_000, PAID, credit="R1", line="F2"),),
)


@pytest.fixture
def late(house: House) -> House:
    with in_tenant(house.tenant_id):
        write(house, FACTS)
        Customer.objects.of(house.tenant_id).update(debtor_class="business")
    return house


def due(house: House, **frames: pl.DataFrame) -> pl.DataFrame:
    with in_tenant(house.tenant_id):
        return interest_due(
            moment(house, ON), shipped_rates(), shipped_law_values(), **frames
        )  # fmt: skip


def exact(cents: int, *cuts: Reduction, **more: object) -> int:
    claim = Claim(cents, DUE, DebtorClass.BUSINESS, cuts)
    return late_interest(replace(claim, **more), ON, shipped_rates(), shipped_law_values()).cents


def test_late_lines_bear_what_the_rule_says(late: House) -> None:
    found = due(late)

    assert found.select("number", "interest_cents", "indemnity_cents").rows() == [
        ("F1", 41_708, 4_000),
        ("F2", exact(500_000, Reduction(PAID, 200_000)), 4_000),
    ]


def test_a_judgment_stops_interest(late: House) -> None:
    with in_tenant(late.tenant_id):
        customer = Customer.objects.of(late.tenant_id).get(code="A")
    judged = pl.DataFrame({"customer_id": [customer.pk], "insolvency_on": [date(2026, 6, 1)]})

    first = due(late, insolvencies=judged).row(0, named=True)

    assert first["interest_cents"] == exact(1_000_000, insolvency_on=date(2026, 6, 1))


def test_a_judgment_before_the_due_date_spares_the_indemnity(late: House) -> None:
    with in_tenant(late.tenant_id):
        customer = Customer.objects.of(late.tenant_id).get(code="A")
    judged = pl.DataFrame({"customer_id": [customer.pk], "insolvency_on": [DUE]})

    first = due(late, insolvencies=judged).row(0, named=True)

    assert (first["interest_cents"], first["indemnity_cents"]) == (0, 0)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param({"debtor_class": "unknown"}, (0, 0), id="nobody said what they are"),
        pytest.param({"debtor_class": "consumer"}, (0, 0), id="a consumer without formal notice"),
        pytest.param({"contract_rate": "0"}, (0, 4_000), id="a contract that renounces"),
        pytest.param(
            {"contract_rate": "12,5 %"}, (round(1_000_000 * 0.125 * 124 / 365), 4_000),
            id="the rate of the contract, written the French way",
        ),
    ],
)  # fmt: skip
def test_the_customer_decides(
    late: House, change: dict[str, str], expected: tuple[int, int]
) -> None:
    with in_tenant(late.tenant_id):
        Customer.objects.of(late.tenant_id).filter(code="A").update(**change)

    first = due(late).row(0, named=True)

    assert (first["interest_cents"], first["indemnity_cents"]) == expected


def test_a_due_date_nobody_confirmed_bears_nothing(late: House) -> None:
    with in_tenant(late.tenant_id):
        Instalment.objects.of(late.tenant_id).update(due_source="terms_assumed")

    assert due(late).is_empty()


def test_two_late_lines_of_one_invoice_owe_one_indemnity(late: House) -> None:
    with in_tenant(late.tenant_id):
        first = Instalment.objects.of(late.tenant_id).get(invoice__number="F1")
        first.pk, first.amount_cents = None, 5_000
        first.save(force_insert=True)

    totals = by_customer(due(late))

    assert totals["indemnity_cents"].to_list() == [4_000, 4_000]
    assert totals["is_whole"].to_list() == [True, True]


def test_the_rate_is_the_customers_else_the_creditors_else_the_tenants(late: House) -> None:
    def rate() -> str:
        return str(late_lines(moment(late, ON), shipped_law_values()).row(0, named=True)["rate"])

    with in_tenant(late.tenant_id):
        customer = Customer.objects.of(late.tenant_id).get(code="A")
        assert rate() == ""
        Tenant.objects.update(penalty_rate="12", day_count="ACT_ACT", time_zone="Indian/Reunion")
        owner = owner_of(tenant_id=late.tenant_id, customer_id=customer.pk)
        assert owner is not None
        assert (rate(), owner.rate, owner.day_count) == ("12", "12", "ACT_ACT")
        assert owner.time_zone == "Indian/Reunion"
        Creditor.objects.of(late.tenant_id).update(penalty_rate="")
        assert rate() == "", "no contract here, on purpose"
        Creditor.objects.of(late.tenant_id).update(penalty_rate="14")
        assert rate() == "14"
        Customer.objects.of(late.tenant_id).update(contract_rate="15")
        assert rate() == "15"
