"""A planned call from the list to its outcome, on real tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.conftest import House
from tests.dunning.test_day import Shop, day, noon

from encours.dunning.actions import calls as planned
from encours.dunning.models import Reminder
from encours.messaging.models import Message
from encours.parties.actions import contacts
from encours.parties.models import Contact, Customer
from encours.recovery import erasing
from encours.recovery.actions import policies, recording, sheets, tasks
from encours.recovery.actions.recording import AlreadyCalled, CallRefused, Told
from encours.recovery.actions.tasks import InvalidTask, NewTask, NoSuchTask
from encours.recovery.models import Call, OpenSheet, Task
from encours.recovery.queries import made, owed
from encours.recovery.queries.policies import policy_of
from encours.recovery.queries.tasks import tasks_of
from encours.recovery.queries.worklist import Worklist, calls_by_collector, worklist
from encours.recovery.rules.outcomes import Policy
from encours.scoring.models import Score
from encours.standing import actions as standing
from encours.standing.models import StandingFact
from encours.tenancy.models import Creditor, Fact
from encours.tenancy.scope import in_tenant

LATE = 5
TODAY, NOW = day(LATE), noon(LATE)
LEA, TOM = 501, 502


@dataclass
class Desk(Shop):
    """A shop whose customer is to be called today: 1 000,00 EUR late since five days."""

    reminder_id: int = 0
    contact_id: int = 0

    @property
    def of(self) -> dict[str, Any]:
        return {"tenant_id": self.house.tenant_id, "customer_id": self.customer_id}

    def open(self) -> None:
        super().open()
        with in_tenant(self.house.tenant_id):
            contact = Contact.objects.of(self.house.tenant_id).get()
            contact.name, contact.phone = "Claire Martin", "01 99 00 12 34"
            contact.save()
            Customer.objects.of(self.house.tenant_id).update(collector_id=LEA)
        self.contact_id = contact.pk
        self.reminder_id = self.plan([self.line_id])

    def plan(self, line_ids: list[int], cents: int = 100_000, **changed: Any) -> int:
        values: dict[str, Any] = {
            "currency": "EUR",
            "scenario_code": "france",
            "step_code": "relance_1",
            "step_rank": 2,
            "cycle": 1,
            "planned_on": TODAY,
            "channel": "call",
            "amount_cents": cents * len(line_ids),
            "instalment_ids": line_ids,
            "open_cents": [cents] * len(line_ids),
            "line_ranks": [2] * len(line_ids),
            "reason": "Appel prévu.",
            "state": "approved",
        }
        with in_tenant(self.house.tenant_id):
            one = Reminder.objects.create(
                **self.owner, customer_id=self.customer_id, **{**values, **changed}
            )
            for channel in one.channel.split("+"):
                Message.objects.create(
                    **self.owner,
                    customer_id=self.customer_id,
                    kind="reminder",
                    subject_id=one.pk,
                    channel=channel,
                )
        return one.pk

    def list(self, now: datetime = NOW) -> Worklist:
        with in_tenant(self.house.tenant_id):
            return worklist(
                tenant_id=self.house.tenant_id, creditor_ids=None, now=now, today=now.date()
            )

    def record(self, outcome: str, *, who: int = LEA, uuid: UUID | None = None, **said: Any) -> Any:
        told = Told(outcome=outcome, **{"reminder_ids": [self.reminder_id], **said})
        with in_tenant(self.house.tenant_id):
            return recording.record_call(
                **self.of, uuid=uuid or uuid4(), told=told, actor_id=who, now=NOW, today=TODAY
            )

    def reminder(self) -> Reminder:
        with in_tenant(self.house.tenant_id):
            return Reminder.objects.of(self.house.tenant_id).get(pk=self.reminder_id)

    def message(self, channel: str = "call") -> Message:
        with in_tenant(self.house.tenant_id):
            return Message.objects.of(self.house.tenant_id).get(
                subject_id=self.reminder_id, channel=channel
            )

    def facts(self) -> list[StandingFact]:
        with in_tenant(self.house.tenant_id):
            return list(StandingFact.objects.of(self.house.tenant_id).filter(undone_at=None))

    def verbs(self) -> list[str]:
        with in_tenant(self.house.tenant_id):
            facts = Fact.objects.of(self.house.tenant_id).order_by("pk")
            return list(facts.values_list("verb", flat=True))


@pytest.fixture
def desk(house: House) -> Desk:
    one = Desk(house)
    one.open()
    return one


def test_the_list_says_who_why_and_what_it_may_bring(desk: Desk) -> None:
    with in_tenant(desk.house.tenant_id):
        Score.objects.create(
            **desk.owner, customer_id=desk.customer_id, on=TODAY, profile="deteriorating",
            behaviour="deteriorating", broken_promises=1,
        )  # fmt: skip
    row = desk.list().rows[0]

    assert (row.customer.name, row.steps, row.reminder_ids) == (
        "Adam SARL", ("relance_1",), (desk.reminder_id,),
    )  # fmt: skip
    assert (row.owed.cents, row.owed.late_days, row.owed.lines) == (100_000, 5, 1)
    assert (row.chance, row.gain_cents, row.collector_id) == (30, 30_000, LEA)


def test_who_paid_is_not_called(desk: Desk) -> None:
    desk.pay(100_000, TODAY)

    assert not desk.list().rows


def test_who_disputes_is_not_called(desk: Desk) -> None:
    with in_tenant(desk.house.tenant_id):
        standing.record_fact(
            **desk.of, kind="dispute", starts_on=TODAY, line_id=desk.line_id, reason="Prix",
            today=TODAY,
        )  # fmt: skip

    assert not desk.list().rows


def test_a_call_without_reason_any_more_is_withdrawn_at_night(desk: Desk) -> None:
    def withdrawn() -> int:
        with in_tenant(desk.house.tenant_id):
            return planned.withdraw_outdated(**desk.owner, on=TODAY, now=NOW)

    assert withdrawn() == 0
    desk.pay(100_000, TODAY)
    assert withdrawn() == 1
    assert (desk.reminder().state, desk.message().state) == ("cancelled", "withdrawn")
    assert withdrawn() == 0


def test_a_day_off_holds_the_calls_and_says_why(desk: Desk) -> None:
    with in_tenant(desk.house.tenant_id):
        Creditor.objects.of(desk.house.tenant_id).update(sending_stopped_at=NOW)
    found = desk.list()

    assert not found.rows
    assert list(found.held.values()) == [1]


def test_a_call_that_completes_an_email_waits_although_it_left(desk: Desk) -> None:
    with in_tenant(desk.house.tenant_id):
        Reminder.objects.of(desk.house.tenant_id).update(
            channel="email+call", state="sent", sent_on=TODAY
        )
    assert desk.list().rows

    ends = desk.record("reached").ends
    assert ends == {desk.reminder_id: "done"}
    assert desk.message().state == "sent"
    assert not desk.list().rows
    assert desk.verbs().count("reminder.sent") == 0


@pytest.mark.parametrize(
    "changed", [{"rehearsal": True}, {"state": "planned"}, {"channel": "email"}]
)
def test_what_is_not_a_call_of_today_is_not_listed(desk: Desk, changed: dict[str, Any]) -> None:
    with in_tenant(desk.house.tenant_id):
        Reminder.objects.of(desk.house.tenant_id).update(**changed)

    assert not desk.list().rows


def test_reached(desk: Desk) -> None:
    done = desk.record("reached", contact_id=desk.contact_id, note="  Rappelle son comptable.  ")

    assert done.is_new
    assert (desk.reminder().state, desk.reminder().sent_on) == ("sent", TODAY)
    assert desk.message().state == "sent"
    with in_tenant(desk.house.tenant_id):
        call = Call.objects.of(desk.house.tenant_id).get()
        told = Fact.objects.of(desk.house.tenant_id).get(verb="call.reached")
    assert (call.note, call.caller_id, call.made_on) == ("Rappelle son comptable.", LEA, TODAY)
    assert told.customer_id == desk.customer_id
    assert "comptable" not in str(told.data)


def test_a_promise_is_a_standing_fact(desk: Desk) -> None:
    until = TODAY + timedelta(days=7)
    desk.record("promise", promised_on=until, amount_cents=60_000, line_id=desk.line_id)

    fact = desk.facts()[0]
    assert (fact.kind, fact.ends_on, fact.amount_cents) == ("promise", until, 60_000)
    assert fact.instalment_id == desk.line_id
    assert desk.reminder().state == "sent"


def test_a_promise_of_more_than_is_owed_records_nothing(desk: Desk) -> None:
    with pytest.raises(standing.InvalidFact):
        desk.record("promise", promised_on=TODAY, amount_cents=100_001)

    assert (desk.reminder().state, desk.facts()) == ("approved", [])


def test_a_dispute_keeps_its_cause(desk: Desk) -> None:
    desk.record("dispute", cause="price", line_id=desk.line_id)

    fact = desk.facts()[0]
    assert (fact.kind, fact.reason, fact.details) == ("dispute", "Prix", {"cause": "price"})


def test_who_says_to_have_paid_is_left_alone_three_working_days(desk: Desk) -> None:
    desk.record("paid")

    fact = desk.facts()[0]
    assert date(2026, 10, 6) == TODAY
    assert (fact.kind, fact.ends_on) == ("pause", date(2026, 10, 9))
    with in_tenant(desk.house.tenant_id):
        task = Task.objects.of(desk.house.tenant_id).get()
    assert (task.kind, task.due_on) == ("proof", date(2026, 10, 9))


def test_three_working_days_pass_over_a_weekend(desk: Desk) -> None:
    with in_tenant(desk.house.tenant_id):
        customer = Customer.objects.of(desk.house.tenant_id).get()
        assert recording._proof_day(customer, date(2026, 10, 8)) == date(2026, 10, 13)


def test_a_call_back_is_an_action_at_its_hour(desk: Desk) -> None:
    at = NOW + timedelta(hours=3)
    desk.record("call_back", call_back_at=at)
    row = desk.list().rows[0]

    assert desk.reminder().state == "sent"
    assert (row.at, row.steps, row.tasks[0].kind) == (at, (), "call")

    desk.record("reached", reminder_ids=[], task_ids=[row.tasks[0].id])
    assert not desk.list().rows


def test_a_call_back_nobody_answers_waits(desk: Desk) -> None:
    desk.record("call_back", call_back_at=NOW + timedelta(hours=3))
    task = desk.list().rows[0].tasks[0]
    desk.record("no_answer", reminder_ids=[], task_ids=[task.id])

    assert [one.id for one in desk.list().rows[0].tasks] == [task.id]


def test_a_wrong_number_is_not_called_again_until_another_is_typed(desk: Desk) -> None:
    desk.record("wrong_number", contact_id=desk.contact_id)

    def wrong() -> bool:
        with in_tenant(desk.house.tenant_id):
            contact = Contact.objects.of(desk.house.tenant_id).get()
            return contact.phone == contact.phone_wrong

    assert wrong()
    assert "contact.phone_wrong" in desk.verbs()
    with in_tenant(desk.house.tenant_id):
        contacts.save_contact(
            **desk.of, contact_id=desk.contact_id, phone="01 99 00 99 99", today=TODAY
        )
    assert not wrong()


def test_a_wrong_number_leaves_the_call_to_another_contact(desk: Desk) -> None:
    with in_tenant(desk.house.tenant_id):
        Contact.objects.create(**desk.of, name="Paul", phone="01 99 00 55 55")

    assert desk.record("wrong_number", contact_id=desk.contact_id).ends == {
        desk.reminder_id: "waits"
    }


def test_without_any_number_left_the_step_leaves_by_its_next_channel(desk: Desk) -> None:
    done = desk.record("wrong_number", contact_id=desk.contact_id)

    assert done.ends == {desk.reminder_id: "falls_back"}
    assert (desk.message().state, desk.message("letter").state) == ("withdrawn", "reserved")
    assert (desk.reminder().channel, desk.reminder().state) == ("letter", "approved")
    assert not desk.list().rows


def test_after_so_many_tries_the_step_is_done(desk: Desk) -> None:
    with in_tenant(desk.house.tenant_id):
        policies.set_policy(
            **desk.owner, policy=Policy(tries=2, then="done"), actor_id=LEA, today=TODAY
        )

    assert desk.record("no_answer").ends == {desk.reminder_id: "waits"}
    row = desk.list().rows[0]
    assert (row.payer.tries, desk.message().state) == (1, "reserved")
    assert desk.record("voicemail").ends == {desk.reminder_id: "done"}
    assert desk.reminder().state == "sent"
    assert not desk.list().rows


def test_the_same_click_twice_is_one_call(desk: Desk) -> None:
    uuid = uuid4()
    first = desk.record("reached", uuid=uuid)
    second = desk.record("reached", uuid=uuid)

    assert (first.is_new, second.is_new) == (True, False)
    assert first.call_id == second.call_id
    assert desk.verbs().count("call.reached") == 1


def test_who_comes_second_is_told(desk: Desk) -> None:
    desk.record("reached")
    with pytest.raises(AlreadyCalled):
        desk.record("no_answer", who=TOM)

    assert desk.verbs().count("call.no_answer") == 0


def test_a_call_nobody_planned_is_recorded_each_time(desk: Desk) -> None:
    desk.record("reached", reminder_ids=[])
    desk.record("reached", reminder_ids=[])

    assert desk.verbs().count("call.reached") == 2
    assert desk.reminder().state == "approved"


def test_what_an_outcome_lacks_is_said_at_once(desk: Desk) -> None:
    with pytest.raises(CallRefused, match=r"date promise.*montant promis"):
        desk.record("promise")


def test_a_next_action_comes_with_the_call(desk: Desk) -> None:
    until = TODAY + timedelta(days=2)
    desk.record(
        "reached", next_task=NewTask("email", until, text="Envoyer le  relevé", collector_id=TOM)
    )
    with in_tenant(desk.house.tenant_id):
        task = tasks_of(**desk.of)[0]

    assert (task.kind, task.due_on, task.text, task.collector_id) == (
        "email", until, "Envoyer le relevé", TOM,
    )  # fmt: skip
    assert not desk.list().rows
    row = desk.list(noon(LATE + 2)).rows[0]
    assert (row.tasks[0].kind, row.collector_id) == ("email", TOM)


def test_actions_are_planned_ahead_and_ended_once(desk: Desk) -> None:
    def plan(kind: str, due_on: date) -> int:
        with in_tenant(desk.house.tenant_id):
            return tasks.plan_task(
                **desk.of, task=NewTask(kind, due_on), actor_id=LEA, now=NOW, today=TODAY
            )

    with pytest.raises(InvalidTask):
        plan("call", TODAY - timedelta(days=1))
    with pytest.raises(InvalidTask):
        plan("lune", TODAY)
    task_id = plan("visit", TODAY)
    ended = {"tenant_id": desk.house.tenant_id, "task_id": task_id, "now": NOW, "today": TODAY}
    with in_tenant(desk.house.tenant_id):
        tasks.end_task(**ended, is_dropped=True)
        with pytest.raises(NoSuchTask):
            tasks.end_task(**ended)
        assert tasks_of(**desk.of)[0].is_dropped


def test_the_workload_counts_customers_by_collector(desk: Desk) -> None:
    with in_tenant(desk.house.tenant_id):
        tasks.plan_task(
            **desk.of, task=NewTask("call", TODAY, collector_id=TOM), now=NOW, today=TODAY
        )
        found = calls_by_collector(
            tenant_id=desk.house.tenant_id, creditor_ids=[desk.house.creditor_id], on=TODAY
        )

    assert found == {LEA: 1, TOM: 1}


def test_the_second_who_opens_a_sheet_is_told_of_the_first(desk: Desk) -> None:
    def see(who: int, minutes: int = 0, **asked: bool) -> int | None:
        with in_tenant(desk.house.tenant_id):
            found = sheets.see_sheet(
                **desk.of, user_id=who, now=NOW + timedelta(minutes=minutes), **asked
            )
        return found.user_id if found else None

    assert see(LEA) is None
    assert see(TOM, 1) == LEA
    assert see(LEA, 2) is None
    assert see(TOM, 3, takes_over=True) is None
    assert see(LEA, 4) == TOM
    assert see(LEA, 8, takes_over=False) is None
    with in_tenant(desk.house.tenant_id):
        assert OpenSheet.objects.of(desk.house.tenant_id).get().user_id == LEA


def test_habits_are_the_creditor_s_else_the_organisation_s(desk: Desk) -> None:
    tenant = {"tenant_id": desk.house.tenant_id}
    with in_tenant(desk.house.tenant_id):
        assert policy_of(**desk.owner)[0] == Policy()
        policies.set_policy(**tenant, creditor_id=None, policy=Policy(tries=5), today=TODAY)
        assert policy_of(**desk.owner)[0].tries == 5
        policies.set_policy(**desk.owner, policy=Policy(tries=2), today=TODAY)
        assert policy_of(**desk.owner)[0].tries == 2
        policies.inherit_policy(**desk.owner, today=TODAY)
        held, origin = policy_of(**desk.owner)
        assert (held.tries, origin.is_own) == (5, False)
        with pytest.raises(policies.InvalidPolicy):
            policies.set_policy(**desk.owner, policy=Policy(tries=0), today=TODAY)


def test_promises_kept_broken_and_running(desk: Desk) -> None:
    said = {**desk.of, "kind": "promise", "today": TODAY}
    with in_tenant(desk.house.tenant_id):
        for starts, ends, cents in ((-4, -3, 10_000), (-2, -1, 20_000), (0, 3, 30_000)):
            standing.record_fact(
                **said,
                starts_on=TODAY + timedelta(days=starts),
                ends_on=TODAY + timedelta(days=ends),
                amount_cents=cents,
            )
    desk.pay(20_000, TODAY - timedelta(days=1))
    with in_tenant(desk.house.tenant_id):
        found = owed.promises_of(**desk.of, today=TODAY)

    assert [one.state for one in found] == ["running", "kept", "broken"]


def test_what_a_promise_covers_is_not_owed_late(desk: Desk) -> None:
    second = desk.invoice("FA-2", cents=40_000)
    key = (desk.customer_id, "EUR")

    def late() -> int:
        with in_tenant(desk.house.tenant_id):
            found = owed.owed_late(
                tenant_id=desk.house.tenant_id, customer_ids=[desk.customer_id], today=TODAY
            )
        return found[key].cents if key in found else 0

    assert late() == 140_000
    desk.record("promise", promised_on=TODAY, amount_cents=40_000, line_id=second)
    assert late() == 100_000


def test_erasure_leaves_the_call_without_its_words(desk: Desk) -> None:
    desk.record(
        "reached", note="Sa mère est malade.", next_task=NewTask("call", TODAY, text="Voir")
    )
    with in_tenant(desk.house.tenant_id):
        assert erasing.erase_words(**desk.of) == 2
        call = made.calls_of(**desk.of)[0]
        assert (call.note, call.outcome) == ("", "reached")
        assert tasks_of(**desk.of)[0].text == ""
        assert erasing.erase_words(**desk.of) == 0
