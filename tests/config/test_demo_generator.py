"""The demo's ledger: legal, balanced, the same every time, and true to its own answers.

What the truth says is worked out here a second time from the rows of the files alone.
"""

import csv
import io
import re
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date, timedelta

import pytest
from schwifty import IBAN
from stdnum.fr import siren, tva
from tests.generators.recount import node, open_by_rows

from encours.config.demo import DemoLedger, generate
from encours.config.demo.fec import AMOUNT_SIDE, COLUMNS, PIPE, FecRow
from encours.parties import rules as party_rules
from encours.receivables.rules import terms as ledger_terms

TODAY = date(2026, 11, 22)
DEBTOR = ("411", "413", "416", "419")
INVOICE = re.compile(r"FA\d{7}")


@pytest.fixture(scope="module")
def demo() -> DemoLedger:
    return generate(TODAY)


def rows(demo: DemoLedger) -> list[FecRow]:
    return [row for file in demo.files for row in file.rows]


def test_every_invoice_is_open_as_the_truth_says(demo: DemoLedger) -> None:
    wanted = {number: left for number, (_, _, left) in demo.truth.by_number().items() if left}

    assert open_by_rows([file.rows for file in demo.files]) == wanted


def test_the_amounts_of_the_truth_are_those_of_the_invoices(demo: DemoLedger) -> None:
    billed: Counter[tuple[str, str]] = Counter()
    for row in {node(r): r for r in rows(demo) if INVOICE.fullmatch(r.piece)}.values():
        if row.account == "411000" and row.cents > 0 and row.label.startswith("FA"):
            billed[row.piece, row.party] += row.cents

    told = demo.truth.by_number()
    assert billed == {(n, c): a for n, (c, a, _) in told.items() if not n.startswith("IMP")}


def test_twelve_thousand_invoices_over_three_years(demo: DemoLedger) -> None:
    numbers = {line.number for line in demo.truth.lines if line.kind == "invoice"}

    assert len(numbers) == 12_000
    assert len(demo.customers) == 300
    assert [file.name for file in demo.files] == [
        "000325175FEC20241231.txt",
        "000325175FEC20251231.txt",
        "000325175FEC20261231.txt",
    ]


def test_each_entry_balances_and_numbers_rise_without_gap(demo: DemoLedger) -> None:
    for file in demo.files:
        sums: Counter[str] = Counter()
        seen: defaultdict[str, list[int]] = defaultdict(list)
        for row in file.rows:
            sums[row.entry_number] += row.cents
            number = int(row.entry_number.removeprefix(row.journal_code))
            if not seen[row.journal_code] or seen[row.journal_code][-1] != number:
                seen[row.journal_code].append(number)
        assert not any(sums.values())
        assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in seen.values())


def test_opening_balances_come_first_then_validation_dates_rise(demo: DemoLedger) -> None:
    for file in demo.files:
        opening = [row.journal_code == "AN" for row in file.rows]
        dates = [row.validated_on or date.max for row in file.rows]

        assert opening == sorted(opening, reverse=True)
        assert dates == sorted(dates)
        assert all(row.entry_on <= when for row, when in zip(file.rows, dates, strict=True))
        assert max(row.entry_on for row in file.rows) <= TODAY


def closing(demo: DemoLedger, year: int) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for row in demo.files[year].rows:
        result = row.account[0] in "67" or row.account.startswith(("120", "129"))
        found["result" if result else row.account, "" if result else row.party] += row.cents
    return Counter({key: cents for key, cents in found.items() if cents})


@pytest.mark.parametrize("year", [0, 1])
def test_openings_are_the_closings_of_the_year_before(demo: DemoLedger, year: int) -> None:
    opened: Counter[tuple[str, str]] = Counter()
    for row in demo.files[year + 1].rows:
        if row.journal_code == "AN":
            account = "result" if row.account.startswith(("120", "129")) else row.account
            opened[account, row.party] += row.cents

    assert {key: cents for key, cents in opened.items() if cents} == closing(demo, year)


def test_opening_lines_of_customers_are_open_items(demo: DemoLedger) -> None:
    known = {node(row) for row in demo.files[0].rows}
    carried = [
        row
        for row in demo.files[1].rows
        if row.journal_code == "AN" and row.account.startswith(DEBTOR)
    ]

    assert len(carried) > 300
    assert all(node(row) in known for row in carried)


def test_capitals_balance_and_lower_case_does_not(demo: DemoLedger) -> None:
    reused, partial = 0, 0
    for file in demo.files:
        sums: Counter[tuple[str, str, str]] = Counter()
        for row in file.rows:
            if row.letter:
                sums[row.account, row.party, row.letter] += row.cents
        assert all((cents == 0) == key[2].isupper() for key, cents in sums.items())
        reused += Counter(key[2] for key in sums)["AA"]
        partial += sum(key[2].islower() for key in sums)
    assert reused > 300
    assert partial > 10


def test_net_by_customer_follows_the_rows_at_any_date(demo: DemoLedger) -> None:
    for on in (date(2024, 12, 31), date(2025, 6, 17), date(2026, 3, 2), TODAY):
        nets: Counter[str] = Counter()
        for position, file in enumerate(demo.files):
            for row in file.rows:
                counted = position == 0 or row.journal_code != "AN"
                if counted and row.entry_on <= on and row.account.startswith(DEBTOR):
                    nets[row.party] += row.cents
        assert {c.code: nets[c.code] for c in demo.customers} == {
            c.code: demo.truth.net(c.code, on) for c in demo.customers
        }


def test_unallocated_money_is_never_positive(demo: DemoLedger) -> None:
    left = {c.code: demo.truth.unallocated(c.code) for c in demo.customers}

    assert max(left.values()) == 0
    assert sum(cents < 0 for cents in left.values()) >= 10


def test_the_same_day_and_seed_give_the_same_bytes() -> None:
    first, again = generate(TODAY, invoices=2_000), generate(TODAY, invoices=2_000)
    other = generate(TODAY, seed=2, invoices=2_000)

    assert [f.content() for f in again.files] == [f.content() for f in first.files]
    assert (again.contacts_csv, again.standing) == (first.contacts_csv, first.standing)
    assert other.files[0].content() != first.files[0].content()


@pytest.mark.parametrize(
    "today",
    [
        pytest.param(date(2026, 1, 3), id="three days into a year"),
        pytest.param(date(2027, 4, 15), id="the high season"),
        pytest.param(date(2028, 2, 29), id="a leap day"),
        pytest.param(TODAY, id="a Sunday"),
    ],
)
def test_a_good_demo_on_any_day(today: date) -> None:
    demo = generate(today, invoices=4_000)
    late = [line for line in demo.truth.lines if line.open_cents and line.due_on < today]
    ages = {(today - line.due_on).days // 10 for line in late}
    soon = [line for line in demo.truth.lines if line.open_cents and line.due_on >= today]

    assert 25 <= len(demo.truth.overdue_customers()) <= 42
    assert {0, 1, 2, 3} < ages
    assert sum((line.due_on - today).days <= 15 for line in soon) > 20
    assert {line.state for line in demo.truth.lines} == {"ordinary", "bill", "doubtful"}
    assert open_by_rows([file.rows for file in demo.files]) == {
        n: left for n, (_, _, left) in demo.truth.by_number().items() if left
    }


def test_standing_facts_speak_of_open_lines(demo: DemoLedger) -> None:
    kinds = Counter(fact.kind for fact in demo.standing)
    still = {(line.customer, line.number): line.open_cents for line in demo.truth.lines}

    assert set(kinds) == {"dispute", "promise", "plan", "pause", "insolvency", "direct_debit"}
    assert kinds["dispute"] >= 4
    for fact in demo.standing:
        assert fact.starts_on <= TODAY
        assert not fact.document or still[fact.customer, fact.document] > 0
        assert (fact.amount_cents or 0) <= still.get((fact.customer, fact.document), 0)


def test_the_story_has_all_its_accounts(demo: DemoLedger) -> None:
    used = {row.account for row in rows(demo)}
    sales = {row.account for row in rows(demo) if row.account.startswith("70")}

    assert {"413000", "416000", "419100", "491000", "654100", "658000", "758000", "665000"} <= used
    assert sales == {"707100", "707200", "707300", "707900"}
    assert {"607100", "641100", "445660", "512000", "511200", "370000", "695000"} <= used


def test_identifiers_are_valid_and_nobody_s(demo: DemoLedger) -> None:
    assert siren.is_valid(demo.company.siren)
    assert tva.is_valid(demo.company.vat_number)
    assert IBAN(demo.company.iban).is_valid
    for one in demo.customers:
        assert not one.siren or (siren.is_valid(one.siren) and one.siren.startswith("000"))
        assert one.country != "FR" or not one.vat_number or tva.is_valid(one.vat_number)


def test_contacts_are_reserved_names_and_numbers_and_eight_are_missing(demo: DemoLedger) -> None:
    lines = list(csv.DictReader(io.StringIO(demo.contacts_csv), delimiter=";"))
    missing = {one.code for one in demo.customers} - {line["code"] for line in lines}

    assert len(missing) == 8
    assert len(missing & demo.truth.overdue_customers()) >= 2
    assert all(line["e-mail"].endswith(".example") for line in lines)
    assert all(
        not line["téléphone"]
        or re.match(r"01 99 00|02 61 91|03 53 01|04 65 71|05 36 49|06 39 98", line["téléphone"])
        for line in lines
    )


def test_debtor_classes_to_confirm(demo: DemoLedger) -> None:
    classes = Counter(demo.debtor_classes().values())

    assert classes == {"business": 263, "public": 17, "consumer": 12, "foreign": 8}


@pytest.mark.parametrize(
    ("issued", "code", "due"),
    [
        pytest.param(date(2026, 1, 31), "30J", date(2026, 3, 2), id="thirty days net"),
        pytest.param(
            date(2026, 1, 10), "45FDM", date(2026, 2, 28), id="45 days, then end of month"
        ),
        pytest.param(
            date(2026, 1, 10), "FDM45", date(2026, 3, 17), id="end of month, then 45 days"
        ),
        pytest.param(date(2026, 1, 10), "30FDM15", date(2026, 3, 15), id="end of month, the 15th"),
        pytest.param(date(2026, 1, 10), "COMPTANT", date(2026, 1, 10), id="at once"),
    ],
)
def test_terms(demo: DemoLedger, issued: date, code: str, due: date) -> None:
    terms = {one.code: one for one in demo.terms}

    assert terms[code].due_on(issued) == due


def test_terms_are_those_of_the_ledger(demo: DemoLedger) -> None:
    for terms in demo.terms:
        stored = ledger_terms.from_json(terms.as_json())
        for back in range(400):
            issued = TODAY - timedelta(days=back)
            (line,) = ledger_terms.due_dates(stored, issued, 100)
            assert line.due_on == terms.due_on(issued)


def test_due_dates_read_in_labels_are_the_true_ones(demo: DemoLedger) -> None:
    label = re.compile(r"(?:ECH|Éch\.) (\d\d)/(\d\d)/(\d{2,4})$")
    labels = {(r.piece, r.cents): r.label for r in rows(demo) if r.account == "411000"}
    parts = Counter(line.number for line in demo.truth.lines)
    for line in demo.truth.lines:
        found = label.search(labels[line.number, line.amount_cents])
        assert bool(found) == line.due_read
        if found and parts[line.number] == 1:
            day, month, year = (int(part) for part in found.groups())
            assert date(2000 + year % 100, month, day) == line.due_on


def test_legal_layout_and_its_variants(demo: DemoLedger) -> None:
    file = demo.files[2]
    legal = file.content().decode("utf-8").split("\r\n")
    pipe = file.content(PIPE).decode("iso-8859-15").split("\r\n")
    sided = file.content(replace(AMOUNT_SIDE, newline="\n")).decode("utf-8").split("\n")

    assert legal[0].split("\t") == list(COLUMNS)
    assert {line.count("\t") for line in legal[:-1]} == {17}
    assert [line.split("|") for line in pipe] == [line.split("\t") for line in legal]
    assert sided[0].split("\t")[11:13] == ["Montant", "Sens"]
    assert {line.split("\t")[12] for line in sided[1:-1]} == {"D", "C"}
    assert len(sided) == len(legal)


def test_some_direct_debits_came_back_both_ways(demo: DemoLedger) -> None:
    returned = [line for line in demo.truth.lines if line.kind == "returned_payment"]
    lines = {node(r) for r in rows(demo) if r.piece.startswith("IMP") and r.party}

    assert returned
    assert len(lines) > len(returned)


def test_the_running_year_is_cut_and_recent_receipts_wait_for_their_letter(
    demo: DemoLedger,
) -> None:
    recent = TODAY - timedelta(days=4)
    waiting = [
        row
        for row in demo.files[2].rows
        if row.account == "411000" and row.cents < 0 and not row.letter and row.entry_on >= recent
    ]

    assert waiting


def test_the_contacts_file_is_read_without_a_doubt(demo: DemoLedger) -> None:
    found = party_rules.read_contacts(demo.contacts_csv.encode())

    assert not found.issues
    assert {line["code"] for line in found.rows} < {one.code for one in demo.customers}
