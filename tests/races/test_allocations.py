"""Two people letter the same payment at the same instant: it is not spent twice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from django.db import connection
from tests.conftest import House

from encours.parties.models import Customer
from encours.receivables.actions import acts, allocations, documents
from encours.receivables.actions.allocations import NotAllocatable, Share
from encours.receivables.actions.documents import Amounts
from encours.receivables.models import Allocation, Credit, Instalment
from encours.tenancy.scope import in_tenant

TODAY = date(2026, 11, 20)
WAIT_S = 1.0


@pytest.fixture
def ledger(house: House) -> tuple[list[int], list[int]]:
    """Two payments and two due lines of 1000, all of one customer."""
    with in_tenant(house.tenant_id):
        customer = Customer.objects.create(
            tenant_id=house.tenant_id, creditor_id=house.creditor_id, code="D", name="D"
        )
        who = {"tenant_id": house.tenant_id, "customer_id": customer.pk, "today": TODAY}
        for number in ("F1", "F2"):
            documents.record_invoice(
                **who, number=number, issued_on=date(2026, 9, 1), amounts=Amounts(1000)
            )
        credit_ids = [
            documents.record_credit(
                **who, kind="payment", received_on=date(2026, 10, 1), amounts=Amounts(1000)
            )
            for _ in range(2)
        ]
        lines = Instalment.objects.of(house.tenant_id).order_by("pk")
        return credit_ids, list(lines.values_list("pk", flat=True))


def meet(function: Callable[..., Any], barrier: threading.Barrier) -> Callable[..., Any]:
    """Answer only once the other thread has read too, or has kept us waiting too long."""

    def slow(*args: Any) -> Any:
        answer = function(*args)
        with suppress(threading.BrokenBarrierError):
            barrier.wait(WAIT_S)
        return answer

    return slow


def unlocked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the locks away: what the race looks like without them."""

    def credit(*, tenant_id: int, credit_id: int) -> Credit:
        return Credit.objects.of(tenant_id).get(pk=credit_id)

    def lines(tenant_id: int, line_ids: list[int]) -> dict[int, Instalment]:
        return {line.pk: line for line in Instalment.objects.of(tenant_id).filter(pk__in=line_ids)}

    monkeypatch.setattr(acts, "lock_credit", credit)
    monkeypatch.setattr(allocations, "_lock_lines", lines)


def race(house: House, pairs: list[tuple[int, int]]) -> list[str]:
    """Run one allocation of 1000 per thread; return how each ended."""
    ends: list[str] = []

    def run(credit_id: int, line_id: int) -> None:
        try:
            with in_tenant(house.tenant_id):
                allocations.allocate(
                    tenant_id=house.tenant_id, credit_id=credit_id,
                    shares=[Share(line_id, 1000)], today=TODAY,
                )  # fmt: skip
            ends.append("done")
        except NotAllocatable:
            ends.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(ends)


def allocated(house: House) -> int:
    with in_tenant(house.tenant_id):
        return sum(Allocation.objects.of(house.tenant_id).values_list("amount_cents", flat=True))


@pytest.mark.parametrize(
    "locked",
    [pytest.param(False, id="the race exists"), pytest.param(True, id="the locks end it")],
)
@pytest.mark.parametrize("side", ["credit", "line"])
def test_two_allocations_at_once(
    house: House,
    ledger: tuple[list[int], list[int]],
    monkeypatch: pytest.MonkeyPatch,
    locked: bool,
    side: str,
) -> None:
    credit_ids, line_ids = ledger
    if side == "credit":
        pairs = [(credit_ids[0], line_ids[0]), (credit_ids[0], line_ids[1])]
    else:
        pairs = [(credit_ids[0], line_ids[0]), (credit_ids[1], line_ids[0])]
    if not locked:
        unlocked(monkeypatch)
    barrier = threading.Barrier(2)
    monkeypatch.setattr(allocations, "_left", meet(allocations._left, barrier))

    expected = (["done", "refused"], 1000) if locked else (["done", "done"], 2000)
    assert (race(house, pairs), allocated(house)) == expected
