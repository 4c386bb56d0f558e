"""What is sold: who buys when, for how much, at which rates of VAT (CGI, art. 278, 278-0 bis)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from random import Random
from typing import Final

from encours.config.demo import seasons
from encours.config.demo.books import Books, customer_line
from encours.config.demo.model import CUSTOMERS, Claim, Customer, Line, draw
from encours.kernel.dates import add_months
from encours.kernel.money import half_up

Share = tuple[str, int]
RATES: Final = {
    "707100": ("445711", Fraction(200, 1000)),
    "707200": ("445712", Fraction(100, 1000)),
    "707300": ("445713", Fraction(55, 1000)),
    "707900": ("", Fraction(0)),
}
MIXES: Final = (
    (("707100",), 34),
    (("707200",), 26),
    (("707200", "707100"), 22),
    (("707300",), 7),
    (("707100", "707200", "707300"), 11),
)
DUE_IN_LABEL: Final = 0.35
THREE_TIMES_CENTS: Final = 350_000
THREE_TIMES: Final = 0.12
DEPOSIT: Final = 0.09
HISTORY_PACE: Final = 0.93


@dataclass(frozen=True, slots=True)
class Sale:
    """One invoice to come: net amounts by account of sale."""

    customer: Customer
    on: date
    shares: tuple[Share, ...]
    three_times: bool = False
    deposit: bool = False

    @property
    def gross_cents(self) -> int:
        """Return the amount with VAT."""
        return sum(cents + vat_of(account, cents) for account, cents in self.shares)

    @property
    def net_cents(self) -> int:
        """Return the amount without VAT."""
        return sum(cents for _, cents in self.shares)


def vat_of(account: str, cents: int) -> int:
    """Return the VAT of a net amount, by its account of sale."""
    return half_up(cents * RATES[account][1])


def draw_sales(
    seed: int,
    customers: Sequence[Customer],
    *,
    before: date,
    first_day: date,
    today: date,
    total: int,
) -> list[Sale]:
    """Return exactly `total` sales from `first_day` on, and as many a day since `before`."""
    rng = draw(seed, "sales")
    wanted = [*_wanted(customers, first_day=first_day, today=today)]
    working = seasons.working_days(first_day, today)
    history = seasons.working_days(before, first_day - timedelta(days=1))
    earlier = round((total - len(wanted)) * len(history) / len(working) * HISTORY_PACE)
    for days, size in ((history, earlier), (working, total - len(wanted))):
        picked = rng.choices(days, [seasons.weight(day, first_day) for day in days], k=size)
        buyers = rng.choices(customers, [one.weight for one in customers], k=size)
        wanted += [
            (_someone(rng, customers, buyer, day), day)
            for buyer, day in zip(buyers, picked, strict=True)
        ]
    wanted.sort(key=lambda pair: (pair[1], pair[0].code))
    return [_sale(rng, customer, day) for customer, day in wanted]


def _someone(rng: Random, customers: Sequence[Customer], buyer: Customer, day: date) -> Customer:
    """Return the buyer if active that day, else another one who is."""
    while not buyer.active_from <= day <= buyer.active_until:
        buyer = rng.choice(customers)
    return buyer


def _wanted(
    customers: Sequence[Customer], *, first_day: date, today: date
) -> Iterator[tuple[Customer, date]]:
    """Yield the sales that the story needs: those that are overdue today, with their age."""
    for one in customers:
        if one.arrears_days:
            wished = one.arrears_days + one.terms.days
            days = seasons.working_days(
                today - timedelta(days=wished), today - timedelta(days=wished - 5)
            )
            yield one, (days or [today - timedelta(days=wished)])[0]
        elif one.fate:
            for back in (10, 25, 40):
                day = one.active_until - timedelta(days=back)
                moved = seasons.at_work(day, today)
                if moved >= first_day:
                    yield one, moved


def _sale(rng: Random, customer: Customer, on: date) -> Sale:
    """Draw the content of one invoice."""
    net = max(1_500, round(customer.basket_cents * rng.lognormvariate(0, 0.6)))
    accounts = rng.choices([mix for mix, _ in MIXES], [weight for _, weight in MIXES])[0]
    if customer.debtor_class == "foreign":
        accounts = ("707900",)
    shares, left = [], net
    for account in accounts[:-1]:
        part = round(left * rng.uniform(0.3, 0.7))
        shares.append((account, part))
        left -= part
    shares.append((accounts[-1], left))
    plain = bool(customer.arrears_days or customer.fate or customer.habit.method != "transfer")
    large = net > THREE_TIMES_CENTS / 2 and not plain
    luck = rng.random()
    return Sale(
        customer,
        on,
        tuple(shares),
        three_times=net > THREE_TIMES_CENTS and large and luck < THREE_TIMES,
        deposit=large and luck > 1 - DEPOSIT,
    )


def bill(books: Books, sale: Sale) -> list[Claim]:
    """Write the invoice and return its due lines, one or three."""
    number = books.number("FA", sale.on)
    due_on = sale.customer.terms.due_on(sale.on)
    shown = sale.three_times or books.rng.random() < DUE_IN_LABEL
    parts = _parts(sale.gross_cents, due_on, three=sale.three_times)
    owed = [
        customer_line(
            CUSTOMERS, sale.customer, cents, number, extra=_due_text(books, due) if shown else ""
        )
        for due, cents in parts
    ]
    sold = [
        Line(account, -cents, f"{number} {sale.customer.name}") for account, cents in sale.shares
    ]
    vat = [
        Line(RATES[account][0], -vat_of(account, cents), f"{number} {sale.customer.name}")
        for account, cents in sale.shares
    ]
    books.record("VE", sale.on, number, *owed, *sold, *vat)
    claims = [
        Claim(
            number,
            "invoice" if sale.on >= books.first_day else "opening",
            sale.customer,
            issued_on=sale.on,
            due_on=due,
            due_read=shown,
            line=line,
            net_cents=sale.net_cents // len(parts),
            alone=len(parts) == 1,
        )
        for (due, _), line in zip(parts, owed, strict=True)
    ]
    books.claims += claims
    return claims


def _parts(gross_cents: int, due_on: date, *, three: bool) -> list[tuple[date, int]]:
    if not three:
        return [(due_on, gross_cents)]
    third = gross_cents // 3
    amounts = (third, third, gross_cents - 2 * third)
    return [(add_months(due_on, n), cents) for n, cents in enumerate(amounts)]


def _due_text(books: Books, due_on: date) -> str:
    """Write the due date in a label, in the two ways of the two programs that the firm used."""
    middle = books.first_day + (books.today - books.first_day) / 2
    return f"ECH {due_on:%d/%m/%y}" if due_on < middle else f"Éch. {due_on:%d/%m/%Y}"
