"""What goes wrong for good: insolvency, doubtful claims, write-offs; and money nobody can place."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from encours.config.demo.books import Books, customer_line
from encours.config.demo.model import (
    BANK,
    CUSTOMERS,
    DEPOSITS,
    DOUBTFUL,
    Claim,
    Customer,
    Line,
)
from encours.config.demo.settlements import rest_of

JUDGMENT_BEFORE_TODAY: Final = 60
PAYS_UNTIL: Final = 45
UNPLACED: Final = 6
ORDERS: Final = 4


def stopped_on(customer: Customer) -> date:
    """Return from which due date on the customer pays nothing."""
    return customer.active_until - timedelta(days=PAYS_UNTIL)


def judgment_on(today: date) -> date:
    """Return the date of the opening judgment of the insolvent customer."""
    return today - timedelta(days=JUDGMENT_BEFORE_TODAY)


def plan(books: Books, customers: Sequence[Customer]) -> None:
    """Put in the agenda what will happen to each customer in trouble."""
    for position, one in enumerate(customers):
        if one.fate == "insolvent":
            _later(books, judgment_on(books.today) + timedelta(days=5), one, "doubtful")
        elif one.fate == "doubtful":
            _later(books, one.active_until + timedelta(days=75), one, "doubtful")
            if position % 2:
                _later(books, one.active_until + timedelta(days=115), one, "part")
        elif one.fate == "written_off":
            if position % 2:
                _later(books, one.active_until + timedelta(days=120), one, "doubtful")
            _later(books, one.active_until + timedelta(days=300), one, "loss")


def _later(books: Books, on: date, customer: Customer, what: str) -> None:
    act = {"doubtful": _doubt, "loss": _write_off, "part": _part_of_doubtful}[what]
    books.plan_exactly(on, lambda: act(books, customer, on))


def _open_claims(books: Books, customer: Customer) -> list[Claim]:
    return [claim for claim in books.claims if claim.customer is customer and _left(claim)]


def _present(claim: Claim) -> Line:
    """Return the line where the claim stands now: 411, or where it was moved."""
    line = claim.line
    while line.group and (moved := [one.continued for one in line.group.lines if one.continued]):
        line = moved[0]
    return line


def _left(claim: Claim) -> int:
    line = _present(claim)
    return line.cents if line.group is None else max(0, sum(x.cents for x in line.group.lines))


def _doubt(books: Books, customer: Customer, on: date) -> None:
    """Move each open claim to 416 for all that is due, and depreciate it without VAT."""
    for claim in _open_claims(books, customer):
        cents = rest_of(claim)
        text = f"DOUTEUX {claim.number}"
        ends = customer_line(CUSTOMERS, customer, -cents, text)
        goes_on = customer_line(DOUBTFUL, customer, cents, text)
        ends.continued = goes_on
        books.record("OD", on, claim.number, goes_on, ends, piece_on=claim.issued_on)
        books.letter(claim.line, ends, on=on)
        lost = claim.net_cents * cents // claim.amount_cents // 2
        note = f"DEPRECIATION {claim.number}"
        books.record(
            "OD", on, claim.number, Line("681740", lost, note), Line("491000", -lost, note)
        )


def _part_of_doubtful(books: Books, customer: Customer, on: date) -> None:
    """Receive a part of the first doubtful claim, written straight to 416."""
    for claim in _open_claims(books, customer)[:1]:
        owed = _present(claim)
        credit = customer_line(DOUBTFUL, customer, -(owed.cents * 3 // 10), f"VIR {claim.number}")
        books.record("BQ", on, books.number("BQ", on), Line(BANK, -credit.cents, "VIR"), credit)
        books.letter(owed, credit, on=on)


def _write_off(books: Books, customer: Customer, on: date) -> None:
    """Pass what will never come to losses, without VAT, and take the VAT back (CGI, art. 272)."""
    for claim in _open_claims(books, customer):
        owed, cents = _present(claim), _left(claim)
        net = claim.net_cents * cents // claim.amount_cents
        text = f"PERTE {claim.number}"
        credit = customer_line(owed.account, customer, -cents, text)
        books.record(
            "OD",
            on,
            books.number("OD", on),
            Line("654100", net, text),
            Line("445711", cents - net, text),
            credit,
        )
        books.letter(owed, credit, on=on)


def plan_loose_money(books: Books, customers: Sequence[Customer]) -> None:
    """Plan receipts that nobody can place, deposits on orders not yet billed, a yearly rebate."""
    calm = [c for c in customers if not (c.fate or c.arrears_days) and c.debtor_class == "business"]
    late = [c for c in customers if c.arrears_days]
    chosen = [*books.rng.sample(calm, UNPLACED - 2), *books.rng.sample(late, 2)]
    for one in chosen:
        _loose(books, one, f"VIR REF {books.rng.randint(10_000, 99_999)}", CUSTOMERS)
    for one in books.rng.sample(calm, ORDERS):
        _loose(books, one, f"ACOMPTE CDE {books.rng.randint(1_000, 9_999)}", DEPOSITS)


def _loose(books: Books, customer: Customer, text: str, account: str) -> None:
    on = books.soon(books.today, -25, -2)
    cents = books.rng.randint(300, 1_800) * 100

    def happen() -> None:
        credit = customer_line(account, customer, -cents, text)
        books.record("BQ", on, books.number("BQ", on), Line(BANK, cents, credit.label), credit)

    books.plan_exactly(on, happen)


def receive_deposit(books: Books, customer: Customer, on: date, cents: int) -> Line:
    """Write a deposit received on an order."""
    text = f"ACOMPTE CDE {books.rng.randint(1_000, 9_999)}"
    credit = customer_line(DEPOSITS, customer, -cents, text)
    books.record("BQ", on, books.number("AC", on), Line(BANK, cents, credit.label), credit)
    return credit


def use_deposit(books: Books, claim: Claim, deposit: Line) -> None:
    """Set a deposit against its invoice."""
    on = claim.issued_on
    text = f"IMPUT ACOMPTE {claim.number}"
    used = customer_line(DEPOSITS, claim.customer, -deposit.cents, text)
    credit = customer_line(CUSTOMERS, claim.customer, deposit.cents, text)
    books.record("OD", on, books.number("OD", on), used, credit)
    books.letter(deposit, used, on=on)
    books.letter(claim.line, credit, on=on)
