"""What goes along with a message: whole invoices while they fit, and what is missing is said."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from encours.dunning.rules.luggage import COUNT_MAX, Missing, packed


@dataclass(frozen=True)
class File:
    sha256: str
    size_bytes: int


BILL, PROOF, HEAVY = File("a", 40), File("b", 30), File("c", 500)


@pytest.mark.parametrize(
    ("wanted", "taken", "missing"),
    [
        pytest.param([("F1", [BILL, PROOF])], (BILL, PROOF), Missing(), id="all of it fits"),
        pytest.param([("F1", [])], (), Missing(absent=("F1",)), id="nothing was kept for it"),
        pytest.param(
            [("F1", [BILL, HEAVY]), ("F2", [PROOF])],
            (PROOF,),
            Missing(too_heavy=("F1",)),
            id="an invoice goes whole or not at all, the next one is tried",
        ),
        pytest.param(
            [("F1", [BILL]), ("F2", [BILL])], (BILL,), Missing(), id="the same content goes once"
        ),
        pytest.param(
            [("F1", [BILL]), ("F2", [PROOF])], (BILL, PROOF), Missing(), id="in the order given"
        ),
    ],
)
def test_packed(
    wanted: list[tuple[str, list[File]]], taken: tuple[File, ...], missing: Missing
) -> None:
    assert packed(wanted, weight_max=100) == (taken, missing)


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        pytest.param(Missing(), [], id="nothing is missing, nothing is said"),
        pytest.param(
            Missing(absent=("F1", "F2")), ["Sans pièce à joindre : F1, F2."], id="without a file"
        ),
        pytest.param(
            Missing(too_heavy=tuple("ABCDEFG")),
            ["Trop lourd pour un e-mail, laissé de côté : A, B, C, D, E et 2 autres."],
            id="a long list is cut",
        ),
        pytest.param(
            Missing(too_heavy=tuple("ABCDEF")),
            ["Trop lourd pour un e-mail, laissé de côté : A, B, C, D, E et 1 autre."],
            id="one other",
        ),
    ],
)
def test_what_is_missing_is_said(missing: Missing, said: list[str]) -> None:
    assert list(missing.sentences()) == said


files = st.builds(File, st.sampled_from("abcdefgh"), st.integers(1, 60))
invoices = st.lists(
    st.tuples(st.uuids().map(str), st.lists(files, max_size=4)),
    max_size=12,
    unique_by=lambda x: x[0],
)


@given(wanted=invoices, weight_max=st.integers(0, 200))
def test_never_too_heavy_and_every_invoice_has_its_answer(
    wanted: list[tuple[str, list[File]]], weight_max: int
) -> None:
    taken, missing = packed(wanted, weight_max=weight_max)
    hashes = [one.sha256 for one in taken]

    assert sum(one.size_bytes for one in taken) <= weight_max
    assert len(hashes) == len(set(hashes))
    left = {*missing.absent, *missing.too_heavy}
    for number, own in wanted:
        brought = bool(own) and {one.sha256 for one in own} <= set(hashes)
        assert number in left or brought


def test_a_message_is_no_parcel() -> None:
    many = [(f"F{place}", [File(str(place), 1)]) for place in range(COUNT_MAX + 3)]
    taken, missing = packed(many)

    assert len(taken) == COUNT_MAX
    assert missing.too_heavy == ("F40", "F41", "F42")
