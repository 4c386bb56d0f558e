"""The semester rates a tenant may use: those of the release, and those it entered itself."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from encours.kernel.dates import Semester
from encours.receivables.models import SemesterRates
from encours.receivables.rules.interest import fixed_rate, under_floor
from encours.receivables.rules.rates import Rates, SemesterRate, shipped_rates
from encours.receivables.rules.values import shipped_law_values


def rates_of(tenant_id: int) -> Rates:
    """Return every known semester; what the tenant entered wins over what we ship."""
    return shipped_rates().with_rows(entered_rates(tenant_id))


def floor_warning(*, tenant_id: int, rate: str, on: date) -> str:
    """Say that a contract's rate is under the floor of the semester of `on`; empty: it is not.

    The last semester known stands for one that has no rate yet: a warning, not a computation.
    """
    contract = fixed_rate(rate)
    if contract is None:
        return ""
    known = [row.semester for row in rates_of(tenant_id).rows if row.valid_from <= on]
    found = under_floor(contract, known[-1:], rates_of(tenant_id), shipped_law_values())
    return found.message if found else ""


def entered_rates(tenant_id: int) -> list[SemesterRate]:
    """Return the semesters that the tenant entered, in order."""
    rows = SemesterRates.objects.of(tenant_id).filter(undone_at=None).order_by("first_on")
    return [
        SemesterRate(
            semester=Semester.of(row.first_on),
            ecb_refi=Fraction(row.ecb_refi),
            legal_private=Fraction(row.legal_private),
            legal_other=Fraction(row.legal_other),
            source=row.source,
            checked_on=row.checked_on,
        )
        for row in rows
    ]
