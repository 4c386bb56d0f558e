"""What a person's rights and choice let a page show."""

from __future__ import annotations

import pytest

from encours.tenancy.reach import Scope, scope_of
from encours.tenancy.rights import Access, Grant

ME = 7
PEOPLE = (ME, 12)


EVERY = (3, 4, 5)


def access(*grants: tuple[str, int | None]) -> Access:
    given = tuple(Grant(role, creditor) for role, creditor in grants)
    return Access(ME, 1, given, creditor_ids=EVERY)


@pytest.mark.parametrize(
    ("who", "chosen", "expected"),
    [
        pytest.param(access(("admin", None)), None, Scope(None, None, None), id="admin sees all"),
        pytest.param(access(("admin", None)), 3, Scope(3, (3,), None), id="admin chose one"),
        pytest.param(access(("reader", 3)), None, Scope(None, (3,), None), id="reader of one"),
        pytest.param(access(("reader", 3)), 4, Scope(None, (), None), id="one that is not theirs"),
        pytest.param(
            access(("reader", 4), ("accountant", 3)), None, Scope(None, (3, 4), None), id="two"
        ),
        pytest.param(
            access(("sales", None)), None, Scope(None, None, PEOPLE), id="sales: own customers only"
        ),
        pytest.param(access(("sales", None)), 3, Scope(3, (3,), PEOPLE), id="sales chose one"),
        pytest.param(
            access(("sales", 3), ("credit_manager", 4)), None, Scope(None, (4,), None),
            id="sales here, more there: without a choice, only there",
        ),
        pytest.param(
            access(("sales", 3), ("credit_manager", 4)), 3, Scope(3, (3,), PEOPLE),
            id="sales here, more there: here, own customers",
        ),
        pytest.param(
            access(("sales", 3), ("credit_manager", 4)), 4, Scope(4, (4,), None),
            id="sales here, more there: there, everybody",
        ),
        pytest.param(
            access(("sales", None), ("credit_manager", 4)), None, Scope(None, (4,), None),
            id="sales everywhere and more there",
        ),
        pytest.param(
            access(("sales", 3), ("reader", None)), None, Scope(None, (4, 5), None),
            id="a reader of all but the one they sell for",
        ),
        pytest.param(
            access(("sales", 3), ("reader", None)), 3, Scope(3, (3,), PEOPLE),
            id="the role given there replaces the wider one",
        ),
        pytest.param(
            access(("reader", None), ("accountant", 4)), None, Scope(None, None, None),
            id="whatever the exception reads too, all is read",
        ),
    ],
)  # fmt: skip
def test_scope(who: Access, chosen: int | None, expected: Scope) -> None:
    assert scope_of(who, "ledger.read", chosen, people=lambda: PEOPLE) == expected


@pytest.mark.parametrize("chosen", [None, 3])
def test_my_customers_narrow_whatever_the_role(chosen: int | None) -> None:
    found = scope_of(
        access(("admin", None)), "ledger.read", chosen, people=lambda: PEOPLE, is_mine=True
    )

    assert found.people == PEOPLE
    assert found.covers(3)
    assert found.is_own(12, None)
    assert found.is_own(None, ME)
    assert not found.is_own(13, None)


def test_covers() -> None:
    assert Scope(None, None, None).covers(9)
    assert Scope(None, (3,), None).covers(3)
    assert not Scope(None, (3,), None).covers(4)
