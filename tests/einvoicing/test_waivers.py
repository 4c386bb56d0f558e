"""Penalties given up: with a reason, no more asked nor billed, taken back, forbidden by a law."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from tests.einvoicing.note_desk import INTEREST, ON, Desk, desk

from encours.einvoicing.actions import waivers as actions
from encours.einvoicing.actions.notes import Changed, Chosen
from encours.einvoicing.queries.notes import as_billed
from encours.receivables.actions import waivers
from encours.receivables.actions.penalties import NothingToBill
from encours.receivables.actions.waivers import AlreadyTakenBack, NoReason, WaiverForbidden
from encours.receivables.models import PenaltyWaiver
from encours.receivables.queries import waivers as queries
from encours.receivables.queries.billed import billed_of
from encours.receivables.queries.interest import interest_due
from encours.receivables.rules.rates import shipped_rates
from encours.receivables.rules.values import LawValues, shipped_law_values
from encours.tenancy.models import Fact

__all__ = ("desk",)
LATER = ON + timedelta(days=30)
LAW = shipped_law_values()


def waive(desk: Desk, until: date = ON, *, law: LawValues = LAW, **more: Any) -> int:
    found = desk.billable(until).detail.lines
    asked = [as_billed(line, until_on=until, currency="EUR") for line in found]
    reason = more.pop("reason", "accord sur la facture suivante")
    chosen = {
        "customer_id": desk.customer_id,
        "until_on": until,
        "currency": "EUR",
        "line_ids": [line.line_id for line in asked],
        "expected_cents": sum(line.total_cents for line in asked),
    }
    return actions.waive(
        tenant_id=desk.house.tenant_id,
        chosen=Chosen(**chosen | more),
        reason=reason,
        law=law,
        today=until,
    )


def test_what_is_given_up_is_no_more_asked_nor_billed(desk: Desk) -> None:
    desk.invoice()

    assert waive(desk) == INTEREST + 40_00
    assert desk.billable().detail.total_cents == 0
    with pytest.raises(NothingToBill):
        desk.bill()
    line = desk.line()
    told = billed_of(desk.moment(), [(line.pk, line.invoice_id)])[line.pk]
    assert (told.until_on, told.interest_cents, told.indemnity_cents) == (ON, INTEREST, 40_00)
    (row,) = interest_due(desk.moment(), shipped_rates(), LAW).to_dicts()
    assert (row["interest_cents"], row["indemnity_cents"]) == (0, 0)


def test_later_days_run_and_add_up_to_the_plain_statement(desk: Desk) -> None:
    desk.invoice()
    before = desk.billable(LATER).detail.interest_cents
    waive(desk)
    after = desk.billable(LATER).detail

    assert INTEREST + after.interest_cents == before
    assert after.indemnity_cents == 0


def test_a_waiver_says_why_and_may_be_taken_back(desk: Desk) -> None:
    desk.invoice()
    waive(desk, reason="  geste commercial  ")
    rows = queries.waivers(tenant_id=desk.house.tenant_id, customer_id=desk.customer_id)
    asked: dict[str, Any] = {"tenant_id": desk.house.tenant_id, "today": LATER}
    for row in rows:
        waivers.take_back(**asked, waiver_id=row.id)

    assert {row.kind for row in rows} == {"interest", "indemnity"}
    assert {row.reason for row in rows} == {"geste commercial"}
    assert desk.billable(LATER).detail.indemnity_cents == 40_00
    assert desk.billable(ON, today=LATER).detail.total_cents == 0  # as it stood that day
    with pytest.raises(AlreadyTakenBack):
        waivers.take_back(**asked, waiver_id=rows[0].id)
    verbs = Fact.objects.of(desk.house.tenant_id).values_list("verb", flat=True)
    assert list(verbs).count("penalties.waiver_undone") == 2


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        pytest.param({"reason": " "}, NoReason, id="no reason"),
        pytest.param({"expected_cents": 1}, Changed, id="another amount than the one seen"),
        pytest.param({"line_ids": []}, NothingToBill, id="no line"),
    ],
)
def test_what_is_refused(desk: Desk, changes: dict[str, Any], refusal: type[Exception]) -> None:
    desk.invoice()
    with pytest.raises(refusal):
        waive(desk, **changes)

    assert not PenaltyWaiver.objects.of(desk.house.tenant_id).exists()


def test_a_law_that_forbids_it_is_obeyed_from_its_day(desk: Desk) -> None:
    desk.invoice()
    rows = tuple(
        replace(row, value=row.value * 0, valid_from=ON) if row.code == "penalty_waiver" else row
        for row in LAW.rows
    )
    with pytest.raises(WaiverForbidden):
        waive(desk, law=LawValues(rows))
