"""Receipts declared in the database: once, taken back once, handed over once."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from lxml import etree
from tests.conftest import House
from tests.einvoicing.stubs import Remote, remote

from encours.einvoicing.actions import flows, portal, receipts, reports
from encours.einvoicing.actions.connections import Given, UnsafeAddress, set_connection
from encours.einvoicing.actions.duty import set_duty
from encours.einvoicing.actions.incoming import receive_file
from encours.einvoicing.models import Connection, Flow, Receipt
from encours.einvoicing.rules.cdar import Collected, Party, collected_message
from encours.imports.models import ElectronicInvoice, FileImport, InvoiceStatus
from encours.parties.models import Customer
from encours.receivables.actions import allocations, documents
from encours.receivables.actions.documents import Amounts
from encours.standing.models import StandingFact
from encours.tenancy.scope import in_tenant

TODAY, NOW = date(2026, 11, 20), datetime(2026, 11, 20, 9, tzinfo=UTC)
ISSUED, PAID = date(2026, 10, 1), date(2026, 11, 10)


@dataclass(frozen=True)
class Shop:
    house: House
    customer_id: int

    @property
    def mine(self) -> dict[str, int]:
        return {"tenant_id": self.house.tenant_id, "creditor_id": self.house.creditor_id}

    def sell(self, number: str, cents: int = 120_00, process: str = "S1") -> int:
        """Bill a service with 20 % of VAT, electronically when it has a process."""
        net = cents * 5 // 6
        invoice = documents.record_invoice(
            tenant_id=self.house.tenant_id, customer_id=self.customer_id, number=number,
            issued_on=ISSUED, amounts=Amounts(cents, net, cents - net), today=TODAY,
        )  # fmt: skip
        if process:
            ElectronicInvoice.objects.create(
                **self.mine, customer_id=self.customer_id, invoice_id=invoice, key=number,
                number=number, issued_on=ISSUED, type_code="380", syntax="cii", profile="en16931",
                process=process, buyer_siren="732829320", sha256="0" * 64,
            )  # fmt: skip
        return invoice

    def pay(self, invoice_id: int, cents: int, paid_on: date = PAID) -> int:
        """Receive money and set it against the invoice; return the allocation."""
        line = documents.Instalment.objects.of(self.house.tenant_id).get(invoice_id=invoice_id)
        credit = documents.record_credit(
            tenant_id=self.house.tenant_id, customer_id=self.customer_id, kind="payment",
            received_on=paid_on, amounts=Amounts(cents), today=TODAY,
        )  # fmt: skip
        (allocation,) = allocations.allocate(
            tenant_id=self.house.tenant_id,
            credit_id=credit,
            shares=[allocations.Share(line.pk, cents)],
            effective_on=paid_on,
            today=TODAY,
        )
        return allocation

    def undo(self, allocation_id: int) -> None:
        """Undo an allocation."""
        allocations.unallocate(
            tenant_id=self.house.tenant_id, allocation_ids=[allocation_id], today=TODAY
        )

    def declare(self) -> receipts.Declared:
        return receipts.declare_receipts(**self.mine, today=TODAY, now=NOW)

    def told(self) -> list[tuple[str, int, int]]:
        rows = Receipt.objects.of(self.house.tenant_id).order_by("id")
        return [(row.number, row.sign, row.amount_cents) for row in rows]


@pytest.fixture
def shop(house: House) -> Shop:
    with in_tenant(house.tenant_id):
        customer = Customer.objects.create(
            tenant_id=house.tenant_id, creditor_id=house.creditor_id, code="C1", name="Client",
            siren="732829320", debtor_class="business", class_confirmed_at=NOW,
        )  # fmt: skip
        set_duty(
            tenant_id=house.tenant_id, creditor_id=house.creditor_id, on_payment=True,
            from_on=date(2026, 9, 1), today=TODAY,
        )  # fmt: skip
    return Shop(house, customer.pk)


@pytest.fixture
def end() -> Iterator[Remote]:
    with remote() as far:
        yield far


def connect(shop: Shop, end: Remote, code: str = "afnor", **changes: str) -> None:
    far = end.access
    values = {
        "code": code, "base_url": far.base_url, "token_url": far.token_url,
        "client_id": far.client_id, "client_secret": far.client_secret, "login": far.login,
        "password": far.password,
    }  # fmt: skip
    with in_tenant(shop.house.tenant_id):
        set_connection(**shop.mine, given=Given(**(values | changes)), today=TODAY)


def test_a_receipt_is_declared_once(shop: Shop) -> None:
    with in_tenant(shop.house.tenant_id):
        shop.pay(shop.sell("F-1"), 50_00)
        first, again = shop.declare(), shop.declare()

        assert (first.by_status, again.by_status) == (1, 0)
        assert shop.told() == [("F-1", 1, 50_00)]
        flow = Flow.objects.of(shop.house.tenant_id).get()
    root = etree.fromstring(zlib.decompress(bytes(flow.content)))
    amount = root.find(".//{*}ValueAmount")
    assert amount is not None
    assert amount.text == "50.00"


def test_an_allocation_undone_is_taken_back_once_and_declared_anew_when_it_returns(
    shop: Shop,
) -> None:
    with in_tenant(shop.house.tenant_id):
        invoice = shop.sell("F-1")
        allocation = shop.pay(invoice, 120_00)
        shop.declare()
        shop.undo(allocation)
        assert (shop.declare().taken_back, shop.declare().taken_back) == (1, 0)
        shop.pay(invoice, 120_00, PAID + timedelta(days=1))
        shop.declare()

        assert shop.told() == [("F-1", 1, 120_00), ("F-1", -1, -120_00), ("F-1", 1, 120_00)]
        rows = Receipt.objects.of(shop.house.tenant_id)
        assert sum(cents for row in rows for _rate, cents in row.parts) == 120_00


def test_money_that_only_changed_rows_is_not_declared_again(shop: Shop) -> None:
    with in_tenant(shop.house.tenant_id):
        invoice = shop.sell("F-1")
        allocation = shop.pay(invoice, 120_00)
        shop.declare()
        shop.undo(allocation)
        shop.pay(invoice, 120_00)

        assert shop.declare() == receipts.NOTHING
        assert shop.told() == [("F-1", 1, 120_00)]


def test_goods_and_what_nobody_settled_are_not_declared(shop: Shop) -> None:
    with in_tenant(shop.house.tenant_id):
        for number, process in (("B-1", "B1"), ("M-1", "M1"), ("P-1", "")):
            shop.pay(shop.sell(number, process=process), 120_00)

        assert shop.declare() == receipts.Declared(0, 0, 0, {"mixed": 1, "not_electronic": 1})


def test_nothing_is_declared_where_vat_does_not_fall_due_on_payment(shop: Shop) -> None:
    with in_tenant(shop.house.tenant_id):
        set_duty(**shop.mine, on_payment=False, from_on=ISSUED, today=TODAY)
        shop.pay(shop.sell("F-1"), 120_00)

        assert shop.declare() == receipts.NOTHING
        with pytest.raises(reports.NothingToReport):
            report(shop)


def report(shop: Shop, last_on: date = date(2026, 11, 15)) -> int:
    return reports.report_payments(
        **shop.mine, first_on=date(2026, 11, 1), last_on=last_on, today=TODAY, now=NOW
    )


def test_consumers_go_in_the_report_and_a_second_one_corrects_it(shop: Shop) -> None:
    with in_tenant(shop.house.tenant_id):
        rows = Customer.objects.of(shop.house.tenant_id).filter(pk=shop.customer_id)
        rows.update(debtor_class="consumer")
        shop.pay(shop.sell("F-1", process=""), 120_00)
        assert shop.declare().by_report == 1
        with pytest.raises(reports.PeriodNotOver):
            report(shop, TODAY)
        report(shop)
        report(shop)
        flows_ = Flow.objects.of(shop.house.tenant_id).filter(kind="payments").order_by("id")
        roots = [etree.fromstring(zlib.decompress(bytes(one.content))) for one in flows_]

    assert [one.findtext(".//TypeCode") for one in roots] == ["IN", "RE"]
    assert roots[0].findtext(".//Transactions/Payment/SubTotals/Amount") == "120.00"


def exchange(shop: Shop, **asked: Any) -> flows.Tally:
    return flows.exchange(**shop.mine, receive=receive_file, now=NOW, **asked)


def states(shop: Shop) -> list[str]:
    with in_tenant(shop.house.tenant_id):
        rows = Flow.objects.of(shop.house.tenant_id).order_by("id")
        return list(rows.values_list("state", flat=True))


@pytest.fixture
def declared(shop: Shop, end: Remote) -> Shop:
    with in_tenant(shop.house.tenant_id):
        shop.pay(shop.sell("F-1"), 60_00)
        shop.pay(shop.sell("F-2"), 120_00)
        shop.declare()
    connect(shop, end)
    return shop


def test_messages_are_handed_over_and_acknowledged(declared: Shop, end: Remote) -> None:
    assert exchange(declared).sent == 2
    assert states(declared) == ["sent", "sent"]
    first, second = (one["trackingId"] for one in end.flows)
    end.acknowledge(first, "Ok")
    end.acknowledge(second, "Error", "schéma")

    assert exchange(declared).acknowledged == 2
    assert states(declared) == ["accepted", "refused"]
    assert end.faults == []


def test_a_busy_platform_leaves_them_for_later(declared: Shop, end: Remote) -> None:
    end.next += ["429"]
    assert exchange(declared).error
    assert states(declared) == ["ready", "ready"]

    assert exchange(declared).sent == 2


def test_a_refusal_does_not_hold_the_others(declared: Shop, end: Remote) -> None:
    end.next += ["422"]
    done = exchange(declared)

    assert (done.sent, done.refused) == (1, 1)
    assert states(declared) == ["refused", "sent"]


def test_a_cut_call_is_looked_up_before_anything_leaves_again(declared: Shop, end: Remote) -> None:
    end.next += ["cut"]
    exchange(declared)
    assert states(declared)[0] in ("sending", "uncertain")
    assert exchange(declared).sent == 1
    with in_tenant(declared.house.tenant_id):
        Flow.objects.of(declared.house.tenant_id).filter(state__in=("sending", "uncertain")).update(
            claimed_at=datetime.now(UTC) - timedelta(hours=1)
        )

    assert exchange(declared).sent == 1
    assert states(declared) == ["sent", "sent"]
    assert end.faults == []
    assert len(end.flows) == 2


def test_a_status_that_came_for_us_is_taken_in_once(declared: Shop, end: Remote) -> None:
    refused = collected_message(
        Collected("M-9", NOW, PAID, Party("552100554", "Maison Durand"), None, "F-1", ISSUED,
                  "380", "EUR", ())
    )  # fmt: skip
    end.put_in("in-1", refused.replace(b">212<", b">210<").replace(b">47<", b">50<"))
    assert exchange(declared).received == 1
    assert exchange(declared).received == 0

    with in_tenant(declared.house.tenant_id):
        assert FileImport.objects.of(declared.house.tenant_id).get().state == "applied"
        assert InvoiceStatus.objects.of(declared.house.tenant_id).get().code == "210"
        facts = StandingFact.objects.of(declared.house.tenant_id).filter(undone_at=None)
        assert [fact.kind for fact in facts] == ["dispute"]


def test_a_wrong_secret_is_said_on_the_connection(declared: Shop, end: Remote) -> None:
    connect(declared, end, client_secret="faux")
    exchange(declared)

    with in_tenant(declared.house.tenant_id):
        known = Connection.objects.of(declared.house.tenant_id).get()
    assert "refuse l'identifiant" in known.last_error
    assert "faux" not in known.client_secret


def test_a_secret_never_goes_in_clear(shop: Shop, end: Remote) -> None:
    with pytest.raises(UnsafeAddress):
        connect(shop, end, base_url="http://plateforme.example/api")


def test_chorus_pro_suspends_and_pays(shop: Shop, end: Remote) -> None:
    with in_tenant(shop.house.tenant_id):
        shop.sell("F-1")
    connect(shop, end, "chorus")
    end.invoices = [
        {"numeroFacture": "F-1", "statut": "SUSPENDUE", "dateDepot": "2026-10-02",
         "dateHeureEtatCourant": "2026-11-12T10:00:00"},
        {"numeroFacture": "AUTRE", "statut": "SUSPENDUE", "dateDepot": "2026-10-02"},
    ]  # fmt: skip
    looked = portal.read_portal(**shop.mine, today=TODAY)
    assert (looked.new, portal.read_portal(**shop.mine, today=TODAY).new) == (1, 0)
    end.invoices[0] |= {"statut": "MISE_EN_PAIEMENT", "dateHeureEtatCourant": "2026-11-15T10:00:00"}
    portal.read_portal(**shop.mine, today=TODAY)

    with in_tenant(shop.house.tenant_id):
        facts = StandingFact.objects.of(shop.house.tenant_id).filter(undone_at=None)
        kinds = {fact.kind: fact.ends_on for fact in facts}
    assert kinds["dispute"] == date(2026, 11, 14)
    assert "promise" in kinds


def test_a_word_that_is_not_known_is_told(shop: Shop, end: Remote) -> None:
    connect(shop, end, "chorus")
    end.invoices = [{"numeroFacture": "F-1", "statut": "ETRANGE", "dateDepot": "2026-10-02"}]

    assert portal.read_portal(**shop.mine, today=TODAY).unknown == ("ETRANGE",)
