"""The fixed indemnity: once for each invoice paid late (law-fr 1.9, 1.10)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from encours.receivables.rules.classes import DebtorClass
from encours.receivables.rules.indemnity import recovery_indemnity
from encours.receivables.rules.interest import Claim, Reduction
from encours.receivables.rules.values import shipped_law_values

LAW = shipped_law_values()
DUE, TODAY = date(2026, 4, 30), date(2026, 9, 1)
LINE = Claim(1_000_000, DUE, DebtorClass.BUSINESS)
LATER = replace(LINE, due_on=date(2026, 5, 31))
FOREIGN = replace(LINE, debtor_class=DebtorClass.FOREIGN)


def paid(line: Claim, on: date, cents: int = 1_000_000) -> Claim:
    return replace(line, reductions=(Reduction(on, cents),))


@pytest.mark.parametrize(
    ("lines", "on", "cents"),
    [
        pytest.param([LINE], TODAY, 4000, id="law-fr 1.23: 40.00 with the interest"),
        pytest.param([LINE], DUE, 0, id="not on the due date"),
        pytest.param([LINE], DUE + timedelta(days=1), 4000, id="in full after one day"),
        pytest.param([LINE, LATER], TODAY, 4000, id="once per invoice, not per due line"),
        pytest.param([paid(LINE, DUE)], TODAY, 0, id="paid on the due date"),
        pytest.param([paid(LINE, DUE, 999_999)], TODAY, 4000, id="part-paid on time: due all the same"),
        pytest.param([paid(LINE, DUE + timedelta(days=1))], TODAY, 4000, id="paid one day late"),
        pytest.param([paid(LINE, DUE), LATER], TODAY, 4000, id="one of two lines is late"),
        pytest.param([replace(LINE, debtor_class=DebtorClass.PUBLIC)], TODAY, 4000, id="public body"),
        pytest.param([replace(LINE, debtor_class=DebtorClass.CONSUMER)], TODAY, 0, id="never a consumer"),
        pytest.param([replace(LINE, debtor_class=DebtorClass.UNKNOWN)], TODAY, 0, id="never an unknown class"),
        pytest.param([FOREIGN], TODAY, 0, id="foreign: not while the law is unsure"),
        pytest.param([replace(FOREIGN, french_law=False)], TODAY, 0, id="foreign, another law"),
        pytest.param([replace(FOREIGN, french_law=True)], TODAY, 4000, id="foreign, French law confirmed"),
        pytest.param([replace(LINE, insolvency_on=DUE)], TODAY, 0, id="judgment on the due date forbids payment"),
        pytest.param([replace(LINE, insolvency_on=DUE - timedelta(days=9))], TODAY, 0, id="judgment before it"),
        pytest.param([replace(LINE, insolvency_on=DUE + timedelta(days=1))], TODAY, 4000, id="already late at the judgment"),
        pytest.param(
            [replace(line, insolvency_on=date(2026, 5, 15)) for line in (LINE, LATER)], TODAY, 4000,
            id="one line late before the judgment, one after",
        ),
    ],
)  # fmt: skip
def test_indemnity(lines: list[Claim], on: date, cents: int) -> None:
    found = recovery_indemnity(lines, on, LAW)

    assert found.cents == cents
    assert found.reason.endswith(".")
    assert (found.late_from is None) is (cents == 0)


def test_it_arises_the_day_after_the_first_late_due_date() -> None:
    assert recovery_indemnity([LATER, LINE], TODAY, LAW).late_from == date(2026, 5, 1)
    frozen = replace(LINE, insolvency_on=DUE)
    assert recovery_indemnity([frozen, LATER], TODAY, LAW).late_from == date(2026, 6, 1)


def test_each_refusal_has_its_own_reason() -> None:
    consumer = replace(LINE, debtor_class=DebtorClass.CONSUMER)
    frozen = replace(LINE, insolvency_on=DUE)
    reasons = {
        recovery_indemnity([line], TODAY, LAW).reason
        for line in (LINE, consumer, frozen, paid(LINE, DUE))
    }

    assert len(reasons) == 4


def test_an_invoice_has_a_line() -> None:
    with pytest.raises(AssertionError):
        recovery_indemnity([], TODAY, LAW)
