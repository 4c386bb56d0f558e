"""Semester rates: the shipped table, the missing semester, the user's file."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from encours.kernel.dates import Semester
from encours.receivables.rules.rates import (
    MissingRate,
    Rates,
    SemesterRate,
    semesters_missing,
    shipped_rates,
)
from encours.receivables.rules.rates_file import parse_rates_csv, parse_semester
from encours.receivables.rules.values import (
    LawValue,
    LawValues,
    parse_law_values,
    shipped_law_values,
)

RATES = shipped_rates()
HEAD = "semester,ecb_refi,legal_private,legal_other\n"


def row(
    semester: str, ecb: str = "2.15", private: str = "6.65", other: str = "2.76"
) -> SemesterRate:
    year, half = semester.split("-S")
    return SemesterRate(
        Semester(int(year), int(half)), Fraction(ecb), Fraction(private), Fraction(other)
    )


@pytest.mark.parametrize(
    ("day", "ecb", "private", "other"),
    [
        pytest.param("2015-01-01", "0.05", "4.06", "0.93", id="the first semester we know"),
        pytest.param("2022-12-31", "0", "3.15", "0.77", id="1 July 2022, before the first rise"),
        pytest.param("2023-01-01", "2.50", "4.47", "2.06", id="after four rises"),
        pytest.param("2024-06-30", "4.50", "8.01", "5.07", id="the last day of a semester"),
        pytest.param("2026-12-31", "2.40", "6.84", "2.75", id="the last semester we know"),
    ],
)
def test_shipped_rates(day: str, ecb: str, private: str, other: str) -> None:
    found = RATES.on(date.fromisoformat(day))

    assert (found.ecb_refi, found.legal_private, found.legal_other) == tuple(
        map(Fraction, (ecb, private, other))
    )


def test_shipped_rates_have_no_gap_and_carry_their_source() -> None:
    assert len(RATES.rows) == 24
    for before, after in zip(RATES.rows, RATES.rows[1:], strict=False):
        assert before.semester.following() == after.semester
    assert all(rate.source and rate.checked_on == date(2026, 11, 22) for rate in RATES.rows)


def test_confidence_marks_of_law_fr_1_21_and_1_22() -> None:
    marks = {str(rate.semester): rate for rate in RATES.rows}

    assert (marks["2026-S2"].ecb_mark, marks["2026-S2"].legal_mark) == ("VC", "VC")
    assert marks["2018-S1"].legal_mark == marks["2019-S1"].legal_mark == "C"
    assert "0.88" in marks["2018-S1"].note
    assert marks["2016-S1"].is_confirmed
    assert not marks["2018-S1"].is_confirmed
    assert not marks["2026-S2"].is_confirmed
    assert row("2027-S1").is_confirmed


def test_validity_is_the_semester() -> None:
    rate = row("2026-S2")

    assert (rate.valid_from, rate.valid_to) == (date(2026, 7, 1), date(2026, 12, 31))


@pytest.mark.parametrize("day", [date(2014, 12, 31), date(2027, 1, 1)])
def test_a_missing_semester_is_refused_with_a_sentence(day: date) -> None:
    with pytest.raises(
        MissingRate, match="Aucun taux n'est enregistré pour le semestre"
    ) as refusal:
        RATES.on(day)
    assert refusal.value.semester == Semester.of(day)


def test_the_sentence_names_the_semester_and_its_dates() -> None:
    assert str(MissingRate(Semester(2027, 1))) == (
        "Aucun taux n'est enregistré pour le semestre 2027-S1 (du 01/01/2027 au 30/06/2027) : "
        "saisissez-le dans Réglages › Taux avant de calculer des intérêts sur cette période."
    )


@pytest.mark.parametrize(
    ("today", "missing"),
    [
        pytest.param("2026-12-01", [], id="31 days before: nothing yet"),
        pytest.param("2026-12-02", ["2027-S1"], id="30 days before"),
        pytest.param("2026-12-31", ["2027-S1"], id="the eve"),
        pytest.param("2027-01-01", ["2027-S1"], id="the present semester is missing"),
        pytest.param("2027-06-15", ["2027-S1", "2027-S2"], id="both are missing"),
        pytest.param("2026-06-15", [], id="both are known"),
    ],
)
def test_semesters_to_enter(today: str, missing: list[str]) -> None:
    found = semesters_missing(RATES, date.fromisoformat(today))

    assert [str(semester) for semester in found] == missing


def test_the_warning_can_come_earlier() -> None:
    assert semesters_missing(RATES, date(2026, 12, 1), warning_days=31) == (Semester(2027, 1),)


def test_rows_added_win_and_stay_sorted() -> None:
    rates = RATES.with_rows([row("2027-S1", "3"), row("2026-S2", "1")])

    assert rates.of(Semester(2027, 1)).ecb_refi == 3
    assert rates.of(Semester(2026, 2)).ecb_refi == 1
    assert [rate.semester for rate in rates.rows] == sorted(rate.semester for rate in rates.rows)
    assert len(rates.rows) == 25
    assert Rates((row("2026-S1", "1"), row("2026-S1", "2"))).on(date(2026, 1, 1)).ecb_refi == 2


@pytest.mark.parametrize(
    ("text", "semester"),
    [
        ("2026-S2", "2026-S2"),
        ("2026S1", "2026-S1"),
        ("S2 2026", "2026-S2"),
        ("2e semestre 2026", "2026-S2"),
        ("1er semestre 2026", "2026-S1"),
        ("2026-07-01", "2026-S2"),
        ("2026/1", "2026-S1"),
        (" 2026-s2 ", "2026-S2"),
        ("2026-07-02", None),
        ("2026", None),
        ("2026-S3", None),
        ("S1 S2 2026", None),
        ("S1 2025 2026", None),
        ("", None),
    ],
)
def test_semester_wordings(text: str, semester: str | None) -> None:
    found = parse_semester(text)

    assert (found and str(found)) == semester


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(HEAD + "2026-S2,2.40,6.84,2.75\n", id="our own columns"),
        pytest.param(
            "Semestre;Taux BCE;Légal particuliers;Tous autres cas\nS2 2026;2,40 %;6,84;2,75",
            id="French",
        ),
        pytest.param(
            "\ufeffsemester\tbce\tlegal_part\tlegal_autres\n2026-07-01\t2.4\t6.84\t2.75",
            id="tabs, BOM",
        ),
        pytest.param(
            "x," + HEAD + ",2026-S2,2.40,6.84,2.75\n\n , \n", id="another column, blank lines"
        ),
    ],
)
def test_a_user_file_is_read(text: str) -> None:
    checked = date(2026, 7, 2)
    read = parse_rates_csv(text, source="JO", checked_on=checked)

    assert read.issues == ()
    (rate,) = read.rows
    assert (str(rate.semester), rate.ecb_refi, rate.legal_private, rate.legal_other) == (
        "2026-S2",
        Fraction("2.40"),
        Fraction("6.84"),
        Fraction("2.75"),
    )
    assert (rate.source, rate.checked_on, rate.ecb_mark, rate.legal_mark) == (
        "JO",
        checked,
        "U",
        "U",
    )


def test_every_problem_is_gathered_and_good_rows_are_kept_sorted() -> None:
    read = parse_rates_csv(
        HEAD
        + "2027-S1,2.40,6.84,2.75\n"
        + "2026-S9,2.40,6.84,2.75\n"
        + "2027-S1,2.40,6.84,2.75\n"
        + "2026-S2,31,x,-1\n"
        + "2026-S1,30,2.00,2.01\n"
        + "2025-S2,2.15\n"
    )

    assert [str(rate.semester) for rate in read.rows] == ["2026-S1", "2027-S1"]
    assert [
        (issue.line, issue.code, issue.column, issue.found, issue.severity) for issue in read.issues
    ] == [
        (3, "rates_semester", "semester", "2026-S9", "error"),
        (4, "rates_twice", "semester", "2027-S1", "error"),
        (5, "rates_value", "ecb_refi", "31", "error"),
        (5, "rates_value", "legal_private", "x", "error"),
        (5, "rates_value", "legal_other", "-1", "error"),
        (6, "rates_swapped", "legal_private", "2.00", "warning"),
        (7, "rates_value", "legal_private", "", "error"),
        (7, "rates_value", "legal_other", "", "error"),
    ]
    assert all(issue.message.endswith((".", "?")) for issue in read.issues)
    assert [issue.expected for issue in read.issues] == [
        "2026-S2", "", "2,15", "2,15", "2,15", "au moins 2.01", "2,15", "2,15",
    ]  # fmt: skip


def test_zero_is_a_rate_and_equal_legal_rates_are_no_swap() -> None:
    read = parse_rates_csv(HEAD + "2026-S1,0,0,0\n")

    assert read.issues == ()
    assert read.rows[0].ecb_refi == 0


@pytest.mark.parametrize("text", ["", "a,b,c\n1,2,3", "semester,ecb_refi,legal_private\n"])
def test_a_file_without_the_columns_is_refused_whole(text: str) -> None:
    read = parse_rates_csv(text)

    assert read.rows == ()
    (issue,) = read.issues
    assert (issue.code, issue.line, issue.severity) == ("rates_columns", 1, "error")
    assert "legal_other" in issue.message
    assert issue.found == " ".join(text.splitlines()[0].split(",") if text else [])
    assert issue.expected == "semester, ecb_refi, legal_private, legal_other"


def test_law_values_are_dated_on_both_sides() -> None:
    values = parse_law_values(
        [
            "code,value,unit,valid_from,valid_to,source,mark,checked_on",
            "x,1/2,points,2020-01-01,2020-12-31,here,V,2026-01-01",
            "x,2,points,2021-01-01,,here,V,2026-01-01",
        ]
    )

    assert values.on("x", date(2020, 1, 1)).value == Fraction(1, 2)
    assert values.on("x", date(2020, 12, 31)).value == Fraction(1, 2)
    assert values.on("x", date(2021, 1, 1)).value == 2
    assert isinstance(values, LawValues)
    assert isinstance(values.rows[0], LawValue)


def test_shipped_law_values_of_late_payment() -> None:
    law = shipped_law_values()
    day = date(2026, 1, 1)

    assert [law.on(code, day).value for code in ("b2b_margin", "b2g_margin", "b2b_floor_multiple", "indemnity")] == [
        10, 8, 3, 4000,
    ]  # fmt: skip
    assert all(value.source and value.mark in {"V", "VC", "C", "M"} for value in law.rows)
