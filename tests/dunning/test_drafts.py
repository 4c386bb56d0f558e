"""Drafts of a scenario: kept as they change, made a version once; steps tried on oneself."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import House
from tests.dunning.test_day import Shop, channel, day, noon, shop
from tests.web.places import add_user

from encours.dunning.actions import drafts, replays, trials
from encours.dunning.actions.outbox import retry
from encours.dunning.actions.scenarios import InvalidScenario
from encours.dunning.models import Reminder, Scenario, ScenarioDraft, ScenarioReplay, ScenarioTrial
from encours.dunning.queries.drafts import draft_of, versions_of
from encours.dunning.queries.replays import one_replay, replays_of
from encours.dunning.rules.scenario import french_scenario
from encours.messaging.actions import Outbox
from encours.messaging.models import Message
from encours.messaging.ports import CHANNEL_FACTORIES
from encours.messaging.providers.memory import MemoryEmailChannel
from encours.messaging.providers.sink import MailFolder, SmtpSink
from encours.messaging.providers.smtp import SmtpChannel, SmtpSettings
from encours.tenancy.models import Creditor, User
from encours.tenancy.scope import in_tenant

__all__ = ("channel", "shop")
NOW = datetime(2026, 10, 6, 10, tzinfo=UTC)
FRENCH = french_scenario()


def whose(house: House) -> dict[str, Any]:
    return {"tenant_id": house.tenant_id, "creditor_id": house.creditor_id, "code": "france"}


def change(house: House, step: str, **values: Any) -> None:
    drafts.change_step(**whose(house), step=step, values=values, actor_id=1, now=NOW)


def test_a_draft_is_kept_until_it_is_saved_or_undone(house: House) -> None:
    with in_tenant(house.tenant_id):
        assert not draft_of(**whose(house)).is_changed
        change(house, "relance_1", offset_days=5)
        change(house, "relance_2", channels=("letter",))
        found = draft_of(**whose(house))
        assert (found.is_changed, found.author_id, found.changed_at) == (True, 1, NOW)
        assert found.base == FRENCH
        change(house, "relance_1", offset_days=3)
        change(house, "relance_2", channels=("email",))
        assert not ScenarioDraft.objects.exists(), "what is as it was is no draft"
        change(house, "relance_1", offset_days=5)
        version = drafts.save_draft(**whose(house), actor_id=1, today=date(2026, 10, 6))

        assert version == 2
        assert Scenario.objects.get().definition["steps"][1]["offset_days"] == 5
        assert not ScenarioDraft.objects.exists()
        told = versions_of(**whose(house))
        assert [(one.scenario.version, one.is_active) for one in told] == [(2, True), (1, False)]


def test_what_makes_no_sense_is_kept_as_a_draft_and_never_saved(house: House) -> None:
    with in_tenant(house.tenant_id):
        change(house, "relance_1", offset_days=15)
        with pytest.raises(InvalidScenario, match="doit tomber après"):
            drafts.save_draft(**whose(house), actor_id=1, today=date(2026, 10, 6))
        assert not Scenario.objects.exists()
        assert draft_of(**whose(house)).is_changed
        assert drafts.drop(**whose(house))
        assert not drafts.drop(**whose(house))


def test_a_step_that_is_not_there_is_not_changed(house: House) -> None:
    with in_tenant(house.tenant_id), pytest.raises(drafts.NoSuchStep):
        change(house, "relance_9", offset_days=15)


def try_out(shop: Shop, user: User, *steps: str, customer_id: int = 0) -> int:
    with in_tenant(shop.house.tenant_id):
        return trials.send(
            **shop.owner,
            customer_id=customer_id or shop.customer_id,
            scenario=FRENCH,
            steps=steps or [one.code for one in FRENCH.steps],
            user_id=user.pk,
            now=noon(5),
        )


@pytest.fixture
def user(shop: Shop) -> User:
    with in_tenant(shop.house.tenant_id):
        return add_user(shop.house, "credit_manager", "ESSAI")


def test_every_step_goes_to_the_person_alone_through_a_real_server(
    shop: Shop, user: User, tmp_path: Path
) -> None:
    """The creditor is live: a trial still reaches nobody else."""
    kept = dict(CHANNEL_FACTORIES._adapters)
    with SmtpSink(tmp_path) as sink:
        settings = SmtpSettings("127.0.0.1", sink.port, "none")
        CHANNEL_FACTORIES.fill({**kept, "smtp": lambda _account: SmtpChannel(settings)})
        try:
            assert try_out(shop, user) == len(FRENCH.steps)
            tally = Outbox(shop.house.tenant_id, 1, clock=lambda: noon(5)).run()
        finally:
            CHANNEL_FACTORIES.fill(kept)
    mails = MailFolder(tmp_path).stored()

    assert tally.sent == len(mails) == len(FRENCH.steps)
    assert {mail.recipients for mail in mails} == {(user.email,)}
    assert all(mail.subject.startswith("[Essai] ") for mail in mails)
    raw = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"compta@adam.example" not in raw


def test_a_trial_is_no_reminder(shop: Shop, user: User, channel: MemoryEmailChannel) -> None:
    assert try_out(shop, user, "relance_1") == 1
    Outbox(shop.house.tenant_id, 1, clock=lambda: noon(5)).run()
    with in_tenant(shop.house.tenant_id):
        assert not Reminder.objects.exists()
        message = Message.objects.get()
        creditor = Creditor.objects.get(pk=shop.house.creditor_id)
    assert (message.kind, message.state, message.customer_id) == ("trial", "sent", None)
    assert creditor.rehearsal_email == "moi@durand.example"
    assert [one.recipients for one in channel.sent] == [(user.email,)]
    assert shop.plan(5) == ["relance_1"]


def test_a_failed_trial_is_sent_again_without_touching_a_reminder(
    shop: Shop, user: User, channel: MemoryEmailChannel
) -> None:
    shop.send(5)
    try_out(shop, user, "relance_1")
    with in_tenant(shop.house.tenant_id):
        Message.objects.filter(kind="trial").update(state="failed")
        message = Message.objects.get(kind="trial")
        retry(tenant_id=shop.house.tenant_id, message_id=message.pk, user_id=1, now=noon(6))
        states = set(Reminder.objects.values_list("state", flat=True))

    assert states == {"sent"}


def test_who_has_nothing_open_or_is_another_s_is_refused(shop: Shop, user: User) -> None:
    shop.pay(100_000, day(1))
    with pytest.raises(trials.NothingToShow):
        try_out(shop, user, "relance_1")
    with pytest.raises(trials.UnknownCustomer):
        try_out(shop, user, "relance_1", customer_id=999_999)
    User.objects.filter(pk=user.pk).update(email="")
    with pytest.raises(trials.NoAddress):
        try_out(shop, user, "relance_1")


def test_a_trial_whose_person_has_left_is_withdrawn(
    shop: Shop, user: User, channel: MemoryEmailChannel
) -> None:
    try_out(shop, user, "relance_1")
    with in_tenant(shop.house.tenant_id):
        ScenarioTrial.objects.update(author_id=999_999)
    Outbox(shop.house.tenant_id, 1, clock=lambda: noon(5)).run()
    with in_tenant(shop.house.tenant_id):
        assert Message.objects.get().state == "withdrawn"
    assert not channel.sent


@pytest.mark.parametrize(
    ("step", "says"),
    [
        ("prevenance", "FA-1"),
        ("relance_1", "FA-1"),
        ("mise_en_demeure", "FA-1"),
        ("remerciement", "FA-1"),
    ],
)
def test_each_kind_of_step_is_written_for_the_customer(shop: Shop, step: str, says: str) -> None:
    found = FRENCH.step(step)
    assert found is not None
    with in_tenant(shop.house.tenant_id):
        notice = trials.notice_of(
            **shop.owner, customer_id=shop.customer_id, step=found, now=noon(5)
        )

    assert notice.subject
    assert says in repr(notice)


def test_a_replay_runs_and_keeps_its_figures(shop: Shop) -> None:
    owner = shop.owner
    with in_tenant(shop.house.tenant_id):
        Creditor.objects.filter(pk=shop.house.creditor_id).update(live_on=None)
    shop.pay(100_000, day(11))
    asked = {**owner, "scenario": FRENCH, "last_on": day(40), "days": 60, "lag_days": 12}
    with in_tenant(shop.house.tenant_id):
        made = replays.ask(**asked, actor_id=1)
        with pytest.raises(replays.AlreadyRunning):
            replays.ask(**asked, actor_id=1)
    replays.run(tenant_id=shop.house.tenant_id, replay_id=made)
    with in_tenant(shop.house.tenant_id):
        found = one_replay(**owner, replay_id=made)
        assert replays_of(**owner, code="france") == [found]
    replays.run(tenant_id=shop.house.tenant_id, replay_id=made)

    assert found is not None
    assert (found.state, found.progress, found.is_sample) == ("done", 100, False)
    figures = found.figures
    assert figures is not None
    assert figures.messages >= 4
    assert figures.customers == 1
    assert (figures.paid, figures.paid_customers) == (1, 1)
    assert figures.paid_rows[0].step == "relance_3"
    assert figures.paid_rows[0].paid_cents == 100_000


def test_a_replay_that_fails_says_so(shop: Shop) -> None:
    with in_tenant(shop.house.tenant_id):
        made = replays.ask(
            **shop.owner, scenario=FRENCH, last_on=day(40), days=30, lag_days=0, actor_id=1
        )
    replays.declare_failed(tenant_id=shop.house.tenant_id, replay_id=made)
    replays.run(tenant_id=shop.house.tenant_id, replay_id=made)
    with in_tenant(shop.house.tenant_id):
        assert ScenarioReplay.objects.get().state == "failed"
