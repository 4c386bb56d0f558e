"""The rest of a real ledger: purchases, wages, taxes, loan, stock, closing entries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Final

from encours.config.demo import names
from encours.config.demo.books import Books
from encours.config.demo.model import BANK, SUPPLIERS, Line
from encours.config.demo.sales import Sale
from encours.config.demo.seasons import at_work
from encours.kernel.dates import add_months, end_of_month
from encours.kernel.money import half_up

VAT_BOUGHT: Final = "445660"
VAT_SOLD: Final = ("445711", "445712", "445713")
VAT_DUE: Final = "445510"
RATES: Final = {20: Fraction(20, 100), 10: Fraction(10, 100), 5: Fraction(55, 1000), 0: Fraction(0)}
COST_OF_GOODS: Final = 0.685
GOODS: Final = "607"
ADVANCE_MONTHS: Final = (3, 6, 9, 12)
OPENING: Final = (
    ("101300", -25_000_000),
    ("164000", -24_000_000),
    ("215400", 18_500_000),
    ("218200", 9_600_000),
    ("281540", -7_200_000),
    ("281820", -3_100_000),
    ("370000", 41_000_000),
    (BANK, 38_000_000),
)


def plan(books: Books, wanted: Sequence[Sale], before: date) -> None:
    """Put in the agenda everything that happens beside selling."""
    books.plan_exactly(before, lambda: _open_books(books, before))
    sold: defaultdict[date, int] = defaultdict(int)
    for sale in wanted:
        sold[sale.on.replace(day=1)] += sale.net_cents
    average = sum(sold.values()) // max(1, len(sold))
    for month in _months(before, books.today):
        _plan_purchases(books, month, sold[month], average)
        _plan_wages(books, month, average)
        _plan_taxes(books, month, average)
        _plan_bank(books, month)
        if month.month == 12:  # noqa: PLR2004 - the closing
            _plan_closing(books, month.replace(day=31), average)


def _months(first: date, last: date) -> Iterator[date]:
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = add_months(month, 1)


def _open_books(books: Books, on: date) -> None:
    kept = -sum(cents for _, cents in OPENING)
    lines = [Line(account, cents, "Reprise des soldes") for account, cents in OPENING]
    books.record("OD", on, "REPRISE", *lines, Line("106800", kept, "Reprise des soldes"))


def _plan_purchases(books: Books, month: date, sold: int, average: int) -> None:
    """Goods follow sales; the rest comes every month."""
    rng = books.rng
    goods = [one for one in names.SUPPLIERS if one[2].startswith(GOODS)]
    for supplier in names.SUPPLIERS:
        is_goods = supplier in goods
        pool = sold * COST_OF_GOODS / len(goods) if is_goods else average * 0.012
        size = rng.randint(5, 9) if is_goods else 1
        for _ in range(size):
            net = round(pool / size * rng.uniform(0.7, 1.3))
            on = at_work(month + timedelta(days=rng.randint(0, 26)), books.today)
            if net > 0:
                _plan_purchase(books, supplier, on, net)


def _plan_purchase(books: Books, supplier: tuple[str, str, str, int], on: date, net: int) -> None:
    code, name, account, rate = supplier
    days = books.rng.choice((30, 30, 45))

    def buy() -> None:
        number = f"{code[1:4]}{books.rng.randint(100_000, 999_999)}"
        vat = half_up(net * RATES[rate])
        label = f"{name} {number}"
        owed = Line(SUPPLIERS, -net - vat, label, code)
        bought = (Line(account, net, label), Line(VAT_BOUGHT, vat, label))
        books.record("AC", on, number, *bought, owed)
        books.plan(on + timedelta(days=days), lambda: pay(owed, number))

    def pay(owed: Line, number: str) -> None:
        paid_on = at_work(on + timedelta(days=days), books.today)
        label = f"VIR {name} {number}"
        debit = Line(SUPPLIERS, -owed.cents, label, code)
        piece = books.number("BQ", paid_on)
        books.record("BQ", paid_on, piece, debit, Line(BANK, owed.cents, label))
        books.letter(owed, debit, on=paid_on)

    books.plan_exactly(on, buy)


def _plan_wages(books: Books, month: date, average: int) -> None:
    """Wages at the end of the month, contributions on the 15th of the next."""
    on = end_of_month(month)
    gross = round(average * 0.11)
    parts = {
        "641100": gross,
        "645100": gross * 27 // 100,
        "645300": gross * 8 // 100,
        "431000": -(gross * 40 // 100),
        "437000": -(gross * 12 // 100),
        "442100": -(gross * 5 // 100),
    }
    net = -sum(parts.values())
    label = f"Paie {month:%m/%Y}"

    def wages() -> None:
        piece = f"PAIE{month:%Y%m}"
        lines = [Line(account, cents, label) for account, cents in parts.items()]
        books.record("PA", on, piece, *lines, Line("421000", net, label))
        paid = (Line("421000", -net, f"Virement {label}"), Line(BANK, net, f"Virement {label}"))
        books.record("BQ", on, books.number("BQ", on), *paid)

    def contributions() -> None:
        day = on + timedelta(days=15)
        for account in ("431000", "437000", "442100"):
            owed = parts[account]
            text = f"Cotisations {month:%m/%Y}"
            piece = books.number("BQ", day)
            books.record("BQ", day, piece, Line(account, -owed, text), Line(BANK, owed, text))

    books.plan_exactly(on, wages)
    books.plan_exactly(on + timedelta(days=15), contributions)


def _plan_taxes(books: Books, month: date, average: int) -> None:
    """Declare VAT at the end of the month and pay it on the 20th; profit tax by quarter."""
    on = end_of_month(month)
    label = f"TVA {month:%m/%Y}"

    def declare() -> None:
        accounts = (*VAT_SOLD, VAT_BOUGHT)
        lines = [Line(account, -books.balance[account], label) for account in accounts]
        due = -sum(line.cents for line in lines)
        books.record("OD", on, f"CA3{month:%Y%m}", *lines, Line(VAT_DUE, due, label))
        books.plan_exactly(on + timedelta(days=20), lambda: pay(due))

    def pay(due: int) -> None:
        day = on + timedelta(days=20)
        piece = books.number("BQ", day)
        books.record("BQ", day, piece, Line(VAT_DUE, -due, label), Line(BANK, due, label))

    def advance() -> None:
        day = month.replace(day=15)
        cents = average * 3 // 100
        text = f"Acompte IS {month:%m/%Y}"
        piece = books.number("BQ", day)
        books.record("BQ", day, piece, Line("444000", cents, text), Line(BANK, -cents, text))

    books.plan_exactly(on, declare)
    if month.month in ADVANCE_MONTHS:
        books.plan_exactly(month.replace(day=15), advance)


def _plan_bank(books: Books, month: date) -> None:
    on = month.replace(day=5)
    loan = (("164000", 350_000), ("661100", 62_000), (BANK, -412_000))
    fees = (("627000", 8_940), (BANK, -8_940))

    def happen() -> None:
        for text, parts in (
            (f"Échéance prêt {on:%m/%Y}", loan),
            (f"Frais bancaires {on:%m/%Y}", fees),
        ):
            lines = [Line(account, cents, text) for account, cents in parts]
            books.record("BQ", on, books.number("BQ", on), *lines)

    books.plan_exactly(on, happen)


def _plan_closing(books: Books, on: date, average: int) -> None:
    """Depreciate, count the stock, book the profit tax; appropriate the profit in June."""
    stock = round(average * books.rng.uniform(-0.05, 0.08))

    def close() -> None:
        wear = (("681120", 2_950_000), ("281540", -1_850_000), ("281820", -1_100_000))
        lines = [Line(account, cents, "Dotations de l'exercice") for account, cents in wear]
        books.record("OD", on, f"DOT{on:%Y}", *lines)
        text = "Variation de stock"
        lines = [Line("370000", stock, text), Line("603700", -stock, text)]
        books.record("OD", on, f"STK{on:%Y}", *lines)
        tax = max(0, -books.results[on.year] // 4)
        text = f"Impôt sur les bénéfices {on:%Y}"
        books.record("OD", on, f"IS{on:%Y}", Line("695000", tax, text), Line("444000", -tax, text))

    def appropriate() -> None:
        result = books.results[on.year]
        text = f"Affectation du résultat {on:%Y}"
        source, target = ("120000", "110000") if result < 0 else ("129000", "119000")
        lines = [Line(source, -result, text), Line(target, result, text)]
        books.record("OD", date(on.year + 1, 6, 30), f"AGO{on:%Y}", *lines)

    books.plan_exactly(on, close)
    books.plan_exactly(date(on.year + 1, 6, 30), appropriate)
