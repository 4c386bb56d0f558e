"""Whom a note is proposed for, as the creditor's policy says; what « never » keeps out of messages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.dunning.ledgers import FRENCH
from tests.einvoicing.note_desk import DUE, INTEREST, ON, Desk, desk
from tests.einvoicing.test_note_reminders import formal_notice

from encours.dunning.models import Reminder
from encours.dunning.queries.billing import Proposal, proposals
from encours.einvoicing.actions.policies import InvalidPolicy, set_policy
from encours.einvoicing.queries.policies import policy_of
from encours.messaging.rules.notice import due_cents

__all__ = ("desk",)


def owner(desk: Desk) -> dict[str, int]:
    return {"tenant_id": desk.house.tenant_id, "creditor_id": desk.house.creditor_id}


def choose(desk: Desk, mode: str, from_reminder: int = 1) -> None:
    set_policy(
        tenant_id=desk.house.tenant_id, creditor_id=desk.house.creditor_id, mode=mode,
        from_reminder=from_reminder, today=ON,
    )  # fmt: skip


def reminded(desk: Desk, *steps: str, rehearsal: bool = False) -> None:
    for rank, step in enumerate(steps, start=1):
        Reminder.objects.create(
            tenant_id=desk.house.tenant_id, creditor_id=desk.house.creditor_id,
            customer_id=desk.customer_id, currency="EUR", step_code=step, step_rank=rank, cycle=1,
            scenario_code=FRENCH.code, scenario_version=1, channel="email", state="sent",
            planned_on=DUE + timedelta(days=10 * rank), sent_on=DUE + timedelta(days=10 * rank),
            instalment_ids=[desk.line().pk], open_cents=[1_000_000], line_ranks=[rank], amount_cents=1_000_000,
            rehearsal=rehearsal, reason="",
        )  # fmt: skip


def found(desk: Desk) -> list[Proposal]:
    return proposals(desk.moment())


def test_always_proposes_what_is_late_and_not_billed(desk: Desk) -> None:
    desk.invoice()

    [one] = found(desk)
    assert (one.interest_cents, one.indemnity_cents, one.reminders) == (INTEREST, 40_00, 0)
    assert not policy_of(**owner(desk)).is_never
    desk.bill()
    assert found(desk) == []


def test_from_a_reminder_on_it_waits_for_that_reminder(desk: Desk) -> None:
    desk.invoice()
    choose(desk, "from_step", 2)
    assert found(desk) == []
    reminded(desk, "prevenance", "relance_1")
    assert found(desk) == []
    reminded(desk, "relance_2", rehearsal=True)
    assert found(desk) == []
    reminded(desk, "relance_2")

    [one] = found(desk)
    assert (one.reminders, one.total_cents) == (2, INTEREST + 40_00)


def test_never_proposes_nothing_and_messages_do_not_claim_it(desk: Desk) -> None:
    desk.invoice()
    assert due_cents(formal_notice(desk, ON, "F1")) == 1_000_000 + INTEREST + 40_00
    choose(desk, "never")

    assert found(desk) == []
    said = formal_notice(desk, ON, "F1")
    assert (said.interest_cents, said.indemnity_cents) == (None, None)
    assert due_cents(said) == 1_000_000
    assert not said.penalties


@pytest.mark.parametrize(("mode", "count"), [("sometimes", 1), ("from_step", 0), ("from_step", 13)])
def test_no_such_policy(desk: Desk, mode: str, count: int) -> None:
    with pytest.raises(InvalidPolicy):
        choose(desk, mode, count)
