"""Keeps what e-invoices say beyond amounts: format, parties, mentions, VAT by rate."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

import polars as pl
from django.contrib.postgres.functions import TransactionNow
from django.db.models import Q

from encours.imports.actions.einvoices.place import Document, Place
from encours.imports.models import ElectronicInvoice
from encours.imports.rules.einvoices import matching
from encours.imports.rules.einvoices.checks import MENTIONS
from encours.imports.rules.einvoices.decide import Act
from encours.imports.rules.einvoices.document import Einvoice
from encours.receivables.actions import bulk
from encours.receivables.models import Invoice, VatPart

HUNDREDTHS: Final = Decimal(100)
NOTE_MAX: Final = 500


def vat_parts(documents: Sequence[Document], place: Place) -> pl.DataFrame:
    """Return the VAT of each document by rate; what is known of a completed one stays."""
    held = VatPart.objects.of(place.tenant_id).filter(undone_at=None)
    known = [one for one in documents if one.decision.act is Act.COMPLETE]
    invoices = set(
        held.filter(invoice_id__in=[one.invoice_id for one in known if one.invoice_id]).values_list(
            "invoice_id", flat=True
        )
    )
    credits_ = set(
        held.filter(credit_id__in=[one.credit_id for one in known if one.credit_id]).values_list(
            "credit_id", flat=True
        )
    )
    rows = [
        {
            "invoice_id": one.invoice_id,
            "credit_id": one.credit_id,
            "category": share.category[:4],
            "rate_bp": int(share.rate * HUNDREDTHS),
            "net_cents": share.base_cents,
            "vat_cents": share.vat_cents,
            "exemption": share.exemption[:100],
        }
        for one in documents
        if one.invoice_id not in invoices and one.credit_id not in credits_
        for share in one.decision.invoice.vat
    ]
    schema = {name: kind for name, kind in bulk.VAT_PARTS.items() if name != "id"}
    return pl.DataFrame(rows, schema=schema)


def keep(documents: Sequence[Document], place: Place) -> None:
    """Keep each document's own record; one brought before is replaced."""
    keys = [matching.key_of(one.decision.invoice) for one in documents]
    mine = ElectronicInvoice.objects.of(place.tenant_id).filter(creditor_id=place.creditor_id)
    place.act.undo(mine.filter(key__in=keys))
    ElectronicInvoice.objects.bulk_create(
        ElectronicInvoice(
            **place.act.mine,
            customer_id=one.customer_id,
            invoice_id=one.invoice_id,
            credit_id=one.credit_id,
            sha256=one.decision.read.sha256,
            **_described(one.decision.invoice),
        )
        for one in documents
    )


def withdraw(invoice_ids: Sequence[int], place: Place) -> None:
    """Withdraw the records of invoices that leave the ledger."""
    rows = ElectronicInvoice.objects.of(place.tenant_id)
    place.act.undo(rows.filter(invoice_id__in=invoice_ids))


def take_back(*, tenant_id: int, batch_id: int) -> None:
    """Withdraw the records of a batch that is undone; those that it had replaced are said again."""
    rows = ElectronicInvoice.objects.of(tenant_id)
    rows.filter(batch_id=batch_id, undone_at=None).update(undone_at=TransactionNow())
    for old in rows.filter(undone_by_id=batch_id):
        invoices = Invoice.objects.of(tenant_id).filter(creditor_id=old.creditor_id, undone_at=None)
        if old.invoice_id is not None:
            same = invoices.filter(Q(pk=old.invoice_id) | Q(key=old.key)).order_by("pk").last()
            old.invoice_id = same.pk if same else old.invoice_id
        old.pk, old.undone_at, old.undone_by_id = None, None, None
        old.recorded_at = TransactionNow()
        old.save(force_insert=True)


def _described(invoice: Einvoice) -> dict[str, Any]:
    return {
        "key": matching.key_of(invoice)[:200],
        "number": invoice.number[:80],
        "issued_on": invoice.issued_on,
        "type_code": invoice.type_code[:6],
        "syntax": invoice.syntax,
        "profile": invoice.profile[:40],
        "process": invoice.process[:100],
        "seller_siren": invoice.seller.siren,
        "buyer_siren": invoice.buyer.siren,
        "buyer_address": invoice.buyer.address[:200],
        "payment_reference": invoice.payment_reference[:140],
        "details": {
            "currency": invoice.currency,
            "due_cents": invoice.totals.due_cents,
            "prepaid_cents": invoice.totals.prepaid_cents,
            "means": invoice.means,
            "ibans": list(invoice.ibans),
            "terms": invoice.terms_text[:NOTE_MAX],
            "order": invoice.order_number,
            "delivered_on": invoice.delivered_on.isoformat() if invoice.delivered_on else None,
            "corrects": [one.number for one in invoice.preceding],
            "mentions": {
                one.code: one.text[:NOTE_MAX] for one in invoice.notes if one.code in MENTIONS
            },
        },
    }
