"""Two people bill the same customer, or two customers, at the same instant: once, without a gap."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, connection
from tests.conftest import House
from tests.einvoicing.note_desk import ON, Desk, furnish

from encours.parties.models import Customer
from encours.receivables.actions import documents, penalties
from encours.receivables.actions.documents import Amounts
from encours.receivables.actions.penalties import AlreadyBilled, Billing
from encours.receivables.models import Instalment, PenaltyNote, PenaltyPart
from encours.receivables.rules.terms import DueLine
from encours.tenancy.scope import in_tenant

WAIT_S = 1.0


@pytest.fixture
def two(house: House) -> tuple[Desk, dict[int, int]]:
    """Two customers of one creditor, each with a late due line."""
    with in_tenant(house.tenant_id):
        desk = furnish(house)
        other = Customer.objects.create(
            tenant_id=house.tenant_id, creditor_id=house.creditor_id, code="B", name="B"
        )
        for number, customer_id in (("F1", desk.customer_id), ("F2", other.pk)):
            documents.record_invoice(
                tenant_id=house.tenant_id, customer_id=customer_id, number=number,
                issued_on=date(2026, 3, 31), amounts=Amounts(1000), today=date(2026, 3, 31),
                due=[DueLine(date(2026, 4, 30), 1000)],
            )  # fmt: skip
        rows = Instalment.objects.of(house.tenant_id)
        return desk, dict(rows.values_list("customer_id", "pk"))


def together(house: House, bills: list[tuple[int, int]]) -> list[object]:
    """Record the notes of these customers and lines at once; return what each one came to."""
    answers: list[object] = []

    def bill(customer_id: int, line_id: int) -> None:
        try:
            with in_tenant(house.tenant_id):
                answers.append(
                    penalties.record_note(
                        tenant_id=house.tenant_id, customer_id=customer_id, until_on=ON,
                        billings=[Billing(line_id, date(2026, 5, 1), 100, 4000)],
                        currency="EUR", today=ON,
                    )
                )  # fmt: skip
        except (AlreadyBilled, DatabaseError) as problem:
            answers.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=bill, args=one) for one in bills]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def meet(function: Callable[..., Any]) -> Callable[..., Any]:
    """Answer only once the other thread has read too, or has kept us waiting too long."""
    barrier = threading.Barrier(2)

    def slow(*args: Any, **kwargs: Any) -> Any:
        answer = function(*args, **kwargs)
        with suppress(threading.BrokenBarrierError):
            barrier.wait(WAIT_S)
        return answer

    return slow


def counted(house: House) -> tuple[int, int]:
    with in_tenant(house.tenant_id):
        notes = PenaltyNote.objects.of(house.tenant_id).count()
        return notes, PenaltyPart.objects.of(house.tenant_id).count()


def test_without_the_lock_the_database_still_refuses_the_second_note(
    two: tuple[Desk, dict[int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, lines = two
    bill = (desk.customer_id, lines[desk.customer_id])

    def unlocked(*, tenant_id: int, customer_id: int) -> Customer:
        rows = Customer.objects.of(tenant_id).select_related("creditor")
        return rows.get(pk=customer_id)

    monkeypatch.setattr(penalties, "lock_account", unlocked)
    monkeypatch.setattr(penalties, "lines_of", meet(penalties.lines_of))

    answers = together(desk.house, [bill, bill])

    assert sum(isinstance(one, DatabaseError) for one in answers) == 1
    assert counted(desk.house) == (1, 2)


def test_the_same_days_are_billed_once(
    two: tuple[Desk, dict[int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, lines = two
    bill = (desk.customer_id, lines[desk.customer_id])
    monkeypatch.setattr(penalties, "lines_of", meet(penalties.lines_of))

    answers = together(desk.house, [bill, bill])

    assert sum(isinstance(one, AlreadyBilled) for one in answers) == 1
    assert counted(desk.house) == (1, 2)


def test_two_customers_take_two_numbers(
    two: tuple[Desk, dict[int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, lines = two
    monkeypatch.setattr(penalties, "lines_of", meet(penalties.lines_of))

    answers = together(desk.house, list(lines.items()))

    assert sorted(one.number for one in answers) == ["PEN-2026-00001", "PEN-2026-00002"]  # type: ignore[attr-defined]
