"""Electronic invoices into the ledger: once, whole, completed, undone."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import House
from tests.imports.einvoices import samples

from encours.documents.models import Attachment
from encours.imports import actions
from encours.imports.actions import Outcome, einvoices
from encours.imports.models import ElectronicInvoice
from encours.parties.models import Customer
from encours.receivables.models import Allocation, Credit, Instalment, Invoice, VatPart
from encours.receivables.queries import ageing
from encours.receivables.queries.moment import Moment
from encours.tenancy.scope import in_tenant

TODAY = date(2026, 11, 20)


def bring(house: House, path: Path, **asked: Any) -> Outcome:
    received = einvoices.receive(path)
    with in_tenant(house.tenant_id):
        return einvoices.import_einvoices(
            received, tenant_id=house.tenant_id, creditor_id=house.creditor_id, today=TODAY, **asked
        )


def brought(house: House, folder: Path, content: bytes, **asked: Any) -> Outcome:
    name = asked.pop("name", "facture.xml")
    outcome = bring(house, samples.kept(folder, content, name), **asked)
    assert outcome.applied, outcome.issues
    return outcome


def live(model: Any, house: House) -> list[Any]:
    return list(model.objects.of(house.tenant_id).filter(undone_at=None).order_by("pk"))


def owed(house: House) -> dict[str, int]:
    moment = Moment(
        tenant_id=house.tenant_id, as_of=TODAY, creditor_ids=(house.creditor_id,), currency="EUR"
    )
    with in_tenant(house.tenant_id):
        return dict(ageing.aged_balance(moment).totals)


def codes(outcome: Outcome) -> set[str]:
    return {issue.code for issue in outcome.issues}


def test_an_invoice_enters_with_its_customer_terms_vat_and_proof(
    house: House, tmp_path: Path
) -> None:
    outcome = brought(house, tmp_path, samples.cii())

    assert outcome.counts["invoices"] == outcome.counts["customers"] == 1
    assert outcome.control["ok"]
    assert outcome.control["ledger_net"] == "1200.00"
    with in_tenant(house.tenant_id):
        [invoice], [line], [vat] = (live(one, house) for one in (Invoice, Instalment, VatPart))
        customer = Customer.objects.of(house.tenant_id).get()
        record = ElectronicInvoice.objects.of(house.tenant_id).get()
        proof = Attachment.objects.of(house.tenant_id).get()
    assert (invoice.number, invoice.net_cents, invoice.vat_cents) == ("F2026-001", 100_000, 20_000)
    assert (line.due_on, line.due_source) == (date(2026, 10, 31), "read")
    assert (vat.rate_bp, vat.net_cents, vat.vat_cents) == (2000, 100_000, 20_000)
    assert (customer.siren, customer.city, customer.debtor_class) == (
        samples.BUYER,
        "Paris",
        "business",
    )
    assert customer.class_confirmed_at is None
    assert record.payment_reference == "REF-F2026-001"
    assert set(record.details["mentions"]) == {"PMT", "PMD", "AAB"}
    assert proof.invoice_id == invoice.pk


def test_the_same_invoice_twice_changes_nothing(house: House, tmp_path: Path) -> None:
    brought(house, tmp_path, samples.cii())
    before = owed(house)
    again = bring(house, tmp_path / "facture.xml")
    other_file = brought(house, tmp_path, samples.pdf(samples.cii()), name="facture.pdf")

    assert (again.is_repeated, other_file.counts["invoices"]) == (True, 0)
    assert "already_there" in codes(other_file)
    assert owed(house) == before


def test_a_dry_run_says_what_would_enter_and_nothing_enters(house: House, tmp_path: Path) -> None:
    dry = bring(house, samples.kept(tmp_path, samples.cii()), dry_run=True)

    assert (dry.applied, dry.counts["invoices"]) == (False, 1)
    with in_tenant(house.tenant_id):
        assert not Customer.objects.of(house.tenant_id).exists()
        assert not live(Invoice, house)


def test_undone_it_is_as_if_it_never_came(house: House, tmp_path: Path) -> None:
    outcome = brought(house, tmp_path, samples.cii(prepaid=20_000))
    assert outcome.import_id is not None
    with in_tenant(house.tenant_id):
        actions.undo(
            tenant_id=house.tenant_id, import_id=outcome.import_id, user_id=None, today=TODAY
        )
        for model in (Invoice, Credit, Instalment, Allocation, VatPart, ElectronicInvoice):
            assert not live(model, house), model

    assert brought(house, tmp_path, samples.cii(prepaid=20_000)).control["ok"]


def test_what_was_paid_before_is_taken_off_the_first_due_line(house: House, tmp_path: Path) -> None:
    outcome = brought(house, tmp_path, samples.cii(prepaid=20_000))

    assert (outcome.counts["other_credits"], outcome.counts["allocations"]) == (1, 1)
    assert outcome.control["ledger_net"] == "1000.00"
    assert owed(house)["open"] == 100_000


def test_several_due_dates_are_several_due_lines(house: House, tmp_path: Path) -> None:
    dues = (("20261031", 40_000), ("20261130", 80_000))
    brought(
        house,
        tmp_path,
        samples.cii(
            dues=dues, guideline="urn:cen.eu:en16931:2017#conformant#urn:factur-x.eu:1p0:extended"
        ),
    )

    with in_tenant(house.tenant_id):
        lines = [(one.due_on, one.amount_cents) for one in live(Instalment, house)]
    assert lines == [(date(2026, 10, 31), 40_000), (date(2026, 11, 30), 80_000)]


@pytest.mark.parametrize(
    ("terms", "due_on"),
    [
        pytest.param("45 jours fin de mois", date(2026, 11, 30), id="terms in words are computed"),
        pytest.param("selon accord", date(2026, 10, 31), id="else 30 days, as the law says"),
    ],
)
def test_a_date_that_is_not_said_is_assumed(
    house: House, tmp_path: Path, terms: str, due_on: date
) -> None:
    brought(house, tmp_path, samples.cii(due="", terms=terms))

    with in_tenant(house.tenant_id):
        [line] = live(Instalment, house)
    assert (line.due_on, line.due_source) == (due_on, "terms_assumed")


def test_a_credit_note_settles_the_invoice_that_it_corrects(house: House, tmp_path: Path) -> None:
    brought(house, tmp_path, samples.cii())
    note = samples.cii(number="A2026-1", kind="381", net=30_000, corrects="F2026-001")
    outcome = brought(house, tmp_path, note, name="avoir.xml")

    assert (outcome.counts["credit_notes"], outcome.counts["allocations"]) == (1, 1)
    assert outcome.control["ledger_net"] == "-360.00"
    balance = owed(house)
    assert (balance["open"], balance["unallocated"]) == (84_000, 0)


def test_a_negative_invoice_is_a_credit_note(house: House, tmp_path: Path) -> None:
    outcome = brought(house, tmp_path, samples.cii(net=-50_000))

    assert outcome.counts["credit_notes"] == 1
    assert "negative" in codes(outcome)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        pytest.param({"seller": "732829320", "buyer": "552100554"}, "other_seller", id="seller"),
        pytest.param({"total": 130_000}, "BR-CO-15", id="a wrong total"),
    ],
)
def test_what_is_wrong_is_refused_with_its_rule(
    house: House, tmp_path: Path, said: dict[str, Any], code: str
) -> None:
    outcome = bring(house, samples.kept(tmp_path, samples.cii(**said)))

    assert outcome.is_refused
    assert code in codes(outcome)
    assert not owed(house)["open"]


def test_another_seller_enters_when_somebody_says_so(house: House, tmp_path: Path) -> None:
    path = samples.kept(tmp_path, samples.cii(seller="732829320", buyer="552100554"))

    assert bring(house, path, accept_rest=True).is_refused
    assert bring(house, path, any_seller=True).applied


def test_the_rest_enters_with_its_broken_rule_said(house: House, tmp_path: Path) -> None:
    path = samples.kept(tmp_path, samples.cii(total=130_000))
    outcome = bring(house, path, accept_rest=True)

    assert outcome.applied
    assert "BR-CO-15" in codes(outcome)
    assert owed(house)["open"] == 130_000


def test_a_number_of_another_amount_is_refused(house: House, tmp_path: Path) -> None:
    brought(house, tmp_path, samples.cii())
    outcome = bring(house, samples.kept(tmp_path, samples.cii(net=200_000), "autre.xml"))

    assert outcome.is_refused
    assert "number_taken" in codes(outcome)


def test_an_archive_enters_document_by_document(house: House, tmp_path: Path) -> None:
    path = tmp_path / "lot.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("un.xml", samples.cii(number="F1"))
        archive.writestr("deux.pdf", samples.pdf(samples.cii(number="F2")))
        archive.writestr("encore.xml", samples.cii(number="F1"))
        archive.writestr("lisez-moi.txt", b"rien")
        archive.writestr("sans.pdf", samples.pdf(None))

    assert bring(house, path).is_refused
    outcome = bring(house, path, accept_rest=True)
    assert (outcome.counts["invoices"], outcome.counts["customers"]) == (2, 1)
    assert {"twice", "no_data"} <= codes(outcome)
    assert next(one.file for one in outcome.issues if one.code == "no_data") == "sans.pdf"
