"""Whose a line is: auxiliary, sub-account, name, or "?"; and the due date a label says."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from tests.imports.books import HEADER, codes, derived, read, row, table

from encours.imports.rules.customers import name_in
from encours.imports.rules.derive import derive
from encours.imports.rules.due_dates import due_in


def line(**changes: str) -> str:
    """Return a sale of 10 to `C1`, some cells changed by the decree's names."""
    names = HEADER.split("|")
    cells = dict(
        zip(names, row("VE 1 20240105 411000 C1 FA1 10.00 - Facture").split("|"), strict=True)
    )
    return "|".join((cells | changes)[name] for name in names)


SALE = row("VE 1 20240105 707000 - FA1 -10.00 - Facture")


@pytest.mark.parametrize(
    ("changes", "code", "name", "by"),
    [
        pytest.param({}, "C1", "Client C1", "aux", id="the auxiliary code"),
        pytest.param(
            {"CompAuxNum": "", "CompAuxLib": "", "CompteNum": "411DUPONT", "CompteLib": "Dupont"},
            "411DUPONT",
            "Dupont",
            "account",
            id="the sub-account",
        ),
        pytest.param(
            {"CompAuxNum": "", "CompAuxLib": "SARL Durand"},
            "LIB:SARL DURAND",
            "SARL DURAND",
            "label",
            id="the auxiliary's name without its code",
        ),
        pytest.param(
            {"CompAuxNum": "", "CompAuxLib": "", "CompteLib": "Clients - Martin Jean"},
            "LIB:MARTIN JEAN",
            "MARTIN JEAN",
            "label",
            id="the account's own label",
        ),
        pytest.param(
            {
                "CompAuxNum": "",
                "CompAuxLib": "",
                "CompteLib": "Clients",
                "EcritureLib": "Facture FA123 Étienne & Fils",
            },
            "LIB:ETIENNE FILS",
            "ETIENNE FILS",
            "label",
            id="the name in the line's label",
        ),
        pytest.param(
            {
                "CompAuxNum": "",
                "CompAuxLib": "",
                "CompteLib": "Clients divers",
                "EcritureLib": "Facture n° 12",
            },
            "?",
            "Client à identifier",
            "none",
            id="nobody",
        ),
        pytest.param(
            {"CompAuxNum": "707000", "CompAuxLib": "Durand"},
            "LIB:DURAND",
            "DURAND",
            "label",
            id="an auxiliary that is the counterpart's account",
        ),
        pytest.param(
            {"CompAuxNum": "411000", "CompAuxLib": "Durand"},
            "LIB:DURAND",
            "DURAND",
            "label",
            id="an auxiliary that is the collective account",
        ),
        pytest.param(
            {"CompAuxNum": "000000", "CompAuxLib": "Durand"},
            "LIB:DURAND",
            "DURAND",
            "label",
            id="an auxiliary of zeros",
        ),
    ],
)
def test_who_it_is(changes: dict[str, str], code: str, name: str, by: str) -> None:
    found = derive(read("\n".join([HEADER, line(**changes), SALE])))

    assert found.customers.select("code", "name", "identified_by").rows() == [(code, name, by)]
    assert found.customers["needs_confirmation"].to_list() == [by in {"label", "none"}]
    assert found.control.rows() == [(code, 1_000)]
    warned = {"label": "customers_by_label", "none": "customer_unknown"}.get(by)
    assert codes(found) == ({(warned, "warning")} if warned else set())


def test_the_name_written_last_wins() -> None:
    second = line(CompAuxLib="Nouveau nom", EcritureNum="2", PieceRef="FA2")
    sale = row("VE 2 20240106 707000 - FA2 -10.00 - Facture")
    found = derive(read(f"{HEADER}\n{line()}\n{SALE}\n{second}\n{sale}"))

    assert found.customers["name"].to_list() == ["Nouveau nom"]


def test_a_doubtful_sub_account_is_the_customer_of_411() -> None:
    found = derived("""
        VE 1 20240105 411DUP - FA1 10.00 A Facture
        VE 1 20240105 707000 - FA1 -10.00 - Facture
        OD 1 20240601 416DUP - FA1 10.00 - Douteux
        OD 1 20240601 411DUP - FA1 -10.00 A Douteux
    """)

    assert found.control.rows() == [("411DUP", 1_000)]
    assert found.instalments["state"].to_list() == ["doubtful"]


def test_a_nameless_bill_is_of_the_only_customer_of_its_entry() -> None:
    found = derived("""
        VE 1 20240105 411000 C1 FA1 10.00 A Facture
        VE 1 20240105 707000 - FA1 -10.00 - Facture
        OD 1 20240110 413000 - FA1 10.00 - LCR
        OD 1 20240110 411000 C1 FA1 -10.00 A LCR
    """)

    assert found.control.rows() == [("C1", 1_000)]
    assert found.instalments["state"].to_list() == ["bill"]


@pytest.mark.parametrize(
    ("label", "name"),
    [
        pytest.param("VIR SEPA DUPONT SARL 2024-01", "DUPONT SARL", id="a transfer"),
        pytest.param("Règlement chèque n° 123 Mme Noël", "MME NOEL", id="a cheque"),
        pytest.param("Facture 12", None, id="no name"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_the_name_in_a_label(label: str, name: str | None) -> None:
    assert pl.DataFrame({"label": [label]}).select(name_in(pl.col("label"))).item() == name


@pytest.mark.parametrize(
    ("label", "due"),
    [
        pytest.param("Facture éch. 31/03/2024", date(2024, 3, 31), id="éch. with slashes"),
        pytest.param("échéance au 310324", date(2024, 3, 31), id="six digits"),
        pytest.param("ECH 30042024", date(2024, 4, 30), id="eight digits"),
        pytest.param("FA12 ECHEANCE 20240430", date(2024, 4, 30), id="year first"),
        pytest.param("Ech: 5-4-24", date(2024, 4, 5), id="short"),
        pytest.param("?ch?ance 31/03/2024", date(2024, 3, 31), id="accents lost"),
        pytest.param("payable le 31.03.2024", date(2024, 3, 31), id="payable"),
        pytest.param("éch. 31/02/2024", None, id="no such day"),
        pytest.param("éch. 31/12/2023", None, id="before the invoice"),
        pytest.param("éch. 31/12/2033", None, id="in ten years"),
        pytest.param("chèque 310324", None, id="a cheque is no due date"),
        pytest.param("Facture du 31/03/2024", None, id="another date"),
    ],
)
def test_the_due_date_in_a_label(label: str, due: date | None) -> None:
    frame = pl.DataFrame({"label": [label], "issued_on": [date(2024, 1, 5)]})

    assert frame.select(due_in(pl.col("label"), pl.col("issued_on"))).item() == due


def test_due_dates_of_a_column_or_a_piece_are_read_too() -> None:
    header = HEADER + "|DateEcheance"
    content = "\n".join([header, line() + "|20240215", SALE + "|"])
    by_column = derive(read(content))
    by_piece = derived("""
        VE 1 20240105 411000 C1 FA1-ECH310324 10.00 - Facture
        VE 1 20240105 707000 - FA1-ECH310324 -10.00 - Facture
    """)

    assert table(by_column.instalments, "due_on", "due_source") == [(date(2024, 2, 15), "read")]
    assert table(by_piece.instalments, "due_on", "due_source") == [(date(2024, 3, 31), "read")]
