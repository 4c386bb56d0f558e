"""A step as a draft has it, written for a real customer: to look at, or sent to oneself.

What is tried leaves as a rehearsal does, to the person who asked, whatever the mode: never to the
customer. It is no reminder: nothing of it counts for steps or spacing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from django.db import transaction

from encours.dunning.actions.parcels import Leaving, parcel
from encours.dunning.models import Reminder, ScenarioTrial
from encours.dunning.queries import ledger as ledgers
from encours.dunning.queries.moment import Setting, setting
from encours.dunning.queries.outgoing import Outgoing, outgoing
from encours.dunning.rules import wordings
from encours.dunning.rules.frames import Ledger
from encours.dunning.rules.scenario import Scenario, Step
from encours.dunning.rules.scenario_data import built
from encours.kernel.refusal import Refusal
from encours.messaging import accounts, jobs
from encours.messaging.models import Message
from encours.messaging.ports import Outcome, Prepared, Withdrawn
from encours.messaging.rules.notice import Notice
from encours.messaging.rules.pace import FIRST
from encours.parties import faces
from encours.parties.models import Customer
from encours.receivables.queries.rates import rates_of
from encours.receivables.rules.values import shipped_law_values
from encours.tenancy import cycle, journal
from encours.tenancy.models import Creditor, User

KIND: Final = "trial"
CHANNEL: Final = "email"
MARK: Final = "[Essai] "
LINES_MOST: Final = 50


class NothingToShow(Refusal):
    """The customer has no due line that such a message could list."""

    message = "Ce client n'a aucune échéance ouverte : choisissez-en un autre."


class NoAddress(Refusal):
    """The person has no address to send to."""

    message = "Votre compte n'a pas d'adresse e-mail."


class NoAgencyYet(Refusal):
    """The step is a collector's, and none may write."""

    message = "Étape d'un cabinet : nommez-le et complétez sa fiche dans les réglages."


class UnknownCustomer(Refusal):
    """The customer is not one of this creditor's."""

    message = "Ce client n'est pas de cette société."


def notice_of(
    *, tenant_id: int, creditor_id: int, customer_id: int, step: Step, now: datetime
) -> Notice:
    """Return what the step would say to the customer today, were it its turn."""
    asked = _setting(tenant_id, creditor_id, now)
    one = _drafted(asked, customer_id, step)
    return _notice(one)


@transaction.atomic
def send(
    *,
    tenant_id: int,
    creditor_id: int,
    customer_id: int,
    scenario: Scenario,
    steps: Sequence[str],
    user_id: int,
    now: datetime,
) -> int:
    """Have each of these steps sent to the person's own address; return how many."""
    if not User.objects.get(pk=user_id).email:
        raise NoAddress
    asked = _setting(tenant_id, creditor_id, now)
    wanted = [one for one in scenario.steps if one.code in steps and one.is_active]
    for step in wanted:
        _drafted(asked, customer_id, step)
    for step in wanted:
        trial = ScenarioTrial.objects.create(
            tenant_id=tenant_id,
            creditor_id=creditor_id,
            customer_id=customer_id,
            definition=scenario.as_json(),
            step_code=step.code,
            author_id=user_id,
        )
        Message.objects.create(
            tenant_id=tenant_id,
            creditor_id=creditor_id,
            kind=KIND,
            subject_id=trial.pk,
            channel=CHANNEL,
            rehearsal=True,
            send_after=now,
            precedence=FIRST,
        )
    if wanted:
        journal.record(
            "scenario.tried",
            tenant_id=tenant_id,
            subject=("creditor", creditor_id),
            effective_on=asked.moment.today,
            actor_id=user_id,
            creditor_id=creditor_id,
            data={"code": scenario.code, "steps": [one.code for one in wanted]},
        )
        jobs.wake(tenant_id)
    return len(wanted)


class TrialPreparer:
    """Writes what is tried; there is nothing to decide again."""

    def fingerprint(self, *, tenant_id: int, subject_id: int, now: datetime) -> str:
        """Return the day: what a trial rests on is only looked at."""
        return _mark(tenant_id, subject_id, now)

    def prepare(
        self,
        *,
        tenant_id: int,
        channel: str,  # noqa: ARG002 - a trial leaves by e-mail alone
        subject_ids: Sequence[int],
        now: datetime,
    ) -> dict[int, Prepared | Withdrawn]:
        """Write each step for its customer, to the address of the person who asked."""
        trials = ScenarioTrial.objects.of(tenant_id).filter(pk__in=list(subject_ids))
        return {one.pk: self._prepared(one, now) for one in trials}

    def _prepared(self, trial: ScenarioTrial, now: datetime) -> Prepared | Withdrawn:
        tenant_id = trial.tenant_id
        mark = _mark(tenant_id, trial.pk, now)
        address = User.objects.filter(pk=trial.author_id).values_list("email", flat=True).first()
        step = built(trial.definition).step(trial.step_code)
        assert step is not None, trial.step_code
        asked = _setting(tenant_id, trial.creditor_id, now)
        try:
            if not address:
                raise NoAddress
            one = _drafted(asked, trial.customer_id, step)
        except Refusal as refusal:
            return Withdrawn(str(refusal), mark)
        notice = _notice(one)
        asked.creditor.rehearsal_email = address  # never stored: where a rehearsal goes
        return parcel(
            Leaving(
                one=one,
                notice=replace(notice, subject=f"{MARK}{notice.subject}"),
                creditor=asked.creditor,
                account=accounts.account_for(asked.creditor, CHANNEL),
                channel=CHANNEL,
                uuid=Message.objects.of(tenant_id).get(kind=KIND, subject_id=trial.pk).uuid,
                now=now,
                mark=mark,
            )
        )

    def conclude(
        self, *, tenant_id: int, channel: str, subject_id: int, outcome: Outcome, now: datetime
    ) -> None:
        """Leave it at that: the outbox keeps what became of it."""


def _setting(tenant_id: int, creditor_id: int, now: datetime) -> Setting:
    creditor = Creditor.objects.of(tenant_id).select_related("tenant").get(pk=creditor_id)
    today = cycle.local_now(creditor, now).date()
    return setting(tenant_id=tenant_id, creditor_id=creditor_id, on=today, now=now)


def _notice(one: Outgoing) -> Notice:
    rates = rates_of(one.reminder.tenant_id)
    return wordings.notice(one.draft, rates=rates, law=shipped_law_values())


def _mark(tenant_id: int, trial_id: int, now: datetime) -> str:
    return f"{tenant_id}-{trial_id}-{now.date()}"


def _drafted(asked: Setting, customer_id: int, step: Step) -> Outgoing:
    """Return the step written for the customer, from the lines that it would list."""
    tenant_id, creditor = asked.creditor.tenant_id, asked.creditor
    if step.sender == "agency" and not asked.moment.has_agency:
        raise NoAgencyYet
    face = faces.face_of(tenant_id=tenant_id, customer_id=customer_id)
    mine = Customer.objects.of(tenant_id).filter(pk=face, creditor_id=creditor.pk)
    if not mine.exists():
        raise UnknownCustomer
    known = ledgers.load(
        tenant_id=tenant_id,
        creditor_id=creditor.pk,
        today=asked.moment.today,
        rehearsal=asked.is_rehearsal,
        customer_ids=[face],
    )
    currency, listed = _listed(known, step, asked)
    reminder = Reminder(
        pk=0,
        tenant_id=tenant_id,
        creditor_id=creditor.pk,
        customer_id=face,
        currency=currency,
        step_code=step.code,
        cycle=0,
        rehearsal=True,
        edited={},
    )
    found = outgoing(
        [reminder],
        creditor=creditor,
        steps={0: step},
        open_cents={0: listed},
        covered_cents={},
        today=asked.moment.today,
    )
    return found[0]


def _listed(known: Ledger, step: Step, asked: Setting) -> tuple[str, dict[int, int]]:
    """Return the currency and the lines: those late, or to come for a notice, else any."""
    rows = known.lines.sort("due_on", "instalment_id").iter_rows(named=True)
    every = [row for row in rows if row["document"]]
    if not every:
        raise NothingToShow
    is_early = step.kind == "pre_due"
    fitting = [row for row in every if (row["due_on"] > asked.moment.today) == is_early] or every
    currency = fitting[0]["currency"]
    mine = [row for row in fitting if row["currency"] == currency][:LINES_MOST]
    claims_nothing = step.kind == "thank_you"
    return currency, {
        row["instalment_id"]: 0 if claims_nothing else row["open_cents"] for row in mine
    }
