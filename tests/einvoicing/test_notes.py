"""Notes of penalties: what they bill, once; their numbers; their cancelling; what stays claimable."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from tests.einvoicing.note_desk import DUE, INTEREST, ON, Desk, desk

from encours.documents.models import Attachment, Document
from encours.einvoicing.actions.notes import Changed, NotBillable
from encours.einvoicing.models import Connection, Flow
from encours.einvoicing.queries.notes import LATER_NOTE, UNCONFIRMED
from encours.kernel.refusal import Refusal
from encours.parties.models import Customer
from encours.receivables.actions import documents
from encours.receivables.actions.acts import IssuedHere
from encours.receivables.actions.penalties import AlreadyCancelled, NothingToBill
from encours.receivables.models import Credit, Instalment, Invoice, PenaltyNote, PenaltyPart
from encours.receivables.queries import notes as queries
from encours.receivables.queries.ageing import aged_balance
from encours.receivables.queries.interest import interest_due
from encours.receivables.rules.rates import shipped_rates
from encours.receivables.rules.values import shipped_law_values
from encours.standing import actions as standing
from encours.tenancy.models import Fact

__all__ = ("desk",)
LATER = ON + timedelta(days=30)


def test_a_note_is_a_claim_with_its_parts_its_fact_and_its_paper(desk: Desk) -> None:
    late = desk.invoice()

    issued = desk.bill()

    note = PenaltyNote.objects.of(desk.house.tenant_id).get()
    claim = Invoice.objects.of(desk.house.tenant_id).get(kind="penalty_note")
    (line,) = Instalment.objects.of(desk.house.tenant_id).filter(invoice=claim)
    parts = PenaltyPart.objects.of(desk.house.tenant_id).order_by("-kind")
    assert (issued.number, note.number) == ("PEN-2026-00001", "PEN-2026-00001")
    assert (claim.amount_cents, claim.vat_cents, line.due_on) == (INTEREST + 40_00, 0, ON)
    assert [(p.kind, p.invoice_id, p.from_on, p.until_on, p.cents) for p in parts] == [
        ("interest", late, DUE + timedelta(days=1), ON, INTEREST),
        ("indemnity", late, DUE + timedelta(days=1), ON, 40_00),
    ]
    fact = Fact.objects.of(desk.house.tenant_id).get(verb="penalty_note.issued")
    assert (fact.data["number"], fact.data["cents"]) == ("PEN-2026-00001", INTEREST + 40_00)
    assert (
        Attachment.objects.of(desk.house.tenant_id)
        .get(invoice=claim)
        .document.name.endswith("PEN-2026-00001.pdf")
    )


def test_what_was_billed_is_not_shown_nor_billed_again(desk: Desk) -> None:
    desk.invoice()
    desk.bill()

    assert desk.billable().detail.total_cents == 0
    with pytest.raises(NothingToBill):
        desk.bill()
    later = desk.billable(LATER).detail
    (line,) = later.lines
    assert [run.from_on for run in line.runs] == [ON + timedelta(days=1)]
    assert (line.billed_until, line.billed_cents, later.indemnity_cents) == (ON, INTEREST, 0)


def test_interest_over_a_ledger_leaves_out_what_was_billed(desk: Desk) -> None:
    desk.invoice()
    desk.bill()

    (row,) = interest_due(desk.moment(LATER), shipped_rates(), shipped_law_values()).to_dicts()

    expected = desk.billable(LATER).detail
    assert expected.interest_cents > 0
    assert (row["interest_cents"], row["indemnity_cents"]) == (expected.interest_cents, 0)


def test_a_note_bears_neither_interest_nor_indemnity(desk: Desk) -> None:
    desk.invoice()
    desk.bill()

    assert [line.document for line in desk.billable(LATER).detail.lines] == ["F1"]


def test_a_claim_that_the_accounts_booked_under_the_note_s_number_bears_none(desk: Desk) -> None:
    desk.invoice()
    issued = desk.bill()
    Invoice.objects.of(desk.house.tenant_id).filter(number=issued.number).update(kind="invoice")

    assert [line.document for line in desk.billable(LATER).detail.lines] == ["F1"]


def test_a_cancelled_note_frees_what_it_billed_and_settles_itself(desk: Desk) -> None:
    desk.invoice()
    note = desk.bill()

    credit_note = desk.cancel(note)

    credit = Credit.objects.of(desk.house.tenant_id).get(number=credit_note.number)
    assert (credit_note.number, credit.kind) == ("PEN-2026-00002", "credit_note")
    assert aged_balance(desk.moment()).totals["open"] == 1_000_000
    assert aged_balance(desk.moment()).totals["unallocated"] == 0
    assert desk.billable().detail.total_cents == INTEREST + 40_00
    assert desk.bill().number == "PEN-2026-00003"


def test_the_past_keeps_saying_what_was_billed_then(desk: Desk) -> None:
    desk.invoice()
    note = desk.bill()
    desk.cancel(note, today=LATER)

    assert desk.billable(ON + timedelta(days=1), today=LATER).detail.indemnity_cents == 0
    assert desk.billable(LATER).detail.indemnity_cents == 40_00


def test_a_note_paid_then_cancelled_leaves_a_credit(desk: Desk) -> None:
    desk.invoice()
    note = desk.bill()
    desk.pay(INTEREST + 40_00, ON, number=note.number)

    desk.cancel(note)

    totals = aged_balance(desk.moment()).totals
    assert (totals["open"], totals["unallocated"]) == (1_000_000, -INTEREST - 40_00)


def test_a_note_is_cancelled_once(desk: Desk) -> None:
    desk.invoice()
    note = desk.bill()
    desk.cancel(note)

    with pytest.raises(AlreadyCancelled):
        desk.cancel(note)


def test_a_note_is_not_reversed_by_hand(desk: Desk) -> None:
    desk.invoice()
    note = desk.bill()

    with pytest.raises(IssuedHere):
        documents.reverse_invoice(
            tenant_id=desk.house.tenant_id, invoice_id=note.ledger_id, reason="mistake", today=ON
        )


def test_an_invoice_that_a_note_bills_is_not_reversed(desk: Desk) -> None:
    late = desk.invoice()
    note = desk.bill()
    asked = {"tenant_id": desk.house.tenant_id, "invoice_id": late, "reason": "mistake"}

    with pytest.raises(documents.Billed, match=note.number):
        documents.reverse_invoice(**asked, today=ON)
    desk.cancel(note)
    documents.reverse_invoice(**asked, today=ON)


@pytest.mark.parametrize(
    "sql",
    [
        pytest.param("update receivables_penaltynote set number = 'X'", id="changed"),
        pytest.param("delete from receivables_penaltynote", id="removed"),
        pytest.param(
            "insert into receivables_penaltynote (tenant_id, creditor_id, customer_id, kind, year,"
            " rank, number, issued_on, until_on, currency, interest_cents, indemnity_cents,"
            " invoice_id) select tenant_id, creditor_id, customer_id, kind, year, rank + 2, 'X',"
            " issued_on, until_on, currency, 1, 1, invoice_id from receivables_penaltynote",
            id="after a gap",
        ),
    ],
)
def test_the_database_keeps_the_series(desk: Desk, sql: str) -> None:
    desk.invoice()
    desk.bill()

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_each_year_has_its_series(desk: Desk) -> None:
    desk.invoice()
    desk.bill()

    assert desk.bill(date(2026, 12, 31), today=date(2027, 1, 4)).number == "PEN-2027-00001"


def test_an_amount_that_changed_since_the_preview_is_not_billed(desk: Desk) -> None:
    desk.invoice()

    with pytest.raises(Changed):
        desk.bill(expected_cents=1)


def test_a_note_is_all_or_nothing(desk: Desk) -> None:
    desk.invoice()
    with pytest.raises(Refusal):
        desk.bill(hand_over=True)

    assert not PenaltyNote.objects.of(desk.house.tenant_id).exists()


def test_a_note_is_handed_to_the_platform_when_asked(desk: Desk) -> None:
    desk.invoice()
    Connection.objects.create(
        tenant_id=desk.house.tenant_id, creditor_id=desk.house.creditor_id, code="afnor",
        base_url="https://x.example", token_url="https://x.example", client_id="x",
        client_secret="x",
    )  # fmt: skip

    note = desk.bill(hand_over=True)

    flow = Flow.objects.of(desk.house.tenant_id).get()
    kept = Document.objects.of(desk.house.tenant_id).get(name=f"{note.number}.pdf")
    assert (flow.kind, flow.invoice_id, flow.state) == ("note", note.ledger_id, "ready")
    assert flow.sha256 == kept.sha256


def test_nothing_is_billed_before_a_note_that_was_issued(desk: Desk) -> None:
    desk.invoice()
    desk.bill()

    found = desk.billable(ON - timedelta(days=10), today=ON)

    assert found.refusal == LATER_NOTE


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        pytest.param({"class_confirmed_at": None}, UNCONFIRMED, id="a class nobody confirmed"),
        pytest.param({"debtor_class": "unknown"}, NothingToBill.message, id="unknown"),
        pytest.param({"debtor_class": "consumer"}, NothingToBill.message, id="a consumer"),
    ],
)
def test_who_may_not_be_billed(desk: Desk, change: dict[str, object], refusal: str) -> None:
    desk.invoice()
    Customer.objects.of(desk.house.tenant_id).update(**change)

    with pytest.raises(Refusal) as no:
        desk.bill()

    assert str(no.value) == refusal


def test_a_public_body_owes_its_own_rate_and_the_indemnity(desk: Desk) -> None:
    desk.invoice()
    Customer.objects.of(desk.house.tenant_id).update(debtor_class="public")

    found = desk.billable().detail

    assert (found.interest_cents, found.indemnity_cents) == (
        round(1_000_000 * 0.1015 * 124 / 365), 40_00,
    )  # fmt: skip


def test_a_due_date_nobody_confirmed_is_not_billed(desk: Desk) -> None:
    desk.invoice()
    Instalment.objects.of(desk.house.tenant_id).update(due_source="terms_assumed")

    assert desk.billable().lines == ()


def test_a_missing_rate_makes_the_note_wait(desk: Desk) -> None:
    desk.invoice()

    with pytest.raises(NotBillable, match="2027-S1"):
        desk.bill(date(2031, 3, 1))


def test_a_judgment_stops_what_is_billed(desk: Desk) -> None:
    desk.invoice()
    standing.record_fact(
        tenant_id=desk.house.tenant_id, customer_id=desk.customer_id, kind="insolvency",
        starts_on=date(2026, 6, 1), today=ON, actor_id=None,
    )  # fmt: skip

    (line,) = desk.billable().detail.lines

    assert line.runs[-1].to_on == date(2026, 6, 1)


def test_a_rate_under_the_floor_is_told(desk: Desk) -> None:
    desk.invoice()
    Customer.objects.of(desk.house.tenant_id).update(contract_rate="1")

    (line,) = desk.billable().detail.lines

    assert any("plancher" in warning for warning in line.warnings)


def test_a_line_paid_late_is_billed_when_asked(desk: Desk) -> None:
    desk.invoice()
    desk.pay(1_000_000, date(2026, 7, 15))

    assert desk.billable().lines == ()
    (line,) = desk.billable(with_settled=True).lines
    assert (line.open_cents, line.runs[-1].to_on) == (0, date(2026, 7, 15))
    assert desk.bill(with_settled=True).number == "PEN-2026-00001"
    assert desk.billable(LATER, with_settled=True).detail.total_cents == 0


def test_a_line_replaced_by_a_corrected_export_keeps_its_bill(desk: Desk) -> None:
    desk.invoice()
    desk.bill()
    line, claim = desk.line(), Invoice.objects.of(desk.house.tenant_id).get(number="F1")
    rows = Instalment.objects.of(desk.house.tenant_id)
    first = line.pk
    rows.filter(pk=line.pk).update(undone_at=line.recorded_at)
    line.pk, line.lineage_id, line.undone_at = None, first, None
    line.save(force_insert=True)
    assert desk.billable().detail.total_cents == 0

    rows.filter(pk=line.pk).update(undone_at=line.recorded_at)
    line.pk, line.lineage_id = None, None
    line.save(force_insert=True)
    assert claim.key == line.invoice.key
    assert desk.billable().detail.total_cents == 0


def test_the_list_of_notes_says_how_each_stands(desk: Desk) -> None:
    desk.invoice()
    desk.cancel(desk.bill())
    again = desk.bill()

    moment = desk.moment()
    rows = list(queries.notes(moment, queries.Asked()))
    found = [(row.number[-1], row.state, row.signed_cents, row.other[-1:]) for row in rows]
    total = INTEREST + 40_00
    assert found == [
        ("3", "open", total, ""), ("2", "cancellation", -total, "1"), ("1", "cancelled", total, "2"),
    ]  # fmt: skip
    assert [row.number for row in queries.notes(moment, queries.Asked(state="open"))] == [
        again.number
    ]
    desk.pay(total, ON, number=again.number)
    assert [row.state for row in queries.notes(moment, queries.Asked(number=again.number))] == [
        "paid"
    ]
