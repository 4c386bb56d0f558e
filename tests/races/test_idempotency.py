"""The same call twice at the same instant: one effect, one answer."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from django.db import connection
from tests.api.programs import Program, new_customer, ok, program

from encours.receivables.actions import documents
from encours.tenancy.actions import calls
from encours.tenancy.actions.calls import Claim
from encours.tenancy.models import IdempotentCall

pytestmark = pytest.mark.django_db(transaction=True)
WAIT_S = 1.0


def unlocked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look whether the call was made instead of taking it: what the race looks like."""

    def claim(*, tenant_id: int, key_id: int, name: str, **_: Any) -> Claim:
        mine = IdempotentCall.objects.of(tenant_id).filter(key_id=key_id, name=name)
        assert not mine.exists()
        return Claim(0)

    monkeypatch.setattr(calls, "claim", claim)
    monkeypatch.setattr(calls, "remember", lambda **_: None)


def race(own: Program, body: dict[str, Any]) -> list[Any]:
    answers: list[Any] = []

    def pay() -> None:
        answers.append(own.post("/payments", body, once=f"race-{body['customer_id']}"))
        connection.close()

    threads = [threading.Thread(target=pay) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.mark.parametrize(
    ("locked", "payments"),
    [pytest.param(False, 2, id="the race exists"), pytest.param(True, 1, id="the claim ends it")],
)
def test_a_payment_sent_twice_at_once(
    monkeypatch: pytest.MonkeyPatch, locked: bool, payments: int
) -> None:
    own = program()
    customer = new_customer(own)
    body = {"customer_id": customer["id"], "amount": "10.00", "received_on": "2026-10-01"}
    if not locked:
        unlocked(monkeypatch)
    barrier = threading.Barrier(2)
    record = documents.record_credit

    def together(**asked: Any) -> int:
        """Write only once the other call is as far, or kept us waiting too long."""
        try:
            barrier.wait(WAIT_S)
        except threading.BrokenBarrierError:
            barrier.abort()
        return record(**asked)

    monkeypatch.setattr(documents, "record_credit", together)
    answers = race(own, body)
    asked = {"creditor": own.place.house.code, "customer": customer["code"]}

    assert {answer.status_code for answer in answers} == {201}
    assert len(ok(own.get("/payments", **asked))["items"]) == payments
    assert len({json.loads(answer.content)["id"] for answer in answers}) == payments
