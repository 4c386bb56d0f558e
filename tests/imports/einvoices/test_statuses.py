"""Statuses act on the invoice that they name: held, disputed, expected, taken back."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import House
from tests.imports.einvoices import samples
from tests.imports.einvoices.test_ledger import TODAY, bring, brought, codes

from encours.dunning.queries import ledger as dunning
from encours.imports import actions
from encours.imports.actions import Outcome
from encours.imports.models import InvoiceStatus
from encours.receivables.queries.moment import Moment
from encours.standing import actions as standing
from encours.standing import queries as facts
from encours.standing.models import StandingFact
from encours.tenancy.models import Fact
from encours.tenancy.scope import in_tenant


@pytest.fixture
def invoiced(house: House, tmp_path: Path) -> House:
    brought(house, tmp_path, samples.cii())
    return house


def say(house: House, folder: Path, code: str, **said: Any) -> Outcome:
    content = samples.cdar(code, **said)
    name = f"{code}-{said.get('at', '')}-{said.get('number', '')}.xml"
    return brought(house, folder, content, name=name)


def status_of_line(house: House, as_of: date = TODAY) -> str:
    moment = Moment(
        tenant_id=house.tenant_id, as_of=as_of, creditor_ids=(house.creditor_id,), currency="EUR"
    )
    with in_tenant(house.tenant_id):
        return str(facts.open_items(moment)["status"][0])


def kinds_for_dunning(house: House) -> list[str]:
    with in_tenant(house.tenant_id):
        found = dunning.load(
            tenant_id=house.tenant_id,
            creditor_id=house.creditor_id,
            today=TODAY,
            rehearsal=True,
        )
    return found.facts.sort("starts_on", "kind")["kind"].to_list()


@pytest.mark.parametrize(
    ("code", "said", "status", "kind"),
    [
        pytest.param("207", {"reason": "TX_TVA_ERR"}, "disputed", ["dispute"], id="disputed"),
        pytest.param("208", {}, "disputed", ["dispute"], id="suspended"),
        pytest.param("210", {"reason": "CMD_ERR"}, "disputed", ["dispute"], id="refused"),
        pytest.param("213", {"reason": "REJ_SEMAN"}, "rejected", ["einvoice"], id="rejected"),
        pytest.param("220", {}, "credit_expected", ["credit_expected"], id="cancelled"),
        pytest.param("224", {}, "direct_payer", ["direct_payer"], id="somebody else pays"),
        pytest.param("225", {}, "assigned", ["assignment"], id="the factor is paid"),
        pytest.param("205", {}, "open", [], id="approved: reminders may leave"),
        pytest.param("227", {}, "open", [], id="another account: a task, no hold"),
        pytest.param("204", {}, "open", [], id="taken in charge"),
    ],
)
def test_a_status_acts(  # noqa: PLR0917 - a table of cases
    invoiced: House, tmp_path: Path, code: str, said: dict[str, Any], status: str, kind: list[str]
) -> None:
    outcome = say(invoiced, tmp_path, code, **said)

    assert outcome.counts["statuses"] == 1
    assert status_of_line(invoiced) == status
    assert kinds_for_dunning(invoiced) == kind
    with in_tenant(invoiced.tenant_id):
        fact = Fact.objects.of(invoiced.tenant_id).get(verb="einvoice.status")
    assert fact.data["status"] == code
    assert fact.customer_id is not None


def test_a_payment_sent_holds_until_its_date(invoiced: House, tmp_path: Path) -> None:
    say(invoiced, tmp_path, "211", paid=120_000, paid_on="20261125")

    assert status_of_line(invoiced) == "promised"
    assert status_of_line(invoiced, date(2026, 11, 26)) == "open"
    with in_tenant(invoiced.tenant_id):
        [fact] = StandingFact.objects.of(invoiced.tenant_id)
    assert (fact.kind, fact.amount_cents) == ("promise", 120_000)


def test_the_latest_by_its_own_date_decides(invoiced: House, tmp_path: Path) -> None:
    say(invoiced, tmp_path, "205", at="20261010100000")
    say(invoiced, tmp_path, "207", at="20261005100000")

    assert status_of_line(invoiced) == "open"
    assert status_of_line(invoiced, date(2026, 10, 6)) == "disputed"


def test_the_same_message_twice_is_heard_once(invoiced: House, tmp_path: Path) -> None:
    say(invoiced, tmp_path, "207")
    again = brought(invoiced, tmp_path, samples.cdar("207") + b"\n", name="encore.xml")

    assert again.counts["statuses"] == 0
    assert "already_there" in codes(again)
    with in_tenant(invoiced.tenant_id):
        assert StandingFact.objects.of(invoiced.tenant_id).filter(undone_at=None).count() == 1


def test_what_a_person_ended_stays_ended(invoiced: House, tmp_path: Path) -> None:
    say(invoiced, tmp_path, "210")
    with in_tenant(invoiced.tenant_id):
        fact = StandingFact.objects.of(invoiced.tenant_id).get()
        standing.end_fact(
            tenant_id=invoiced.tenant_id,
            fact_id=fact.pk,
            ends_on=date(2026, 11, 1),
            actor_id=7,
            today=TODAY,
        )
    say(invoiced, tmp_path, "204", at="20261112100000")

    assert status_of_line(invoiced) == "open"


def test_a_status_waits_for_its_invoice(house: House, tmp_path: Path) -> None:
    early = say(house, tmp_path, "210")
    assert "invoice_unknown" in codes(early)

    brought(house, tmp_path, samples.cii())
    assert status_of_line(house) == "disputed"


def test_a_status_of_another_seller_is_refused(invoiced: House, tmp_path: Path) -> None:
    path = samples.kept(tmp_path, samples.cdar("210", seller="732829320"), "autre.xml")
    outcome = bring(invoiced, path)

    assert outcome.is_refused
    assert "other_seller" in codes(outcome)


def test_undone_it_no_longer_acts(invoiced: House, tmp_path: Path) -> None:
    outcome = say(invoiced, tmp_path, "213")
    assert outcome.import_id is not None
    with in_tenant(invoiced.tenant_id):
        actions.undo(
            tenant_id=invoiced.tenant_id, import_id=outcome.import_id, user_id=None, today=TODAY
        )
        assert not InvoiceStatus.objects.of(invoiced.tenant_id).filter(undone_at=None).exists()

    assert status_of_line(invoiced) == "open"


def test_a_rejected_invoice_is_issued_again(invoiced: House, tmp_path: Path) -> None:
    say(invoiced, tmp_path, "213")
    again = brought(invoiced, tmp_path, samples.cii(net=90_000), name="corrigee.xml")

    assert "issued_again" in codes(again)
    assert (again.counts["invoices"], again.counts["withdrawn"]) == (1, 1)
    assert status_of_line(invoiced) == "open"
