"""What French wordings of payment terms mean."""

from __future__ import annotations

from fractions import Fraction

import pytest

from encours.kernel.issue import Issue
from encours.receivables.rules.terms import ALL, DueRule, MonthEnd, Part, Terms, single
from encours.receivables.rules.terms_text import parse_terms

A, B = MonthEnd.AFTER_DAYS, MonthEnd.BEFORE_DAYS


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("comptant", single()),
        ("Paiement comptant", single()),
        ("au comptant", single()),
        ("À réception", single()),
        ("à réception de facture", single()),
        ("Paiement à la réception de la facture", single()),
        ("dès réception", single()),
        ("à la commande", single()),
        ("Immédiat", single()),
        ("30 jours", single(30)),
        ("30 jours net", single(30)),
        ("30 jours nets", single(30)),
        ("30J", single(30)),
        ("30 jrs net", single(30)),
        ("à 30 jours", single(30)),
        ("Règlement à 30 jours date de facture", single(30)),
        ("60 jours date de facture", single(60)),
        ("60 jours D.D.F.", single(60)),
        ("60 j ddf", single(60)),
        ("60 jours à compter de la date de facture", single(60)),
        ("45 jours fin de mois", single(45, month_end=A)),
        ("45 jours fin de mois.", single(45, month_end=A)),
        ("45 j fdm", single(45, month_end=A)),
        ("45 JOURS  FIN  DE MOIS", single(45, month_end=A)),
        ("Virement à 45 jours fin de mois", single(45, month_end=A)),
        ("fin de mois + 45 jours", single(45, month_end=B)),
        ("fin de mois 45 jours", single(45, month_end=B)),
        ("Fin du mois plus 45 jours", single(45, month_end=B)),
        ("fdm + 30 jours le 10", single(30, month_end=B, day=10)),
        ("30 jours fin de mois le 15", single(30, month_end=A, day=15)),
        ("30 jours fin de mois, le 15", single(30, month_end=A, day=15)),
        ("30 jours fin de mois le 15 du mois suivant", single(30, month_end=A, day=15)),
        ("LCR à 30 jours fin de mois le 10", single(30, month_end=A, day=10)),
        ("30 jours le 10", single(30, day=10)),
        ("fin de mois", single(month_end=A)),
        ("fin de mois le 10", single(month_end=A, day=10)),
        ("le 10 du mois suivant", single(month_end=A, day=10)),
        ("10 du mois suivant", single(month_end=A, day=10)),
        ("le 5 M+1", single(month_end=A, day=5)),
        ("1 mois", single(months=1)),
        ("2 mois fin de mois", single(months=2, month_end=A)),
        (
            "30 % à la commande, 70 % à 30 jours",
            Terms((Part(Fraction(30), DueRule()), Part(Fraction(70), DueRule(30)))),
        ),
        (
            "33,33% comptant + 33,33% à 30 jours et 33,34% à 60 jours fin de mois",
            Terms(
                (
                    Part(Fraction("33.33"), DueRule()),
                    Part(Fraction("33.33"), DueRule(30)),
                    Part(Fraction("33.34"), DueRule(60, month_end=A)),
                )
            ),
        ),
        (
            "30/60/90 jours",
            Terms(tuple(Part(ALL / 3, DueRule(days)) for days in (30, 60, 90))),
        ),
        (
            "à 30 - 60 jours fin de mois",
            Terms(tuple(Part(Fraction(50), DueRule(days, month_end=A)) for days in (30, 60))),
        ),
    ],
)
def test_wordings(text: str, terms: Terms) -> None:
    assert parse_terms(text) == terms


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("selon accord", id="no figure"),
        pytest.param("30", id="a number alone"),
        pytest.param("30 semaines", id="another unit"),
        pytest.param("90 % à 30 jours", id="parts that make 90 %"),
        pytest.param("100 % selon accord", id="a part not understood"),
        pytest.param(
            "acompte 30 % à la commande, 70 % à 30 jours", id="words before the first part"
        ),
        pytest.param("30 jours fin de mois le 45", id="the 45th of the month"),
        pytest.param("900 jours", id="more than a year"),
        pytest.param("30 jours fin de mois sauf août", id="an exception"),
        pytest.param("30/60 jours selon accord", id="several delays, an unknown tail"),
    ],
)
def test_what_is_not_understood_is_an_issue(text: str) -> None:
    issue = parse_terms(text)

    assert isinstance(issue, Issue)
    assert (issue.code, issue.column, issue.found) == ("terms_unread", "terms", text)
    assert issue.severity == "error"
    assert issue.expected == "30 jours fin de mois"
    assert issue.message.endswith((".", "%."))
