"""What each kind of fact needs, and which of several decides."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from encours.standing.rules import NEEDS, STATUSES, Said, effect_of, faults, status_of

TODAY = date(2026, 11, 20)
LATER = TODAY + timedelta(days=10)


@pytest.mark.parametrize(
    ("kind", "more", "missing"),
    [
        pytest.param("dispute", {"reason": "prix"}, [], id="a dispute with its reason"),
        pytest.param("dispute", {}, ["motif"], id="a dispute without a reason"),
        pytest.param("promise", {"ends_on": LATER, "amount_cents": 100}, [], id="a promise to the cent"),
        pytest.param("promise", {}, ["date de fin", "Indiquez le montant"], id="a promise of nothing, some day"),
        pytest.param("promise", {"ends_on": LATER, "amount_cents": 101}, ["dépasse"], id="a promise of more than is owed"),
        pytest.param("promise", {"ends_on": LATER, "amount_cents": 0}, ["supérieur à zéro"], id="a promise of nothing"),
        pytest.param("plan", {}, ["date de fin"], id="a plan without an end"),
        pytest.param("pause", {"reason": "accord"}, ["date de fin"], id="a pause without an end"),
        pytest.param("pause", {"reason": "accord", "ends_on": TODAY}, [], id="a pause of a day"),
        pytest.param("pause", {"reason": "accord", "ends_on": TODAY - timedelta(days=1)}, ["précède"], id="a pause that ends before it starts"),
        pytest.param("insolvency", {"is_on_line": True}, ["client entier"], id="an insolvent due line"),
        pytest.param("insolvency", {}, [], id="an insolvent customer"),
        pytest.param("death", {}, [], id="a death"),
        pytest.param("protection", {}, [], id="a protected adult"),
        pytest.param("over_indebtedness", {}, [], id="over-indebtedness"),
        pytest.param("limitation", {}, ["motif"], id="an interruption nobody explains"),
        pytest.param("assignment", {"is_on_line": True}, [], id="a line sold to a factor"),
        pytest.param("handover", {}, [], id="a file handed over"),
        pytest.param("einvoice", {"is_on_line": True, "status": "207"}, [], id="an e-invoice disputed"),
        pytest.param("einvoice", {"status": "207"}, ["Choisissez l'échéance"], id="a status of no line"),
        pytest.param("einvoice", {"is_on_line": True}, ["code de statut"], id="an e-invoice without status"),
        pytest.param("direct_debit", {"is_on_line": True, "ends_on": LATER, "amount_cents": 1}, [], id="a debit in flight"),
    ],
)  # fmt: skip
def test_what_a_fact_needs(kind: str, more: dict[str, Any], missing: list[str]) -> None:
    found = list(faults(Said(kind, TODAY, **more), open_cents=100, currency="EUR"))

    assert len(found) == len(missing)
    assert all(part in sentence for part, sentence in zip(missing, found, strict=True))


@pytest.mark.parametrize(
    ("kind", "status", "expected"),
    [
        pytest.param("dispute", "", "dispute", id="a dispute is one"),
        pytest.param("einvoice", "210", "dispute", id="refused by the buyer: a person decides"),
        pytest.param("einvoice", "213", "rejected", id="rejected by the platform"),
        pytest.param("einvoice", "207", "dispute", id="in dispute on the platform"),
        pytest.param("einvoice", "220", "credit_expected", id="cancelled"),
        pytest.param("einvoice", "224", "direct_payer", id="somebody else pays"),
        pytest.param("einvoice", "226", "assignment", id="the factor is paid"),
        pytest.param("einvoice", "205", "", id="approved stands in nobody's way"),
        pytest.param("limitation", "", "", id="an act that interrupts limitation"),
    ],
)
def test_effects(kind: str, status: str, expected: str) -> None:
    assert effect_of(kind, status) == expected


def test_the_strongest_decides() -> None:
    assert status_of(["promise", "dispute", "insolvency"]) == "insolvent"
    assert status_of(["pause", "promise"]) == "promised"
    assert status_of([]) is None


@given(st.sets(st.sampled_from(sorted(STATUSES)), max_size=4))
def test_the_order_in_which_facts_were_said_changes_nothing(kinds: set[str]) -> None:
    def told(said: Iterable[str]) -> str | None:
        return status_of(said)

    assert {told(order) for order in permutations(kinds)} == {told(kinds)}


def test_every_kind_of_the_table_is_known() -> None:
    from encours.standing.models import StandingKind  # noqa: PLC0415

    assert set(NEEDS) == {choice.value for choice in StandingKind}
