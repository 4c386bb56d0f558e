"""Entries to documents: what each customer line is, its number, its net and VAT, its key."""

from datetime import date

import polars as pl
import pytest
from tests.imports.books import codes, derived, table
from tests.imports.invariants import assert_consistent, open_by_claim

from encours.imports.rules.derived import Derived

SALE = """
    VE 1 20240105 411000 C1 FA1 1200.00 {letter} Facture
    VE 1 20240105 707000 - FA1 -1000.00 - Facture
    VE 1 20240105 445710 - FA1 -200.00 - Facture
"""


def kinds(found: Derived) -> list[tuple[object, ...]]:
    assert_consistent(found)
    return sorted(
        [*found.claims.select("kind", "number", "amount_cents").rows()]
        + [
            (kind, number, -cents)
            for kind, number, cents in found.credits.select("kind", "number", "amount_cents").rows()
        ]
    )


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        pytest.param(SALE.format(letter="-"), [("invoice", "FA1", 120_000)], id="a sale"),
        pytest.param(
            """
            VE 1 20240105 411000 C1 AV2 -120.00 - Avoir
            VE 1 20240105 707000 - AV2 100.00 - Avoir
            VE 1 20240105 445710 - AV2 20.00 - Avoir
            """,
            [("credit_note", "AV2", -12_000)],
            id="a credit note",
        ),
        pytest.param(
            """
            BQ 1 20240105 512000 - R1 120.00 - Virement
            BQ 1 20240105 411000 C1 R1 -120.00 - Virement
            """,
            [("payment", "", -12_000)],
            id="a receipt",
        ),
        pytest.param(
            """
            BQ 1 20240105 411000 C1 R1 120.00 - Rejet de prélèvement
            BQ 1 20240105 512000 - R1 -120.00 - Rejet de prélèvement
            """,
            [("returned_payment", "", 12_000)],
            id="a payment that came back",
        ),
        pytest.param(
            """
            BQ 1 20240105 411000 C1 R1 120.00 - Remboursement trop perçu
            BQ 1 20240105 512000 - R1 -120.00 - Remboursement trop perçu
            """,
            [("refund", "", 12_000)],
            id="money handed back",
        ),
        pytest.param(
            """
            BQ 1 20240105 512000 - R1 50.00 - Acompte
            BQ 1 20240105 419100 C1 R1 -50.00 - Acompte
            """,
            [("deposit", "", -5_000)],
            id="a deposit",
        ),
        pytest.param(
            """
            OD 1 20240105 654000 - X 100.00 - Perte
            OD 1 20240105 445710 - X 20.00 - Perte
            OD 1 20240105 411000 C1 X -120.00 - Perte
            """,
            [("write_off", "", -12_000)],
            id="a loss",
        ),
        pytest.param(
            """
            OD 1 20240105 665000 - X 5.00 - Escompte
            OD 1 20240105 411000 C1 X -5.00 - Escompte
            """,
            [("discount", "", -500)],
            id="a cash discount",
        ),
        pytest.param(
            """
            BQ 1 20240105 512000 - R1 980.00 - Virement
            BQ 1 20240105 665000 - R1 20.00 - Escompte
            BQ 1 20240105 411000 C1 R1 -1000.00 - Virement
            """,
            [("discount", "", -2_000), ("payment", "", -98_000)],
            id="a receipt less its discount",
        ),
        pytest.param(
            """
            OD 1 20240105 658000 - X 0.02 - Ecart
            OD 1 20240105 411000 C1 X -0.02 - Ecart
            """,
            [("write_off", "", -2)],
            id="two cents given up",
        ),
        pytest.param(
            """
            OD 1 20240105 411000 C1 X 0.02 - Ecart
            OD 1 20240105 758000 - X -0.02 - Ecart
            """,
            [("debit_note", "", 2)],
            id="two cents more",
        ),
        pytest.param(
            """
            OD 1 20240105 411000 C1 X 10.00 - Virement de compte
            OD 1 20240105 411000 C2 X -10.00 - Virement de compte
            """,
            [("other", "", -1_000), ("other", "", 1_000)],
            id="from one customer to another",
        ),
        pytest.param(
            """
            AN 1 20240101/20231115 411000 C1 FA9 70.00 - A nouveau
            AN 1 20240101 411000 C2 - -30.00 - A nouveau
            AN 1 20240101 110000 - - -40.00 - A nouveau
            """,
            [("opening", "", -3_000), ("opening", "FA9", 7_000)],
            id="opening balances",
        ),
        pytest.param(
            """
            VE 1 20240105 411000 C1 FA1 -1200.00 - Extourne
            VE 1 20240105 707000 - FA1 1200.00 - Extourne
            """,
            [("credit_note", "FA1", -120_000)],
            id="a sale reversed",
        ),
        pytest.param(
            """
            VE 1 20240105 411000 C1 FA1 10.00 - Ventes du jour
            VE 1 20240105 411000 C1 FA2 20.00 - Ventes du jour
            VE 1 20240105 411000 C2 FA3 30.00 - Ventes du jour
            VE 1 20240105 707000 - - -60.00 - Ventes du jour
            """,
            [("invoice", "FA1", 1_000), ("invoice", "FA2", 2_000), ("invoice", "FA3", 3_000)],
            id="several pieces in one entry",
        ),
        pytest.param(
            """
            VE 1 20240105 411000 C1 FA1 10.00 - Part 1 ech 31/01/2024
            VE 1 20240105 411000 C1 FA1 20.00 - Part 2 ech 29/02/2024
            VE 1 20240105 707000 - FA1 -30.00 - Vente
            """,
            [("invoice", "FA1", 3_000)],
            id="one piece over several lines",
        ),
    ],
)
def test_what_a_line_is(entry: str, expected: list[tuple[object, ...]]) -> None:
    assert kinds(derived(entry)) == expected


def test_a_piece_in_parts_has_due_lines() -> None:
    found = derived("""
        VE 1 20240105 411000 C1 FA1 20.00 B Part 2 ech 29/02/2024
        VE 1 20240105 411000 C1 FA1 10.00 A Part 1 ech 31/01/2024
        VE 1 20240105 707000 - FA1 -30.00 - Vente
        BQ 1 20240131 512000 - R1 10.00 - Virement
        BQ 1 20240131 411000 C1 R1 -10.00 A Virement
    """)

    assert table(found.instalments, "position", "due_on", "amount_cents", "due_source") == [
        (0, date(2024, 1, 31), 1_000, "read"),
        (1, date(2024, 2, 29), 2_000, "read"),
    ]
    assert table(found.allocations, "position", "amount_cents") == [(0, 1_000)]


@pytest.mark.parametrize(
    ("entry", "net", "vat"),
    [
        pytest.param(SALE.format(letter="-"), 100_000, 20_000, id="its own entry"),
        pytest.param(
            """
            VE 1 20240105 411000 C1 FA1 1200.00 - Vente
            VE 1 20240105 707000 - FA1 -1000.00 - Vente
            VE 1 20240105 445710 - FA1 -200.00 - Vente
            VE 1 20240105 411000 C2 FA2 12.00 - Vente
            VE 1 20240105 707000 - FA2 -10.00 - Vente
            VE 1 20240105 445710 - FA2 -2.00 - Vente
            """,
            100_000,
            20_000,
            id="its own piece in a common entry",
        ),
        pytest.param(
            """
            VE 1 20240105 411000 C1 FA1 1200.00 - Vente
            VE 1 20240105 411000 C2 FA2 12.00 - Vente
            VE 1 20240105 707000 - X -1010.00 - Vente
            VE 1 20240105 445710 - X -202.00 - Vente
            """,
            None,
            None,
            id="VAT of several documents is nobody's",
        ),
    ],
)
def test_net_and_vat(entry: str, net: int | None, vat: int | None) -> None:
    first = derived(entry).claims.filter(pl.col("customer_code") == "C1")

    assert first.select("net_cents", "vat_cents").rows() == [(net, vat)]


def test_sales_by_month_tell_sales_at_once_apart() -> None:
    found = derived(
        SALE.format(letter="-")
        + """
        CA 1 20240110 530000 - T1 12.00 - Comptoir
        CA 1 20240110 707000 - T1 -10.00 - Comptoir
        CA 1 20240110 445710 - T1 -2.00 - Comptoir
        VE 2 20240203 411000 C1 AV1 -24.00 - Avoir
        VE 2 20240203 707000 - AV1 20.00 - Avoir
        VE 2 20240203 445710 - AV1 4.00 - Avoir
        """
    )

    assert found.sales.rows() == [
        (date(2024, 1, 1), 101_000, 20_200, 1_200),
        (date(2024, 2, 1), -2_000, -400, 0),
    ]


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        pytest.param("20240105", date(2024, 1, 5), id="the entry's day"),
        pytest.param("20240105/20240103", date(2024, 1, 3), id="the piece's own day"),
        pytest.param("20240105/20240205", date(2024, 1, 5), id="never after the entry"),
    ],
)
def test_the_day_of_an_invoice(days: str, expected: date) -> None:
    found = derived(SALE.format(letter="-").replace("20240105 411", f"{days} 411"))

    assert found.claims["issued_on"].to_list() == [expected]
    assert found.claims["entry_on"].to_list() == [date(2024, 1, 5)]


def test_keys_survive_new_entry_numbers_and_a_longer_file() -> None:
    short = (
        SALE.format(letter="-")
        + """
        BQ 1 20240131 512000 - R1 120.00 - Virement
        BQ 1 20240131 411000 C1 R1 -60.00 - Virement
        BQ 1 20240131 411000 C1 R1 -60.00 - Virement
    """
    )
    later = """
        VE 9 20240601 411000 C1 FA9 12.00 - Facture
        VE 9 20240601 707000 - FA9 -12.00 - Facture
    """
    renumbered = short.replace("VE 1 ", "VE 41 ").replace("BQ 1 ", "BQ 17 ")
    before, after = derived(short), derived(later + renumbered)

    assert set(before.claims["key"]) < set(after.claims["key"])
    assert set(before.credits["key"]) == set(after.credits["key"])
    assert len(before.credits) == 2


def test_the_same_number_next_year_is_another_document() -> None:
    def key(year: str) -> str:
        return derived(SALE.format(letter="-").replace("2024", year)).claims["key"].item()

    assert key("2024") != key("2023")


@pytest.mark.parametrize(
    ("piece", "number"),
    [
        pytest.param("FA00003", "FA00003", id="a number"),
        pytest.param("2024-117", "2024-117", id="a number with its year"),
        pytest.param("VE0124", "", id="the journal and its month"),
        pytest.param("RAN", "", id="a word"),
        pytest.param("0000000", "", id="zeros"),
        pytest.param("-", "", id="nothing"),
    ],
)
def test_a_piece_numbers_a_document_or_not(piece: str, number: str) -> None:
    found = derived(SALE.format(letter="-").replace("FA1", piece).replace("Facture", "Vente"))

    assert found.claims["number"].to_list() == [number]


def test_a_piece_of_several_customers_numbers_nothing() -> None:
    two = SALE.format(letter="-") + SALE.format(letter="-").replace("C1", "C2").replace(
        "VE 1", "VE 2"
    )

    assert derived(two).claims["number"].to_list() == ["", ""]


def test_a_label_may_say_the_number() -> None:
    entry = SALE.format(letter="-").replace("FA1", "-").replace("Facture", "Facture n° 2024-77 X")

    assert derived(entry).claims["number"].to_list() == ["2024-77"]


def test_bad_entries_fall_whole_and_good_ones_stay_whole() -> None:
    found = derived(
        SALE.format(letter="-")
        + """
        VE 2 20240110 411000 C1 FA2 abc - Facture
        VE 2 20240110 707000 - FA2 -10.00 - Facture
        VE 3 20240111 411000 C2 FA3 30.00 - Facture
        VE 3 20240111 707000 - FA3 -20.00 - Facture
        """
    )

    assert_consistent(found)
    assert not found.is_acceptable
    assert found.claims["number"].to_list() == ["FA1"]
    assert table(found.dropped, "entry_number", "line", "customer_cents") == [
        ("2", 5, 0),
        ("3", 7, 3_000),
    ]
    assert codes(found) == {("amount_unreadable", "error"), ("entry_unbalanced", "error")}


@pytest.mark.parametrize(
    ("entry", "found_in"),
    [
        pytest.param(
            """
            VE 1 20240105 411000 C1 FA1 10.00 - Facture
            OD 1 20240105 707000 - FA1 -10.00 - Facture
            """,
            "d'un autre journal",
            id="one number in two journals",
        ),
        pytest.param(
            """
            VE 1 20240105 411000 C1 FA1 10.00 - Facture
            VE 1 20240106 707000 - FA1 -10.00 - Facture
            """,
            "à d'autres dates",
            id="one number over two days",
        ),
        pytest.param(
            """
            VE 1 20240105 411000 C1 FA1 10.00 - Facture
            VE 2 20240105 707000 - FA1 -10.00 - Facture
            """,
            "la journée du journal",
            id="the day of the journal",
        ),
        pytest.param(
            """
            VE 1 20240105 411000 C1 FA1 10.00 - Facture
            OD 2 20240109 707000 - FA1 -10.00 - Facture
            """,
            "le fichier entier",
            id="only the file",
        ),
    ],
)
def test_what_balances_in_a_wider_scope_is_only_a_warning(entry: str, found_in: str) -> None:
    found = derived(entry)

    assert found.is_acceptable
    assert codes(found) == {("entry_unbalanced", "warning")}
    assert found_in in found.issues[0].message
    assert found.claims["amount_cents"].to_list() == [1_000]


def test_a_cash_sale_through_411_settles_itself() -> None:
    found = derived(
        SALE.format(letter="-")
        + """
        VE 1 20240105 411000 C1 FA1 -1200.00 - Facture
        VE 1 20240105 530000 - FA1 1200.00 - Facture
        """
    )

    assert kinds(found) == [("invoice", "FA1", 120_000), ("payment", "", -120_000)]
    assert set(open_by_claim(found).values()) == {0}
    assert found.allocations["origin"].to_list() == ["reference"]


def test_lines_of_nothing_are_no_documents() -> None:
    found = derived("AN 1 20240101 411000 C1 X 0.00 - A nouveau")

    assert found.claims.is_empty()
    assert found.control.rows() == [("C1", 0)]


def test_a_file_that_does_not_balance_says_so() -> None:
    found = derived("VE 1 20240105 411000 C1 FA1 10.00 - Facture")

    assert codes(found) == {("entry_unbalanced", "error"), ("file_unbalanced", "warning")}
    assert found.claims.is_empty()


def test_entries_scattered_over_the_file_are_found_again() -> None:
    book = SALE.format(letter="-") + SALE.format(letter="-").replace("VE 1", "VE 2").replace(
        "FA1", "FA2"
    )
    lines = [text for text in book.splitlines() if text.strip()]
    by_account = sorted(lines, key=lambda text: text.split()[3])
    found, scattered = derived(book), derived(by_account)

    assert scattered.issues == ()
    assert kinds(scattered) == kinds(found)
    assert table(scattered.claims, "key", "net_cents") == table(found.claims, "key", "net_cents")
