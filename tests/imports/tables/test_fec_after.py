"""A FEC for a creditor whose documents came from tables: each document is there once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from tests.conftest import House
from tests.imports.einvoices.test_exports import fec
from tests.imports.tables.doors import bring, cents, still_open, undo, write

from encours.imports import actions
from encours.imports.actions import Outcome
from encours.receivables.models import Credit
from encours.tenancy.scope import in_tenant

HEADER = "Code client;Nom;N° facture;Date;Échéance;Reste dû\n"
SALE = "C1;Client Distribution;F2026-001;01/10/2026;31/10/2026;1200,00\n"
OCTOBER, NOVEMBER = date(2026, 10, 31), date(2026, 11, 30)
OTHER = "C2;Durand;F9;01/10/2026;31/10/2026;50,00\n"
MOVES = {
    "meaning": "movements",
    "columns": {
        "customer_code": "Code client",
        "number": "N° facture",
        "issued_on": "Date",
        "due_on": "Échéance",
        "amount": "Reste dû",
    },
}


def export(house: House, path: Path) -> Outcome:
    read = actions.read_file(path)
    with in_tenant(house.tenant_id):
        return actions.import_file(read, tenant_id=house.tenant_id, creditor_id=house.creditor_id)


def kinds(house: House) -> list[str]:
    with in_tenant(house.tenant_id):
        live = Credit.objects.of(house.tenant_id).filter(undone_at=None)
        return sorted(live.values_list("kind", flat=True))


@pytest.fixture
def two_lists(house: House, tmp_path: Path) -> House:
    """The sale is open on 31 October, and no longer on 30 November: a settlement was inferred."""
    for name, text, on in (("a", SALE + OTHER, OCTOBER), ("b", OTHER, NOVEMBER)):
        assert bring(house, write(tmp_path, HEADER + text, f"{name}.csv"), as_of=on).applied
    return house


def test_the_fec_takes_the_place_of_what_lists_said_and_inferred(
    two_lists: House, tmp_path: Path
) -> None:
    before = still_open(two_lists, OCTOBER), still_open(two_lists, NOVEMBER)
    assert cents(two_lists, NOVEMBER) == {"F9": 50_00}

    outcome = export(two_lists, fec(tmp_path, paid=120_000))

    assert outcome.applied
    assert outcome.control["ok"], outcome.control
    assert kinds(two_lists) == ["payment"], "the real payment, and nothing inferred beside it"
    assert cents(two_lists, OCTOBER) == {"F2026-001": 120_000}, "once, and F9 is in no account"
    assert cents(two_lists, date(2026, 11, 10)) == {}
    undo(two_lists, outcome)
    assert (still_open(two_lists, OCTOBER), still_open(two_lists, NOVEMBER)) == before


def test_a_payment_that_no_letter_assigns_explains_the_settlement(
    two_lists: House, tmp_path: Path
) -> None:
    outcome = export(two_lists, fec(tmp_path, paid=90_000))

    assert outcome.control["ok"], outcome.control
    assert kinds(two_lists) == ["inferred", "payment"]
    assert cents(two_lists, date(2026, 11, 10)) == {"F2026-001": 300_00}, "the payment, its day"
    assert cents(two_lists, NOVEMBER) == {}, "the list says that the rest was settled by then"


def test_openings_are_not_a_second_time_what_a_list_said(house: House, tmp_path: Path) -> None:
    old = "C1;Client Distribution;F2025-7;10/12/2025;31/01/2026;240,00\n"
    bring(house, write(tmp_path, HEADER + old, "eve.csv"), as_of=date(2025, 12, 31))
    text = fec(tmp_path).read_text().splitlines()
    head, tail = "AN\tA nouveaux\t1\t20260101", "AN\t20260101\tReport"
    text[1:1] = [
        f"{head}\t411000\tClients\tC1\tClient Distribution\t{tail}\t240,00\t0,00\t\t\t20260131\t\t",
        f"{head}\t120000\tRésultat\t\t\t{tail}\t0,00\t240,00\t\t\t20260131\t\t",
    ]
    path = write(tmp_path, "\r\n".join(text) + "\r\n", "552100554FEC20261231.txt")

    outcome = export(house, path)

    assert outcome.control["ok"], outcome.control
    assert cents(house) == {"F2025-7": 240_00, "F2026-001": 120_000}


def test_a_customer_named_otherwise_by_the_accounts_is_not_owed_twice(
    house: House, tmp_path: Path
) -> None:
    by_name = (
        "Nom;N° facture;Date;Échéance;Reste dû\nDistribution Sud;F2026-001;01/10/2026;;1200,00\n"
    )
    bring(house, write(tmp_path, by_name), as_of=OCTOBER)
    later = "C1;Client Distribution;F2027-1;05/01/2027;04/02/2027;60,00\n"
    bring(house, write(tmp_path, HEADER + later, "later.csv"), mapping=MOVES)

    outcome = export(house, fec(tmp_path))

    assert outcome.control["ok"], outcome.control
    assert cents(house) == {"F2026-001": 120_000, "F2027-1": 60_00}, "what came after stays"
