"""Two people note the same planned call at the same instant: it is one call."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection
from django.db.models import QuerySet
from tests.conftest import House
from tests.recovery.test_calls import LEA, NOW, TODAY, TOM, Desk

from encours.dunning.actions import calls as planned
from encours.parties.actions import customers
from encours.parties.models import Customer
from encours.recovery.actions import recording, sheets
from encours.recovery.actions.recording import AlreadyCalled, Told
from encours.recovery.models import Call
from encours.tenancy.scope import in_tenant

WAIT_S = 2.0


@pytest.fixture
def desk(house: House) -> Desk:
    one = Desk(house)
    one.open()
    return one


def together(*acts: Callable[[], Any]) -> None:
    def run(act: Callable[[], Any]) -> None:
        try:
            act()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def unlocked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the customer's lock away, and let both read before either writes."""
    barrier, here = threading.Barrier(2), threading.local()
    waiting, locked = planned.locked_calls, QuerySet.select_for_update

    def select(rows: Any, **asked: Any) -> Any:
        """Lock as ever, but for what a thread reads here: taken away for all, it would stay so."""
        return rows if getattr(here, "is_free", False) else locked(rows, **asked)

    def customer(*, tenant_id: int, customer_id: int) -> Customer:
        return Customer.objects.of(tenant_id).get(pk=customer_id)

    def calls(**asked: Any) -> list[int]:
        asked["reminder_ids"] = list(asked["reminder_ids"])
        here.is_free = True
        found = waiting(**asked)
        here.is_free = False
        with suppress(threading.BrokenBarrierError):
            barrier.wait(WAIT_S)
        return found

    monkeypatch.setattr(QuerySet, "select_for_update", select)
    monkeypatch.setattr(customers, "locked", customer)
    monkeypatch.setattr(planned, "locked_calls", calls)


def race(desk: Desk, uuids: tuple[UUID, UUID]) -> list[str]:
    ends: list[str] = []

    def note(who: int, uuid: UUID) -> None:
        told = Told(outcome="reached", reminder_ids=[desk.reminder_id])
        try:
            with in_tenant(desk.house.tenant_id):
                done = recording.record_call(
                    **desk.of, uuid=uuid, told=told, actor_id=who, now=NOW, today=TODAY
                )
            ends.append("new" if done.is_new else "known")
        except AlreadyCalled:
            ends.append("second")
        except IntegrityError:
            ends.append("refused by the database")

    together(lambda: note(LEA, uuids[0]), lambda: note(TOM, uuids[1]))
    return sorted(ends)


def recorded(desk: Desk) -> int:
    with in_tenant(desk.house.tenant_id):
        return Call.objects.of(desk.house.tenant_id).count()


def test_without_the_locks_two_calls_are_counted(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlocked(monkeypatch)

    assert race(desk, (uuid4(), uuid4())) == ["new", "new"]
    assert recorded(desk) == 2


def test_two_people_note_one_call(desk: Desk) -> None:
    assert race(desk, (uuid4(), uuid4())) == ["new", "second"]
    assert recorded(desk) == 1
    assert desk.reminder().state == "sent"


def test_two_clicks_are_one_call(desk: Desk) -> None:
    uuid = uuid4()

    assert race(desk, (uuid, uuid)) == ["known", "new"]
    assert recorded(desk) == 1


def test_of_two_who_open_a_sheet_at_once_one_has_it(desk: Desk) -> None:
    held: dict[int, int | None] = {}

    def see(who: int) -> None:
        with in_tenant(desk.house.tenant_id):
            holder = sheets.see_sheet(**desk.of, user_id=who, now=NOW)
        held[who] = holder.user_id if holder else None

    together(lambda: see(LEA), lambda: see(TOM))

    first = next(who for who, holder in held.items() if holder is None)
    second = next(who for who in held if who != first)
    assert held[second] == first
