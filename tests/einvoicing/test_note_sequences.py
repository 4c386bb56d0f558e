"""Any sequence of bills, cancellations and payments in the ledger: nothing twice, nothing lost."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.conftest import House
from tests.einvoicing.note_desk import DUE, Desk, furnish

from encours.einvoicing.actions.notes import billing
from encours.einvoicing.queries.notes import as_billed
from encours.receivables.actions import penalties
from encours.receivables.models import Allocation, PenaltyNote, PenaltyPart
from encours.receivables.rules.classes import DebtorClass
from encours.receivables.rules.interest import Claim, Reduction, late_interest
from encours.receivables.rules.rates import shipped_rates
from encours.receivables.rules.values import shipped_law_values
from encours.tenancy.scope import in_tenant

NUMBERS = ("F1", "F2")
AMOUNTS = {"F1": 1_000_000, "F2": 333_333}
acts = st.lists(
    st.one_of(
        st.tuples(st.just("wait"), st.integers(1, 60)),
        st.tuples(st.just("bill"), st.just(0)),
        st.tuples(st.just("cancel"), st.integers(0, 3)),
        st.tuples(st.just("pay"), st.integers(1, 500_000)),
    ),
    min_size=2,
    max_size=8,
)


def bill(desk: Desk, on: date) -> None:
    found = desk.billable(on, with_settled=True)
    lines = [as_billed(line, until_on=on, currency="EUR") for line in found.lines]
    if any(line.total_cents for line in lines):
        penalties.record_note(
            tenant_id=desk.house.tenant_id, customer_id=desk.customer_id, until_on=on,
            billings=[billing(line) for line in lines], currency="EUR", today=on,
        )  # fmt: skip


def cancel(desk: Desk, on: date, which: int) -> None:
    live = PenaltyNote.objects.of(desk.house.tenant_id).filter(kind="note")
    gone = PenaltyNote.objects.of(desk.house.tenant_id).filter(kind="cancellation")
    notes = list(live.exclude(pk__in=gone.values("cancels_id")).order_by("rank"))
    if notes:
        note = notes[which % len(notes)]
        penalties.cancel_note(tenant_id=desk.house.tenant_id, note_id=note.pk, today=on)


def pay(desk: Desk, on: date, cents: int) -> None:
    number = NUMBERS[cents % 2]
    taken = Allocation.objects.of(desk.house.tenant_id).filter(instalment=desk.line(number))
    left = AMOUNTS[number] - (taken.aggregate(cents=Sum("amount_cents"))["cents"] or 0)
    if left:
        desk.pay(min(cents, left), on, number)


def plain(desk: Desk, on: date) -> int:
    """Return the interest of both lines had no note ever been."""
    total = 0
    for number in NUMBERS:
        rows = Allocation.objects.of(desk.house.tenant_id).filter(instalment=desk.line(number))
        cuts = tuple(Reduction(row.effective_on, row.amount_cents) for row in rows)
        claim = Claim(AMOUNTS[number], DUE, DebtorClass.BUSINESS, cuts)
        total += late_interest(claim, on, shipped_rates(), shipped_law_values()).cents
    return total


def check(desk: Desk, on: date) -> None:
    live = PenaltyPart.objects.of(desk.house.tenant_id).filter(released_on=None)
    billed = {
        kind: live.filter(kind=kind).aggregate(cents=Sum("cents"))["cents"] or 0
        for kind in ("interest", "indemnity")
    }
    found = desk.billable(on, with_settled=True).detail

    assert billed["interest"] + found.interest_cents == plain(desk, on)
    assert billed["indemnity"] + found.indemnity_cents == 2 * 40_00
    ranks = PenaltyNote.objects.of(desk.house.tenant_id).order_by("rank")
    assert list(ranks.values_list("rank", flat=True)) == list(range(1, ranks.count() + 1))


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(acts=acts)
def test_billed_and_claimable_are_the_whole(house: House, acts: list[tuple[str, int]]) -> None:
    with in_tenant(house.tenant_id):
        desk, on = furnish(house), DUE + timedelta(days=5)
        for number in NUMBERS:
            desk.invoice(number, AMOUNTS[number])
        for act, value in acts:
            if act == "wait":
                on = min(on + timedelta(days=value), date(2026, 12, 30))
            elif act == "bill":
                bill(desk, on)
            elif act == "cancel":
                cancel(desk, on, value)
            else:
                pay(desk, on, value)
            check(desk, on)
        transaction.set_rollback(True)
