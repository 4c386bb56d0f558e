"""What `doctor` says of the rates: those that a tenant entered count for it, and for nobody else."""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction

import pytest
from tests.conftest import House

from encours.config.operations import checks
from encours.kernel.dates import Semester
from encours.receivables.actions.rates import enter_rates
from encours.receivables.rules.rates import SemesterRate, shipped_rates
from encours.tenancy.scope import in_tenant

AFTER_THE_LAST = date(2031, 3, 1)
NOW = datetime(2031, 3, 1, 9, tzinfo=UTC)


@pytest.mark.django_db(transaction=True)
def test_a_semester_is_missing_until_each_tenant_entered_it(
    house: House, other_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "tenant_ids", lambda: [house.tenant_id, other_house.tenant_id])
    semester = Semester.of(AFTER_THE_LAST)
    assert not shipped_rates().has(semester)
    assert checks._semesters_missing(AFTER_THE_LAST) == ([semester], 2)

    _enter(house, semester)
    assert checks._semesters_missing(AFTER_THE_LAST) == ([semester], 1)

    _enter(other_house, semester)
    assert checks._semesters_missing(AFTER_THE_LAST) == ([], 0)


def _enter(house: House, semester: Semester) -> None:
    with in_tenant(house.tenant_id):
        rate = SemesterRate(semester, Fraction(2), Fraction(5), Fraction(3), source="JO")
        enter_rates(tenant_id=house.tenant_id, rows=[rate], actor_id=1, now=NOW)
