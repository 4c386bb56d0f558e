"""The hostile ledgers keep their own rules, whatever is drawn."""

from collections import Counter
from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.generators.books import DEBTOR, Document, Options
from tests.generators.ledgers import SmallLedger, any_options, build, documents, small_ledgers
from tests.generators.recount import open_by_rows

ALL = any_options(parties=("aux", "sub_account", "label"))


@settings(deadline=None)
@given(small_ledgers(ALL))
def test_entries_balance_and_full_letters_too(ledger: SmallLedger) -> None:
    for export in ledger.exports:
        entries: Counter[tuple[str, str]] = Counter()
        letters: Counter[tuple[str, str, str]] = Counter()
        for row in export.rows:
            entries[row.journal_code, row.entry_number] += row.cents
            if row.letter:
                letters[row.account, row.party, row.letter] += row.cents
        assert not any(entries.values())
        assert all((cents == 0) == key[2].isupper() for key, cents in letters.items())


@settings(deadline=None)
@given(small_ledgers(ALL))
def test_open_amounts_and_money_left_make_the_net(ledger: SmallLedger) -> None:
    for export in ledger.exports:
        truth = export.truth
        for customer in truth.nets:
            assert truth.unallocated(customer) <= 0
        assert all(0 <= left <= amount for _, amount, left in truth.documents.values())


@settings(deadline=None)
@given(
    options=any_options(parties=("aux",), shapes=("one_year", "next_year")),
    drawn=st.lists(documents(), max_size=12),
)
def test_the_truth_is_found_again_in_the_rows(options: Options, drawn: list[Document]) -> None:
    single = [replace(one, parts=1) for one in drawn if one.settling != "twins"]
    ledger = build(replace(options, reused_letters=False), single)
    for number in range(1, len(ledger.exports) + 1):
        found = open_by_rows([export.rows for export in ledger.exports[:number]])
        truth = ledger.exports[number - 1].truth.documents
        assert found == {number: left for number, (_, _, left) in truth.items() if left}


@settings(deadline=None)
@given(small_ledgers(any_options(shapes=("next_year",))))
def test_the_next_year_opens_with_the_net_of_the_first(ledger: SmallLedger) -> None:
    first, second = ledger.exports
    opened: Counter[str] = Counter()
    for row in second.rows:
        if row.journal_code == "AN" and row.account[:3] in {code[:3] for code in DEBTOR}:
            opened[row.party or f"411{row.account[3:]}"] += row.cents

    assert +opened == +Counter(first.truth.nets)
    assert -opened == -Counter(first.truth.nets)


@settings(deadline=None)
@given(small_ledgers(any_options(shapes=("provisional",))))
def test_a_provisional_export_is_the_same_year_again(ledger: SmallLedger) -> None:
    first, second = ledger.exports

    assert first.name == second.name
    assert not set(ledger.withdrawn) & {row.piece for row in second.rows}
    assert set(ledger.withdrawn) <= {row.piece for row in first.rows}


@settings(deadline=None)
@given(small_ledgers())
def test_the_same_draw_writes_the_same_bytes(ledger: SmallLedger) -> None:
    for export in ledger.exports:
        text = export.content.decode(ledger.options.layout.encoding)
        assert text.count(ledger.options.layout.separator) == 17 * (len(export.rows) + 1)


def test_letters_are_reused_within_the_year() -> None:
    paid = [Document(0, day, 12_000, 1, "full", 10, 50, 0) for day in (0, 30, 60)]
    (export,) = build(Options(reused_letters=True), paid).exports

    assert [row.letter for row in export.rows if row.account == "411000"] == ["AA"] * 6
    assert {number: left for number, (_, _, left) in export.truth.documents.items()} == {
        "FA00001": 0,
        "FA00003": 0,
        "FA00005": 0,
    }


def test_a_payment_of_next_year_leaves_the_invoice_open_in_the_first() -> None:
    late = [Document(0, 350, 12_000, 1, "full", 40, 50, 0)]
    first, second = build(Options(shape="next_year"), late).exports

    assert first.truth.documents == {"FA00001": ("DUPON01", 12_000, 12_000)}
    assert second.truth.documents == {"FA00001": ("DUPON01", 12_000, 0)}
    assert second.rows[0].journal_code == "AN"
    assert second.rows[0].letter == "AA"
    assert first.truth.on == date(2025, 12, 31)
