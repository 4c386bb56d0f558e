"""The control of an e-invoice file: what its documents come to, beside what the ledger holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final

from django.db import connection

from encours.imports.actions.einvoices.place import Document, Place
from encours.imports.rules.einvoices.decide import Act
from encours.kernel.money import decimal_text

HELD: Final = """
select c.code, sum(cents)::bigint from (
    select customer_id, amount_cents as cents from receivables_invoice
    where tenant_id = %(tenant)s and undone_at is null and id = any(%(invoices)s)
    union all
    select customer_id, -amount_cents from receivables_credit
    where tenant_id = %(tenant)s and undone_at is null and id = any(%(credits)s)
) held join parties_customer c on c.tenant_id = %(tenant)s and c.id = held.customer_id group by 1
"""
CODES: Final = "select id, code from parties_customer where tenant_id = %s and id = any(%s)"


def of(documents: Sequence[Document], place: Place) -> dict[str, Any]:
    """Return the control of the documents that were entered or completed, customer by customer."""
    ids: dict[str, Any] = {
        "tenant": place.tenant_id,
        "invoices": [one.invoice_id for one in documents if one.invoice_id],
        "credits": [
            pk for one in documents for pk in (one.credit_id, one.deposit_id) if pk is not None
        ],
    }
    with connection.cursor() as cursor:
        cursor.execute(CODES, [place.tenant_id, [one.customer_id for one in documents]])
        codes = dict(cursor.fetchall())
        cursor.execute(HELD, ids)
        held = dict(cursor.fetchall())
    said: dict[str, int] = defaultdict(int)
    for one in documents:
        said[codes[one.customer_id]] += _said(one)
    wrong = [code for code in sorted({*said, *held}) if said.get(code, 0) != held.get(code, 0)]
    return {
        "ok": not wrong,
        "on": max(one.decision.invoice.issued_on for one in documents).isoformat(),
        "ledger_net": decimal_text(sum(held.values())),
        "file_net": decimal_text(sum(said.values())),
        "differences": [
            {
                "customer": code,
                "file": decimal_text(said.get(code, 0)),
                "ledger": decimal_text(held.get(code, 0)),
            }
            for code in wrong
        ],
    }


def _said(document: Document) -> int:
    totals = document.decision.invoice.totals
    if document.decision.invoice.is_credit:
        return -abs(totals.owed_cents)
    taken_off = totals.prepaid_cents if document.decision.act is not Act.COMPLETE else 0
    return totals.owed_cents - max(taken_off, 0)
