"""Letters, references, deposits: what settles what, since when, and what is only proposed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl
import pytest
from tests.imports.books import codes, derived, ledger, table
from tests.imports.invariants import assert_consistent, open_by_claim

from encours.imports.rules.derive import derive
from encours.imports.rules.derived import Derived


def sale(number: int, day: str, amount: str, letter: str = "-", customer: str = "C1") -> str:
    piece = f"FA{number}"
    return f"""
    VE {number} {day} 411000 {customer} {piece} {amount} {letter} Facture
    VE {number} {day} 707000 - {piece} -{amount} - Facture"""


def receipt(
    number: int, day: str, amount: str, letter: str = "-", customer: str = "C1", *, piece: str = "x"
) -> str:
    return f"""
    BQ {number} {day} 512000 - {piece} {amount} - Virement
    BQ {number} {day} 411000 {customer} {piece} -{amount} {letter} Virement"""


def left(found: Derived) -> dict[str, int]:
    """Open amount by number, or by key where there is none."""
    assert_consistent(found)
    names = dict(found.claims.select("key", "number").iter_rows())
    return {names[key] or key: cents for key, cents in open_by_claim(found).items()}


@pytest.mark.parametrize(
    ("book", "expected"),
    [
        pytest.param(
            sale(1, "20240105", "100.00", "A") + receipt(1, "20240201", "100.00", "A"),
            {"FA1": 0},
            id="one invoice, one receipt",
        ),
        pytest.param(
            sale(1, "20240105", "100.00", "A")
            + sale(2, "20240106", "50.00", "A")
            + receipt(1, "20240201", "150.00", "A"),
            {"FA1": 0, "FA2": 0},
            id="one receipt for two invoices",
        ),
        pytest.param(
            sale(1, "20240105", "100.00", "a") + receipt(1, "20240201", "30.00", "a"),
            {"FA1": 7_000},
            id="a partial letter keeps the rest open",
        ),
        pytest.param(
            sale(1, "20240105", "100.00", "a")
            + sale(2, "20240106", "60.00", "a")
            + receipt(1, "20240201", "60.00", "a", piece="FA2"),
            {"FA1": 10_000, "FA2": 0},
            id="in a partial letter the reference comes before age",
        ),
        pytest.param(
            sale(1, "20240105", "100.00", "a")
            + sale(2, "20240106", "60.00", "a")
            + receipt(1, "20240201", "120.00", "a"),
            {"FA1": 0, "FA2": 4_000},
            id="in a partial letter the oldest come first",
        ),
        pytest.param(
            sale(1, "20240105", "100.00", "A")
            + sale(1, "20240105", "70.00", "A", "C2").replace("FA1", "FA7")
            + receipt(1, "20240201", "100.00", "A")
            + receipt(2, "20240201", "70.00", "A", "C2"),
            {"FA1": 0, "FA7": 0},
            id="the same letter of two customers",
        ),
        pytest.param(
            sale(1, "20240105", "100.00", "A")
            + receipt(1, "20240201", "60.00", "A")
            + receipt(2, "20240301", "90.00", "A"),
            {"FA1": 0},
            id="more was paid than owed: the rest stays with the receipt",
        ),
        pytest.param(
            sale(1, "20240105", "100.00") + receipt(1, "20240201", "100.00", piece="FA1"),
            {"FA1": 0},
            id="no letter, but the receipt quotes the number and the amount",
        ),
        pytest.param(
            sale(1, "20240105", "100.00") + receipt(1, "20240201", "100.00"),
            {"FA1": 10_000},
            id="the same amount alone proves nothing",
        ),
        pytest.param(
            sale(1, "20240105", "100.00") + receipt(1, "20240201", "60.00", piece="FA1"),
            {"FA1": 10_000},
            id="the number with another amount proves nothing",
        ),
        pytest.param(
            sale(1, "20240105", "100.00", customer="C1")
            + receipt(1, "20240201", "100.00", customer="C2", piece="FA1"),
            {"FA1": 10_000},
            id="another customer's receipt settles nothing",
        ),
    ],
)
def test_what_is_left(book: str, expected: dict[str, int]) -> None:
    assert left(derived(book)) == expected


def test_an_allocation_takes_effect_at_the_latest_entry_of_its_group() -> None:
    found = derived(
        sale(1, "20240105", "100.00", "A")
        + receipt(1, "20240201", "40.00", "A")
        + receipt(2, "20240310", "60.00", "A")
    )

    assert set(found.allocations["effective_on"]) == {date(2024, 3, 10)}
    assert found.allocations["origin"].unique().to_list() == ["letter"]
    assert found.allocations["letter"].unique().to_list() == ["A"]


def test_a_letter_used_again_is_two_groups() -> None:
    found = derived(
        sale(1, "20240105", "100.00", "A")
        + receipt(1, "20240201", "100.00", "A")
        + sale(2, "20240605", "80.00", "A")
        + receipt(2, "20240701", "80.00", "A")
    )

    assert table(found.allocations, "amount_cents", "effective_on") == [
        (10_000, date(2024, 2, 1)),
        (8_000, date(2024, 7, 1)),
    ]


def test_a_letter_used_again_after_a_balance_leaves_only_the_new_one_open() -> None:
    found = derived(
        sale(1, "20240105", "100.00", "A")
        + receipt(1, "20240201", "100.00", "A")
        + sale(2, "20240605", "80.00", "A")
    )

    assert left(found) == {"FA1": 0, "FA2": 8_000}


def test_lettering_dates_tell_groups_apart_that_overlap() -> None:
    book = (
        sale(1, "20240105", "100.00", "A")
        + sale(2, "20240110", "80.00", "A")
        + receipt(1, "20240201", "100.00", "A")
        + receipt(2, "20240301", "80.00", "A")
    )
    read = ledger(book)
    dated = read.lines.with_columns(
        lettered_on=pl.when(pl.col("amount").abs() == 10_000)
        .then(date(2024, 2, 2))
        .otherwise(date(2024, 3, 2))
    )
    found = derive(replace(read, lines=dated))

    assert table(found.allocations, "amount_cents", "effective_on", "lettered_on") == [
        (10_000, date(2024, 2, 1), date(2024, 2, 2)),
        (8_000, date(2024, 3, 1), date(2024, 3, 2)),
    ]


def test_same_amounts_pair_before_age() -> None:
    found = derived(
        sale(1, "20240105", "100.00", "A")
        + sale(2, "20240110", "80.00", "A")
        + receipt(1, "20240201", "80.00", "A")
        + receipt(2, "20240301", "100.00", "A")
    )

    assert sorted(found.allocations["amount_cents"]) == [8_000, 10_000]


def test_a_letter_over_several_customers_is_only_told() -> None:
    found = derived(
        sale(1, "20240105", "100.00", "A", "C1") + receipt(1, "20240201", "100.00", "A", "C2")
    )

    assert left(found) == {"FA1": 10_000}
    assert ("letter_across_customers", "info") in codes(found)


def test_a_letter_over_two_accounts_of_a_customer_is_one_group() -> None:
    found = derived(
        sale(1, "20240105", "100.00", "A")
        + receipt(1, "20240201", "100.00", "A").replace("411000", "411700")
    )

    assert left(found) == {"FA1": 0}


@pytest.mark.parametrize(
    ("label", "reason"),
    [
        pytest.param(
            "VIR CLIENT FA-1042", "numéro cité dans le libellé", id="it quotes the number"
        ),
        pytest.param("VIR CLIENT", "seul montant identique", id="no other has this amount"),
    ],
)
def test_what_looks_right_is_proposed(label: str, reason: str) -> None:
    found = derived(
        sale(1, "20240105", "100.00").replace("FA1", "FA1042")
        + receipt(1, "20240201", "100.00").replace("Virement", label)
    )

    assert found.allocations.is_empty()
    assert table(found.proposals, "amount_cents", "reason") == [(10_000, reason)]


def test_an_amount_that_two_invoices_have_is_not_proposed() -> None:
    found = derived(
        sale(1, "20240105", "100.00")
        + sale(2, "20240106", "100.00")
        + receipt(1, "20240201", "100.00")
    )

    assert found.proposals.is_empty()


def test_a_deposit_is_used_by_the_invoice_that_debits_419() -> None:
    found = derived("""
        BQ 1 20240105 512000 - R1 50.00 - Acompte
        BQ 1 20240105 419100 C1 R1 -50.00 - Acompte
        VE 1 20240201 411000 C1 FA1 70.00 - Facture
        VE 1 20240201 419100 C1 FA1 50.00 - Facture
        VE 1 20240201 707000 - FA1 -120.00 - Facture
    """)

    assert left(found) == {"FA1": 7_000}
    assert table(found.claims, "kind", "amount_cents") == [("invoice", 12_000)]
    assert table(found.allocations, "amount_cents", "effective_on") == [(5_000, date(2024, 2, 1))]


def test_a_payment_that_came_back_leaves_the_invoice_open() -> None:
    found = derived(
        sale(1, "20240105", "100.00", "a")
        + receipt(1, "20240201", "100.00", "a")
        + """
        BQ 9 20240205 411000 C1 x 100.00 a Rejet prélèvement
        BQ 9 20240205 512000 - x -100.00 - Rejet prélèvement
        """
    )

    assert left(found)["FA1"] == 10_000
    assert sorted(left(found).values()) == [0, 10_000]


def test_a_receipt_less_its_discount_settles_the_invoice() -> None:
    found = derived(
        sale(1, "20240105", "1000.00", "A")
        + """
        BQ 1 20240120 512000 - R1 980.00 - Virement
        BQ 1 20240120 665000 - R1 20.00 - Escompte
        BQ 1 20240120 411000 C1 R1 -1000.00 A Virement
        """
    )

    assert left(found) == {"FA1": 0}
    assert table(found.credits, "kind", "amount_cents") == [
        ("discount", 2_000),
        ("payment", 98_000),
    ]


@pytest.mark.parametrize(
    "label",
    [
        pytest.param("Ventes couverture", id="a roofer's sales"),
        pytest.param("Ventes nouveautés", id="new goods"),
    ],
)
def test_a_sales_journal_is_no_opening(label: str) -> None:
    found = derived(sale(1, "20240105", "100.00").replace("VE", "V7"))
    book = ledger(sale(1, "20240105", "100.00").replace("VE", "V7"))
    named = replace(book, journals=book.journals.with_columns(journal_label=pl.lit(label)))

    assert found.claims["kind"].to_list() == ["invoice"]
    assert derive(named).claims["kind"].to_list() == ["invoice"]


def test_two_lines_of_a_receipt_on_one_invoice_are_one_allocation_each() -> None:
    found = derived(
        sale(1, "20240105", "100.00", "A")
        + """
        VE 2 20240108 411000 C1 AV2 -60.00 A Avoir
        VE 2 20240108 411000 C1 AV2 -40.00 A Avoir
        VE 2 20240108 707000 - AV2 100.00 - Avoir
        """
    )

    assert left(found) == {"FA1": 0}
    assert table(found.credits, "number", "amount_cents") == [("AV2", 10_000)]
    assert found.allocations["amount_cents"].sum() == 10_000
