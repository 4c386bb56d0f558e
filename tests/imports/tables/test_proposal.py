"""What columns are proposed to be: the table of layouts is the specification."""

from __future__ import annotations

from datetime import date

import pytest
from tests.imports.tables.frames import cells

from encours.imports.rules.tables import headings, layout
from encours.imports.rules.tables.mapping import TableMapping, Unusable, from_json
from encours.imports.rules.tables.proposal import Proposal, propose


def proposed(text: str, name: str = "") -> Proposal:
    rows = cells(text)
    header = layout.header_of(rows)
    assert header is not None
    told = layout.with_roles(
        rows.slice(header.at + 1).select("line", *(f"c{at}" for at in range(len(header.labels)))),
        header.labels,
    )
    return propose(
        told.filter(told["role"] == "row"),
        header.labels,
        has_groups=bool((told["role"] == "group").any()),
        as_of=layout.sold_on(rows, header.at, name),
        name=name,
    )


@pytest.mark.parametrize(
    ("text", "meaning", "columns"),
    [
        pytest.param(
            "Code client;Intitulé;N° pièce;Date;Échéance;Libellé;Débit;Crédit;Lettrage\n"
            "411DUP;Dupont SA;FA001;05/01/2026;04/02/2026;Facture FA001;1 200,00;;A\n"
            "411DUP;Dupont SA;BQ12;25/01/2026;;Virement Dupont;;1 200,00;A\n",
            "movements",
            {
                "customer_code": "Code client",
                "customer_name": "Intitulé",
                "number": "N° pièce",
                "issued_on": "Date",
                "due_on": "Échéance",
                "label": "Libellé",
                "debit": "Débit",
                "credit": "Crédit",
                "letter": "Lettrage",
            },
            id="Sage, interrogation tiers",
        ),
        pytest.param(
            "Numéro de document;Date;Code client;Nom du client;Total TTC;Solde dû;Date d'échéance\n"
            "FA00000012;31/01/2026;CL0001;Martin Frères SARL;120,00;60,00;28/02/2026\n",
            "open_items",
            {
                "number": "Numéro de document",
                "issued_on": "Date",
                "customer_code": "Code client",
                "customer_name": "Nom du client",
                "amount": "Total TTC",
                "open_amount": "Solde dû",
                "due_on": "Date d'échéance",
            },
            id="EBP, échéancier",
        ),
        pytest.param(
            "Number;Invoice Partner Display Name;Invoice/Bill Date;Due Date;Total Signed;"
            "Amount Due Signed\n"
            "INV/2026/00012;Acme Industries;2026-01-31;2026-03-02;1200.5;400.25\n",
            "open_items",
            {
                "number": "Number",
                "customer_name": "Invoice Partner Display Name",
                "issued_on": "Invoice/Bill Date",
                "due_on": "Due Date",
                "open_amount": "Amount Due Signed",
            },
            id="Odoo, customer invoices",
        ),
        pytest.param(
            "Date;Transaction Type;Num;Customer;Due Date;Amount;Open Balance\n"
            "01/15/2026;Invoice;1045;Blue Harbor Inc;02/14/2026;1,200.00;1,200.00\n"
            "01/20/2026;Payment;;Blue Harbor Inc;01/20/2026;-200.00;-200.00\n",
            "open_items",
            {
                "issued_on": "Date",
                "kind": "Transaction Type",
                "number": "Num",
                "customer_name": "Customer",
                "due_on": "Due Date",
                "amount": "Amount",
                "open_amount": "Open Balance",
            },
            id="QuickBooks, open invoices",
        ),
        pytest.param(
            "Customer;Document Number;Document Type;Document Date;Net due date;"
            "Amount in local currency;Clearing date\n"
            "0001000123;1800000456;RV;31.01.2026;02.03.2026;1.200,50;\n",
            "open_items",
            {
                "customer_code": "Customer",
                "number": "Document Number",
                "kind": "Document Type",
                "issued_on": "Document Date",
                "due_on": "Net due date",
                "settled_on": "Clearing date",
                "open_amount": "Amount in local currency",
            },
            id="SAP, FBL5N open items",
        ),
        pytest.param(
            "Customer account;Name;Voucher;Invoice;Date;Due date;Amount in transaction currency;"
            "Balance;Currency\n"
            "US-001;Contoso Retail;ARI-10;CIV-000123;2026-01-31;2026-03-02;500.00;500.00;USD\n",
            "open_items",
            {
                "customer_code": "Customer account",
                "customer_name": "Name",
                "number": "Invoice",
                "issued_on": "Date",
                "due_on": "Due date",
                "open_amount": "Balance",
                "currency": "Currency",
            },
            id="Dynamics, open customer transactions",
        ),
        pytest.param(
            "Client;Numéro de facture;Date d'émission;Échéance;Montant TTC;Payé le\n"
            "Boulangerie Martin;F-2026-01;2026-01-05;2026-02-04;250,00;2026-02-01\n",
            "movements",
            {
                "customer_name": "Client",
                "number": "Numéro de facture",
                "issued_on": "Date d'émission",
                "due_on": "Échéance",
                "amount": "Montant TTC",
                "settled_on": "Payé le",
            },
            id="Pennylane, factures clients",
        ),
        pytest.param(
            "Pi?ce;Date;Nom Tiers;Code Tiers;Intitul?;Montant;Sens\n"
            "00706;09/04/2019;AB EPLUCHES;133;Facture 1;2681,64;D\n",
            "movements",
            {
                "number": "Pi?ce",
                "issued_on": "Date",
                "customer_name": "Nom Tiers",
                "customer_code": "Code Tiers",
                "label": "Intitul?",
                "amount": "Montant",
                "side": "Sens",
            },
            id="accents lost on the way",
        ),
        pytest.param(
            "Code client;Raison sociale;SIRET;E-mail;Téléphone;Commercial;CP;Ville\n"
            "C1;Dupont SA;55210055400013;compta@dupont.example;0199001234;Lea;75011;Paris\n",
            "master",
            {
                "customer_code": "Code client",
                "customer_name": "Raison sociale",
                "siret": "SIRET",
                "email": "E-mail",
                "phone": "Téléphone",
                "salesperson": "Commercial",
                "postcode": "CP",
                "city": "Ville",
            },
            id="a list of customers",
        ),
    ],
)  # fmt: skip
def test_a_layout(text: str, meaning: str, columns: dict[str, str]) -> None:
    found = proposed(text)

    assert found.mapping.meaning == meaning
    assert columns.items() <= dict(found.mapping.columns).items()
    assert found.is_sure, found.doubts


def test_amounts_that_add_up_tell_due_from_open() -> None:
    found = proposed(
        "debtor_id;entry_date;due_date;amount_due;amount_paid;receivables\n"
        "D1;2026-01-01;2026-02-01;150;150;0\n"
        "D2;2026-01-01;2026-02-01;200;50;150\n"
        "D2;2026-03-01;2026-03-01;0;150;-150\n"
    )

    assert found.mapping.meaning == "movements"
    assert found.mapping.columns["amount"] == "amount_due"
    assert found.mapping.columns["paid_amount"] == "amount_paid"


def test_columns_without_a_known_heading_are_known_by_their_cells() -> None:
    found = proposed(
        "Réf;A;B;C\nFA1;552100554;compta@dupont.example;FR7630006000011234567890189\n"
        "FA2;552100554;achats@durand.example;FR7630006000011234567890189\n"
    )

    by_label = {one.label: one for one in found.columns}
    assert [by_label[name].field for name in "ABC"] == ["siren", "email", "iban"]
    assert "contenu" in by_label["A"].reason


def test_the_currency_of_a_heading_is_a_default() -> None:
    found = proposed(
        "cust_number;doc_id;posting_date;due_in_date;clear_date;converted_usd\n"
        "C1;1930659387.0;2020-03-19;2020-04-03;;11173.02\n"
    )

    assert found.mapping.defaults == {"currency": "USD"}
    assert found.mapping.meaning == "open_items"


def test_a_file_of_payments_is_one_by_its_name() -> None:
    found = proposed(
        "Date;Tiers;Reference;mode paiement;Prix TTC\n2019-01-31;TERRILACTI;201901;SEPA;1719,26\n",
        name="incoming_payments.csv",
    )

    assert found.mapping.defaults == {"kind": "payment"}
    assert found.mapping.columns["reference"] == "Reference"


def test_what_cannot_be_known_is_doubted() -> None:
    found = proposed("Date;Tiers;Quantité;Taux TVA\n2019-01-31;TERRI LACTI;12;5,5\n")

    assert not found.is_sure


def test_the_day_of_a_title_is_the_snapshots() -> None:
    found = proposed(
        "Balance âgée clients arrêtée au 31/03/2026;;;\n;;;\n"
        "Code client;N° facture;Échéance;Reste dû\nC1;F1;01/03/2026;10,00\n"
    )

    assert found.mapping.day == date(2026, 3, 31)


@pytest.mark.parametrize(
    ("heading", "same"),
    [
        pytest.param("N° de facture", "InvoiceNumber", id="two languages are two headings"),
        pytest.param("Montant dû", "Montant", id="the last word counts"),
    ],
)
def test_headings_that_differ(heading: str, same: str) -> None:
    assert headings.plain(heading) != headings.plain(same)


def test_labels_are_told_apart() -> None:
    assert headings.labels(["Nom", None, "Nom"]) == ("Nom", "Colonne B", "Nom (2)")
    assert headings.letters(27) == "AB"


def test_a_mapping_survives_json() -> None:
    mapping = TableMapping(
        meaning="open_items",
        columns={"customer_code": "Code", "open_amount": "Solde"},
        defaults={"currency": "USD"},
        carried=("customer_code",),
        order="dmy",
        as_of="2026-03-31",
    )

    assert from_json(mapping.as_json()) == mapping


@pytest.mark.parametrize(
    "data",
    [
        pytest.param([], id="no object"),
        pytest.param({"columns": {"colour": "X"}}, id="an unknown field"),
        pytest.param({"columns": {}, "meaning": "guess"}, id="an unknown meaning"),
        pytest.param({"columns": {}, "version": 9}, id="a later version"),
        pytest.param({"columns": {}, "as_of": "hier"}, id="a day that is none"),
    ],
)
def test_a_mapping_that_is_none_is_said(data: object) -> None:
    with pytest.raises(Unusable):
        from_json(data)
