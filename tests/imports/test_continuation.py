"""The next year's file: opening lines are the documents that the ledger already has."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.imports.books import derived, table
from tests.imports.invariants import (
    assert_lines_add_up,
    net_by_customer,
    open_by_claim,
)

from encours.imports.rules.continuation import EXISTING, Continued, Existing, continue_from
from encours.imports.rules.derived import Documents

CLOSE = """
    AN 1 20240101 110000 - - {rest} - A nouveau
"""


def existing(*rows: tuple[str, str, str, int]) -> Existing:
    """Return what was open: (key, customer, number, cents); credits are negative."""
    frame = pl.DataFrame(
        [
            (key, 0, customer, number, date(2023, 11, day), abs(cents))
            for day, (key, customer, number, cents) in enumerate(rows, start=1)
        ],
        schema=EXISTING,
        orient="row",
    )
    owed = [cents > 0 for *_, cents in rows]
    return Existing(
        frame.filter(pl.Series(owed, dtype=pl.Boolean)),
        frame.filter(~pl.Series(owed, dtype=pl.Boolean)),
    )


def continued(documents: Documents, held: Existing) -> Continued:
    return continue_from(documents, held, on=date(2024, 1, 1))


def settled(found: Continued) -> list[tuple[object, ...]]:
    return table(found.documents.allocations, "claim_key", "amount_cents")


def test_a_detailed_opening_is_recognised_line_by_line() -> None:
    found = continued(
        derived("""
            AN 1 20240101/20231105 411000 C1 FA8 70.00 A A nouveau
            AN 1 20240101/20231106 411000 C1 FA9 30.00 - A nouveau
            AN 1 20240101 110000 - - -100.00 - A nouveau
            BQ 1 20240201 512000 - x 70.00 - Virement
            BQ 1 20240201 411000 C1 x -70.00 A Virement
        """),
        existing(("K8", "C1", "FA8", 7_000), ("K9", "C1", "FA9", 3_000)),
    )

    assert found.issues == ()
    assert found.differences.is_empty()
    assert found.documents.claims.is_empty()
    assert found.documents.instalments.is_empty()
    assert settled(found) == [("K8", 7_000)]


@pytest.mark.parametrize(
    ("numbers", "days"),
    [
        pytest.param(("RAN", "RAN"), ("20231101", "20231102"), id="by date and amount"),
        pytest.param(("RAN", "RAN"), ("20240101", "20240101"), id="by amount alone"),
        pytest.param(("FA9", "FA8"), ("20231101", "20231102"), id="the number before the date"),
    ],
)
def test_what_recognises_a_line(numbers: tuple[str, str], days: tuple[str, str]) -> None:
    book = f"""
        AN 1 20240101/{days[0]} 411000 C1 {numbers[0]} 70.00 A A nouveau
        AN 1 20240101/{days[1]} 411000 C1 {numbers[1]} 70.00 - A nouveau
        AN 1 20240101 110000 - - -140.00 - A nouveau
        BQ 1 20240201 512000 - x 70.00 - Virement
        BQ 1 20240201 411000 C1 x -70.00 A Virement
    """
    found = continued(
        derived(book), existing(("K8", "C1", "FA8", 7_000), ("K9", "C1", "FA9", 7_000))
    )

    assert found.issues == ()
    assert settled(found) == [("K9" if numbers[0] == "FA9" else "K8", 7_000)]


def test_a_lump_stands_for_all_that_was_open_oldest_first() -> None:
    found = continued(
        derived(
            """
            AN 1 20240101 411000 C1 RAN 100.00 A Report à nouveau
            AN 1 20240101 110000 - - -100.00 - A nouveau
            BQ 1 20240201 512000 - x 80.00 - Virement
            BQ 1 20240201 411000 C1 x -80.00 a Virement
        """.replace("100.00 A ", "100.00 a ")
        ),
        existing(("K8", "C1", "FA8", 7_000), ("K9", "C1", "FA9", 5_000), ("P1", "C1", "", -2_000)),
    )

    assert found.issues == ()
    assert found.documents.claims.is_empty()
    assert settled(found) == [("K8", 7_000), ("K9", 1_000)]


def test_a_number_that_both_have_is_not_taken_for_another_of_the_same_amount() -> None:
    found = continued(
        derived("""
            AN 1 20240101/20231101 411000 C1 FA8 100.00 a A nouveau
            AN 1 20240101/20231101 411000 C1 R8 -10.00 a A nouveau
            AN 1 20240101/20231102 411000 C1 FA9 30.00 b A nouveau
            AN 1 20240101/20231102 411000 C1 FA9 70.00 - A nouveau
            AN 1 20240101 110000 - - -190.00 - A nouveau
            BQ 1 20240201 512000 - x 3.00 - Virement
            BQ 1 20240201 411000 C1 x -3.00 b Virement
        """),
        existing(("K8", "C1", "FA8", 9_000), ("K9", "C1", "FA9", 10_000)),
    )

    assert found.differences.is_empty()
    assert found.documents.claims.is_empty()
    assert settled(found) == [("K9", 300)]


def test_a_credit_carried_over_settles_a_new_invoice() -> None:
    found = continued(
        derived("""
            AN 1 20240101 411000 C1 RAN -40.00 A Report à nouveau
            AN 1 20240101 110000 - - 40.00 - A nouveau
            VE 1 20240110 411000 C1 FA1 40.00 A Facture
            VE 1 20240110 707000 - FA1 -40.00 - Facture
        """),
        existing(("P1", "C1", "", -1_500), ("P2", "C1", "", -2_500)),
    )

    assert found.issues == ()
    assert found.documents.credits.is_empty()
    assert table(found.documents.allocations, "credit_key", "amount_cents") == [
        ("P1", 1_500),
        ("P2", 2_500),
    ]
    assert set(open_by_claim(found.documents).values()) == {0}


def test_detail_and_balance_written_against_each_other_cancel() -> None:
    found = continued(
        derived("""
            AN 1 20240101/20230101 411000 C1 x 777.00 A Report exercice précédent
            AN 1 20240101 411000 C1 x -777.00 A S.A.N.
            AN 1 20240101/20231105 411000 C1 FA8 70.00 - A nouveau
            AN 1 20240101 110000 - - -70.00 - A nouveau
        """),
        existing(("K8", "C1", "FA8", 7_000)),
    )

    assert found.documents.claims["kind"].to_list() == ["opening"]
    assert found.documents.credits["kind"].to_list() == ["opening"]
    assert set(open_by_claim(found.documents).values()) == {0}
    assert found.differences.is_empty()


@pytest.mark.parametrize(
    ("carried", "kind", "cents"),
    [
        pytest.param("120.00", "claims", 5_000, id="the file has more"),
        pytest.param("30.00", "credits", 4_000, id="the file has less"),
    ],
)
def test_a_difference_is_told_and_carried_apart(carried: str, kind: str, cents: int) -> None:
    book = derived(f"""
        AN 1 20240101 411000 C1 RAN {carried} - Report à nouveau
        AN 1 20240101 110000 - - -{carried} - A nouveau
    """)
    found = continued(book, existing(("K8", "C1", "FA8", 7_000)))
    made = getattr(found.documents, kind)

    assert [issue.code for issue in found.issues] == ["opening_differs"]
    assert made.select("kind", "amount_cents").rows() == [("opening", cents)]
    assert found.differences.rows() == [
        ("C1", int(float(carried) * 100), 7_000),
    ]
    assert_lines_add_up(found.documents)


def test_a_customer_that_the_file_no_longer_carries_is_told() -> None:
    book = derived("""
        VE 1 20240110 411000 C2 FA1 40.00 - Facture
        VE 1 20240110 707000 - FA1 -40.00 - Facture
    """)
    found = continued(book, existing(("K8", "C1", "FA8", 7_000)))

    assert found.differences.rows() == [("C1", 0, 7_000)]
    assert found.documents.credits.select("customer_code", "amount_cents").rows() == [("C1", 7_000)]


def test_a_customer_that_the_ledger_does_not_know_keeps_its_opening() -> None:
    book = derived("""
        AN 1 20240101/20231105 411000 C2 FA8 70.00 - A nouveau
        AN 1 20240101 110000 - - -70.00 - A nouveau
    """)
    found = continued(book, existing(("K8", "C1", "FA1", 7_000)))

    assert found.documents.claims["customer_code"].to_list() == ["C2"]


def test_states_and_proposals_follow_to_the_ledgers_lines() -> None:
    found = continued(
        derived("""
            AN 1 20240101/20231105 411000 C1 FA8 70.00 A A nouveau
            AN 1 20240101/20231105 411000 C1 FA9 35.00 - A nouveau
            AN 1 20240101 110000 - - -105.00 - A nouveau
            OD 1 20240601 416000 C1 FA8 70.00 - Douteux
            OD 1 20240601 411000 C1 FA8 -70.00 A Douteux
            BQ 1 20240201 512000 - x 35.00 - Virement
            BQ 1 20240201 411000 C1 x -35.00 - Virement
        """),
        existing(("K8", "C1", "FA8", 7_000), ("K9", "C1", "FA9", 3_500)),
    )

    assert table(found.documents.reclassifications, "claim_key", "state") == [("K8", "doubtful")]
    assert table(found.documents.proposals, "claim_key", "amount_cents") == [("K9", 3_500)]


amounts = st.integers(1, 50_000)


@settings(deadline=None, max_examples=20)
@given(
    before=st.lists(st.tuples(amounts, st.booleans()), max_size=6),
    carried=st.lists(amounts, max_size=4),
    paid=st.lists(st.tuples(amounts, st.sampled_from(["-", "a", "A"])), max_size=4),
)
def test_the_control_holds_and_nothing_is_allocated_twice(
    before: list[tuple[int, bool]], carried: list[int], paid: list[tuple[int, str]]
) -> None:
    known = [
        (f"K{at}", "C1", f"FA{at}", cents if owed else -cents)
        for at, (cents, owed) in enumerate(before)
    ]
    book = [
        f"AN 1 20240101 411000 C1 RAN {cents / 100:.2f} {'aA-'[at % 3]} Report"
        for at, cents in enumerate(carried)
    ]
    book.append(f"AN 1 20240101 110000 - - -{sum(carried) / 100:.2f} - Report")
    for at, (cents, letter) in enumerate(paid, start=1):
        book += [
            f"BQ {at} 202402{at:02d} 512000 - x {cents / 100:.2f} - Virement",
            f"BQ {at} 202402{at:02d} 411000 C1 x -{cents / 100:.2f} {letter} Virement",
        ]
    whole = derived(book)
    found = continued(whole, existing(*known))
    control = dict(whole.control.iter_rows()).get("C1", 0)
    nets = net_by_customer(found.documents)

    assert nets.get("C1", 0) + sum(cents for *_, cents in known) == control
    owed = {key: cents for key, _, _, cents in known if cents > 0} | dict(
        found.documents.claims.select("key", "amount_cents").iter_rows()
    )
    money = {key: -cents for key, _, _, cents in known if cents < 0} | dict(
        found.documents.credits.select("key", "amount_cents").iter_rows()
    )
    for side, limits in (("claim_key", owed), ("credit_key", money)):
        sums = found.documents.allocations.group_by(side).agg(pl.col("amount_cents").sum())
        assert all(cents <= limits[key] for key, cents in sums.iter_rows())
