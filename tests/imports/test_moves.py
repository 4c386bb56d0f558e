"""Bills and doubtful debts: a claim that changes account stays the same claim."""

from __future__ import annotations

from datetime import date

import pytest
from tests.imports.books import derived, table
from tests.imports.test_letters import left, receipt, sale

BILL = """
    OD 1 20240110 413000 C1 LCR1 {amount} {there} Effet accepté
    OD 1 20240110 411000 C1 LCR1 -{amount} {here} Effet accepté
"""


def bill(amount: str = "100.00", here: str = "A", there: str = "-") -> str:
    return BILL.format(amount=amount, here=here, there=there)


PAID_BILL = """
    BQ 9 20240331 512000 - X 100.00 - Encaissement effet
    BQ 9 20240331 413000 C1 X -100.00 {letter} Encaissement effet
"""


def test_a_bill_is_a_state_of_the_claim() -> None:
    found = derived(sale(1, "20240105", "100.00", "A") + bill())

    assert left(found) == {"FA1": 10_000}
    assert found.credits.is_empty()
    assert table(found.reclassifications, "state", "from_on") == [("bill", date(2024, 1, 10))]
    assert found.instalments["state"].to_list() == ["bill"]


def test_the_money_of_a_bill_settles_the_claim() -> None:
    found = derived(
        sale(1, "20240105", "100.00", "A") + bill(there="B") + PAID_BILL.format(letter="B")
    )

    assert left(found) == {"FA1": 0}
    assert table(found.allocations, "effective_on", "letter") == [(date(2024, 3, 31), "B")]


def test_a_bill_paid_without_letter_is_settled_by_nothing_yet() -> None:
    found = derived(sale(1, "20240105", "100.00", "A") + bill() + PAID_BILL.format(letter="-"))

    assert left(found) == {"FA1": 10_000}
    assert len(found.proposals) <= 1


@pytest.mark.parametrize(
    "piece", [pytest.param("FA1", id="the same piece"), pytest.param("LCR1", id="the only amount")]
)
def test_an_unlettered_bill_finds_its_claim(piece: str) -> None:
    found = derived(sale(1, "20240105", "100.00") + bill(here="-").replace("LCR1", piece))

    assert left(found) == {"FA1": 10_000}
    assert found.instalments["state"].to_list() == ["bill"]


def test_a_bill_that_finds_no_claim_stays_what_it_looks_like() -> None:
    found = derived(bill(here="-"))

    assert table(found.claims, "kind", "amount_cents") == [("other", 10_000)]
    assert table(found.credits, "kind", "amount_cents") == [("other", 10_000)]


def test_one_bill_for_two_invoices() -> None:
    found = derived(
        sale(1, "20240105", "60.00", "A")
        + sale(2, "20240106", "40.00", "A")
        + bill(there="B")
        + PAID_BILL.format(letter="B")
    )

    assert left(found) == {"FA1": 0, "FA2": 0}
    assert sorted(found.reclassifications["state"]) == ["bill", "bill"]


def test_part_of_an_invoice_becomes_a_bill() -> None:
    found = derived(
        sale(1, "20240105", "150.00", "A") + bill() + receipt(1, "20240115", "50.00", "A")
    )

    assert left(found) == {"FA1": 10_000}
    assert table(found.allocations, "amount_cents", "effective_on") == [(5_000, date(2024, 1, 15))]


def test_a_bill_returned_unpaid_is_an_ordinary_claim_again() -> None:
    found = derived(
        sale(1, "20240105", "100.00", "A")
        + bill(there="B")
        + """
        OD 2 20240402 411000 C1 X 100.00 - Effet impayé
        OD 2 20240402 413000 C1 X -100.00 B Effet impayé
        """
    )

    assert left(found) == {"FA1": 10_000}
    assert table(found.reclassifications, "state", "from_on") == [
        ("bill", date(2024, 1, 10)),
        ("ordinary", date(2024, 4, 2)),
    ]
    assert found.instalments["state"].to_list() == ["ordinary"]


def test_a_doubtful_claim_written_off_later() -> None:
    found = derived(
        sale(1, "20240105", "120.00", "A")
        + """
        OD 3 20240601 416000 C1 FA1 120.00 D Client douteux
        OD 3 20240601 411000 C1 FA1 -120.00 A Client douteux
        OD 4 20241231 654000 - FA1 100.00 - Créance perdue
        OD 4 20241231 445710 - FA1 20.00 - Créance perdue
        OD 4 20241231 416000 C1 FA1 -120.00 D Créance perdue
        """
    )

    assert left(found) == {"FA1": 0}
    assert found.instalments["state"].to_list() == ["doubtful"]
    assert found.credits.select("kind", "net_cents", "vat_cents").rows() == [
        ("write_off", 10_000, 2_000)
    ]


def test_a_deposit_applied_by_a_move() -> None:
    found = derived(
        sale(1, "20240105", "100.00", "A")
        + """
        BQ 1 20240103 512000 - R1 30.00 - Acompte
        BQ 1 20240103 419100 C1 R1 -30.00 Z Acompte
        OD 1 20240110 419100 C1 X 30.00 Z Imputation acompte
        OD 1 20240110 411000 C1 X -30.00 A Imputation acompte
        """
        + receipt(2, "20240201", "70.00", "A")
    )

    assert left(found) == {"FA1": 0}
    assert table(found.credits, "kind", "amount_cents") == [("deposit", 3_000), ("payment", 7_000)]


def test_a_credit_note_set_against_an_invoice_inside_the_account() -> None:
    found = derived(
        sale(1, "20240105", "100.00", "A")
        + """
        VE 2 20240108 411000 C1 AV2 -30.00 B Avoir
        VE 2 20240108 707000 - AV2 30.00 - Avoir
        BQ 1 20240110 411000 C1 AV2 30.00 B Imputation avoir
        BQ 1 20240110 411000 C1 FA1 -30.00 A Imputation avoir
        """
        + receipt(2, "20240201", "70.00", "A")
    )

    assert left(found) == {"FA1": 0}
    assert table(found.claims, "kind") == [("invoice",)]
    assert table(found.credits, "kind", "amount_cents") == [
        ("credit_note", 3_000),
        ("payment", 7_000),
    ]


def test_an_opening_bill_is_born_a_bill() -> None:
    found = derived("""
        AN 1 20240101/20231120 413000 C1 FA77 70.00 - A nouveau
        AN 1 20240101 110000 - - -70.00 - A nouveau
    """)

    assert found.instalments["state"].to_list() == ["bill"]
    assert found.claims["issued_on"].to_list() == [date(2023, 11, 20)]
