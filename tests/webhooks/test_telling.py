"""A subscriber that is down, slow or broken: nothing is lost, the order of a subject is kept."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from tests.conftest import House
from tests.webhooks.receivers import Receiver, listen_to_the_end, receiving

from encours.config import subscriptions as listeners
from encours.tenancy import journal, vault
from encours.tenancy.scope import in_tenant
from encours.webhooks import queries, rules
from encours.webhooks.actions import calling, queueing, subscriptions
from encours.webhooks.models import Delivery, Subscription
from encours.webhooks.ports import Answer, Call, Unreached
from encours.webhooks.providers.guarded import GuardedCaller
from encours.webhooks.providers.memory import MemoryCaller

TODAY = date(2026, 11, 20)
START = datetime.now(UTC)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as one:
        yield one


@pytest.fixture
def subscriber(house: House, receiver: Receiver, settings: Any) -> int:
    """Subscribe the receiver to invoices of the house."""
    settings.WEBHOOKS_TO_LOOPBACK = True
    listeners.run(house.tenant_id, now=START)
    return subscribe(house, receiver.url)


def subscribe(house: House, url: str, *events: str, creditor_id: int | None = None) -> int:
    with in_tenant(house.tenant_id):
        made = subscriptions.create_subscription(
            tenant_id=house.tenant_id, creditor_id=creditor_id, url=url,
            events=events or ("invoice.*",), actor_id=1, now=START,
        )  # fmt: skip
    return made.id


def happen(house: House, subject_id: int, *numbers: int, verb: str = "invoice.recorded") -> None:
    with in_tenant(house.tenant_id):
        for number in numbers:
            tell(house, subject_id, number, verb)


def tell(house: House, subject_id: int, number: int, verb: str = "invoice.recorded") -> None:
    journal.record(
        verb, tenant_id=house.tenant_id, subject=("invoice", subject_id), effective_on=TODAY,
        creditor_id=house.creditor_id, data={"n": number},
    )  # fmt: skip


def run(house: House, subscriber: int, *, minutes: float = 0, caller: Any = None) -> calling.Told:
    """Listen, then call as the worker would so many minutes from now."""
    listen_to_the_end(house.tenant_id)
    return calling.tell(
        caller or GuardedCaller(loopback=True, timeout_s=0.3, deadline_s=0.6),
        tenant_id=house.tenant_id, subscription_id=subscriber, budget_s=20,
        clock=lambda: datetime.now(UTC) + timedelta(minutes=minutes),
    )  # fmt: skip


def numbers(events: list[dict[str, Any]], subject_id: int) -> list[int]:
    return [one["data"]["n"] for one in events if one["subject"]["id"] == subject_id]


def states(house: House) -> list[str]:
    with in_tenant(house.tenant_id):
        return list(
            Delivery.objects.of(house.tenant_id).order_by("pk").values_list("state", flat=True)
        )


def test_a_fact_is_told_once_signed_and_logged(
    house: House, receiver: Receiver, subscriber: int
) -> None:
    happen(house, 1, 1)
    happen(house, 1, 2, verb="credit.recorded")
    told = run(house, subscriber)
    again = run(house, subscriber)

    assert (told.delivered, again.delivered, len(receiver.heard)) == (1, 0, 1)
    headers, body = receiver.heard[0]
    with in_tenant(house.tenant_id):
        secret = vault.opened(Subscription.objects.of(house.tenant_id).get(pk=subscriber).secret)
        row = queries.deliveries(tenant_id=house.tenant_id, subscription_id=subscriber)[0]
        attempt = queries.attempts(tenant_id=house.tenant_id, delivery_id=row.id)[0]
    expected = rules.signature(
        secret, timestamp=int(headers["Encours-Timestamp"]), delivery=str(row.uuid), body=body
    )
    assert headers["Encours-Signature"] == expected
    assert receiver.events()[0]["creditor"] == house.code
    assert (attempt.status, attempt.response_body) == (200, "ok")
    assert secret not in attempt.request_head


@pytest.mark.parametrize(
    "trouble",
    [
        pytest.param({"status": 500}, id="it answers 500"),
        pytest.param({"wait_s": 5.0}, id="it is slow"),
        pytest.param(
            {"status": 302, "headers": {"Location": "http://127.0.0.1:1/"}}, id="it sends elsewhere"
        ),
    ],
)
def test_nothing_is_lost_and_each_subject_keeps_its_order(
    house: House, receiver: Receiver, subscriber: int, trouble: dict[str, Any]
) -> None:
    happen(house, 1, 1, 2, 3)
    happen(house, 2, 1, 2)
    for name, value in trouble.items():
        setattr(receiver, name, value)
    run(house, subscriber)
    assert {number for one in (1, 2) for number in numbers(receiver.events(), one)} == {1}
    assert states(house) == ["waiting"] * 5

    receiver.gate.set()
    receiver.status, receiver.wait_s = 200, 0
    receiver.heard.clear()
    happen(house, 1, 4)
    run(house, subscriber)
    assert receiver.heard == []  # its turn has not come
    run(house, subscriber, minutes=2)

    assert numbers(receiver.events(), 1) == [1, 2, 3, 4]
    assert numbers(receiver.events(), 2) == [1, 2]
    assert states(house) == ["delivered"] * 6


def test_a_subject_that_fails_holds_no_other(house: House, subscriber: int) -> None:
    happen(house, 1, 1, 2)
    happen(house, 2, 1, 2)

    def answer(call: Call) -> Answer:
        return Answer(500 if b'"id": 1, "type": "invoice"' in call.body else 200, "", "")

    told = run(house, subscriber, caller=MemoryCaller(answer))

    assert (told.delivered, told.failed) == (2, 1)
    assert states(house) == ["waiting", "waiting", "delivered", "delivered"]


def test_a_subscriber_that_is_down_is_tried_three_days_then_shown_dead(
    house: House, subscriber: int
) -> None:
    happen(house, 1, 1)

    def nobody(call: Call) -> Answer:
        raise Unreached("Personne.")

    down = MemoryCaller(nobody)
    minutes, tries = 365.0, 1
    run(house, subscriber, caller=down)
    while "waiting" in states(house) and tries < 40:
        run(house, subscriber, minutes=minutes, caller=down)
        tries, minutes = tries + 1, minutes + 365
    assert states(house) == ["dead"]
    assert 12 <= tries <= 13

    happen(house, 1, 2)
    up = MemoryCaller()
    run(house, subscriber, minutes=minutes, caller=up)
    with in_tenant(house.tenant_id):
        dead = Delivery.objects.of(house.tenant_id).get(state="dead")
        queueing.replay(tenant_id=house.tenant_id, delivery_id=dead.pk)
        with pytest.raises(queueing.NotToReplay):
            queueing.replay(tenant_id=house.tenant_id, delivery_id=dead.pk)
    run(house, subscriber, minutes=minutes, caller=up)

    assert len(up.posted) == 2
    assert states(house) == ["delivered"] * 2


def test_a_fact_of_a_transaction_still_open_is_told_later(
    house: House, receiver: Receiver, subscriber: int
) -> None:
    begun, end = threading.Event(), threading.Event()

    def slow() -> None:
        with in_tenant(house.tenant_id):
            tell(house, 1, 1)
            begun.set()
            end.wait(10)
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    begun.wait(10)
    happen(house, 2, 1)
    listeners.run(house.tenant_id, now=START)
    assert states(house) == []
    end.set()
    thread.join()
    run(house, subscriber)

    assert sorted(one["subject"]["id"] for one in receiver.events()) == [1, 2]


def test_a_worker_that_dies_leaves_a_claim_that_ends(house: House, subscriber: int) -> None:
    happen(house, 1, 1)

    def die(call: Call) -> Answer:
        raise KeyboardInterrupt

    with suppress(KeyboardInterrupt):
        run(house, subscriber, caller=MemoryCaller(die))
    up = MemoryCaller()
    run(house, subscriber, caller=up)
    assert up.posted == []
    run(house, subscriber, minutes=3, caller=up)

    assert len(up.posted) == 1


def test_what_happened_before_is_told_when_asked_for(house: House, settings: Any) -> None:
    settings.WEBHOOKS_TO_LOOPBACK = True
    listeners.run(house.tenant_id, now=START)
    happen(house, 1, 1, 2)
    subscriber = subscribe(house, "http://127.0.0.1:9/")
    happen(house, 1, 3)
    up = MemoryCaller()
    happen(house, 1, 4)
    run(house, subscriber, caller=up)
    first = [json.loads(call.body)["data"]["n"] for call in up.posted]
    with in_tenant(house.tenant_id):
        count = queueing.replay_since(
            tenant_id=house.tenant_id, subscription_id=subscriber, since=date(2020, 1, 1)
        )
    run(house, subscriber, caller=up)
    every = [json.loads(call.body) for call in up.posted]

    assert first == [3, 4]
    assert count == 4
    assert [one["data"]["n"] for one in every[2:]] == [1, 2, 3, 4]
    assert every[1]["id"] == every[-1]["id"]


def test_a_subscriber_of_one_creditor_hears_no_other(house: House, settings: Any) -> None:
    settings.WEBHOOKS_TO_LOOPBACK = True
    listeners.run(house.tenant_id, now=START)
    own = subscribe(house, "http://127.0.0.1:9/", "*", creditor_id=house.creditor_id)
    with in_tenant(house.tenant_id):
        journal.record(
            "person.invited",
            tenant_id=house.tenant_id,
            subject=("invitation", 1),
            effective_on=TODAY,
        )
    happen(house, 1, 1)
    up = MemoryCaller()
    run(house, own, caller=up)

    assert [call.headers["Encours-Event"] for call in up.posted] == [
        "webhook.created",
        "invoice.recorded",
    ]


def call_to(url: str) -> Call:
    return Call(url, {"Host": url.split("/")[2]}, b"{}")


def test_a_name_that_leads_to_a_private_network_is_not_called(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = int(receiver.url.split(":")[2].split("/")[0])
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: found)

    with pytest.raises(Unreached, match="privé"):
        GuardedCaller().post(call_to(f"https://exemple.fr:{port}/"))
    assert receiver.heard == []


def test_the_address_that_was_checked_is_the_one_connected_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The name is looked up once: a second answer, private, would never be asked for."""
    answers = iter(["93.184.216.34", "127.0.0.1"])
    connected: list[Any] = []
    monkeypatch.setattr(
        socket, "getaddrinfo",
        lambda host, port, **k: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))],
    )  # fmt: skip

    def refuse(address: Any, *args: Any, **kwargs: Any) -> Any:
        connected.append(address)
        raise OSError("closed")

    monkeypatch.setattr(socket, "create_connection", refuse)
    with pytest.raises(Unreached):
        GuardedCaller().post(call_to("https://exemple.fr/"))

    assert connected == [("93.184.216.34", 443)]


def test_an_answer_without_end_is_cut(receiver: Receiver) -> None:
    receiver.body = b"x" * 5_000_000
    answer = GuardedCaller(loopback=True).post(call_to(receiver.url))

    assert answer.status == 200
    assert len(answer.body) == 2_000


def test_nobody_there_is_an_outage() -> None:
    with pytest.raises(Unreached):
        GuardedCaller(loopback=True, timeout_s=0.2).post(call_to("http://127.0.0.1:9/"))
