"""Terms confirmed or changed after the import: dates move, nothing else does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import House
from tests.receivables.test_actions import ISSUED, TODAY, Desk
from tests.receivables.test_queries_ageing import moment, on_real_rows

from encours.parties.actions.customers import set_terms
from encours.parties.models import Customer, PaymentTerms
from encours.receivables.actions import allocations, states
from encours.receivables.actions import terms as terms_actions
from encours.receivables.actions.allocations import NotAllocatable
from encours.receivables.actions.due_dates import Recomputed, recompute_due_dates
from encours.receivables.models import Allocation, Instalment, ProposedAllocation
from encours.receivables.queries.ageing import aged_balance
from encours.receivables.queries.items import open_items
from encours.receivables.rules import terms
from encours.receivables.rules.terms import DueLine, DueRule, Part, Terms
from encours.tenancy.scope import in_tenant

THIRDS = Terms(
    tuple(Part(Fraction(share), DueRule(days)) for share, days in ((30, 0), (30, 30), (40, 60)))
)
NET_45 = terms.single(45)


@pytest.fixture
def desk(house: House) -> Iterator[Desk]:
    with in_tenant(house.tenant_id):
        yield new_desk(house)


def new_desk(house: House, code: str = "DUPONT") -> Desk:
    customer = Customer.objects.create(
        tenant_id=house.tenant_id, creditor_id=house.creditor_id, code=code, name=code
    )
    return Desk(house, customer.pk)


def stored(desk: Desk, rule: Terms, *, confirmed: bool = True, default: bool = True) -> int:
    row, _ = PaymentTerms.objects.update_or_create(
        tenant_id=desk.house.tenant_id, creditor_id=desk.house.creditor_id, is_default=default,
        defaults={
            "code": f"T{default}", "name": "T", "definition": terms.as_json(rule),
            "confirmed_at": datetime(2026, 1, 1, tzinfo=UTC) if confirmed else None,
        },
    )  # fmt: skip
    return row.pk


def recompute(desk: Desk, **more: Any) -> Recomputed:
    return recompute_due_dates(
        tenant_id=desk.house.tenant_id, creditor_id=desk.house.creditor_id, today=TODAY, **more
    )


def shown(desk: Desk) -> list[tuple[date, str, int, int]]:
    found = open_items(moment(desk.house, TODAY), with_settled=True).sort("due_on")
    return list(found.select("due_on", "due_source", "amount_cents", "open_cents").iter_rows())


def after(days: int) -> date:
    return ISSUED + timedelta(days=days)


def test_confirmed_as_they_stood_lines_keep_their_rows(desk: Desk) -> None:
    desk.invoice(1000)
    before = desk.lines()
    stored(desk, terms.single(30))

    assert recompute(desk) == Recomputed(kept=1, replaced=0)
    assert desk.lines() == before
    assert shown(desk) == [(after(30), "terms_confirmed", 1000, 1000)]
    assert recompute(desk) == Recomputed(0, 0)


def test_a_date_that_moves_takes_another_row_and_keeps_the_past(desk: Desk) -> None:
    desk.invoice(1000)
    (old,) = desk.lines()
    stored(desk, NET_45)

    assert recompute(desk) == Recomputed(kept=0, replaced=1)
    (new,) = desk.lines()
    assert Instalment.objects.of(desk.house.tenant_id).get(pk=new).lineage_id == old
    assert Instalment.objects.of(desk.house.tenant_id).get(pk=old).undone_at is not None
    assert shown(desk) == [(after(45), "terms_confirmed", 1000, 1000)]
    assert recompute(desk) == Recomputed(0, 0)


def test_a_date_that_was_read_is_left_alone(desk: Desk) -> None:
    desk.invoice(1000, due=[DueLine(TODAY, 1000)])
    stored(desk, NET_45)

    assert recompute(desk) == Recomputed(0, 0)


def test_what_was_paid_fills_the_earliest_parts(desk: Desk) -> None:
    desk.invoice(1000)
    desk.allocate(desk.credit(450), (desk.lines()[0], 450))
    stored(desk, THIRDS)

    recompute(desk)

    assert [(due, opened) for due, _, _, opened in shown(desk)] == [
        (after(0), 0),
        (after(30), 150),
        (after(60), 400),
    ]
    assert desk.totals() == (550, 0)


def test_from_parts_back_to_one(desk: Desk) -> None:
    stored(desk, THIRDS)
    desk.invoice(1000)
    first, second, _ = desk.lines()
    desk.allocate(desk.credit(500), (first, 300), (second, 200))
    stored(desk, NET_45)

    recompute(desk)

    assert shown(desk) == [(after(45), "terms_confirmed", 1000, 500)]
    live = Allocation.objects.of(desk.house.tenant_id).filter(undone_at=None)
    assert list(live.values_list("amount_cents", flat=True)) == [500]
    assert {one.due_on for one in live} == {after(45)}


def test_states_and_proposals_follow(desk: Desk) -> None:
    desk.invoice(1000)
    states.reclassify(
        tenant_id=desk.house.tenant_id, line_ids=desk.lines(), state="bill",
        from_on=date(2026, 10, 1), today=TODAY,
    )  # fmt: skip
    ProposedAllocation.objects.create(
        tenant_id=desk.house.tenant_id, creditor_id=desk.house.creditor_id,
        credit_id=desk.credit(400), instalment_id=desk.lines()[0], amount_cents=400, reason="?",
    )  # fmt: skip
    stored(desk, THIRDS)

    recompute(desk)

    assert set(open_items(moment(desk.house, TODAY))["state"]) == {"bill"}
    pending = ProposedAllocation.objects.of(desk.house.tenant_id).filter(undone_at=None)
    found = pending.order_by("id").values_list("instalment_id", "amount_cents")
    assert list(found) == list(zip(desk.lines()[:2], (300, 100), strict=True))


def test_only_the_customers_asked_for(desk: Desk) -> None:
    other = new_desk(desk.house, "MARTIN")
    desk.invoice(1000)
    other.invoice(2000, "F2")
    terms_id = stored(desk, NET_45, default=False)
    who = {"tenant_id": desk.house.tenant_id, "customer_ids": [desk.customer_id], "today": TODAY}
    set_terms(**who, terms_id=terms_id)

    assert recompute(desk, customer_ids=[other.customer_id]) == Recomputed(0, 0)
    assert recompute(desk, customer_ids=[desk.customer_id]) == Recomputed(0, 1)
    assert [due for due, _, _, _ in shown(desk)] == [after(30), after(45)]


def test_confirming_terms_makes_lines_remindable(desk: Desk) -> None:
    terms_id = stored(desk, terms.single(30), confirmed=False)
    desk.invoice(1000)
    now = datetime(2026, 11, 20, 9, tzinfo=UTC)

    terms_actions.confirm_terms(
        tenant_id=desk.house.tenant_id, terms_id=terms_id, actor_id=1, now=now
    )

    assert [source for _, source, _, _ in shown(desk)] == ["terms_confirmed"]


@on_real_rows
@given(
    debts=st.lists(st.integers(1, 3000), min_size=1, max_size=4),
    money=st.lists(st.integers(1, 3000), max_size=3),
    change=st.permutations([NET_45, THIRDS, terms.single(30)]),
)
def test_dates_move_and_not_one_cent(
    house: House, debts: list[int], money: list[int], change: list[Terms]
) -> None:
    """Σ open, unallocated and each credit's use stay; what was known before stays known."""
    with in_tenant(house.tenant_id):
        desk = new_desk(house, "P")
        stored(desk, change[0])
        for position, cents in enumerate(debts):
            desk.invoice(cents, f"F{position}")
        for cents in money:
            try:
                allocations.settle_by_law(
                    tenant_id=house.tenant_id, credit_id=desk.credit(cents), today=TODAY
                )
            except NotAllocatable:
                continue
        before, used = desk.totals(), uses(house)
        for rule in change[1:]:
            stored(desk, rule)
            recompute(desk)
            assert desk.totals() == before
            assert uses(house) == used
            assert recompute(desk) == Recomputed(0, 0)
            assert all(opened >= 0 for _, _, _, opened in shown(desk))
            assert copies_are_true(house)
        totals = aged_balance(moment(house, TODAY)).totals
        assert totals["open"] == sum(
            totals[name] for name in ("not_due", "d1_30", "d31_60", "d61_90", "d90_plus")
        )
        transaction.set_rollback(True)


def uses(house: House) -> dict[int, int]:
    found: dict[int, int] = {}
    for row in Allocation.objects.of(house.tenant_id).filter(undone_at=None):
        found[row.credit_id] = found.get(row.credit_id, 0) + row.amount_cents
    return found


def copies_are_true(house: House) -> bool:
    """What an allocation copies of its due line and credit is what they say (postgres.md §6)."""
    rows = Allocation.objects.of(house.tenant_id).select_related("instalment", "credit")
    return all(
        (row.customer_id, row.due_on, row.issued_on, row.currency, row.payer_id)
        == (
            row.instalment.customer_id, row.instalment.due_on, row.instalment.issued_on,
            row.instalment.currency, row.credit.customer_id,
        )
        for row in rows
    )  # fmt: skip
