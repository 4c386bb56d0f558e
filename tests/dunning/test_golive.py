"""Before the first real reminder: the checklist, the triage; and what people do by hand after."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests.conftest import House
from tests.dunning.test_day import Shop, channel, day, noon, shop

from encours.dunning import actions
from encours.dunning.actions import golive, letters, outbox, triage
from encours.dunning.actions.outgoing import HeldBack
from encours.dunning.models import Reminder, Triage
from encours.dunning.queries import triage as old
from encours.dunning.queries.readiness import Readiness, readiness
from encours.messaging import handling
from encours.messaging.models import Message
from encours.messaging.providers.memory import MemoryEmailChannel
from encours.messaging.rules.pace import NOW
from encours.parties.models import PaymentTerms
from encours.tenancy.models import Creditor
from encours.tenancy.scope import in_tenant

__all__ = ("channel", "shop")
ME = 1


def state(shop: Shop, late: int) -> Readiness:
    with in_tenant(shop.house.tenant_id):
        return readiness(**shop.owner, today=day(late))


def go_live(shop: Shop, late: int, starts_on: date | None = None) -> None:
    with in_tenant(shop.house.tenant_id):
        golive.go_live(
            **shop.owner,
            starts_on=starts_on or day(late),
            user_id=ME,
            now=noon(late),
            today=day(late),
        )


def decide(shop: Shop, late: int, decision: str, line_ids: list[int] | None = None) -> int:
    with in_tenant(shop.house.tenant_id):
        return triage.decide(
            **shop.owner,
            line_ids=line_ids,
            decision=decision,
            before=day(late),
            user_id=ME,
            now=noon(late),
            today=day(late),
        )


def prepare(shop: Shop, **changes: object) -> None:
    with in_tenant(shop.house.tenant_id):
        Creditor.objects.filter(pk=shop.house.creditor_id).update(live_on=None, **changes)


def confirmed_terms(shop: Shop) -> None:
    with in_tenant(shop.house.tenant_id):
        PaymentTerms.objects.create(
            **shop.owner, code="30", name="30 jours", definition={}, is_default=True,
            confirmed_at=noon(0),
        )  # fmt: skip


def test_the_list_names_what_is_missing(house: House) -> None:
    empty = Shop(house)
    assert state(empty, 0).missing == (
        "import", "sender", "bank", "terms", "classes", "contacts", "triage",
    )  # fmt: skip
    with pytest.raises(golive.NotReady, match="message d'essai"):
        go_live(empty, 0)


def test_live_only_when_every_point_is_done(shop: Shop) -> None:
    prepare(shop, sender_checked_at=noon(0))
    confirmed_terms(shop)
    assert state(shop, 20).missing == ("triage",)
    with pytest.raises(golive.NotReady, match="retards"):
        go_live(shop, 20)
    with pytest.raises(golive.PastStart):
        go_live(shop, 20, starts_on=day(19))

    assert decide(shop, 20, "leave") == 1
    assert state(shop, 20).is_ready
    go_live(shop, 20)

    assert shop.plan(20) == []  # left aside by decision
    with in_tenant(shop.house.tenant_id):
        golive.back_to_rehearsal(**shop.owner, user_id=ME, today=day(21))
        assert Creditor.objects.get(pk=shop.house.creditor_id).live_on is None


def test_an_old_line_is_reminded_when_somebody_said_so(shop: Shop) -> None:
    prepare(shop, sender_checked_at=noon(0))
    confirmed_terms(shop)
    decide(shop, 20, "leave")
    decide(shop, 20, "remind", [shop.line_id])  # changed their mind
    go_live(shop, 20)

    assert shop.plan(20) == ["relance_1"]
    with in_tenant(shop.house.tenant_id):
        assert Triage.objects.of(shop.house.tenant_id).count() == 1


def documents(shop: Shop, before: int) -> list[str]:
    limits = {shop.house.creditor_id: (day(before), day(40))}
    found = old.old_lines(tenant_id=shop.house.tenant_id, limits=limits)
    return [line.document for line in found]


def test_old_lines_are_those_due_before_and_open(shop: Shop) -> None:
    shop.invoice("FA-2", due_on=day(30))
    asked = {**shop.owner, "today": day(40)}
    with in_tenant(shop.house.tenant_id):
        assert documents(shop, before=10) == ["FA-1"]
        assert old.undecided(**asked, before=day(31)) == 2
    shop.pay(100_000, day(5))
    with in_tenant(shop.house.tenant_id):
        assert documents(shop, before=31) == ["FA-2"]
    with pytest.raises(triage.NothingToDecide):
        decide(shop, 10, "leave")


def test_a_letter_is_printed_kept_and_marked(shop: Shop, channel: MemoryEmailChannel) -> None:
    to_formal_notice(shop)
    message_id = waiting_letter(shop)
    with in_tenant(shop.house.tenant_id):
        pdf = letters.print_letter(
            tenant_id=shop.house.tenant_id, message_id=message_id, now=noon(34)
        )
        assert pdf.startswith(b"%PDF")
        letters.mark_posted(
            tenant_id=shop.house.tenant_id, message_id=message_id, posted_on=day(34),
            user_id=ME, now=noon(34),
        )  # fmt: skip
        kept = handling.contents(tenant_id=shop.house.tenant_id, message_id=message_id)
        assert [one.body for one in kept] == [pdf]
        letter = Message.objects.get(pk=message_id)
        assert (letter.state, Reminder.objects.get(pk=letter.subject_id).state) == ("sent", "sent")
        with pytest.raises(handling.NotALetter):
            letters.mark_posted(
                tenant_id=shop.house.tenant_id, message_id=message_id, posted_on=day(34),
                user_id=ME, now=noon(34),
            )  # fmt: skip


def test_a_letter_whose_debt_was_paid_is_not_printed(shop: Shop) -> None:
    to_formal_notice(shop)
    message_id = waiting_letter(shop)
    shop.pay(100_000, day(33))
    with in_tenant(shop.house.tenant_id), pytest.raises(HeldBack):
        letters.print_letter(tenant_id=shop.house.tenant_id, message_id=message_id, now=noon(34))


def test_a_bounce_goes_again_with_the_new_address(shop: Shop, channel: MemoryEmailChannel) -> None:
    shop.plan(5)
    shop.approve(5)
    with in_tenant(shop.house.tenant_id):
        message = Message.objects.of(shop.house.tenant_id).get()
        Message.objects.filter(pk=message.pk).update(state="bounced")
        Reminder.objects.filter(pk=message.subject_id).update(state="cancelled")
        outbox.retry(tenant_id=shop.house.tenant_id, message_id=message.pk, user_id=ME, now=noon(5))
        assert Message.objects.get(pk=message.pk).state == "reserved"
        assert Reminder.objects.get(pk=message.subject_id).state == "approved"
        with pytest.raises(handling.NotToRetry):
            outbox.retry(
                tenant_id=shop.house.tenant_id, message_id=message.pk, user_id=ME, now=noon(5)
            )


def test_send_now_does_not_wait_for_the_window(shop: Shop) -> None:
    shop.plan(5)
    early = noon(5) - timedelta(hours=7)
    with in_tenant(shop.house.tenant_id):
        actions.approve(**shop.owner, user_id=ME, on=day(5), now=early)
        waiting = Message.objects.of(shop.house.tenant_id).get()
        assert waiting.send_after > early
        assert outbox.send_now(**shop.owner, user_id=ME, on=day(5), now=early) == 1
        hurried = Message.objects.get(pk=waiting.pk)
    assert (hurried.send_after, hurried.precedence) == (early, NOW)


def to_formal_notice(shop: Shop) -> None:
    """Have reminders on record, then the formal notice planned and approved."""
    with in_tenant(shop.house.tenant_id):
        actions.record_reminder(
            tenant_id=shop.house.tenant_id, customer_id=shop.customer_id,
            instalment_ids=[shop.line_id], step_code="relance_3", step_rank=4, channel="email",
            sent_on=day(20), user_id=ME,
        )  # fmt: skip
    assert shop.plan(34) == ["mise_en_demeure"]
    shop.approve(34)


def waiting_letter(shop: Shop) -> int:
    with in_tenant(shop.house.tenant_id):
        return Message.objects.of(shop.house.tenant_id).get(channel="letter").pk
