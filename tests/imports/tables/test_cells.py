"""Amounts and days as people write them: the column decides where a cell does not."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from encours.imports.rules.tables import amounts, days


@pytest.mark.parametrize(
    ("text", "decimals", "cents"),
    [
        pytest.param("1 234,50", "comma", 123_450, id="French, a space for thousands"),
        pytest.param("1\u202f234,50 €", "comma", 123_450, id="a narrow no-break space, a sign"),
        pytest.param("(1 234,50)", "comma", -123_450, id="parentheses"),
        pytest.param("1.234,50-", "comma", -123_450, id="the sign last, German thousands"),
        pytest.param("1,234.50", "dot", 123_450, id="English"),
        pytest.param("1,234.50 CR", "dot", -123_450, id="a credit by its letters"),
        pytest.param("1 234,50 D", "comma", 123_450, id="a debit by its letter"),
        pytest.param("EUR 12,5", "comma", 1_250, id="one decimal, the currency before"),
        pytest.param("1'234.50", "dot", 123_450, id="Swiss"),
        pytest.param("-,50", "comma", -50, id="nothing before the mark"),
        pytest.param("+132,00", "comma", 13_200, id="a plus sign"),
        pytest.param("64982.589", "dot", 6_498_259, id="a third decimal rounds up"),
        pytest.param("-64982.585", "dot", -6_498_259, id="a half goes away from zero"),
        pytest.param("1980.7199999999998", "dot", 198_072, id="a float as it was printed"),
        pytest.param("1.5E+03", "dot", 150_000, id="a power of ten"),
        pytest.param("1.234", None, 123_400, id="nothing shows a decimal mark: thousands"),
        pytest.param("12", None, 1_200, id="no decimals at all"),
        pytest.param("0", "comma", 0, id="zero"),
        pytest.param("n/a", "comma", None, id="a word"),
        pytest.param("12,5,0", "comma", None, id="two marks"),
        pytest.param("1-2", "comma", None, id="a sign inside"),
    ],
)
def test_an_amount(text: str, decimals: amounts.Decimals | None, cents: int | None) -> None:
    assert amounts.to_cents(pl.Series([text]), decimals)["cents"].to_list() == [cents]


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        pytest.param(["1,234", "12,50"], "comma", id="one cell decides for all"),
        pytest.param(["1,234", "1,234.00"], "dot", id="both marks: the last is decimal"),
        pytest.param(["1.234,00", "5.000"], "comma", id="dots are thousands"),
        pytest.param(["1,234", "12"], None, id="nothing decides"),
        pytest.param(["0,123", "5"], "comma", id="nothing has a thousand after zero"),
        pytest.param(["12345.678"], "dot", id="five digits in a group"),
        pytest.param([], None, id="an empty column"),
    ],
)
def test_the_decimal_mark_is_the_columns(column: list[str], expected: str | None) -> None:
    assert amounts.decimals_of(pl.Series(column, dtype=pl.String)) == expected


@given(
    cents=st.integers(-(10**13), 10**13),
    style=st.sampled_from(["comma", "dot"]),
    thousands=st.booleans(),
)
def test_what_is_written_is_read(cents: int, style: amounts.Decimals, thousands: bool) -> None:
    text = f"{Decimal(cents) / 100:,.2f}" if thousands else f"{Decimal(cents) / 100:.2f}"
    if style == "comma":
        text = text.translate(str.maketrans(",.", "\u202f,"))

    assert amounts.to_cents(pl.Series([text]), style)["cents"].item() == cents


@pytest.mark.parametrize(
    ("text", "order", "expected"),
    [
        pytest.param("31/03/2026", "dmy", date(2026, 3, 31), id="French"),
        pytest.param("3/31/2026", "mdy", date(2026, 3, 31), id="American"),
        pytest.param("3/31/2026", "dmy", None, id="never swapped for one cell"),
        pytest.param("2026-03-31T10:11:12", None, date(2026, 3, 31), id="ISO with a time"),
        pytest.param("2026-03-31 00:00:00", None, date(2026, 3, 31), id="a spreadsheet's instant"),
        pytest.param("31.03.26", None, date(2026, 3, 31), id="two digits of year"),
        pytest.param("20260331", None, date(2026, 3, 31), id="packed ISO"),
        pytest.param("20260331.0", None, date(2026, 3, 31), id="packed, as a float"),
        pytest.param("31032026", None, date(2026, 3, 31), id="packed French"),
        pytest.param("02092015", None, date(2015, 9, 2), id="packed French of Isacompta"),
        pytest.param("46112", None, date(2026, 3, 31), id="a spreadsheet's serial number"),
        pytest.param("1er mars 2026", None, date(2026, 3, 1), id="words, first of the month"),
        pytest.param("31-Mar-26", None, date(2026, 3, 31), id="an English month"),
        pytest.param("Mar 31, 2026", None, date(2026, 3, 31), id="an English month first"),
        pytest.param("15 août 2025", None, date(2025, 8, 15), id="an accent"),
        pytest.param("juil. 2026", None, None, id="no day"),
        pytest.param("30/02/2026", None, None, id="not in the calendar"),
        pytest.param("01/01/1890", None, None, id="too old for an invoice"),
    ],
)
def test_a_day(text: str, order: days.DayOrder | None, expected: date | None) -> None:
    assert days.read_day(text, order) == expected


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        pytest.param(["01/02/2026", "13/02/2026"], "dmy", id="a day above twelve"),
        pytest.param(["01/02/2026", "02/13/2026"], "mdy", id="a month that cannot be"),
        pytest.param(["01/02/2026", "03/04/2026"], None, id="nothing decides"),
        pytest.param(["2026-02-13"], None, id="ISO has no order to find"),
        pytest.param(["13/01/26", "14/01/26", "01/15/26"], "dmy", id="the more frequent"),
    ],
)
def test_the_order_is_the_columns(column: list[str], expected: str | None) -> None:
    assert days.order_of(column) == expected


@given(day=st.dates(date(1980, 1, 1), date(2079, 12, 31)), order=st.sampled_from(["dmy", "mdy"]))
def test_a_day_that_is_written_is_read(day: date, order: days.DayOrder) -> None:
    shape = "%d/%m/%Y" if order == "dmy" else "%m/%d/%Y"
    written = [day.isoformat(), day.strftime(shape), day.strftime("%Y%m%d")]

    assert days.to_days(pl.Series(written), order).to_list() == [day] * 3
