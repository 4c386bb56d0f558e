"""Notes of penalties and exports of the accounts: each claim once, and nothing billed is lost."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from tests.conftest import House
from tests.einvoicing.note_desk import Desk
from tests.imports.einvoices.test_exports import export, fec

from encours.imports import actions
from encours.imports.actions.undo import CannotUndo
from encours.parties.models import Customer
from encours.receivables.actions.penalties import Issued
from encours.receivables.models import Instalment, Invoice
from encours.receivables.queries.ageing import aged_balance
from encours.tenancy.scope import in_tenant

ON = date(2026, 12, 20)
NOTE = "PEN-2026-00001"


def billed(house: House) -> tuple[Desk, Issued]:
    """Confirm the customer of the export and its due date, and bill what its delay costs."""
    with in_tenant(house.tenant_id):
        rows = Customer.objects.of(house.tenant_id)
        rows.update(debtor_class="business", class_confirmed_at=datetime(2026, 1, 1, tzinfo=UTC))
        Instalment.objects.of(house.tenant_id).update(due_source="terms_confirmed")
        desk = Desk(house, rows.get().pk)
        return desk, desk.bill(ON)


def with_note(path: Path, cents: int) -> Path:
    """Add the note to an export, as an accountant books it: 411 to 763."""
    euros = f"{cents // 100},{cents % 100:02d}"
    head = "OD\tOpérations diverses\t9\t20261220"
    tail = f"{NOTE}\t20261220\tPénalités de retard"
    rows = [
        f"{head}\t411000\tClients\tC1\tClient Distribution\t{tail}\t{euros}\t0,00\t\t\t20261231\t\t",
        f"{head}\t763100\tPénalités\t\t\t{tail}\t0,00\t{euros}\t\t\t20261231\t\t",
    ]
    path.write_bytes(path.read_bytes() + ("\r\n".join(rows) + "\r\n").encode())
    return path


def claims(house: House) -> list[tuple[str, int]]:
    with in_tenant(house.tenant_id):
        rows = Invoice.objects.of(house.tenant_id).filter(undone_at=None).order_by("number")
        return list(rows.values_list("number", "amount_cents"))


def test_the_accounts_book_the_note_and_it_is_there_once(house: House, tmp_path: Path) -> None:
    export(house, fec(tmp_path))
    desk, _note = billed(house)
    before = claims(house)
    [cents] = [amount for number, amount in before if number == NOTE]

    outcome = export(house, with_note(fec(tmp_path, more="b"), cents))

    assert claims(house) == before
    assert outcome.control["ok"], outcome.control
    with in_tenant(house.tenant_id):
        assert aged_balance(desk.moment(ON)).totals["open"] == 120_000 + cents
        assert [line.document for line in desk.billable(ON, with_settled=True).detail.lines] == [
            "F2026-001"
        ]


def test_an_export_that_says_otherwise_keeps_what_was_billed(house: House, tmp_path: Path) -> None:
    export(house, fec(tmp_path))
    desk, _note = billed(house)

    export(house, fec(tmp_path, cents=240_000, more="b"))

    with in_tenant(house.tenant_id):
        Instalment.objects.of(house.tenant_id).update(due_source="terms_confirmed")
        (line,) = desk.billable(date(2026, 12, 31), today=date(2026, 12, 31)).detail.lines
        assert (line.billed_until, line.indemnity_cents) == (ON, 0)
        assert line.correction_cents > 0


def test_an_import_that_a_note_bills_is_not_undone_before_the_note(
    house: House, tmp_path: Path
) -> None:
    outcome = export(house, fec(tmp_path))
    desk, note = billed(house)
    asked = {"tenant_id": house.tenant_id, "import_id": outcome.import_id, "user_id": None}

    with in_tenant(house.tenant_id), pytest.raises(CannotUndo, match=NOTE):
        actions.undo(**asked, today=ON)
    with in_tenant(house.tenant_id):
        desk.cancel(note, today=ON)
        actions.undo(**asked, today=ON)
