"""Conversion by the rate of the day, exact; and the file the rates come from."""

from __future__ import annotations

import io
import zipfile
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from encours.kernel.money import half_up
from encours.receivables.rules.exchange import (
    GAP_DAYS,
    SCALE,
    as_frame,
    converted,
    in_currency,
    is_stale,
    scaled,
)
from encours.receivables.rules.exchange_file import UNZIPPED_MAX, read_rates

FRIDAY = date(2026, 11, 20)
SUNDAY = FRIDAY + timedelta(days=2)
RATES = as_frame(
    [
        ("USD", FRIDAY, Decimal("1.25")), ("USD", FRIDAY - timedelta(days=1), Decimal("1.20")),
        ("GBP", FRIDAY, Decimal("0.80")),
    ]
)  # fmt: skip
HIST = b"""Date,USD,JPY,CYP,
2026-11-20,1.0823,160.12,N/A,
2026-11-19,1.0801,159.9,N/A,
"""
DAILY = b"Date, USD, JPY, \n20 November 2026, 1.0823, 160.12, \n"
XML = b"""<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01"
    xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
<Cube><Cube time="2026-11-20"><Cube currency="USD" rate="1.0823"/>
<Cube currency="JPY" rate="160.12"/></Cube></Cube></gesmes:Envelope>"""


def one(currency: str, on: date, cents: int, target: str = "EUR") -> tuple[int | None, date | None]:
    items = pl.DataFrame({"currency": [currency], "day": [on], "cents": [cents]})
    row = in_currency(items, RATES, target, day="day", cents="cents").to_dicts()[0]
    return row["converted_cents"], row["rate_on"]


@pytest.mark.parametrize(
    ("currency", "on", "cents", "target", "expected", "rate_on"),
    [
        pytest.param("USD", FRIDAY, 12_500, "EUR", 10_000, FRIDAY, id="the day's own rate"),
        pytest.param("USD", SUNDAY, 12_500, "EUR", 10_000, FRIDAY, id="Sunday takes Friday's"),
        pytest.param("USD", FRIDAY - timedelta(days=1), 12_000, "EUR", 10_000,
                     FRIDAY - timedelta(days=1), id="each document by its own day"),
        pytest.param("EUR", FRIDAY, 10_000, "USD", 12_500, FRIDAY, id="out of the euro"),
        pytest.param("GBP", FRIDAY, 8_000, "USD", 12_500, FRIDAY, id="through the euro"),
        pytest.param("EUR", FRIDAY, 77, "EUR", 77, None, id="nothing to convert"),
        pytest.param("GBP", FRIDAY, 77, "GBP", 77, None, id="the same currency needs no rate"),
        pytest.param("USD", FRIDAY, -12_500, "EUR", -10_000, FRIDAY, id="a credit"),
        pytest.param("USD", FRIDAY + timedelta(days=GAP_DAYS + 1), 1, "EUR", None, None,
                     id="too long without a rate: none"),
        pytest.param("USD", FRIDAY - timedelta(days=2), 1, "EUR", None, None, id="before the first"),
        pytest.param("CHF", FRIDAY, 1, "EUR", None, None, id="a currency without a rate"),
    ],
)  # fmt: skip
def test_in_currency(  # noqa: PLR0917 - a row of the table
    currency: str, on: date, cents: int, target: str, expected: int | None, rate_on: date | None
) -> None:
    assert one(currency, on, cents, target) == (expected, rate_on)


amounts = st.integers(-(10**14), 10**14)
rates = st.integers(1, 10**5 * SCALE)


@given(amounts, rates, rates)
def test_conversion_is_the_exact_amount_rounded_once(cents: int, one: int, other: int) -> None:
    exact = Fraction(cents * other, one)

    assert converted(cents, from_scaled=one, to_scaled=other) == half_up(exact)


@given(amounts, rates)
def test_one_for_one_changes_nothing(cents: int, rate: int) -> None:
    assert converted(cents, from_scaled=rate, to_scaled=rate) == cents


@given(
    st.lists(st.tuples(st.sampled_from(["EUR", "USD", "GBP", "CHF"]), st.integers(-9, 9), amounts))
)
def test_each_item_is_converted_alone_and_stays_in_its_place(
    rows: list[tuple[str, int, int]],
) -> None:
    days = [FRIDAY + timedelta(days=shift) for _currency, shift, _cents in rows]
    items = pl.DataFrame(
        {
            "currency": [row[0] for row in rows], "day": days, "cents": [row[2] for row in rows],
        },
        schema={"currency": pl.String, "day": pl.Date, "cents": pl.Int64},
    )  # fmt: skip
    found = in_currency(items, RATES, "EUR", day="day", cents="cents")

    assert found["cents"].to_list() == items["cents"].to_list()
    expected = [one(row[0], on, row[2])[0] for row, on in zip(rows, days, strict=True)]
    assert found["converted_cents"].to_list() == expected


@pytest.mark.parametrize("rate", ["0", "-1", "0.00000000001", "1000000000"])
def test_a_rate_without_a_place_is_refused(rate: str) -> None:
    with pytest.raises(ValueError, match="taux hors limites"):
        scaled(Decimal(rate))


def test_staleness() -> None:
    assert is_stale(None, FRIDAY)
    assert not is_stale(FRIDAY, FRIDAY + timedelta(days=5))
    assert is_stale(FRIDAY, FRIDAY + timedelta(days=6))


def zipped(*files: tuple[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "count"),
    [
        pytest.param(HIST, 4, id="the history"),
        pytest.param(DAILY, 2, id="one day, in words"),
        pytest.param(zipped(("eurofxref-hist.csv", HIST)), 4, id="zipped"),
        pytest.param(XML, 2, id="XML"),
        pytest.param(b"\xef\xbb\xbf" + HIST, 4, id="with a mark of its encoding"),
    ],
)
def test_files_of_the_bank(content: bytes, count: int) -> None:
    read = read_rates(content)

    assert read.issues == ()
    assert len(read.rows) == count
    assert read.rows[0] == ("USD", FRIDAY, Decimal("1.0823"))
    assert read.last_on == FRIDAY


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(b"", "rates_unknown", id="nothing"),
        pytest.param(b"client;montant\nA;12\n", "rates_unknown", id="another CSV"),
        pytest.param(b"\xff\xfe\x00", "rates_unknown", id="not text"),
        pytest.param(b"<a/>", "rates_unknown", id="another XML"),
        pytest.param(b"<a", "rates_unknown", id="broken XML"),
        pytest.param(b"PK\x03\x04", "rates_archive", id="broken archive"),
        pytest.param(zipped(("a.csv", HIST), ("b.csv", HIST)), "rates_archive", id="two files"),
        pytest.param(
            b'<!DOCTYPE a [<!ENTITY b "c">]><Cube>&b;</Cube>', "rates_doctype", id="entities"
        ),
        pytest.param(b"Date," + b"USD," * 1000 + b"\n", "rates_columns", id="a thousand columns"),
        pytest.param(b"Date,USD\n", "rates_empty", id="a header alone"),
        pytest.param(
            zipped(("a.csv", b"Date,USD\n" + b" " * (UNZIPPED_MAX + 10))), "rates_too_large",
            id="a bomb",
        ),
    ],
)  # fmt: skip
def test_anything_else_is_refused_with_a_sentence(content: bytes, code: str) -> None:
    read = read_rates(content)

    assert read.rows == ()
    assert [issue.code for issue in read.issues] == [code]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"20/11/2026,1.08", "rates_day"), (b"2026-11-20,abc", "rates_value"),
        (b"2026-11-20,-1", "rates_value"), (b"2026-11-20,0", "rates_value"),
        (b"2026-11-20,1e3", "rates_value"),
    ],
)  # fmt: skip
def test_a_line_that_is_wrong_says_where(line: bytes, code: str) -> None:
    read = read_rates(b"Date,USD\n2026-11-19,1.07\n" + line + b"\n")

    assert [(issue.code, issue.line) for issue in read.issues] == [(code, 3)]
    assert len(read.rows) == 1
