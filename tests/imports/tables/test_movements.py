"""Invoices, credit notes and payments of a table: in, in again, out."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from tests.conftest import House
from tests.imports.tables.doors import bring, cents, still_open, undo, write

from encours.imports.actions import tables

LEDGER = (
    "Grand livre des tiers au 31/03/2026\n\n"
    "Code client;Intitulé;N° pièce;Date;Échéance;Journal;Libellé;Débit;Crédit;Lettrage\n"
    "C1;Dupont SA;FA1;05/01/2026;04/02/2026;VE;Facture FA1;1 200,00;;A\n"
    "C1;Dupont SA;FA2;15/01/2026;14/02/2026;VE;Facture FA2;300,00;;\n"
    "C1;Dupont SA;AV1;20/01/2026;;VE;Avoir sur FA2;;100,00;\n"
    "C1;Dupont SA;BQ1;25/01/2026;;BQ;Virement Dupont;;1 200,00;A\n"
    "C2;Durand;FA3;01/02/2026;03/03/2026;VE;Facture FA3;60,00;;\n"
    "Total général;;;;;;;1 560,00;1 300,00;\n"
)
INVOICES = (
    "Client;Numéro de facture;Date facture;Échéance;Montant TTC\n"
    "Dupont SA;F1;05/01/2026;04/02/2026;100,00\n"
    "Dupont SA;F1;05/01/2026;06/03/2026;200,00\n"
    "Durand;F2;05/01/2026;04/02/2026;50,00\n"
)
PAYMENTS = (
    "Date de règlement;Client;Facture réglée;Montant\n25/01/2026;Dupont SA;F1;150,00\n"
    "26/01/2026;Durand;;20,00\n"
)


def test_a_ledger_of_customers_goes_in_to_the_cent(house: House, tmp_path: Path) -> None:
    outcome = bring(house, write(tmp_path, LEDGER))

    assert outcome.applied, outcome.issues
    assert outcome.control["ok"], outcome.control
    assert outcome.control["file_net"] == "260.00"
    wanted = {"customers": 2, "invoices": 3, "credit_notes": 1, "payments": 1, "allocations": 1}
    assert wanted.items() <= outcome.counts.items()
    assert cents(house) == {"FA2": 300_00, "AV1": -100_00, "FA3": 60_00}


def test_a_dry_run_changes_nothing(house: House, tmp_path: Path) -> None:
    dry = bring(house, write(tmp_path, LEDGER), dry_run=True)

    assert (dry.applied, dry.counts["invoices"], dry.control["ok"]) == (False, 3, True)
    assert still_open(house) == []


def test_the_same_rows_again_are_nothing_new(house: House, tmp_path: Path) -> None:
    path = write(tmp_path, LEDGER)
    first = bring(house, path)
    held = still_open(house)

    again = bring(house, path)
    more = bring(
        house,
        write(tmp_path, LEDGER.replace("Total", "C2;Durand;FA4;02/02/2026;;VE;FA4;10,00;;\nTotal")),
    )

    assert again.is_repeated
    assert more.applied
    assert {name: count for name, count in more.counts.items() if count} == {"invoices": 1}
    assert len(still_open(house)) == len(held) + 1
    undo(house, more)
    assert still_open(house) == held
    undo(house, first)
    assert still_open(house) == []


def test_payments_of_a_later_file_quote_invoices_of_an_earlier_one(
    house: House, tmp_path: Path
) -> None:
    bring(house, write(tmp_path, INVOICES, "factures.csv"))
    paid = bring(house, write(tmp_path, PAYMENTS, "reglements.csv"))

    assert paid.control["ok"], paid.control
    assert paid.counts["payments"] == 2
    assert [(row[1], row[3], row[5]) for row in still_open(house) if row[0] == "DUPONT SA"] == [
        ("F1", date(2026, 3, 6), 150_00)
    ]


def test_rows_that_pay_themselves(house: House, tmp_path: Path) -> None:
    text = (
        "debtor_id;entry_number;entry_date;due_date;amount_due;amount_paid\n"
        "D1;1;2026-01-01;2026-02-01;150;150\n"
        "D2;2;2026-01-01;2026-02-01;200;50\n"
        "D2;3;2026-03-01;2026-03-01;0;100\n"
    )
    outcome = bring(house, write(tmp_path, text))

    assert outcome.control["ok"], outcome.control
    assert outcome.control["file_net"] == "50.00"
    assert cents(house) == {"2": 150_00, "3": -100_00}


def test_a_settled_date_is_a_payment(house: House, tmp_path: Path) -> None:
    text = (
        "customerID,invoiceNumber,InvoiceDate,DueDate,InvoiceAmount,SettledDate\n"
        "0379-NEVHP,611365,1/2/2013,2/1/2013,55.94,1/15/2013\n"
        "8976-AMJEO,7900770,1/26/2013,2/25/2013,61.74,\n"
    )
    outcome = bring(house, write(tmp_path, text))

    assert outcome.control["ok"]
    assert cents(house, date(2013, 1, 14)) == {"611365": 55_94}
    assert cents(house) == {"7900770": 61_74}


def test_whole_entries_are_read_as_a_ledger_export(house: House, tmp_path: Path) -> None:
    text = (
        "Date;Journal;Compte;Nom Tiers;Code Tiers;Pi?ce;Intitul?;Montant;Sens\n"
        "09/04/2026;VT;41101AB;AB EPLUCHES;133;706;Facture 1;120,00;D\n"
        "09/04/2026;VT;445714;AB EPLUCHES;133;706;Facture 1;20,00;C\n"
        "09/04/2026;VT;707140;AB EPLUCHES;133;706;Facture 1;100,00;C\n"
    )
    outcome = bring(house, write(tmp_path, text))

    assert outcome.control["ok"], outcome.control
    assert [row[:2] for row in still_open(house)] == [("133", "706")]
    assert outcome.control["file_net"] == "120.00"


def test_wrong_rows_refuse_the_file_unless_the_rest_is_taken(house: House, tmp_path: Path) -> None:
    text = INVOICES.replace("06/03/2026", "36/03/2026").replace("50,00\n", "cinquante\n") + (
        "Martin;F3;05/01/2026;04/02/2026;70,00\n"
    )
    path = write(tmp_path, text)
    refused = bring(house, path)
    taken = bring(house, path, accept_rest=True)

    assert refused.is_refused
    assert [(issue.code, issue.line) for issue in refused.issues] == [
        ("date_unreadable", 3),
        ("amount_unreadable", 4),
    ]
    assert taken.applied
    assert cents(house) == {"F3": 70_00}, "F1 has a wrong line: it stays out whole"


def test_amounts_keep_the_currency_of_their_row(house: House, tmp_path: Path) -> None:
    text = "Client;N° facture;Date;Montant;Devise\nC1;F1;05/01/2026;10,00;USD\nC1;F2;05/01/2026;20,00;€\n"
    bring(house, write(tmp_path, text))

    assert {(row[1], row[4]) for row in still_open(house)} == {("F1", "USD"), ("F2", "EUR")}


def test_groups_and_merged_cells_name_the_rows_below(house: House, tmp_path: Path) -> None:
    grouped = (
        "N° facture;Date;Échéance;Montant\n"
        "Client : 411DUP - Dupont SA;;;\n"
        "F1;05/01/2026;04/02/2026;100,00\nF2;06/01/2026;05/02/2026;50,00\nTotal client;;;150,00\n"
        "Client : 411MAR - Martin;;;\nF3;05/01/2026;04/02/2026;70,00\nTotal client;;;70,00\n"
    )
    merged = (
        "Code client;N° facture;Date;Montant\n"
        "A1;G1;05/01/2026;1,00\n;G2;06/01/2026;2,00\nB1;G3;05/01/2026;3,00\n;G4;06/01/2026;4,00\n"
    )
    bring(house, write(tmp_path, grouped, "groupes.csv"))
    bring(house, write(tmp_path, merged, "fusion.csv"))

    assert [(row[0], row[1]) for row in still_open(house)] == [
        ("411DUP", "F1"),
        ("411DUP", "F2"),
        ("411MAR", "F3"),
        ("A1", "G1"),
        ("A1", "G2"),
        ("B1", "G3"),
        ("B1", "G4"),
    ]


def test_an_unsure_table_waits_for_a_person(house: House, tmp_path: Path) -> None:
    path = write(tmp_path, "Truc;Machin\nC1;12,00\n")

    with pytest.raises(tables.Unsure) as unsure:
        bring(house, path)
    assert {issue.code for issue in unsure.value.issues} == {"mapping_unsure"}
    mapping = {
        "columns": {"customer_code": "Truc", "amount": "Absente", "issued_on": "Date"},
    }
    with pytest.raises(tables.UnusableMapping, match="Absente"):
        bring(house, path, mapping=mapping)
