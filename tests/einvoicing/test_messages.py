"""The bytes of the messages: valid where the schemas are at hand, and read back as they were."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from lxml import etree

from encours.einvoicing.rules.cdar import Collected, Party, collected_message
from encours.einvoicing.rules.flux10 import Declarant, Paid, Report, payments_report
from encours.einvoicing.rules.portal import STATUSES, code_of
from encours.einvoicing.rules.receipts import Part
from encours.imports.ports import EINVOICE_READERS
from encours.imports.rules.einvoices.status import CODES

SCHEMAS = Path(__file__).parents[3] / "shared" / "data" / "xsd"
AT = datetime(2026, 11, 30, 10, 5, tzinfo=UTC)
SELLER, BUYER = Party("552100554", "Maison Durand"), Party("732829320", "L'Épicerie & Cie <1>")
PARTS = (Part(Decimal(20), 120_00), Part(Decimal("5.5"), -3_05))


def collected(**changes: object) -> Collected:
    said: dict[str, object] = {
        "message_id": "552100554-F-1-E9",
        "created_at": AT,
        "collected_on": date(2026, 11, 29),
        "seller": SELLER,
        "buyer": BUYER,
        "number": "F-1",
        "issued_on": date(2026, 10, 1),
        "type_code": "380",
        "currency": "EUR",
        "parts": PARTS,
    }
    return Collected(**(said | changes))  # type: ignore[arg-type]


def paid(number: str, *, is_alone: bool, day: int = 3, parts: Sequence[Part] = PARTS) -> Paid:
    return Paid(date(2026, 11, day), number, date(2026, 10, 1), "EUR", parts, is_alone)


def report(*rows: Paid) -> Report:
    days = (date(2026, 11, 1), date(2026, 11, 30))
    who = Declarant("552100554", "Maison Durand")
    return Report("R-1", AT, who, *days, False, rows)


def schema(folder: str, name: str) -> etree.XMLSchema:
    path = SCHEMAS / folder / name
    if not path.exists():
        pytest.skip("the schemas of ../shared/data/xsd are not there")
    return etree.XMLSchema(etree.parse(str(path)))


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(collected(), id="two rates, one taken back"),
        pytest.param(collected(buyer=None), id="a buyer without a SIREN"),
        pytest.param(collected(type_code="381", currency="USD"), id="another type and currency"),
    ],
)
def test_a_status_212_is_valid(said: Collected) -> None:
    checked = schema("cdar-d22b", "CrossDomainAcknowledgementAndResponse_100pD22B.xsd")

    checked.assertValid(etree.fromstring(collected_message(said)))


def test_a_status_212_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    file = tmp_path / "212.xml"
    file.write_bytes(collected_message(collected()))
    (read,) = EINVOICE_READERS["einvoice"].read(file, name="212.xml", progress=None)

    assert read.status is not None
    assert (read.status.code, read.status.number) == ("212", "F-1")
    assert read.status.issued_on == date(2026, 10, 1)
    assert read.status.seller_siren == "552100554"
    amounts = [(one.kind, one.cents, Decimal(one.rate)) for one in read.status.amounts]
    assert amounts == [("MEN", 120_00, Decimal(20)), ("MEN", -3_05, Decimal("5.5"))]


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(report(paid("F1", is_alone=True), paid("", is_alone=False)), id="both kinds"),
        pytest.param(report(), id="nothing was paid"),
    ],
)
def test_a_report_is_valid(said: Report) -> None:
    schema("ppf-flux10", "ereporting.xsd").assertValid(etree.fromstring(payments_report(said)))


def test_consumers_are_added_up_by_day_and_foreign_invoices_stand_alone() -> None:
    ten = (Part(Decimal(20), 10_00),)
    root = etree.fromstring(
        payments_report(
            report(
                paid("C1", is_alone=False, parts=ten),
                paid("C2", is_alone=False, parts=ten),
                paid("C3", is_alone=False, day=4, parts=ten),
                paid("X1", is_alone=True, parts=ten),
                paid("X1", is_alone=True, parts=ten),
                paid("X2", is_alone=True, parts=(Part(Decimal(20), 5), Part(Decimal(20), -5))),
            )
        )
    )

    days = [(one.findtext("Payment/Date"), one.findtext("Payment/SubTotals/Amount"))
            for one in root.iter("Transactions")]  # fmt: skip
    assert days == [("20261103", "20.00"), ("20261104", "10.00")]
    alone = [(one.findtext("InvoiceID"), one.findtext("Payment/SubTotals/Amount"))
             for one in root.iter("Invoice")]  # fmt: skip
    assert alone == [("X1", "20.00")]


def test_every_word_of_the_portal_is_a_status_of_the_norm() -> None:
    assert set(STATUSES.values()) <= set(CODES)
    assert code_of("Mise en paiement") == "211"
    assert code_of("inconnue") is None
