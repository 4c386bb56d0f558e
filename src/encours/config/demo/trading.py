"""Three years of trade: each sale is billed on its day, then paid as its customer pays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from encours.config.demo import sales, seasons, settlements, trouble
from encours.config.demo.books import Books
from encours.config.demo.model import Claim, Customer
from encours.config.demo.sales import Sale

DEPOSIT_SHARE = 0.3
DEPOSIT_BEFORE_DAYS = 20
Batches = dict[tuple[str, date], list[Claim]]


def trade(books: Books, customers: Sequence[Customer], wanted: Sequence[Sale]) -> None:
    """Plan every sale and what happens around, then live it through."""
    batches: Batches = {}
    for sale in wanted:
        _plan_sale(books, sale, batches)
    trouble.plan(books, customers)
    trouble.plan_loose_money(books, customers)
    books.run()


def _plan_sale(books: Books, sale: Sale, batches: Batches) -> None:
    if not sale.deposit or sale.three_times:
        books.plan_exactly(sale.on, lambda: _sell(books, sale, batches))
        return
    cents = round(sale.gross_cents * DEPOSIT_SHARE)
    before = seasons.at_work(sale.on - timedelta(days=DEPOSIT_BEFORE_DAYS), books.today)

    def order() -> None:
        deposit = trouble.receive_deposit(books, sale.customer, before, cents)

        def deliver() -> None:
            (claim,) = sales.bill(books, sale)
            trouble.use_deposit(books, claim, deposit)
            _expect_later(books, claim, sale)

        books.plan_exactly(sale.on, deliver)

    books.plan_exactly(before, order)


def _sell(books: Books, sale: Sale, batches: Batches) -> None:
    for claim in sales.bill(books, sale):
        _expect(books, claim, sale, batches)


def _expect(books: Books, claim: Claim, sale: Sale, batches: Batches) -> None:
    """Plan how this claim is settled."""
    one = claim.customer
    if one.fate and claim.due_on >= trouble.stopped_on(one):
        return
    if one.habit.method == "bill":
        on = claim.issued_on + timedelta(days=3)
        moved = seasons.at_work(on, books.today)
        books.plan_exactly(moved, lambda: settlements.accept_bill(books, claim, moved))
    elif one.habit.method == "direct_debit":
        books.plan(claim.due_on, lambda: settlements.debit_directly(books, claim))
    elif one.habit.pay_days and claim.alone:
        _join(books, claim, batches)
    else:
        _expect_later(books, claim, sale)


def _join(books: Books, claim: Claim, batches: Batches) -> None:
    """Let the claim wait for the customer's next pay day with the others."""
    days = claim.customer.habit.pay_days
    day = claim.due_on
    while day.day not in days:
        day += timedelta(days=1)
    day = seasons.at_work(day, books.today)
    if day > books.today and claim.due_on < books.today:
        day = seasons.at_work(claim.due_on, books.today)
    key = (claim.customer.code, day)
    if key not in batches:
        batches[key] = []
        books.plan_exactly(day, lambda: settlements.pay_together(books, batches[key], day))
    batches[key].append(claim)


def _expect_later(books: Books, claim: Claim, sale: Sale) -> None:
    """Plan the payment of one claim by itself, with the accidents of life."""
    on = settlements.pay_on(books, claim)
    if on is None:
        if books.rng.random() < settlements.ON_ACCOUNT:
            soon = seasons.at_work(books.soon(claim.due_on, 1, 6), books.today)
            part = round(settlements.rest_of(claim) * books.rng.uniform(0.2, 0.6))
            books.plan_exactly(soon, lambda: settlements.pay_a_part(books, claim, soon, part))
        return
    day = seasons.at_work(on, books.today)
    luck = books.rng.random() if claim.alone and not claim.line.group else 1.0
    if luck < settlements.CREDITED:
        _plan_credit_note(books, claim, sale, before=day, luck=luck)
    books.plan_exactly(day, lambda: _pay(books, claim, sale, day, luck))


def _plan_credit_note(books: Books, claim: Claim, sale: Sale, *, before: date, luck: float) -> None:
    """Plan a credit note, in part or for all, between the invoice and its payment."""
    on = seasons.at_work(books.soon(claim.issued_on, 3, 14), books.today)
    if on < before and luck >= settlements.TOO_MUCH:
        part = books.rng.choice((0.1, 0.2, 0.35, 0.5, 1.0))
        books.plan_exactly(on, lambda: settlements.credit_note(books, claim, on, sale, part))


def _pay(books: Books, claim: Claim, sale: Sale, on: date, luck: float) -> None:
    if settlements.rest_of(claim) == 0:
        return
    if luck < settlements.PARTIAL:
        settlements.pay_in_two(books, claim, on)
    elif luck < settlements.SMALL_DIFFERENCE:
        settlements.pay_nearly(books, claim, on)
    elif luck < settlements.TOO_MUCH:
        settlements.pay_wrongly(books, claim, on, short=luck < settlements.SHORT)
    elif (
        claim.customer.habit.code == "early"
        and claim.line.group is None
        and claim.alone
        and books.rng.random() < settlements.DISCOUNT
    ):
        settlements.pay_with_discount(books, claim, on, sale)
    else:
        settlements.pay_plainly(books, claim, on)
