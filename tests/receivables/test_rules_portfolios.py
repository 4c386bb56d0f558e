"""Rules of portfolios: the first that names a customer decides, never over a person."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from encours.receivables.rules.portfolios import PortfolioRule, moves

ANNE, BOB, CARL = 11, 12, 13
SCHEMA = {
    "customer_id": pl.Int64, "creditor_id": pl.Int64, "name": pl.String, "postcode": pl.String,
    "country": pl.String, "debtor_class": pl.String, "salesperson_id": pl.Int64,
    "collector_id": pl.Int64, "salesperson_rule_id": pl.Int64, "collector_rule_id": pl.Int64,
    "open_cents": pl.Int64,
}  # fmt: skip


def customer(number: int = 1, **more: Any) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "customer_id": number, "creditor_id": 1, "name": "Électro Lyon", "postcode": "69003",
        "country": "FR", "debtor_class": "business", "salesperson_id": None, "collector_id": None,
        "salesperson_rule_id": None, "collector_rule_id": None, "open_cents": 100_00,
    }  # fmt: skip
    return plain | more


def frame(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=SCHEMA)


def rule(number: int = 1, user: int = ANNE, **more: Any) -> PortfolioRule:
    return PortfolioRule(**{"id": number, "part": "collector", "user_id": user, **more})


@pytest.mark.parametrize(
    ("asked", "is_named"),
    [
        pytest.param({"postcodes": ("42", "69")}, True, id="its department"),
        pytest.param({"postcodes": ("75",)}, False, id="another department"),
        pytest.param({"countries": ("FR", "BE")}, True, id="its country"),
        pytest.param({"countries": ("DE",)}, False, id="another country"),
        pytest.param({"classes": ("business",)}, True, id="its class"),
        pytest.param({"classes": ("public",)}, False, id="another class"),
        pytest.param({"initials": ("A", "E")}, True, id="its initial, without the accent"),
        pytest.param({"initials": ("F", "Z")}, False, id="another initial"),
        pytest.param({"creditor_id": 1}, True, id="its creditor"),
        pytest.param({"creditor_id": 2}, False, id="another creditor"),
        pytest.param({"salesperson_id": BOB}, False, id="nobody sells to it"),
        pytest.param({"open_from_cents": 100_00}, True, id="at least what it owes"),
        pytest.param({"open_from_cents": 100_01}, False, id="more than it owes"),
        pytest.param({"open_to_cents": 100_00}, False, id="less than it owes"),
        pytest.param({"open_to_cents": 100_01}, True, id="just above what it owes"),
        pytest.param({"members": frozenset({1})}, True, id="its own field says so"),
        pytest.param({"members": frozenset({2})}, False, id="its own field says otherwise"),
        pytest.param({"postcodes": ("69",), "countries": ("BE",)}, False, id="both, not either"),
    ],
)
def test_what_a_rule_names(asked: dict[str, Any], is_named: bool) -> None:
    assert moves(frame(customer()), [rule(**asked)]).height == is_named


def test_the_first_rule_that_names_decides() -> None:
    rules = [rule(1, ANNE, postcodes=("75",)), rule(2, BOB, postcodes=("69",)), rule(3, CARL)]
    found = moves(frame(customer()), rules).row(0, named=True)

    assert (found["to_id"], found["rule_id"], found["from_id"]) == (BOB, 2, None)


@pytest.mark.parametrize(
    ("state", "only_new", "expected"),
    [
        pytest.param({"collector_id": BOB}, False, [], id="given by hand: never taken"),
        pytest.param({"collector_id": BOB, "collector_rule_id": 9}, False, [ANNE], id="by a rule"),
        pytest.param({"collector_id": BOB, "collector_rule_id": 9}, True, [], id="not new"),
        pytest.param({"collector_id": ANNE, "collector_rule_id": 1}, False, [], id="there already"),
        pytest.param({}, True, [ANNE], id="nobody yet"),
    ],
)
def test_who_may_be_moved(state: dict[str, Any], only_new: bool, expected: list[int]) -> None:
    found = moves(frame(customer(**state)), [rule()], only_new=only_new)

    assert found["to_id"].to_list() == expected


def test_a_collector_may_follow_the_salesperson_just_given() -> None:
    rules = [
        rule(1, CARL, salesperson_id=BOB),
        rule(2, BOB, part="salesperson", postcodes=("69",)),
    ]
    found = moves(frame(customer()), rules)

    assert found.select("part", "to_id").rows() == [("salesperson", BOB), ("collector", CARL)]
    assert moves(frame(customer()), []).is_empty()


people = st.sampled_from([ANNE, BOB, CARL])
customers = st.lists(
    st.builds(
        customer,
        postcode=st.sampled_from(["69003", "42000", ""]),
        country=st.sampled_from(["FR", "BE"]),
        collector_id=st.none() | people,
        collector_rule_id=st.none() | st.integers(1, 4),
        open_cents=st.integers(0, 300_00),
    ),
    max_size=6,
)
rules_ = st.lists(
    st.builds(
        lambda user, posts, low: rule(0, user, postcodes=posts, open_from_cents=low),
        people,
        st.sampled_from([(), ("69",), ("42", "69")]),
        st.none() | st.integers(0, 300_00),
    ),
    max_size=4,
)


@given(rows=customers, drafts=rules_)
def test_applied_twice_is_applied_once_and_hands_are_kept(
    rows: list[dict[str, Any]], drafts: list[PortfolioRule]
) -> None:
    rows = [{**row, "customer_id": at} for at, row in enumerate(rows)]
    rules = [rule(at, one.user_id, postcodes=one.postcodes, open_from_cents=one.open_from_cents)
             for at, one in enumerate(drafts, start=10)]  # fmt: skip
    moved = {one["customer_id"]: one for one in moves(frame(*rows), rules).iter_rows(named=True)}
    after = []
    for row in rows:
        one = moved.get(row["customer_id"])
        if row["collector_id"] is not None and row["collector_rule_id"] is None:
            assert one is None
        given_ = {"collector_id": one["to_id"], "collector_rule_id": one["rule_id"]} if one else {}
        after.append({**row, **given_})

    assert moves(frame(*after), rules).is_empty()
