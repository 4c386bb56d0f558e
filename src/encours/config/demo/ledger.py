"""Generate the demo: three fiscal years of one company, and everything known about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from encours.config.demo import contacts, names, overheads, trading, trouble
from encours.config.demo.books import Books
from encours.config.demo.customers import customers
from encours.config.demo.exercises import exercises, rows_of
from encours.config.demo.fec import LEGAL, FecRow, Layout, file_name, render
from encours.config.demo.model import Company, Customer, DebtorClass, Terms, draw
from encours.config.demo.sales import draw_sales
from encours.config.demo.standing import DemoStanding, standing_facts
from encours.config.demo.truth import Truth, truth_of

INVOICES: Final = 12_000
HISTORY_DAYS: Final = 200
SEED: Final = 20_260_101


@dataclass(frozen=True, slots=True)
class FecFile:
    """One fiscal year as the accounting program exports it."""

    name: str
    rows: tuple[FecRow, ...]

    def content(self, layout: Layout = LEGAL) -> bytes:
        """Return the bytes of the file in one of the layouts that the law allows."""
        return render(self.rows, layout)


@dataclass(frozen=True, slots=True)
class DemoLedger:
    """What the demo loads through the same doors as any user, and the truth to compare with."""

    today: date
    company: Company
    customers: tuple[Customer, ...]
    terms: tuple[Terms, ...]
    files: tuple[FecFile, ...]
    contacts_csv: str
    standing: tuple[DemoStanding, ...]
    truth: Truth

    def debtor_classes(self) -> Mapping[str, DebtorClass]:
        """Return the class of each customer, as the user confirms them in bulk."""
        return {one.code: one.debtor_class for one in self.customers}


def generate(today: date, *, seed: int = SEED, invoices: int = INVOICES) -> DemoLedger:
    """Return the same bytes for the same day and seed."""
    years = exercises(today)
    first_day = years[0].first_day
    before = first_day - timedelta(days=HISTORY_DAYS)
    clients = customers(seed, first_day, today)
    wanted = draw_sales(
        seed, clients, before=before, first_day=first_day, today=today, total=invoices
    )
    books = Books(first_day=first_day, today=today, rng=draw(seed, "books"))
    overheads.plan(books, wanted, before)
    trading.trade(books, clients, wanted)
    truth = truth_of(books.entries, books.claims, first_day=first_day, today=today)
    parties = {one.code: one.name for one in clients} | {s[0]: s[1] for s in names.SUPPLIERS}
    return DemoLedger(
        today=today,
        company=names.COMPANY,
        customers=tuple(clients),
        terms=names.ALL_TERMS,
        files=tuple(
            FecFile(
                file_name(names.COMPANY.siren, year.last_day),
                tuple(rows_of(books.entries, books.groups, year, parties)),
            )
            for year in years
        ),
        contacts_csv=contacts.contacts_csv(seed, clients),
        standing=standing_facts(clients, truth, judgment_on=trouble.judgment_on(today)),
        truth=truth,
    )
