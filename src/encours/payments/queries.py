"""Reads of mandates, with what each one allows today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from encours.payments.models import Mandate
from encours.payments.rules import State, lapses_on, state_of


@dataclass(frozen=True, slots=True)
class MandateRow:
    """A mandate as it is shown; `account` is its IBAN by its ends, `lapses_on` its last day."""

    id: int
    customer_id: int
    creditor_id: int
    reference: str
    scheme: str
    kind: str
    iban: str
    bic: str
    holder_name: str
    signed_on: date | None
    revoked_on: date | None
    last_used_on: date | None
    origin: str
    recorded_at: datetime
    state: State
    lapses_on: date | None

    @property
    def account(self) -> str:
        """Return the account by its ends only."""
        return f"{self.iban[:4]}…{self.iban[-4:]}" if self.iban else ""


def mandates_of(*, tenant_id: int, customer_id: int, today: date) -> list[MandateRow]:
    """Return the mandates of a customer, the latest signed first."""
    rows = Mandate.objects.of(tenant_id).filter(customer_id=customer_id, undone_at=None)
    found = [_row(one, today) for one in rows]
    return sorted(found, key=lambda one: (one.signed_on or date.min, one.id), reverse=True)


def mandate(*, tenant_id: int, mandate_id: int, today: date) -> MandateRow | None:
    """Return one live mandate, or None."""
    row = Mandate.objects.of(tenant_id).filter(pk=mandate_id, undone_at=None).first()
    return _row(row, today) if row else None


def _row(one: Mandate, today: date) -> MandateRow:
    signed = one.as_signed()
    return MandateRow(
        id=one.pk,
        customer_id=one.customer_id,
        creditor_id=one.creditor_id,
        reference=one.reference,
        scheme=one.scheme,
        kind=one.kind,
        iban=one.iban,
        bic=one.bic,
        holder_name=one.holder_name,
        signed_on=one.signed_on,
        revoked_on=one.revoked_on,
        last_used_on=one.last_used_on,
        origin=one.origin,
        recorded_at=one.recorded_at,
        state=state_of(signed, today=today),
        lapses_on=lapses_on(signed) if one.signed_on else None,
    )
