"""Every real e-invoice and status through the real doors: in, in again, out; or its rule named.

`make real` prints the table: what each file is, what entered, what is said of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from tests.conftest import House
from tests.real.test_fec_files import DATA as SHARED
from tests.real.test_real_imports import state

from encours.imports import actions
from encours.imports.actions import Outcome, einvoices
from encours.imports.actions.einvoices import Received
from encours.tenancy.scope import in_tenant

DATA = SHARED / "einvoice"
FILES = sorted(path for path in DATA.rglob("*") if path.is_file()) if DATA.is_dir() else []
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not FILES, reason="les factures réelles ne sont pas sur ce poste"),
]
TODAY = date(2026, 11, 20)
TABLE: list[tuple[str, str]] = []
WRONG = {
    "cii/gobl_parse_invoice-test-01.xml": "XSD",
    "cii_invalid/facturex_facture_invalide_cii.xml": "BR-05",
    "facturx_pdf_invalid/fnfe_Facture_UE_EN16931.pdf": "BR-IC-11",
    "facturx_pdf_invalid/mustang_MustangGnuaccountingBeispielRE-20190610_507b.pdf": "XSD",
    "facturx_pdf_invalid/mustang_fail1.pdf": "XSD",
    "facturx_pdf_invalid/mustang_fail3.pdf": "term_missing",
    "plain_pdf/oca_unknown_invoice.pdf": "no_data",
    "ubl/not_validating_full_invoice_based_onTest_EeISI_300_CENfullmodel.ubl.xml": "BR-CO-15",
    "ubl/oasis_UBL-Invoice-2.1-Example-Trivial.xml": "BR-01",
    "ubl/oasis_UBL-Invoice-2.1-Example.xml": "BR-01",
    "ubl/oca_UBLKetentest_Referentiefactuur_20150100.xml": "BR-06",
}
"""What a file breaks, of those that are refused: XSD-invalid, older than the norm, or wrong."""
DOUBTFUL = {
    "cii_invalid/mustang_noNetPriceValidation.xml": "line_amount",
    "facturx_pdf_invalid/fnfe_Avoir_FR_type380_EN16931.pdf": "negative",
    "facturx_pdf_invalid/fnfe_Avoir_FR_type381_MINIMUM.pdf": "XSD-PROFIL",
    "facturx_pdf_invalid/mustang_MustangGnuaccountingBeispielRE-20171118_506.pdf": "XSD-PROFIL",
}
"""What is said of files that the corpus calls wrong and that break no rule of today's."""


@pytest.fixture(scope="module", autouse=True)
def table() -> Iterator[None]:
    yield
    for name, said in TABLE:
        print(f"{name:80} {said}")  # noqa: T201 - the table that `make real` prints


def named(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def bring(house: House, received: Received, *, dry_run: bool = False) -> Outcome:
    with in_tenant(house.tenant_id):
        return einvoices.import_einvoices(
            received,
            tenant_id=house.tenant_id,
            creditor_id=house.creditor_id,
            any_seller=True,
            dry_run=dry_run,
            today=TODAY,
        )


@pytest.mark.parametrize("path", FILES, ids=named)
def test_a_file_enters_once_and_leaves_or_its_rule_is_named(path: Path, house: House) -> None:
    received = einvoices.receive(path)
    dry = bring(house, received, dry_run=True)
    assert state(house) == []
    first = bring(house, received)
    codes = {issue.code for issue in first.issues if issue.severity == "error"}
    told = {issue.code for issue in first.issues if issue.severity != "error"}
    TABLE.append((named(path), said(first, codes)))
    assert first.is_refused == (named(path) in WRONG), first.issues
    if first.is_refused:
        assert WRONG[named(path)] in codes
        assert state(house) == []
        return
    assert DOUBTFUL.get(named(path), "") in {"", *told}
    assert (dry.counts, first.control["ok"]) == (first.counts, True), first.control
    held = state(house)
    again = bring(house, received)
    assert (again.applied, again.is_repeated) == (False, True)
    assert state(house) == held
    undo(house, first)
    assert state(house) == []
    assert bring(house, received).counts["invoices"] == first.counts["invoices"]
    assert state(house) == held


def undo(house: House, outcome: Outcome) -> None:
    assert outcome.import_id is not None
    with in_tenant(house.tenant_id):
        actions.undo(
            tenant_id=house.tenant_id, import_id=outcome.import_id, user_id=None, today=TODAY
        )


def said(outcome: Outcome, codes: set[str]) -> str:
    if outcome.is_refused:
        return f"refusé : {', '.join(sorted(codes))}"
    counts = outcome.counts
    entered = {
        "facture": counts["invoices"],
        "avoir": counts["credit_notes"],
        "statut": counts["statuses"],
        "acompte": counts["other_credits"],
    }
    what = ", ".join(f"{count} {name}" for name, count in entered.items() if count) or "rien"
    warned = sum(issue.severity == "warning" for issue in outcome.issues)
    net = outcome.control["ledger_net"]
    return f"{what:22} net {net:>12}  {warned} à vérifier"
