"""Which receipts are declared, and how."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from encours.einvoicing.rules import duty
from encours.einvoicing.rules.duty import Doubt, Known, Sale, Way
from encours.einvoicing.rules.receipts import RateTotal

TOTALS = (RateTotal(Decimal(20), 120_00),)
DAY = date(2026, 11, 3)


def sale(**changes: object) -> Sale:
    known: dict[str, object] = {
        "debtor_class": "business",
        "is_confirmed": True,
        "is_electronic": True,
        "process": "S1",
        "totals": TOTALS,
    }
    return Sale(**(known | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({}, Way.STATUS, id="services to a business, electronic: status 212"),
        pytest.param({"debtor_class": "public"}, Way.STATUS, id="a public body"),
        pytest.param({"process": "B1"}, None, id="goods: due on delivery"),
        pytest.param({"process": "M1"}, Doubt.MIXED, id="goods and services: a person decides"),
        pytest.param({"is_electronic": False, "process": ""}, Doubt.NOT_ELECTRONIC, id="on paper"),
        pytest.param({"debtor_class": "consumer", "is_electronic": False, "process": ""},
                     Way.REPORT, id="a consumer: the report"),
        pytest.param({"debtor_class": "foreign"}, Way.REPORT, id="a foreign customer: the report"),
        pytest.param({"debtor_class": "unknown"}, Doubt.CLASS, id="nobody knows what it is"),
        pytest.param({"is_confirmed": False}, Doubt.CLASS, id="nobody confirmed what it is"),
        pytest.param({"is_confirmed": False, "process": "B1"}, None, id="goods, whoever buys"),
        pytest.param({"totals": ()}, Doubt.RATES, id="rates that nothing tells"),
    ],
)  # fmt: skip
def test_way(changes: dict[str, object], expected: Way | Doubt | None) -> None:
    assert duty.way(sale(**changes)) == expected


@pytest.mark.parametrize(
    ("parts", "net", "vat", "expected"),
    [
        pytest.param([(2000, 100_00, 20_00), (550, 20_00, 1_10)], None, None,
                     [("20", 120_00), ("5.5", 21_10)], id="as the document says"),
        pytest.param([], 100_00, 20_00, [("20", 120_00)], id="the one rate that explains it"),
        pytest.param([], 33_33, 1_83, [("5.5", 35_16)], id="a cent of rounding"),
        pytest.param([], 100_00, 0, [("0", 100_00)], id="no VAT"),
        pytest.param([], 100_00, 12_00, [], id="no single rate does"),
        pytest.param([], None, None, [], id="nothing is known"),
        pytest.param([], 0, 0, [], id="nothing was sold"),
    ],
)  # fmt: skip
def test_totals_by_rate(
    parts: list[tuple[int, int, int]],
    net: int | None,
    vat: int | None,
    expected: list[tuple[str, int]],
) -> None:
    found = duty.totals_by_rate(parts, net, vat)

    assert [(one.rate, one.cents) for one in found] == [(Decimal(r), c) for r, c in expected]


def known(allocation: int, cents: int = 120_00, number: str = "F1") -> Known:
    return Known(allocation, number, date(2026, 10, 1), DAY, cents)


@pytest.mark.parametrize(
    ("gone", "come", "expected"),
    [
        pytest.param([known(1)], [known(2)], {1: 2}, id="the same money under another id"),
        pytest.param([known(1)], [known(2, 119_99)], {}, id="another amount is another receipt"),
        pytest.param([known(1)], [known(2, number="F2")], {}, id="of another invoice"),
        pytest.param([known(1), known(3)], [known(2)], {1: 2}, id="one of two comes back"),
        pytest.param([], [known(2)], {}, id="nothing went"),
    ],
)
def test_moved(gone: list[Known], come: list[Known], expected: dict[int, int]) -> None:
    assert duty.moved(gone, come) == expected
