"""What a claim lacks for court: a table by debtor and kind of sale, and properties of the score."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from encours.documents.rules.kinds import Kind
from encours.legal.rules.evidence import PIECES, Claim, readiness

FULL = Claim(
    debtor_class="business",
    is_class_confirmed=True,
    sale="goods",
    kinds=frozenset({"invoice", "order", "delivery", "terms", "kbis", "acknowledgment"}),
    reminders=2,
    has_formal_notice=True,
)
claims = st.builds(
    Claim,
    debtor_class=st.sampled_from(["business", "consumer", "public", "foreign", "unknown"]),
    is_class_confirmed=st.booleans(),
    sale=st.sampled_from(["goods", "services", "unknown"]),
    kinds=st.frozensets(st.sampled_from([kind.value for kind in Kind])),
    is_due_date_certain=st.booleans(),
    is_debtor_located=st.booleans(),
    has_contract_rate=st.booleans(),
    reminders=st.integers(0, 5),
    has_formal_notice=st.booleans(),
)


def without(*kinds: str) -> Claim:
    return replace(FULL, kinds=FULL.kinds - set(kinds))


@pytest.mark.parametrize(
    ("claim", "missing", "is_ready"),
    [
        pytest.param(FULL, [], True, id="a whole file"),
        pytest.param(without("invoice"), ["invoice"], False, id="no invoice"),
        pytest.param(without("order"), ["agreement"], False, id="no order"),
        pytest.param(
            replace(FULL, kinds=FULL.kinds - {"order"} | {"quote"}), [], True, id="a signed quote"
        ),
        pytest.param(
            replace(FULL, sale="services"), ["performance"], False, id="a service not proved"
        ),
        pytest.param(
            replace(FULL, sale="unknown"), [], True, id="a sale not said: a delivery is enough"
        ),
        pytest.param(without("terms"), ["terms"], True, id="terms of sale are useful"),
        pytest.param(
            replace(without("terms"), has_contract_rate=True),
            ["terms"],
            False,
            id="terms of sale are required for a rate of the contract",
        ),
        pytest.param(
            replace(without("terms", "kbis"), debtor_class="consumer"),
            [],
            True,
            id="a consumer has neither terms between professionals nor a Kbis",
        ),
        pytest.param(
            replace(without("kbis"), debtor_class="public"), [], True, id="a public body: no Kbis"
        ),
        pytest.param(
            replace(FULL, is_class_confirmed=False), ["class"], False, id="nobody said who it is"
        ),
        pytest.param(
            replace(FULL, has_formal_notice=False), ["formal_notice"], False, id="no formal notice"
        ),
        pytest.param(replace(FULL, reminders=0), ["reminders"], True, id="no reminder"),
        pytest.param(
            replace(FULL, is_due_date_certain=False), ["due_date"], False, id="an assumed due date"
        ),
        pytest.param(
            replace(FULL, is_debtor_located=False), ["address"], False, id="an unknown address"
        ),
    ],
)
def test_what_is_missing(claim: Claim, missing: list[str], is_ready: bool) -> None:
    found = readiness(claim)

    assert [piece.code for piece in found.missing] == missing
    assert found.is_ready is is_ready
    assert (found.score == 100) is (missing == [])


def test_each_piece_says_why_and_from_where() -> None:
    assert len({piece.code for piece in PIECES}) == len(PIECES)
    for piece in PIECES:
        assert piece.absence.endswith(".")
        assert piece.source
        assert piece.mark in {"V", "VC", "M", "C"}


@given(claim=claims, kind=st.sampled_from([kind.value for kind in Kind]))
def test_one_more_piece_never_lowers_the_score(claim: Claim, kind: str) -> None:
    before = readiness(claim)
    after = readiness(replace(claim, kinds=claim.kinds | {kind}))

    assert 0 <= before.score <= after.score <= 100
    assert {one.code for one in after.missing} <= {one.code for one in before.missing}


@given(claim=claims)
def test_ready_is_not_finished(claim: Claim) -> None:
    found = readiness(claim)

    assert found.is_ready or any(piece.is_required for piece in found.missing)
    assert found.score < 100 or not found.missing
