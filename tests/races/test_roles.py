"""Two administrators take each other's keys at the same instant: one of them keeps theirs."""

from __future__ import annotations

import threading
from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from django.db import connection
from tests.conftest import House

from encours.tenancy.actions import roles
from encours.tenancy.models import Membership, User
from encours.tenancy.scope import in_tenant

WAIT_S = 1.0


def run(house: House, acts: list[tuple[Any, dict[str, Any]]]) -> list[str]:
    ends: list[str] = []

    def one(act: Any, asked: dict[str, Any]) -> None:
        told = {"tenant_id": house.tenant_id, "actor_id": 1, "today": date(2026, 11, 20)}
        try:
            with in_tenant(house.tenant_id):
                act(**told, **asked)
            ends.append("done")
        except roles.LastAdmin:
            ends.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=act) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(ends)


@pytest.mark.parametrize(
    "locked",
    [pytest.param(False, id="the race exists"), pytest.param(True, id="the lock ends it")],
)
def test_two_administrators_at_once(
    house: House, monkeypatch: pytest.MonkeyPatch, locked: bool
) -> None:
    with in_tenant(house.tenant_id):
        first, second = (
            Membership.objects.create(
                tenant_id=house.tenant_id,
                user=User.objects.create_user(f"{name}.{house.tenant_id}@race.example", "x"),
                role="admin",
            )
            for name in ("a", "b")
        )
    barrier, found = threading.Barrier(2), roles.full_admins

    def slow(*, tenant_id: int) -> set[int]:
        answer = found(tenant_id=tenant_id)
        with suppress(threading.BrokenBarrierError):
            barrier.wait(WAIT_S)
        return answer

    monkeypatch.setattr(roles, "full_admins", slow)
    if not locked:
        monkeypatch.setattr(roles, "_lock_admins", lambda _tenant_id: None)
    lowered = {"user_id": second.user_id, "creditor_id": house.creditor_id, "role": "reader"}
    ends = run(house, [(roles.revoke, {"membership_id": first.pk}), (roles.give_role, lowered)])

    with in_tenant(house.tenant_id):
        assert (ends, len(found(tenant_id=house.tenant_id))) == (
            (["done", "refused"], 1) if locked else (["done", "done"], 0)
        )
