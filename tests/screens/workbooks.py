"""A workbook as a small company keeps it: title rows, a total, dates and amounts in their cells."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import xlsxwriter

HEADINGS = (
    "Client", "N° facture", "Date facture", "Échéance", "Montant TTC", "Reste à payer", "E-mail",
    "Chantier",
)  # fmt: skip
CUSTOMERS = (
    ("Boulangerie Martin", "compta@boulangerie-martin.example", "Fournil"),
    ("Garage du Pont SARL", "contact@garagedupont.example", "Atelier"),
    ("Mairie de Saint-Aubin", "finances@saint-aubin.example", "Salle des fêtes"),
    ("Hôtel des Alpes SAS", "direction@hoteldesalpes.example", "Réception"),
)


def open_items(path: Path, today: date) -> Path:
    """Write the list of unpaid invoices of a small company on a day."""
    with xlsxwriter.Workbook(path) as book:
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        amount = book.add_format({"num_format": "# ##0.00"})
        sheet = book.add_worksheet("Impayés")
        sheet.write(0, 0, "SARL Menuiserie Durand")
        sheet.write(1, 0, f"Factures non réglées au {today:%d/%m/%Y}")
        sheet.write_row(3, 0, HEADINGS)
        total, at = 0, 4
        for number in range(24):
            name, email, site = CUSTOMERS[number % len(CUSTOMERS)]
            issued = today - timedelta(days=20 + 7 * number)
            cents = 48_000 + 1_375 * number
            left = cents if number % 5 else cents // 2
            sheet.write(at, 0, name)
            sheet.write(at, 1, f"F2026-{101 + number}")
            sheet.write_datetime(at, 2, issued, day)
            sheet.write_datetime(at, 3, issued + timedelta(days=30), day)
            sheet.write(at, 4, cents / 100, amount)
            sheet.write(at, 5, left / 100, amount)
            sheet.write(at, 6, email)
            sheet.write(at, 7, site)
            total, at = total + left, at + 1
        sheet.write(at, 0, "Total")
        sheet.write(at, 5, total / 100, amount)
        book.add_worksheet("Notes").write(0, 0, "À relancer après la Toussaint")
    return path
