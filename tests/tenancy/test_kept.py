"""Answers kept between requests: as long as nothing happened, and no longer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import count
from threading import Barrier, Thread

import pytest
from django.db import connection
from tests.conftest import House

from encours.tenancy import journal
from encours.tenancy.kept import MOST, kept
from encours.tenancy.scope import in_tenant

TODAY = date(2026, 11, 20)


@pytest.fixture
def answers() -> Iterator[int]:
    return count(1)


def tell(house: House, verb: str = "customer.updated") -> None:
    journal.record(
        verb,
        tenant_id=house.tenant_id,
        subject=("customer", 1),
        effective_on=TODAY,
    )


def ask(house: House, answers: Iterator[int], **asked: tuple[str, ...]) -> int:
    with in_tenant(house.tenant_id):
        return kept(house.tenant_id, "an answer", lambda: next(answers), **asked)


def test_an_answer_is_kept_until_a_fact(house: House, answers: Iterator[int]) -> None:
    assert [ask(house, answers), ask(house, answers)] == [1, 1]
    with in_tenant(house.tenant_id):
        tell(house)

    assert [ask(house, answers), ask(house, answers)] == [2, 2]


def test_facts_of_others_and_facts_beside_change_nothing(
    house: House, other_house: House, answers: Iterator[int]
) -> None:
    ask(house, answers, ignored=("message",))
    with in_tenant(other_house.tenant_id):
        tell(other_house)
    with in_tenant(house.tenant_id):
        tell(house, "message.sent")

    assert ask(house, answers, ignored=("message",)) == 1
    assert ask(house, answers) == 2


def test_what_a_request_wrote_itself_counts(house: House, answers: Iterator[int]) -> None:
    with in_tenant(house.tenant_id):
        assert kept(house.tenant_id, "an answer", lambda: next(answers)) == 1
        tell(house)
        assert kept(house.tenant_id, "an answer", lambda: next(answers)) == 2


def test_an_act_that_ends_after_the_answer_counts(house: House, answers: Iterator[int]) -> None:
    """It took its number first: neither the last number nor the count of facts would show it."""
    begun, asked = Barrier(2, timeout=20), Barrier(2, timeout=20)

    def slow() -> None:
        with in_tenant(house.tenant_id):
            tell(house)
            begun.wait()
            asked.wait()
        connection.close()

    writer = Thread(target=slow)
    writer.start()
    begun.wait()
    with in_tenant(house.tenant_id):
        tell(house)
    assert ask(house, answers) == 1
    asked.wait()
    writer.join()

    assert ask(house, answers) == 2


def test_only_so_many_are_kept(house: House) -> None:
    with in_tenant(house.tenant_id):
        for number in range(MOST + 1):
            kept(house.tenant_id, number, lambda: "first")
        again = kept(house.tenant_id, 0, lambda: "second")

    assert again == "second"
