"""An invoice that the accounts and its electronic form both bring is there once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from tests.conftest import House
from tests.imports.einvoices import samples
from tests.imports.einvoices.test_ledger import TODAY, brought, codes, live, owed

from encours.imports import actions
from encours.imports.actions import Outcome
from encours.parties.models import Customer
from encours.receivables.models import Credit, Instalment, Invoice, VatPart
from encours.tenancy.scope import in_tenant

HEADER = (
    "JournalCode\tJournalLib\tEcritureNum\tEcritureDate\tCompteNum\tCompteLib\tCompAuxNum\t"
    "CompAuxLib\tPieceRef\tPieceDate\tEcritureLib\tDebit\tCredit\tEcritureLet\tDateLet\tValidDate\t"
    "Montantdevise\tIdevise"
)


def fec(folder: Path, *, cents: int = 120_000, paid: int = 0, more: str = "") -> Path:
    """One sale F2026-001 of customer C1, and what it paid, lettered when it paid all."""
    euros, net, vat = (
        f"{one // 100},{one % 100:02d}" for one in (cents, cents * 5 // 6, cents // 6)
    )
    letter = "AA\t20261110" if paid == cents else "\t"
    head = "VE\tVentes\t1\t20261001"
    tail = "F2026-001\t20261001\tFacture F2026-001"
    rows = [
        HEADER,
        f"{head}\t411000\tClients\tC1\tClient Distribution\t{tail}\t{euros}\t0,00\t{letter}\t20261130\t\t",
        f"{head}\t707000\tVentes\t\t\t{tail}\t0,00\t{net}\t\t\t20261130\t\t",
        f"{head}\t445710\tTVA\t\t\t{tail}\t0,00\t{vat}\t\t\t20261130\t\t",
    ]
    if paid:
        money = f"{paid // 100},{paid % 100:02d}"
        bank = "BQ\tBanque\t2\t20261110"
        told = "VIR1\t20261110\tVirement client"
        rows += [
            f"{bank}\t512000\tBanque\t\t\t{told}\t{money}\t0,00\t\t\t20261130\t\t",
            f"{bank}\t411000\tClients\tC1\tClient Distribution\t{told}\t0,00\t{money}\t{letter}\t20261130\t\t",
        ]
    path = folder / f"552100554FEC20261231{more}.txt"
    path.write_bytes(("\r\n".join(rows) + "\r\n").encode())
    return path


def export(house: House, path: Path) -> Outcome:
    read = actions.read_file(path)
    with in_tenant(house.tenant_id):
        outcome = actions.import_file(
            read, tenant_id=house.tenant_id, creditor_id=house.creditor_id
        )
    assert outcome.applied, outcome.issues
    return outcome


def due(house: House) -> list[tuple[date, str, int]]:
    with in_tenant(house.tenant_id):
        return [(one.due_on, one.due_source, one.amount_cents) for one in live(Instalment, house)]


READ = [(date(2026, 10, 31), "read", 120_000)]


def test_the_accounts_first_then_the_electronic_invoice(house: House, tmp_path: Path) -> None:
    export(house, fec(tmp_path))
    [(_assumed, source, _cents)] = due(house)
    outcome = brought(house, tmp_path, samples.cii())

    assert source == "terms_assumed"
    assert (outcome.counts["completed"], outcome.counts["invoices"]) == (1, 0)
    assert "completed" in codes(outcome)
    assert outcome.control["ok"]
    assert owed(house)["open"] == 120_000
    assert due(house) == READ
    with in_tenant(house.tenant_id):
        [customer] = Customer.objects.of(house.tenant_id)
        [_vat] = live(VatPart, house)
    assert (customer.code, customer.siren) == ("C1", samples.BUYER)


def test_what_was_completed_stays_so_when_the_export_comes_again(
    house: House, tmp_path: Path
) -> None:
    export(house, fec(tmp_path))
    dues = (("20261031", 40_000), ("20261130", 80_000))
    brought(house, tmp_path, samples.cii(dues=dues, guideline=EXTENDED))
    outcome = export(house, fec(tmp_path, paid=120_000, more="b"))

    assert outcome.control["ok"], outcome.control
    assert owed(house)["net"] == 0
    assert [(on, cents) for on, _source, cents in due(house)] == [
        (date(2026, 10, 31), 40_000),
        (date(2026, 11, 30), 80_000),
    ]


EXTENDED = "urn:cen.eu:en16931:2017#conformant#urn:factur-x.eu:1p0:extended"


def test_undoing_the_completion_restores_the_export(house: House, tmp_path: Path) -> None:
    export(house, fec(tmp_path, paid=120_000))
    before = due(house)
    outcome = brought(house, tmp_path, samples.cii())
    assert outcome.import_id is not None
    assert due(house) == READ
    with in_tenant(house.tenant_id):
        actions.undo(
            tenant_id=house.tenant_id, import_id=outcome.import_id, user_id=None, today=TODAY
        )

    assert due(house) == before
    assert owed(house)["net"] == owed(house)["open"] == 0


def test_the_electronic_invoice_first_then_the_accounts(house: House, tmp_path: Path) -> None:
    brought(house, tmp_path, samples.cii(prepaid=20_000))
    outcome = export(house, fec(tmp_path, paid=20_000))

    assert outcome.counts["invoices"] == 0
    assert outcome.control["ok"], outcome.control
    assert due(house) == READ
    with in_tenant(house.tenant_id):
        [customer] = Customer.objects.of(house.tenant_id)
        [invoice] = live(Invoice, house)
        [credit] = live(Credit, house)
    assert (customer.code, invoice.key[:2], credit.kind) == ("C1", "E|", "payment")
    assert owed(house)["net"] == 100_000

    again = export(house, fec(tmp_path, paid=120_000, more="b"))
    assert again.control["ok"], again.control
    assert owed(house)["net"] == 0


def test_two_amounts_for_one_number_are_said(house: House, tmp_path: Path) -> None:
    brought(house, tmp_path, samples.cii())
    outcome = export(house, fec(tmp_path, cents=60_000))

    assert "einvoice_unlike" in codes(outcome)
