"""What a PDF proves of an invoice without a number."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from encours.documents.rules.proof import (
    Proof,
    Unnumbered,
    days_in,
    number_in,
    prove,
    proved,
    totals_in,
)

DAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        pytest.param("Total HT 100,00 TVA 20,00 Total TTC : 120,00 €", {12_000}, id="its total"),
        pytest.param("Net à payer 1 234,56", {123_456}, id="thousands"),
        pytest.param("100,00\n20,00\n120,00", {12_000}, id="no word: the largest"),
        pytest.param("Total TTC\n1.200,00 EUR", {120_000}, id="on the next line"),
        pytest.param("Amount due: $99.90", {9_990}, id="in English"),
        pytest.param("Réf. 12, page 3", set(), id="no amount"),
        pytest.param("version 1.2.34.56", set(), id="a version is no amount"),
    ],
)
def test_totals(text: str, cents: set[int]) -> None:
    assert totals_in(text) == cents


@pytest.mark.parametrize(
    ("text", "days"),
    [
        pytest.param("Le 02/03/2026", {DAY}, id="slashes"),
        pytest.param("2026-03-02", {DAY}, id="ISO"),
        pytest.param("Fait le 2 mars 2026", {DAY}, id="in words"),
        pytest.param("31/02/2026", set(), id="no such day"),
        pytest.param("12 lots 2026", set(), id="no month"),
    ],
)
def test_days(text: str, days: set[date]) -> None:
    assert days_in(text) == days


@pytest.mark.parametrize(
    ("text", "number"),
    [
        pytest.param("FACTURE N° FA-2026/118\nDate 02/03/2026", "FA-2026/118", id="a usual head"),
        pytest.param("Numéro de facture : 00045", "00045", id="digits alone"),
        pytest.param("Invoice no. INV-7. Thanks", "INV-7", id="in English"),
        pytest.param("Facture du 02/03/2026", "", id="a day is none"),
        pytest.param("Facture F1 annule la facture F2", "", id="two are none"),
        pytest.param("Facture F-1 … rappel : facture F1", "F-1", id="the same twice"),
        pytest.param("Merci", "", id="none"),
    ],
)
def test_numbers(text: str, number: str) -> None:
    assert number_in(text) == number


def test_a_proof_is_the_same_total_on_the_same_day() -> None:
    text = "Facture F7 du 02/03/2026. Total TTC 120,00"
    known = [Unnumbered(1, DAY, 12_000), Unnumbered(2, DAY, 10_000),
             Unnumbered(3, date(2026, 3, 3), 12_000)]  # fmt: skip

    assert prove(5, text, known) == Proof(5, "F7", (1,))


proofs = st.lists(
    st.builds(
        Proof,
        file=st.just(0),
        number=st.sampled_from(["", "F1", "F-1", "F2"]),
        invoice_ids=st.lists(st.integers(1, 3), max_size=2, unique=True).map(tuple),
    ),
    max_size=6,
)


@given(found=proofs)
def test_what_two_files_claim_is_nobody_s(found: list[Proof]) -> None:
    kept = proved(found)

    assert len({one.invoice_ids for one in kept}) == len(kept)
    assert len({one.number.replace("-", "") for one in kept}) == len(kept)
    for one in kept:
        others = [other for other in found if one.invoice_ids[0] in other.invoice_ids]
        assert others == [one]
