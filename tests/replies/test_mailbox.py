"""Answers read from a real mailbox (dovecot): ours taken once, the rest left as it was."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.feeds import servers
from tests.replies.boxes import Box, fetch
from tests.replies.house import Desk, reply_mail

from encours.replies.actions import fetching, intake
from encours.replies.models import Inbox, Reply, UnreadMail
from encours.replies.queries import inboxes
from encours.tenancy.models import Fact
from encours.tenancy.scope import in_tenant

PROMISE = "Nous réglons la FA-101 vendredi."
CATALOGUE = reply_mail("Notre catalogue", sender="pub@marchand.example", number=90)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    with servers.mailbox(tmp_path_factory.mktemp("box")) as (port, _tls):
        yield Box(port)


@pytest.fixture
def box(running: Box) -> Box:
    running.empty()
    return running


def test_ours_are_taken_once_and_nothing_is_marked(desk: Desk, box: Box) -> None:
    box.connect(desk)
    box.drop(reply_mail(PROMISE), CATALOGUE)

    first = fetch(desk)
    again = fetch(desk)
    box.drop(reply_mail("Et la FA-102 lundi.", number=2))
    later = fetch(desk)

    assert (first.looked_at, first.taken, first.left) == (2, 1, 1)
    assert again.looked_at == 0
    assert (later.looked_at, later.taken) == (1, 1)
    assert len(box.flags()) == 3
    assert all(b"\\Seen" not in one and b"\\Flagged" not in one for one in box.flags())
    assert desk.inbox().succeeded_at is not None


def test_a_new_uidvalidity_reads_again_and_takes_nothing_twice(desk: Desk, box: Box) -> None:
    box.connect(desk)
    box.drop(reply_mail(PROMISE))
    fetch(desk)
    with in_tenant(desk.house.tenant_id):
        inbox = Inbox.objects.of(desk.house.tenant_id).get(pk=desk.inbox_id)
        inbox.position = {"uidvalidity": "1", "uid": 10**6}
        inbox.save()

    again = fetch(desk)

    assert (again.looked_at, again.taken, again.known) == (1, 0, 1)


def test_flagged_or_put_away_as_the_setting_says_and_only_ours(desk: Desk, box: Box) -> None:
    box.connect(desk, after="flag")
    box.drop(reply_mail(PROMISE), CATALOGUE)
    fetch(desk)
    assert [b"\\Flagged" in one for one in box.flags()] == [True, False]

    with box.client() as client:
        client.create("Traitees")
    box.connect(desk, after="move", done_folder="Traitees")
    box.drop(reply_mail("Encore un mot sur la FA-103.", number=3))
    fetch(desk)
    assert len(box.flags()) == 2
    assert len(box.flags("Traitees")) == 1


def test_hostile_and_huge_mails_stop_nothing(desk: Desk, box: Box) -> None:
    nested = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (one, one)
        for one in range(3_000)
    )
    huge = reply_mail("Nous réglons la FA-102 vendredi.", number=5) + b"\r\n" + b"x" * 6_000_000
    head = b"From: compta@adam.example\r\nMIME-Version: 1.0\r\n"
    box.connect(desk)
    box.drop(
        head + nested,
        head + b"Content-Type: text/plain; charset=utf-9\r\n\r\n\xff\xfe FA-101\x00\r\n",
        head + b"Content-Transfer-Encoding: base64\r\n\r\n!!! nothing\r\n",
        b"From: =?x?q?=00?= <compta@adam.example>\r\nDate: never\r\nMessage-ID: <>\r\n\r\nhello",
        huge,
        reply_mail(PROMISE, number=6),
    )

    done = fetch(desk)

    assert done.problem == ""
    assert done.looked_at == 6
    assert done.taken + done.unreadable + done.left == 6
    with in_tenant(desk.house.tenant_id):
        kept = list(Reply.objects.of(desk.house.tenant_id).order_by("pk"))
        unread = UnreadMail.objects.of(desk.house.tenant_id).count()
    assert unread == done.unreadable
    assert [one.kind for one in kept[-2:]] == ["promise", "promise"], (
        "a huge one is read by its head"
    )
    assert fetch(desk).looked_at == 0, "a bad mail is passed, not read for ever"


def test_a_mail_that_breaks_the_program_is_said_and_passed(
    desk: Desk, box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(raw: bytes) -> None:
        if b"FA-101" in raw:
            raise RecursionError

    kept = intake.envelope_of
    monkeypatch.setattr(intake, "envelope_of", lambda raw: broken(raw) or kept(raw))
    box.connect(desk)
    box.drop(reply_mail(PROMISE), reply_mail("Je règle la FA-102 vendredi.", number=2))

    done = fetch(desk)

    assert (done.unreadable, done.taken) == (1, 1)
    with in_tenant(desk.house.tenant_id):
        (said,) = inboxes.unread(tenant_id=desk.house.tenant_id, inbox_id=desk.inbox_id)
    assert said.sentence == intake.OUR_FAULT


def test_a_mailbox_out_of_reach_is_said_once_and_waited_for(desk: Desk, box: Box) -> None:
    box.connect(desk, port="1")
    first, second = fetch(desk), fetch(desk)
    inbox = desk.inbox()

    assert "refuse la connexion" in first.problem == second.problem
    assert (inbox.failures, inbox.failure) == (2, first.problem)
    assert inbox.next_run_at is not None
    assert inbox.failed_at is not None
    assert (inbox.next_run_at - inbox.failed_at).total_seconds() == 240
    box.connect(desk)
    fetch(desk)
    with in_tenant(desk.house.tenant_id):
        verbs = list(
            Fact.objects.of(desk.house.tenant_id)
            .filter(verb__in=("inbox.failed", "inbox.recovered"))
            .order_by("pk")
            .values_list("verb", flat=True)
        )
    assert verbs == ["inbox.failed"], "settings that change begin again"


def test_the_mailbox_is_tried_without_reading(desk: Desk, box: Box) -> None:
    box.connect(desk)
    box.drop(reply_mail(PROMISE))

    told = fetching.try_inbox(**desk.owner)

    assert told == (True, "Boîte ouverte : 1 message(s) à regarder.")
    with in_tenant(desk.house.tenant_id):
        assert not Reply.objects.of(desk.house.tenant_id).exists()
