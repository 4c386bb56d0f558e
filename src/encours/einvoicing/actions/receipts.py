"""Declares receipts: each one once, by status 212 or in the next report; undone ones taken back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from encours.einvoicing.actions.flows import write_flow
from encours.einvoicing.models import Receipt, VatDuty
from encours.einvoicing.queries import receipts as queries
from encours.einvoicing.queries.receipts import Fresh
from encours.einvoicing.rules import duty
from encours.einvoicing.rules.cdar import Collected, Party, collected_message
from encours.einvoicing.rules.duty import Doubt, Way
from encours.einvoicing.rules.receipts import Part, parts_of, reversed_parts, totals_of
from encours.imports.models import ElectronicInvoice
from encours.receivables.models import Invoice
from encours.tenancy import journal
from encours.tenancy.models import Creditor

PARIS = ZoneInfo("Europe/Paris")


@dataclass(frozen=True, slots=True)
class Declared:
    """How many receipts were declared each way, taken back, and left to a person by doubt."""

    by_status: int
    by_report: int
    taken_back: int
    doubts: dict[str, int]


NOTHING = Declared(0, 0, 0, {})


@transaction.atomic
def declare_receipts(*, tenant_id: int, creditor_id: int, now: datetime, today: date) -> Declared:
    """Declare what was collected since last time; run again, it finds nothing new.

    Nothing is declared for a creditor whose VAT does not fall due on payment. Runs in the tenant's
    transaction; the messages leave later (`actions.flows`).
    """
    chosen = VatDuty.objects.of(tenant_id).filter(creditor_id=creditor_id, on_payment=True).first()
    if chosen is None:
        return NOTHING
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_advisory_xact_lock(hashtext('encours.receipts'), %s)", [creditor_id]
        )
    mine = {"tenant_id": tenant_id, "creditor_id": creditor_id}
    found = queries.fresh(**mine, from_on=chosen.from_on, today=today)
    left = queries.gone(**mine)
    same = duty.moved([known for _id, known in left], [one.known for one in found])
    for old, new in same.items():
        Receipt.objects.of(tenant_id).filter(allocation_id=old).update(allocation_id=new)
    desk = _Desk(Creditor.objects.of(tenant_id).get(pk=creditor_id), now)
    back = desk.take_back([pk for pk, known in left if known.allocation_id not in same])
    fresh = [one for one in found if one.allocation_id not in set(same.values())]
    counts, doubts = desk.declare(fresh)
    if back or counts:
        journal.record(
            "einvoicing.receipts_declared",
            tenant_id=tenant_id,
            subject=("creditor", creditor_id),
            effective_on=today,
            creditor_id=creditor_id,
            data={"status": counts[Way.STATUS], "report": counts[Way.REPORT], "back": back},
        )
    return Declared(counts[Way.STATUS], counts[Way.REPORT], back, dict(doubts))


@dataclass(slots=True)
class _Desk:
    """A creditor's declarations of one moment."""

    creditor: Creditor
    now: datetime

    def declare(self, found: Sequence[Fresh]) -> tuple[Counter[Way], Counter[str]]:
        """Declare what can be; count the rest by what is in doubt."""
        counts: Counter[Way] = Counter()
        doubts: Counter[str] = Counter()
        parts = queries.declared_parts(
            tenant_id=self.creditor.tenant_id,
            creditor_id=self.creditor.pk,
            numbers={one.number for one in found},
        )
        for one in found:
            way = duty.way(one.sale)
            if isinstance(way, Doubt):
                doubts[way.value] += 1
            elif way is not None:
                before = parts.setdefault((one.number, one.issued_on), [])
                totals = totals_of(one.invoice_cents, one.sale.totals)
                before.append(parts_of(one.cents, totals, before))
                self._write(one, way, before[-1])
                counts[way] += 1
        return counts, doubts

    def take_back(self, ids: Sequence[int]) -> int:
        """Declare the contrary of receipts whose allocation was undone."""
        rows = Receipt.objects.of(self.creditor.tenant_id).filter(pk__in=ids).order_by("pk")
        for row in rows:
            parts = reversed_parts(queries.parts_of_row(row.parts))
            back = Receipt(
                tenant_id=row.tenant_id,
                creditor=self.creditor,
                allocation_id=row.allocation_id,
                sign=-1,
                number=row.number,
                issued_on=row.issued_on,
                paid_on=row.paid_on,
                currency=row.currency,
                amount_cents=-row.amount_cents,
                parts=_kept(parts),
                way=row.way,
            )
            if row.way == Way.STATUS:
                back.flow_id = self._message(back, parts, self._buyer(row), self._type(row))
            back.save()
        return len(rows)

    def _write(self, one: Fresh, way: Way, parts: tuple[Part, ...]) -> None:
        row = Receipt(
            tenant_id=self.creditor.tenant_id,
            creditor=self.creditor,
            allocation_id=one.allocation_id,
            sign=1,
            number=one.number,
            issued_on=one.issued_on,
            paid_on=one.paid_on,
            currency=one.currency,
            amount_cents=one.cents,
            parts=_kept(parts),
            way=way,
        )
        if way is Way.STATUS:
            buyer = Party(one.buyer_siren, one.customer_name) if one.buyer_siren else None
            row.flow_id = self._message(row, parts, buyer, one.type_code, one.invoice_id)
        row.save()

    def _message(
        self,
        row: Receipt,
        parts: tuple[Part, ...],
        buyer: Party | None,
        type_code: str,
        invoice_id: int | None = None,
    ) -> int:
        """Write the status 212 of a receipt; its own number never serves twice."""
        side = "R" if row.sign < 0 else "E"
        said = Collected(
            message_id=f"{self.creditor.siren}-{row.number}-{side}{row.allocation_id}"[:100],
            created_at=self.now.astimezone(PARIS),
            collected_on=row.paid_on,
            seller=Party(self.creditor.siren, self.creditor.name),
            buyer=buyer,
            number=row.number,
            issued_on=row.issued_on,
            type_code=type_code,
            currency=row.currency,
            parts=parts,
        )
        return write_flow(
            tenant_id=row.tenant_id,
            creditor_id=self.creditor.pk,
            kind="collected",
            name=f"{said.message_id}.xml".replace("/", "_"),
            content=collected_message(said),
            invoice_id=invoice_id,
        )

    def _buyer(self, row: Receipt) -> Party | None:
        invoice = self._invoice(row)
        customer = invoice.customer if invoice else None
        return Party(customer.siren, customer.name) if customer and customer.siren else None

    def _type(self, row: Receipt) -> str:
        rows = ElectronicInvoice.objects.of(row.tenant_id).filter(
            creditor_id=self.creditor.pk, number=row.number, issued_on=row.issued_on
        )
        found = rows.order_by("-pk").values_list("type_code", flat=True).first()
        return found or "380"

    def _invoice(self, row: Receipt) -> Invoice | None:
        rows = Invoice.objects.of(row.tenant_id).select_related("customer")
        mine = rows.filter(creditor_id=self.creditor.pk, number=row.number, issued_on=row.issued_on)
        return mine.order_by("-pk").first()


def _kept(parts: Sequence[Part]) -> list[list[str | int]]:
    return [[str(part.rate), part.cents] for part in parts]
