"""Acts by hand: what they write, what they refuse, and that undoing them restores the balance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import House
from tests.receivables.test_queries_ageing import moment, on_real_rows

from encours.kernel.refusal import Refusal
from encours.parties.models import Batch, Customer, PaymentTerms
from encours.receivables.actions import allocations, documents, states
from encours.receivables.actions.acts import Imported, NotFound
from encours.receivables.actions.allocations import NotAllocatable, Share
from encours.receivables.actions.documents import Amounts, InvalidDocument, NumberTaken
from encours.receivables.models import Allocation, Instalment, Invoice, ProposedAllocation
from encours.receivables.queries.ageing import aged_balance
from encours.receivables.queries.items import open_items, unallocated_credits
from encours.receivables.rules import terms
from encours.receivables.rules.terms import DueLine
from encours.tenancy.models import Fact
from encours.tenancy.scope import in_tenant

TODAY = date(2026, 11, 20)
ISSUED = date(2026, 9, 10)


@dataclass(frozen=True)
class Desk:
    """A house with one customer, and the door open."""

    house: House
    customer_id: int

    def invoice(self, cents: int = 1000, number: str = "F1", **more: Any) -> int:
        asked = {
            "tenant_id": self.house.tenant_id, "customer_id": self.customer_id, "number": number,
            "issued_on": ISSUED, "amounts": Amounts(cents), "today": TODAY,
        }  # fmt: skip
        return documents.record_invoice(**asked | more)

    def credit(self, cents: int = 1000, kind: str = "payment", **more: Any) -> int:
        asked = {
            "tenant_id": self.house.tenant_id, "customer_id": self.customer_id, "kind": kind,
            "received_on": date(2026, 10, 1), "amounts": Amounts(cents), "today": TODAY,
        }  # fmt: skip
        return documents.record_credit(**asked | more)

    def allocate(self, credit_id: int, *shares: tuple[int, int], **more: Any) -> list[int]:
        return allocations.allocate(
            tenant_id=self.house.tenant_id, credit_id=credit_id, today=TODAY,
            shares=[Share(line, cents) for line, cents in shares], **more,
        )  # fmt: skip

    def lines(self, number: str = "F1") -> list[int]:
        rows = Instalment.objects.of(self.house.tenant_id).filter(
            invoice__number=number, undone_at=None
        )
        return list(rows.order_by("position").values_list("pk", flat=True))

    def totals(self) -> tuple[int, int]:
        totals = aged_balance(moment(self.house, TODAY)).totals
        return totals["open"], totals["unallocated"]

    def verbs(self) -> list[str]:
        return list(
            Fact.objects.of(self.house.tenant_id).order_by("pk").values_list("verb", flat=True)
        )


@pytest.fixture
def desk(house: House) -> Iterator[Desk]:
    with in_tenant(house.tenant_id):
        customer = Customer.objects.create(
            tenant_id=house.tenant_id, creditor_id=house.creditor_id, code="DUPONT", name="Dupont"
        )
        yield Desk(house, customer.pk)


def give_terms(desk: Desk, rule: terms.Terms, *, confirmed: bool) -> None:
    PaymentTerms.objects.create(
        tenant_id=desk.house.tenant_id, creditor_id=desk.house.creditor_id, code="T", name="T",
        definition=terms.as_json(rule), is_default=True,
        confirmed_at=datetime(2026, 1, 1, tzinfo=UTC) if confirmed else None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "confirmed", "expected"),
    [
        pytest.param(None, False, (ISSUED + timedelta(days=30), "terms_assumed"), id="the law's thirty days"),
        pytest.param(terms.single(10), False, (ISSUED + timedelta(days=10), "terms_assumed"), id="terms nobody confirmed"),
        pytest.param(terms.single(10), True, (ISSUED + timedelta(days=10), "terms_confirmed"), id="confirmed terms"),
    ],
)  # fmt: skip
def test_an_invoice_is_cut_by_the_terms(
    desk: Desk, rule: terms.Terms | None, confirmed: bool, expected: tuple[date, str]
) -> None:
    if rule:
        give_terms(desk, rule, confirmed=confirmed)

    desk.invoice()
    (row,) = open_items(moment(desk.house, TODAY)).to_dicts()

    assert (row["due_on"], row["due_source"]) == expected
    assert desk.verbs() == ["invoice.recorded"]


def test_due_dates_typed_by_hand_are_read(desk: Desk) -> None:
    desk.invoice(due=[DueLine(ISSUED, 400), DueLine(TODAY, 600)])

    rows = open_items(moment(desk.house, TODAY)).to_dicts()

    assert [(row["due_source"], row["open_cents"]) for row in rows] == [
        ("read", 400),
        ("read", 600),
    ]


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        pytest.param({"number": "  "}, InvalidDocument, id="no number"),
        pytest.param({"number": "9" * 81}, InvalidDocument, id="a number too long"),
        pytest.param({"due": [DueLine(TODAY, 999)]}, InvalidDocument, id="due lines short of a cent"),
        pytest.param({"due": [DueLine(date(2026, 1, 1), 1000)]}, InvalidDocument, id="due before issued"),
        pytest.param({"customer_id": 0}, NotFound, id="nobody's invoice"),
    ],
)  # fmt: skip
def test_invoices_refused(desk: Desk, wrong: dict[str, Any], refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        desk.invoice(**wrong)


@pytest.mark.parametrize(
    "amounts",
    [
        pytest.param((0,), id="nil"),
        pytest.param((-1,), id="negative"),
        pytest.param((1200, 1000, 199), id="a cent lost"),
        pytest.param((1200, 1000), id="net without VAT"),
    ],
)
def test_amounts_refused(amounts: tuple[int, ...]) -> None:
    with pytest.raises(InvalidDocument):
        Amounts(*amounts)


def test_a_number_is_used_once(desk: Desk) -> None:
    desk.invoice()
    desk.credit(kind="credit_note", number="A1")

    with pytest.raises(NumberTaken):
        desk.invoice()
    with pytest.raises(NumberTaken):
        desk.credit(kind="credit_note", number="A1")


def test_a_payment_of_tomorrow_is_refused(desk: Desk) -> None:
    with pytest.raises(InvalidDocument, match="futur"):
        desk.credit(received_on=TODAY + timedelta(days=1))


def test_a_payment_settles_and_its_reversal_opens_again(desk: Desk) -> None:
    desk.invoice(1000)
    credit = desk.credit(700)
    assert desk.totals() == (1000, -700)

    desk.allocate(credit, (desk.lines()[0], 700))
    assert desk.totals() == (300, 0)

    documents.reverse_credit(
        tenant_id=desk.house.tenant_id, credit_id=credit, reason="rejected", today=TODAY
    )
    assert desk.totals() == (1000, 0)
    assert desk.verbs()[-1] == "credit.reversed"


def test_reversing_an_invoice_frees_what_settled_it(desk: Desk) -> None:
    invoice = desk.invoice(1000)
    desk.allocate(desk.credit(700), (desk.lines()[0], 700))

    documents.reverse_invoice(
        tenant_id=desk.house.tenant_id, invoice_id=invoice, reason="duplicate", today=TODAY
    )

    assert desk.totals() == (0, -700)
    assert desk.invoice(number="F1")  # the number is free again


def test_what_came_by_import_is_not_reversed_by_hand(desk: Desk) -> None:
    invoice = desk.invoice()
    Batch.objects.of(desk.house.tenant_id).update(kind="fec")

    with pytest.raises(Imported):
        documents.reverse_invoice(
            tenant_id=desk.house.tenant_id, invoice_id=invoice, reason="duplicate", today=TODAY
        )


def test_a_reversal_says_why_and_happens_once(desk: Desk) -> None:
    asked = {"tenant_id": desk.house.tenant_id, "invoice_id": desk.invoice(), "today": TODAY}
    with pytest.raises(InvalidDocument, match="motif"):
        documents.reverse_invoice(**asked, reason=" ")
    documents.reverse_invoice(**asked, reason="duplicate")

    with pytest.raises(NotFound):
        documents.reverse_invoice(**asked, reason="duplicate")


def test_an_allocation_takes_effect_when_both_sides_exist(desk: Desk) -> None:
    desk.invoice(issued_on=date(2026, 10, 15))
    desk.allocate(desk.credit(received_on=date(2026, 10, 1)), (desk.lines()[0], 10))

    row = Allocation.objects.of(desk.house.tenant_id).get()

    assert (row.effective_on, row.origin, row.lettered_on) == (date(2026, 10, 15), "manual", TODAY)
    assert (row.customer_id, row.due_on) == (row.instalment.customer_id, row.instalment.due_on)


@pytest.mark.parametrize(
    ("cents", "more", "sentence"),
    [
        pytest.param(1001, {}, "Il ne reste que 10,00", id="more than the line"),
        pytest.param(901, {}, "Il ne reste que 9,00", id="more than the payment"),
        pytest.param(0, {}, "supérieur à zéro", id="nothing"),
        pytest.param(1, {"effective_on": date(2026, 9, 30)}, "date d'effet", id="before the payment"),
        pytest.param(1, {"effective_on": date(2026, 12, 1)}, "date d'effet", id="in the future"),
    ],
)  # fmt: skip
def test_allocations_refused(desk: Desk, cents: int, more: dict[str, Any], sentence: str) -> None:
    desk.invoice(1000)
    credit = desk.credit(900)

    with pytest.raises(NotAllocatable, match=sentence):
        desk.allocate(credit, (desk.lines()[0], cents), **more)


def test_a_line_asked_twice_counts_twice(desk: Desk) -> None:
    desk.invoice(1000)
    line = desk.lines()[0]

    with pytest.raises(NotAllocatable):
        desk.allocate(desk.credit(5000), (line, 600), (line, 600))


def test_currencies_do_not_mix(desk: Desk) -> None:
    desk.invoice(currency="USD")

    with pytest.raises(NotAllocatable, match="devise"):
        desk.allocate(desk.credit(), (desk.lines()[0], 1))


def test_paying_for_another_customer_is_said(desk: Desk) -> None:
    desk.invoice(1000)
    parent = Customer.objects.create(
        tenant_id=desk.house.tenant_id, creditor_id=desk.house.creditor_id, code="MERE", name="M"
    )
    credit = desk.credit(1000, customer_id=parent.pk)

    with pytest.raises(NotAllocatable, match="autre client"):
        desk.allocate(credit, (desk.lines()[0], 1000))
    desk.allocate(credit, (desk.lines()[0], 1000), for_other_customer=True)

    assert desk.totals() == (0, 0)


def test_unallocate_opens_both_sides(desk: Desk) -> None:
    desk.invoice(1000)
    made = desk.allocate(desk.credit(1000), (desk.lines()[0], 1000))
    asked = {"tenant_id": desk.house.tenant_id, "allocation_ids": made, "today": TODAY}

    assert allocations.unallocate(**asked) == 1
    assert desk.totals() == (1000, -1000)
    with pytest.raises(NotFound):
        allocations.unallocate(**asked)


def test_the_law_pays_what_is_due_first_then_the_oldest(desk: Desk) -> None:
    due = {"OLD": date(2026, 9, 30), "NEW": date(2026, 9, 30), "NOT": date(2026, 12, 31)}
    for number, issued in (
        ("NOT", date(2026, 1, 1)),
        ("NEW", date(2026, 9, 2)),
        ("OLD", date(2026, 9, 1)),
    ):
        desk.invoice(1000, number, issued_on=issued, due=[DueLine(due[number], 1000)])  # fmt: skip
    credit = desk.credit(1500)

    allocations.settle_by_law(tenant_id=desk.house.tenant_id, credit_id=credit, today=TODAY)

    items = open_items(moment(desk.house, TODAY))
    assert dict(items.select("document", "open_cents").iter_rows()) == {"NEW": 500, "NOT": 1000}
    assert set(Allocation.objects.values_list("origin", flat=True)) == {"legal"}


def test_the_law_has_nothing_to_pay(desk: Desk) -> None:
    with pytest.raises(NotAllocatable, match="Rien à imputer"):
        allocations.settle_by_law(
            tenant_id=desk.house.tenant_id, credit_id=desk.credit(), today=TODAY
        )


@pytest.mark.parametrize(("accept", "left"), [(True, (0, 0)), (False, (1000, -1000))])
def test_proposals_are_decided_once(desk: Desk, accept: bool, left: tuple[int, int]) -> None:
    desk.invoice(1000)
    proposal = ProposedAllocation.objects.create(
        tenant_id=desk.house.tenant_id, creditor_id=desk.house.creditor_id,
        credit_id=desk.credit(1000), instalment_id=desk.lines()[0], amount_cents=1000, reason="?",
    )  # fmt: skip
    asked = {
        "tenant_id": desk.house.tenant_id, "proposal_ids": [proposal.pk], "accept": accept,
        "today": TODAY,
    }  # fmt: skip

    allocations.decide_proposals(**asked)

    assert desk.totals() == left
    with pytest.raises(NotFound):
        allocations.decide_proposals(**asked)


def test_a_doubtful_line_is_still_owed(desk: Desk) -> None:
    desk.invoice(1000)
    states.reclassify(
        tenant_id=desk.house.tenant_id, line_ids=desk.lines(), state="doubtful",
        from_on=date(2026, 11, 1), today=TODAY,
    )  # fmt: skip

    (now,) = open_items(moment(desk.house, TODAY)).to_dicts()
    (before,) = open_items(moment(desk.house, date(2026, 10, 31))).to_dicts()

    assert (now["state"], before["state"]) == ("doubtful", "ordinary")
    assert desk.totals() == (1000, 0)


@on_real_rows
@given(
    debts=st.lists(st.integers(1, 5000), min_size=1, max_size=4),
    money=st.lists(st.integers(1, 5000), min_size=1, max_size=4),
    undone=st.data(),
)
def test_no_cent_is_lost_or_invented(
    house: House, debts: list[int], money: list[int], undone: st.DataObject
) -> None:
    """Σ open = Σ invoiced − Σ allocated, whatever is settled and undone."""
    from django.db import transaction  # noqa: PLC0415

    with in_tenant(house.tenant_id):
        customer = Customer.objects.create(
            tenant_id=house.tenant_id, creditor_id=house.creditor_id, code="P", name="P"
        )
        desk = Desk(house, customer.pk)
        for position, cents in enumerate(debts):
            desk.invoice(cents, f"F{position}")
        for cents in money:
            credit = desk.credit(cents)
            try:
                made = allocations.settle_by_law(
                    tenant_id=house.tenant_id, credit_id=credit, today=TODAY
                )
            except NotAllocatable:
                continue
            if undone.draw(st.booleans()):
                allocations.unallocate(
                    tenant_id=house.tenant_id, allocation_ids=made[:1], today=TODAY
                )
        opened, unallocated = desk.totals()
        live = Allocation.objects.of(house.tenant_id).filter(undone_at=None)
        allocated = sum(live.values_list("amount_cents", flat=True))
        spare = unallocated_credits(moment(house, TODAY))["open_cents"].sum()
        assert Invoice.objects.of(house.tenant_id).count() == len(debts)
        transaction.set_rollback(True)

    assert opened == sum(debts) - allocated
    assert -unallocated == sum(money) - allocated == spare
    assert opened >= 0
    assert unallocated <= 0
