"""Writes the report of payments of a period: consumers by day, foreign customers by invoice."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from encours.einvoicing.actions.flows import write_flow
from encours.einvoicing.models import PaymentReport, Receipt, VatDuty
from encours.einvoicing.queries.receipts import parts_of_row
from encours.einvoicing.rules.duty import Way
from encours.einvoicing.rules.flux10 import Declarant, Paid, Report, payments_report
from encours.kernel.refusal import Refusal
from encours.receivables.models import Invoice
from encours.tenancy import journal
from encours.tenancy.models import Creditor

PARIS = ZoneInfo("Europe/Paris")


class NothingToReport(Refusal):
    """The creditor's VAT does not fall due on payment: it reports no payment."""

    message = "La TVA de cette société n'est pas exigible à l'encaissement : rien à déclarer."


class PeriodNotOver(Refusal):
    """A report speaks of days that are all past."""

    message = "Attendez la fin de la période pour en déclarer les paiements."


@transaction.atomic
def report_payments(
    *,
    tenant_id: int,
    creditor_id: int,
    first_on: date,
    last_on: date,
    actor_id: int | None = None,
    now: datetime,
    today: date,
) -> int:
    """Write the report of a period and return its id; a second one for the period corrects it.

    It says what was collected and taken back within the period, as known now.
    """
    assert first_on <= last_on, "a period runs forward"
    if last_on >= today:
        raise PeriodNotOver
    duties = VatDuty.objects.of(tenant_id).select_for_update()
    if not duties.filter(creditor_id=creditor_id, on_payment=True).exists():
        raise NothingToReport
    creditor = Creditor.objects.of(tenant_id).get(pk=creditor_id)
    earlier = PaymentReport.objects.of(tenant_id).filter(
        creditor_id=creditor_id, first_on=first_on, last_on=last_on
    )
    rank = earlier.count() + 1
    number = f"{creditor.siren}-{first_on:%Y%m%d}-{last_on:%Y%m%d}-{rank}"
    said = Report(
        number=number,
        created_at=now.astimezone(PARIS),
        declarant=Declarant(creditor.siren, creditor.name),
        first_on=first_on,
        last_on=last_on,
        is_correction=rank > 1,
        paid=_paid(creditor, first_on, last_on),
    )
    flow_id = write_flow(
        tenant_id=tenant_id,
        creditor_id=creditor_id,
        kind="payments",
        name=f"{number}.xml",
        content=payments_report(said),
    )
    report = PaymentReport.objects.create(
        tenant_id=tenant_id,
        creditor_id=creditor_id,
        first_on=first_on,
        last_on=last_on,
        rank=rank,
        flow_id=flow_id,
    )
    journal.record(
        "einvoicing.payments_reported",
        tenant_id=tenant_id,
        subject=("payment_report", report.pk),
        effective_on=last_on,
        actor_id=actor_id,
        creditor_id=creditor_id,
        data={"first_on": first_on.isoformat(), "last_on": last_on.isoformat(), "rank": rank},
    )
    return report.pk


def _paid(creditor: Creditor, first_on: date, last_on: date) -> list[Paid]:
    rows = Receipt.objects.of(creditor.tenant_id).filter(
        creditor=creditor, way=Way.REPORT, paid_on__range=(first_on, last_on)
    )
    rows = rows.order_by("paid_on", "id")
    numbers = set(rows.values_list("number", flat=True))
    invoices = Invoice.objects.of(creditor.tenant_id).filter(
        creditor_id=creditor.pk, number__in=numbers, customer__debtor_class="foreign"
    )
    foreign = set(invoices.values_list("number", "issued_on"))
    return [
        Paid(
            paid_on=row.paid_on,
            number=row.number,
            issued_on=row.issued_on,
            currency=row.currency,
            parts=parts_of_row(row.parts),
            is_alone=(row.number, row.issued_on) in foreign,
        )
        for row in rows
    ]
