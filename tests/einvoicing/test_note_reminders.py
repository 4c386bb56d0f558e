"""A formal notice after a note: it claims what is not billed yet, and nothing on the note itself."""

from __future__ import annotations

from datetime import date, timedelta

from tests.dunning.ledgers import FRENCH
from tests.einvoicing.note_desk import INTEREST, ON, Desk, desk

from encours.dunning.models import Reminder
from encours.dunning.queries.outgoing import outgoing
from encours.dunning.rules.wordings import notice
from encours.messaging.rules.notice import Notice
from encours.receivables.rules.rates import shipped_rates
from encours.receivables.rules.values import shipped_law_values
from encours.tenancy.models import Creditor

__all__ = ("desk",)
LATER = ON + timedelta(days=30)


def formal_notice(desk: Desk, on: date, *numbers: str) -> Notice:
    """Write the formal notice that lists these claims."""
    lines = [desk.line(number) for number in numbers]
    reminder = Reminder(
        pk=1, tenant_id=desk.house.tenant_id, creditor_id=desk.house.creditor_id,
        customer_id=desk.customer_id, currency="EUR", step_code="mise_en_demeure", cycle=1,
    )  # fmt: skip
    (one,) = outgoing(
        [reminder],
        creditor=Creditor.objects.of(desk.house.tenant_id).get(pk=desk.house.creditor_id),
        steps={1: FRENCH.step("mise_en_demeure")},
        open_cents={1: {line.pk: line.amount_cents for line in lines}},
        covered_cents={},
        today=on,
    )
    return notice(one.draft, rates=shipped_rates(), law=shipped_law_values())


def test_before_any_note_all_is_claimed(desk: Desk) -> None:
    desk.invoice()

    said = formal_notice(desk, ON, "F1")

    assert (said.interest_cents, said.indemnity_cents) == (INTEREST, 40_00)


def test_after_a_note_only_the_days_since_are_claimed(desk: Desk) -> None:
    desk.invoice()
    note = desk.bill()

    said = formal_notice(desk, LATER, "F1", note.number)

    assert said.interest_cents == desk.billable(LATER).detail.interest_cents
    assert said.indemnity_cents is None
    assert {part.number for part in said.penalties} == {"F1"}
    assert min(part.from_on for part in said.penalties) == ON + timedelta(days=1)
    assert sum(line.open_cents for line in said.lines) == 1_000_000 + INTEREST + 40_00


def test_once_cancelled_all_is_claimed_again(desk: Desk) -> None:
    desk.invoice()
    desk.cancel(desk.bill())

    said = formal_notice(desk, ON, "F1")

    assert (said.interest_cents, said.indemnity_cents) == (INTEREST, 40_00)


def test_what_a_note_no_longer_explains_is_a_line_of_the_account(desk: Desk) -> None:
    desk.invoice()
    desk.bill()
    desk.pay(500_000, date(2026, 8, 1))

    said = formal_notice(desk, LATER, "F1")

    expected = desk.billable(LATER).detail
    assert (said.interest_cents or 0) == expected.interest_cents
    assert sum(part.amount_cents for part in said.penalties) == expected.interest_cents
