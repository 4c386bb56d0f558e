"""Semester rates entered by hand or by file, before a release ships them (CMF L313-2)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from django.db import transaction

from encours.receivables.models import SemesterRates
from encours.receivables.rules.rates import SemesterRate
from encours.tenancy import journal


@transaction.atomic
def enter_rates(
    *, tenant_id: int, rows: Iterable[SemesterRate], actor_id: int, now: datetime
) -> int:
    """Keep the rates of some semesters, withdrawing those entered before; return how many."""
    rates = list(rows)
    if not rates:
        return 0
    live = SemesterRates.objects.of(tenant_id).filter(undone_at=None)
    live.filter(first_on__in=[rate.valid_from for rate in rates]).update(undone_at=now)
    SemesterRates.objects.bulk_create(
        SemesterRates(
            tenant_id=tenant_id,
            first_on=rate.valid_from,
            ecb_refi=_decimal(rate.ecb_refi),
            legal_private=_decimal(rate.legal_private),
            legal_other=_decimal(rate.legal_other),
            source=rate.source[:200],
            checked_on=rate.checked_on or now.date(),
            author_id=actor_id,
        )
        for rate in rates
    )
    journal.record(
        "rates.entered",
        tenant_id=tenant_id,
        subject=("tenant", tenant_id),
        effective_on=now.date(),
        actor_id=actor_id,
        data={"semesters": [str(rate.semester) for rate in rates]},
    )
    return len(rates)


def _decimal(points: Fraction) -> Decimal:
    return Decimal(points.numerator) / Decimal(points.denominator)
