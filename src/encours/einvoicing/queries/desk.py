"""What the page of electronic invoicing shows: settings, messages, reports, receipts in doubt."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import date, datetime

from encours.einvoicing.models import Connection, Flow, PaymentReport, VatDuty
from encours.einvoicing.queries import receipts
from encours.einvoicing.rules import duty
from encours.einvoicing.rules.duty import Doubt


@dataclass(frozen=True, slots=True)
class ConnectionRow:
    """How a creditor reaches a platform; whether a secret is kept, never which."""

    code: str
    base_url: str
    token_url: str
    client_id: str
    login: str
    has_secret: bool
    is_active: bool
    last_ok_at: datetime | None
    last_error: str


@dataclass(frozen=True, slots=True)
class FlowRow:
    """A message and what became of it."""

    id: int
    invoice_id: int | None
    kind: str
    name: str
    state: str
    created_at: datetime
    sent_at: datetime | None
    last_error: str


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A report of payments as written."""

    first_on: date
    last_on: date
    rank: int
    state: str


@dataclass(frozen=True, slots=True)
class DoubtRow:
    """A receipt that waits for a person, and for what."""

    invoice_id: int
    customer_id: int
    number: str
    customer: str
    paid_on: date
    cents: int
    currency: str
    doubt: str


@dataclass(frozen=True, slots=True)
class Duty:
    """When VAT falls due; `from_on` None: nobody said yet."""

    on_payment: bool
    from_on: date | None


def duty_of(*, tenant_id: int, creditor_id: int) -> Duty:
    """Return when the VAT of a creditor falls due."""
    found = VatDuty.objects.of(tenant_id).filter(creditor_id=creditor_id).first()
    return Duty(found.on_payment, found.from_on) if found else Duty(False, None)


def connections(*, tenant_id: int, creditor_id: int) -> list[ConnectionRow]:
    """Return a creditor's connections."""
    rows = Connection.objects.of(tenant_id).filter(creditor_id=creditor_id).order_by("code")
    return [
        ConnectionRow(
            code=one.code,
            base_url=one.base_url,
            token_url=one.token_url,
            client_id=one.client_id,
            login=one.login,
            has_secret=bool(one.client_secret),
            is_active=one.is_active,
            last_ok_at=one.last_ok_at,
            last_error=one.last_error,
        )
        for one in rows
    ]


def flows(
    *, tenant_id: int, creditor_id: int, state: str = "", limit: int | None, offset: int
) -> list[FlowRow]:
    """Return a creditor's messages, the latest first."""
    rows = Flow.objects.of(tenant_id).filter(creditor_id=creditor_id)
    if state:
        rows = rows.filter(state=state)
    end = None if limit is None else offset + limit
    names = FlowRow.__dataclass_fields__
    found = rows.order_by("-id").values_list(*names)[offset:end]
    return [FlowRow(*row) for row in found]


def flow_file(
    *, tenant_id: int, creditor_ids: tuple[int, ...] | None, flow_id: int
) -> tuple[str, bytes] | None:
    """Return the name and bytes of a message within these creditors, None for no such one."""
    rows = Flow.objects.of(tenant_id).filter(pk=flow_id)
    if creditor_ids is not None:
        rows = rows.filter(creditor_id__in=creditor_ids)
    found = rows.first()
    return None if found is None else (found.name, zlib.decompress(bytes(found.content)))


def reports(*, tenant_id: int, creditor_id: int) -> list[ReportRow]:
    """Return the reports of payments, the latest period first."""
    rows = PaymentReport.objects.of(tenant_id).filter(creditor_id=creditor_id)
    found = rows.order_by("-last_on", "-rank").select_related("flow")[:24]
    return [ReportRow(one.first_on, one.last_on, one.rank, one.flow.state) for one in found]


def doubts(*, tenant_id: int, creditor_id: int, today: date) -> list[DoubtRow]:
    """Return the receipts that nothing declares before a person settles what is in doubt."""
    known = duty_of(tenant_id=tenant_id, creditor_id=creditor_id)
    if not known.on_payment or known.from_on is None:
        return []
    found = receipts.fresh(
        tenant_id=tenant_id, creditor_id=creditor_id, from_on=known.from_on, today=today
    )
    told = ((one, duty.way(one.sale)) for one in found)
    return [
        DoubtRow(
            invoice_id=one.invoice_id,
            customer_id=one.customer_id,
            number=one.number,
            customer=one.customer_name,
            paid_on=one.paid_on,
            cents=one.cents,
            currency=one.currency,
            doubt=way.value,
        )
        for one, way in told
        if isinstance(way, Doubt)
    ]


def creditors_served(tenant_id: int) -> list[int]:
    """Return the creditors that declare receipts or have a platform to speak with."""
    told = VatDuty.objects.of(tenant_id).filter(on_payment=True).values_list("creditor_id")
    reached = Connection.objects.of(tenant_id).filter(is_active=True).values_list("creditor_id")
    return sorted({creditor_id for (creditor_id,) in [*told, *reached]})
