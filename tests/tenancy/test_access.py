"""Which role applies where: the one given at a creditor, else the one held for all of them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from encours.tenancy.rights import RIGHTS, Access, Grant

EVERY = (1, 2, 3, 4)
roles = st.sampled_from(["admin", "credit_manager", "collector", "sales", "accountant", "reader"])
memberships = st.dictionaries(st.none() | st.sampled_from(EVERY), roles, min_size=1)


def access(held: dict[int | None, str], *, known: tuple[int, ...] = EVERY) -> Access:
    grants = tuple(Grant(role, creditor) for creditor, role in held.items())
    return Access(7, 1, grants, creditor_ids=known)


@given(held=memberships, right=st.sampled_from(sorted(RIGHTS)))
def test_the_list_of_creditors_is_what_each_answers(
    held: dict[int | None, str], right: str
) -> None:
    who = access(held)
    found = who.creditors(right)
    granted = {one for one in EVERY if who.may(right, one)}

    assert set(EVERY if found is None else found) == granted
    assert who.everywhere(right) == (found is None)
    assert not granted or who.may(right)


@given(held=memberships, right=st.sampled_from(sorted(RIGHTS)))
def test_a_role_at_one_creditor_changes_nothing_elsewhere(
    held: dict[int | None, str], right: str
) -> None:
    for creditor in EVERY:
        lowered = access({**held, creditor: "reader"})
        assert lowered.may(right, creditor) == ("reader" in RIGHTS[right])
        for other in set(EVERY) - {creditor}:
            assert lowered.may(right, other) == access(held).may(right, other)


def test_without_the_list_of_creditors_only_those_named_are_known() -> None:
    who = access({None: "admin", 2: "reader", 3: "admin"}, known=())

    assert who.creditors("users.manage") == {3}
    assert not who.everywhere("users.manage")
    assert who.has_exceptions
    assert not access({None: "admin"}).has_exceptions
    assert access({None: "admin", 2: "reader"}).role_at(2) == "reader"
    assert access({2: "reader"}).role_at(1) is None
