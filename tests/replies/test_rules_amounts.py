"""Amounts said, to the cent; shares and plans; numbers, references and addresses cited."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from encours.kernel.money import english_text, french_text
from encours.replies.rules import amounts, picking, references
from encours.replies.rules.folding import fold


def said(
    words: str, kind: str = "promise"
) -> tuple[int | None, Fraction | None, int | None] | None:
    folded = fold(words)
    found = picking.amount_of(kind, folded, amounts.amounts_said(folded))
    return (found.cents, found.share, found.times) if found else None


@pytest.mark.parametrize(
    ("words", "cents"),
    [
        ("1 250,50 €", 125050), ("1.250,50 euros", 125050), ("EUR 1,250.50", 125050),
        ("1250€50", 125050), ("1250,5 €", 125050), ("1250 euros", 125000), ("1,250 euros", 125000),
        ("1.530 €", 153000), ("12 000,00 EUR", 1200000), ("2 k€", 200000), ("1,5 k€", 150000),
        ("mille deux cents euros", 120000), ("quatre-vingt-dix euros", 9000), ("500e", 50000),
        ("two thousand five hundred euros", 250000), ("deux mille trois cents euros", 230000),
        ("two hundred a month", 20000), ("1'250.00 CHF", 125000), ("£1,250", 125000),
        ("$2,500.00", 250000), ("cinq cents €", 50000), ("1\u202f250,50\u00a0€", 125050),
    ],
)  # fmt: skip
def test_amounts_to_the_cent(words: str, cents: int) -> None:
    assert said(f"nous pouvons payer {words}") == (cents, None, None)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("la moitié", (None, Fraction(1, 2), None)),
        ("50 %", (None, Fraction(1, 2), None)),
        ("un acompte de 30 %", (None, Fraction(3, 10), None)),
        ("un tiers", (None, Fraction(1, 3), None)),
        ("two thirds", (None, Fraction(2, 3), None)),
        ("le solde", (None, Fraction(1), None)),
        ("in full", (None, Fraction(1), None)),
        ("3 fois sans frais", (None, None, 3)),
        ("en quatre fois", (None, None, 4)),
        ("2x 500 €", (50000, None, 2)),
        ("500 € x 3", (50000, None, 3)),
        ("500 € par mois pendant 4 mois", (50000, None, 4)),
        ("10 mensualités de 100 euros", (10000, None, 10)),
        ("six monthly payments of EUR 250", (25000, None, 6)),
        ("3 chèques de 200 €", (20000, None, 3)),
        ("over 6 months", (None, None, 6)),
    ],
)
def test_shares_and_plans(
    words: str, expected: tuple[int | None, Fraction | None, int | None]
) -> None:
    assert said(f"je vous propose de payer {words}") == expected


@pytest.mark.parametrize(
    "words",
    [
        pytest.param("notre client nous doit 80 000 €", id="what somebody else owes"),
        pytest.param("remise de 10 % non appliquée", id="a discount"),
        pytest.param("mille excuses", id="a thousand apologies"),
        pytest.param("lundi en huit", id="a day"),
        pytest.param("dans 15 jours", id="a delay"),
    ],
)
def test_what_is_no_amount(words: str) -> None:
    assert said(words) is None


def test_an_explicit_amount_comes_before_the_rest() -> None:
    assert said("500 € vendredi et le solde fin mars") == (50000, None, None)
    assert said("la facture de 1 200 €, je verse 300 €") == (30000, None, None)
    assert said("vous facturez 1 200 €", kind="dispute") is None


@given(st.integers(1, 10**9))
def test_what_we_write_is_read_back(cents: int) -> None:
    assert said(f"virement de {french_text(cents)} demain") == (cents, None, None)
    assert said(f"we will send {english_text(cents)} tomorrow") == (cents, None, None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("La facture 2024-113 sera payée", ("2024-113",)),
        ("Facture n° 2026/311 acquittée", ("2026/311",)),
        ("Copie des factures 26-0031 et 26-0032 svp", ("26-0031", "26-0032")),
        ("Duplicatas demandés : 10233, 10251, 10260. Merci", ("10233", "10251", "10260")),
        ("INV-88 and INV-91 are missing", ("INV-88", "INV-91")),
        ("FACTURE 4500123 PAIEMENT LE 10", ("4500123",)),
        ("FA-20931 de 2 350,75 EUR : règlement prévu le 15/07/2026", ("FA-20931",)),
        ("virement VIR20260306 sous la référence VRT-55120", ("VIR20260306",)),
        ("avoir n° A-45 non déduit, commande 4500777", ()),
        ("rappelez-moi au 04 72 00 11 22 le 12/03/2026", ()),
        ("chèque n° 0045521", ()),
    ],
)
def test_invoices_cited(text: str, expected: tuple[str, ...]) -> None:
    assert references.invoices_cited(text) == expected


def test_references_and_addresses() -> None:
    assert references.payment_reference("virement émis, référence VIR20260306-881.") == (
        "VIR20260306-881"
    )
    assert references.payment_reference("payé") == ""
    assert references.addresses("Écrivez à Compta@Durand.example ou a.b@c.example.") == (
        "compta@durand.example",
        "a.b@c.example",
    )
