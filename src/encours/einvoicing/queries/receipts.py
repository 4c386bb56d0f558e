"""Money collected on invoices: what is to declare, what was declared, what waits for a person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db import connection

from encours.einvoicing.models import Receipt
from encours.einvoicing.rules import duty
from encours.einvoicing.rules.duty import Known, Sale
from encours.einvoicing.rules.receipts import Part, RateTotal

# Payments set against invoices since the creditor declares, that no receipt told yet.
FRESH: Final = """
select a.id, a.effective_on, a.amount_cents, v.id, v.number, v.issued_on, v.currency,
    v.amount_cents, v.net_cents, v.vat_cents, k.debtor_class, k.class_confirmed_at is not null,
    e.id is not null, coalesce(e.process, ''), coalesce(e.type_code, '380'),
    coalesce(nullif(e.buyer_siren, ''), k.siren), k.id, k.name,
    (select coalesce(json_agg(json_build_array(p.rate_bp, p.net_cents, p.vat_cents)
        order by p.rate_bp, p.id), '[]')
     from receivables_vatpart p
     where p.tenant_id = v.tenant_id and p.invoice_id = v.id and p.undone_at is null)
from receivables_allocation a
join receivables_credit c on c.tenant_id = a.tenant_id and c.id = a.credit_id
join receivables_instalment l on l.tenant_id = a.tenant_id and l.id = a.instalment_id
join receivables_invoice v on v.tenant_id = a.tenant_id and v.id = l.invoice_id
join parties_customer k on k.tenant_id = a.tenant_id and k.id = v.customer_id
left join imports_electronicinvoice e
    on e.tenant_id = v.tenant_id and e.invoice_id = v.id and e.undone_at is null
where a.tenant_id = %(tenant_id)s and a.creditor_id = %(creditor_id)s and a.undone_at is null
    and a.effective_on between %(from_on)s and %(today)s
    and c.kind in ('payment', 'deposit') and v.kind = 'invoice' and v.number <> ''
    and not exists (select from einvoicing_receipt r
        where r.tenant_id = a.tenant_id and r.allocation_id = a.id and r.sign = 1)
order by a.effective_on, a.id
"""
GONE: Final = """
select r.id, r.allocation_id, r.number, r.issued_on, r.paid_on, r.amount_cents
from einvoicing_receipt r
left join receivables_allocation a
    on a.tenant_id = r.tenant_id and a.id = r.allocation_id and a.undone_at is null
where r.tenant_id = %(tenant_id)s and r.creditor_id = %(creditor_id)s and r.sign = 1
    and a.id is null
    and not exists (select from einvoicing_receipt b
        where b.tenant_id = r.tenant_id and b.allocation_id = r.allocation_id and b.sign = -1)
order by r.id
"""


@dataclass(frozen=True, slots=True)
class Fresh:
    """A payment set against an invoice that was not declared yet."""

    allocation_id: int
    paid_on: date
    cents: int
    invoice_id: int
    number: str
    issued_on: date
    currency: str
    invoice_cents: int
    sale: Sale
    type_code: str
    buyer_siren: str
    customer_id: int
    customer_name: str

    @property
    def known(self) -> Known:
        """Return it as what tells a receipt from another."""
        return Known(self.allocation_id, self.number, self.issued_on, self.paid_on, self.cents)


def fresh(*, tenant_id: int, creditor_id: int, from_on: date, today: date) -> list[Fresh]:
    """Return what came in and was not declared, oldest first."""
    asked: dict[str, int | date] = {
        "tenant_id": tenant_id,
        "creditor_id": creditor_id,
        "from_on": from_on,
        "today": today,
    }
    with connection.cursor() as cursor:
        cursor.execute(FRESH, asked)
        return [_fresh(row) for row in cursor.fetchall()]


def gone(*, tenant_id: int, creditor_id: int) -> list[tuple[int, Known]]:
    """Return the receipts declared whose allocation was undone, each with its row's id."""
    with connection.cursor() as cursor:
        cursor.execute(GONE, {"tenant_id": tenant_id, "creditor_id": creditor_id})
        return [(row[0], Known(*row[1:])) for row in cursor.fetchall()]


def declared_parts(
    *, tenant_id: int, creditor_id: int, numbers: Iterable[str]
) -> dict[tuple[str, date], list[tuple[Part, ...]]]:
    """Return, by invoice, the parts of every receipt declared and taken back."""
    rows = Receipt.objects.of(tenant_id).filter(creditor_id=creditor_id, number__in=list(numbers))
    found: dict[tuple[str, date], list[tuple[Part, ...]]] = {}
    for number, issued_on, parts in rows.order_by("id").values_list("number", "issued_on", "parts"):
        found.setdefault((number, issued_on), []).append(parts_of_row(parts))
    return found


def parts_of_row(parts: Iterable[Any]) -> tuple[Part, ...]:
    """Return the parts that a row keeps as `[rate, cents]`."""
    return tuple(Part(Decimal(rate), cents) for rate, cents in parts)


def _fresh(row: tuple[Any, ...]) -> Fresh:
    (allocation, paid_on, cents, invoice, number, issued_on, currency, total, net, vat) = row[:10]
    (debtor_class, confirmed, electronic, process, type_code, siren, customer, name, parts) = row[
        10:
    ]
    totals: tuple[RateTotal, ...] = duty.totals_by_rate([tuple(one) for one in parts], net, vat)
    return Fresh(
        allocation_id=allocation,
        paid_on=paid_on,
        cents=cents,
        invoice_id=invoice,
        number=number,
        issued_on=issued_on,
        currency=currency,
        invoice_cents=total,
        sale=Sale(debtor_class, confirmed, electronic, process, totals),
        type_code=type_code,
        buyer_siren=siren,
        customer_id=customer,
        customer_name=name,
    )
