"""Legal ceilings of payment terms (law-fr 2.1 to 2.4, 1.18)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from encours.receivables.rules.ceilings import (
    REGIME_LABELS,
    TermRegime,
    ceiling_issues,
    latest_due_on,
    terms_issues,
)
from encours.receivables.rules.terms import MonthEnd, Terms, single
from encours.receivables.rules.values import NoLawValue, shipped_law_values

LAW = shipped_law_values()
A, B = MonthEnd.AFTER_DAYS, MonthEnd.BEFORE_DAYS


@pytest.mark.parametrize(
    ("regime", "issued", "delivered", "latest"),
    [
        pytest.param(
            "none", "2026-03-10", "2026-03-01", "2026-03-31", id="30 days after the delivery"
        ),
        pytest.param("none", "2026-03-10", None, "2026-04-09", id="delivery unknown: the invoice"),
        pytest.param("agreed", "2026-01-15", None, "2026-03-31", id="45 days then end of month"),
        pytest.param("agreed", "2026-02-10", None, "2026-04-14", id="end of month then 45 days"),
        pytest.param("agreed", "2026-07-31", None, "2026-09-30", id="A again, past 60 days"),
        pytest.param("agreed", "2026-01-01", None, "2026-03-17", id="B, past 60 days (2 March)"),
        pytest.param(
            "agreed", "2026-05-31", None, "2026-07-31", id="A after 31 May: 15 July, end of July"
        ),
        pytest.param("agreed", "2027-01-30", None, "2027-03-31", id="A: 16 March, end of March"),
        pytest.param(
            "agreed", "2026-12-17", None, "2027-02-15", id="60 net wins: B gives 14 February"
        ),
        pytest.param("wine", "2026-01-15", None, "2026-03-31", id="wine as agreed"),
        pytest.param(
            "summary", "2026-03-31", "2026-03-01", "2026-05-15", id="summary invoice, from its date"
        ),
        pytest.param(
            "transport", "2026-03-31", "2026-03-01", "2026-04-30", id="transport, from the invoice"
        ),
        pytest.param(
            "perishable", "2026-03-31", "2026-03-01", "2026-04-09", id="first decade + 30"
        ),
        pytest.param(
            "perishable", "2026-03-31", "2026-03-10", "2026-04-09", id="last day of a decade"
        ),
        pytest.param(
            "perishable", "2026-03-31", "2026-03-11", "2026-04-19", id="second decade + 30"
        ),
        pytest.param(
            "perishable", "2026-03-31", "2026-03-20", "2026-04-19", id="the 20th is in it"
        ),
        pytest.param(
            "perishable", "2026-03-31", "2026-03-21", "2026-04-30", id="third decade + 30"
        ),
        pytest.param(
            "livestock", "2026-03-31", "2026-03-01", "2026-03-21", id="livestock, 20 days"
        ),
        pytest.param(
            "alcohol", "2026-03-31", "2026-03-01", "2026-04-30", id="alcohol, end of month + 30"
        ),
        pytest.param(
            "public", "2026-03-31", "2026-03-01", "2026-03-31", id="State and local bodies"
        ),
        pytest.param("public_health", "2026-03-01", None, "2026-04-20", id="hospitals, 50 days"),
        pytest.param(
            "public_undertaking", "2026-03-01", None, "2026-04-30", id="public undertakings"
        ),
    ],
)
def test_latest_lawful_due_date(
    regime: str, issued: str, delivered: str | None, latest: str
) -> None:
    ceiling = latest_due_on(
        TermRegime(regime),
        date.fromisoformat(issued),
        LAW,
        delivered_on=date.fromisoformat(delivered) if delivered else None,
    )

    assert ceiling.latest_on == date.fromisoformat(latest)
    assert ceiling.regime == regime
    assert all(value.code.startswith("term_") for value in ceiling.values)


def test_the_ceiling_itself_is_lawful_and_the_day_after_is_warned() -> None:
    issued, latest = date(2026, 1, 15), date(2026, 3, 31)

    assert ceiling_issues(TermRegime.AGREED, issued, latest, LAW) == ()
    (issue,) = ceiling_issues(TermRegime.AGREED, issued, latest + timedelta(days=1), LAW)
    assert issue.severity == "warning"
    assert issue.code == "terms_over_ceiling"
    assert issue.column == "due_on"
    assert (issue.found, issue.expected) == ("2026-04-01", "<= 2026-03-31")
    assert issue.message == (
        "Échéance au 01/04/2026 pour une facture du 15/01/2026 : au-delà du plafond légal "
        "(délai convenu, au plus tard le 31/03/2026, C. com. L441-10 I al. 2)."
    )


def test_the_delivery_date_counts() -> None:
    issued, delivered = date(2026, 3, 31), date(2026, 3, 1)
    due = date(2026, 3, 22)

    assert ceiling_issues(TermRegime.LIVESTOCK, issued, due, LAW) == ()
    assert ceiling_issues(TermRegime.LIVESTOCK, issued, due, LAW, delivered_on=delivered)


@pytest.mark.parametrize(
    ("terms", "regime", "is_lawful"),
    [
        pytest.param(single(60), TermRegime.AGREED, True, id="60 net"),
        pytest.param(single(45, month_end=A), TermRegime.AGREED, True, id="45 end of month, A"),
        pytest.param(single(45, month_end=B), TermRegime.AGREED, True, id="45 end of month, B"),
        pytest.param(single(76), TermRegime.AGREED, False, id="76 net is too long on any day"),
        pytest.param(single(60, month_end=A), TermRegime.AGREED, False, id="60 end of month"),
        pytest.param(single(30), TermRegime.TRANSPORT, True, id="30 for transport"),
        pytest.param(single(31), TermRegime.TRANSPORT, False, id="31 for transport"),
        pytest.param(single(31), TermRegime.NONE, False, id="31 with no agreement"),
    ],
)
def test_terms_are_judged_on_their_worst_day(
    terms: Terms, regime: TermRegime, is_lawful: bool
) -> None:
    issues = terms_issues(terms, regime, LAW, 2026)

    assert len(issues) == (0 if is_lawful else 1)


def test_the_worst_day_is_the_first_of_the_largest_excess() -> None:
    (issue,) = terms_issues(single(31), TermRegime.TRANSPORT, LAW, 2026)

    assert (issue.found, issue.expected) == ("2026-02-01", "<= 2026-01-31")


def test_terms_lawful_on_new_year_can_be_too_long_later() -> None:
    (issue,) = terms_issues(single(30, month_end=A), TermRegime.TRANSPORT, LAW, 2026)

    assert "facture du 30/01/2026" in issue.message  # + 30 days: 1 March, end of March
    assert (issue.found, issue.expected) == ("2026-03-31", "<= 2026-03-01")


def test_every_regime_has_a_french_name() -> None:
    assert set(REGIME_LABELS) == set(TermRegime)


def test_before_the_law_existed_we_refuse() -> None:
    with pytest.raises(NoLawValue, match="term_summary » connue au 07/08/2015"):
        latest_due_on(TermRegime.SUMMARY, date(2015, 8, 7), LAW)
    assert LAW.on("term_summary", date(2015, 8, 8)).value == 45
