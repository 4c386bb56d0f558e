"""What the ledger knows of the parties and documents that electronic invoices name."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final

from django.db import connection

from encours.imports.rules.einvoices.matching import Known, Owner
from encours.parties.models import Customer
from encours.tenancy.models import BankAccount, Creditor

ADDRESSES: Final = """
select customer_id, array_agg(distinct buyer_address) from imports_electronicinvoice
where tenant_id = %(tenant)s and creditor_id = %(creditor)s and undone_at is null
  and buyer_address <> '' group by 1
"""
KNOWN: Final = """
select d.id, d.key, d.number, d.{day}, d.amount_cents, d.customer_id, d.currency, coalesce((
    select s.code = '213' from imports_invoicestatus s
    where s.tenant_id = d.tenant_id and s.undone_at is null and s.invoice_id = d.id
      and s.code = any(array['200', '201', '202', '203', '213'])
    order by s.at desc, s.code desc limit 1), false) and {is_invoice}
from receivables_{table} d
where d.tenant_id = %(tenant)s and d.creditor_id = %(creditor)s and d.undone_at is null
  and {of_kind} and upper(regexp_replace(d.number, '\\s', '', 'g')) = any(%(numbers)s)
"""
OPEN_LINES: Final = """
select i.id, i.invoice_id, i.customer_id, i.issued_on, i.due_on, i.currency,
    i.amount_cents - coalesce(sum(a.amount_cents), 0)::bigint
from receivables_instalment i
left join receivables_allocation a on a.tenant_id = i.tenant_id and a.instalment_id = i.id
    and a.undone_at is null
where i.tenant_id = %(tenant)s and i.undone_at is null and i.invoice_id = any(%(invoices)s)
group by i.tenant_id, i.id, i.invoice_id, i.customer_id, i.issued_on, i.due_on, i.currency,
    i.amount_cents
order by i.due_on, i.id
"""
LINE_DATES: Final = """
select invoice_id, due_on, amount_cents, due_source from receivables_instalment
where tenant_id = %(tenant)s and undone_at is null and invoice_id = any(%(invoices)s)
order by due_on, id
"""
INVOICE: Final = {
    "table": "invoice",
    "day": "issued_on",
    "is_invoice": "true",
    "of_kind": "d.kind in ('invoice', 'debit_note', 'opening')",
}
CREDIT: Final = {
    "table": "credit",
    "day": "received_on",
    "is_invoice": "false",
    "of_kind": "d.kind in ('credit_note', 'opening')",
}


def creditor_of(*, tenant_id: int, creditor_id: int) -> tuple[Owner, frozenset[str]]:
    """Return the creditor as an owner, and the IBANs that it uses."""
    found = Creditor.objects.of(tenant_id).defer("logo").get(pk=creditor_id)
    accounts = BankAccount.objects.of(tenant_id).filter(creditor_id=creditor_id, state="active")
    owner = Owner(found.pk, found.name, found.code, siren=found.siren, vat_number=found.vat_number)
    return owner, frozenset(accounts.values_list("iban", flat=True))


def customers(*, tenant_id: int, creditor_id: int) -> list[Owner]:
    """Return every customer of a creditor by what tells it from others."""
    params = {"tenant": tenant_id, "creditor": creditor_id}
    with connection.cursor() as cursor:
        cursor.execute(ADDRESSES, params)
        addresses = {pk: frozenset(known) for pk, known in cursor.fetchall()}
    rows = Customer.objects.of(tenant_id).filter(creditor_id=creditor_id)
    return [
        Owner(pk, name, code, siren, vat_number, addresses.get(pk, frozenset()))
        for pk, name, code, siren, vat_number in rows.values_list(
            "pk", "name", "code", "siren", "vat_number"
        )
    ]


def documents(
    *, tenant_id: int, creditor_id: int, numbers: Collection[str], is_credit: bool
) -> list[Known]:
    """Return the live invoices, or credit notes, that have one of these numbers."""
    if not numbers:
        return []
    wanted = sorted({"".join(number.split()).upper() for number in numbers})
    params: dict[str, Any] = {
        "tenant": tenant_id,
        "creditor": creditor_id,
        "numbers": wanted,
    }
    with connection.cursor() as cursor:
        cursor.execute(KNOWN.format(**(CREDIT if is_credit else INVOICE)), params)
        return [Known(*row) for row in cursor.fetchall()]


def open_lines(*, tenant_id: int, invoice_ids: Sequence[int]) -> list[tuple[Any, ...]]:
    """Return the due lines of invoices and what is open of each, the oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(OPEN_LINES, {"tenant": tenant_id, "invoices": list(invoice_ids)})
        return list(cursor.fetchall())


def line_dates(*, tenant_id: int, invoice_ids: Sequence[int]) -> list[tuple[Any, ...]]:
    """Return invoice, date, amount and origin of the date of each due line."""
    with connection.cursor() as cursor:
        cursor.execute(LINE_DATES, {"tenant": tenant_id, "invoices": list(invoice_ids)})
        return list(cursor.fetchall())
