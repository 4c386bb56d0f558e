from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from encours.scoring.rules.figures import FIGURES
from encours.scoring.rules.profiles import InvalidThresholds, Thresholds, profiled
from encours.scoring.rules.sentences import sentence

USUAL: dict[str, Any] = {
    "customer_id": 1,
    "currency": "EUR",
    "settled_lines": 38,
    "scored_lines": 38,
    "mean_tenths": 0,
    "last_tenths": 0,
    "last_delays": "9 14 15",
    "expected_tenths": 0,
    "trend_tenths": None,
    "recent_tenths": 0,
    "spread_tenths": 0,
    "on_time_percent": 22,
    "on_time_amount_percent": 22,
    "oldest_overdue_days": 0,
    "late_days": 0,
    "overdue_lines": 0,
    "open_cents": 0,
    "overdue_cents": 0,
    "disputes": 0,
    "broken_promises": 0,
    "returned_debits": 0,
    "volume_cents": 0,
    "volume_share": 0,
    "buyers": 100,
    "tenure_months": 30,
}


def row(
    debtor_class: str = "business", chosen: str = "", limits: Thresholds | None = None, **known: Any
) -> dict[str, Any]:
    figures = pl.DataFrame([{**USUAL, **known}], schema=FIGURES)
    customers = pl.DataFrame({"customer_id": [1], "debtor_class": [debtor_class]})
    overrides = pl.DataFrame({"customer_id": [1], "chosen": [chosen]}) if chosen else None
    return profiled(figures, customers, limits or Thresholds(), overrides).row(0, named=True)


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        pytest.param({"expected_tenths": -30}, "early", id="three days before is early"),
        pytest.param({"expected_tenths": -29}, "on_time", id="less is on time"),
        pytest.param({"expected_tenths": 30}, "on_time", id="three days after still is"),
        pytest.param({"expected_tenths": 31}, "slightly_late", id="more is slightly late"),
        pytest.param({"expected_tenths": 150}, "slightly_late", id="up to fifteen days"),
        pytest.param({"expected_tenths": 151}, "chronically_late", id="beyond is chronic"),
        pytest.param({"late_days": 30}, "on_time", id="a line overdue for thirty days passes"),
        pytest.param({"late_days": 31}, "slightly_late", id="one day more does not"),
        pytest.param(
            {"late_days": 31, "expected_tenths": -90}, "slightly_late", id="nor does it for early"
        ),
        pytest.param({"scored_lines": 2}, "new", id="two lines are new"),
        pytest.param(
            {"scored_lines": 2, "late_days": 31, "expected_tenths": 200},
            "chronically_late",
            id="two lines and one owed for long are not new",
        ),
        pytest.param(
            {"trend_tenths": 100, "recent_tenths": 31, "expected_tenths": 20},
            "deteriorating",
            id="slower by ten days and late by now",
        ),
        pytest.param(
            {"trend_tenths": 100, "recent_tenths": 30}, "on_time", id="slower, yet still on time"
        ),
        pytest.param({"trend_tenths": 99, "recent_tenths": 99}, "on_time", id="hardly slower"),
        pytest.param({"expected_tenths": None}, "on_time", id="nothing expected is not late"),
    ],
)
def test_how_it_pays(known: dict[str, Any], expected: str) -> None:
    found = row(**known)

    assert (found["behaviour"], found["profile"]) == (expected, expected)


@pytest.mark.parametrize(
    ("debtor_class", "known", "chosen", "expected"),
    [
        pytest.param("public", {"volume_share": 500}, "", "public_body", id="public first"),
        pytest.param("consumer", {"volume_share": 500}, "", "consumer", id="then consumer"),
        pytest.param("business", {"volume_share": 50}, "", "key_account", id="then key account"),
        pytest.param("business", {"volume_share": 49}, "", "chronically_late", id="not key yet"),
        pytest.param(
            "business",
            {"volume_share": 900, "buyers": 19},
            "",
            "chronically_late",
            id="among few buyers nobody is key",
        ),
        pytest.param("public", {"volume_share": 500}, "new", "new", id="a person before all"),
    ],
)
def test_the_order_of_profiles(
    debtor_class: str, known: dict[str, Any], chosen: str, expected: str
) -> None:
    found = row(debtor_class, chosen, expected_tenths=200, **known)

    assert (found["profile"], found["behaviour"]) == (expected, "chronically_late")
    assert found["is_chosen"] == bool(chosen)


def test_thresholds_move_the_borders() -> None:
    limits = Thresholds(on_time_days=5, slightly_late_days=20, new_lines=50)

    assert row(expected_tenths=200, limits=limits)["profile"] == "new"
    assert row(expected_tenths=200, scored_lines=50, limits=limits)["profile"] == "slightly_late"


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"on_time_days": -1}, id="below zero"),
        pytest.param({"overdue_days": 366}, id="more than a year"),
        pytest.param({"on_time_days": 15}, id="no room for slightly late"),
    ],
)
def test_thresholds_that_cannot_be_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(InvalidThresholds):
        Thresholds(**wrong)


@pytest.mark.parametrize(
    ("known", "french", "english"),
    [
        pytest.param(
            {"mean_tenths": 120},
            "Paie en moyenne 12 jours après l'échéance (dernières : 9, 14, 15 ; 38 échéances"
            " réglées), 22 % à l'heure.",
            "Pays 12 days after the due date on average (latest: 9, 14, 15; 38 lines settled),"
            " 22% on time.",
            id="the sentence of a late payer",
        ),
        pytest.param(
            {"mean_tenths": -14, "settled_lines": 38},
            "Paie en moyenne 1 jour avant l'échéance (dernières : 9, 14, 15 ; 38 échéances"
            " réglées), 22 % à l'heure.",
            "Pays 1 day before the due date on average (latest: 9, 14, 15; 38 lines settled),"
            " 22% on time.",
            id="one day before",
        ),
        pytest.param(
            {"mean_tenths": 4, "trend_tenths": -80, "overdue_lines": 1, "oldest_overdue_days": 9},
            "Paie en moyenne à l'échéance (dernières : 9, 14, 15 ; 38 échéances réglées), 22 % à"
            " l'heure, 8 jours plus tôt que les mois précédents, 1 échéance en retard, depuis"
            " 9 jours.",
            "Pays on the due date on average (latest: 9, 14, 15; 38 lines settled), 22% on time,"
            " 8 days sooner than in the months before, 1 line overdue, for 9 days.",
            id="faster than before, one line overdue",
        ),
        pytest.param(
            {
                "mean_tenths": 125,
                "settled_lines": 1,
                "scored_lines": 3,
                "last_delays": "2",
                "overdue_lines": 2,
                "oldest_overdue_days": 40,
                "expected_tenths": 83,
                "trend_tenths": 60,
                "on_time_percent": 0,
            },
            "Paie en moyenne 13 jours après l'échéance (dernières : 2 ; 1 échéance réglée et 2"
            " encore dues), 0 % à l'heure, 6 jours plus tard que les mois précédents, 2 échéances"
            " en retard, la plus ancienne depuis 40 jours ; historique court : attendu 8 jours"
            " après l'échéance, d'après les clients comparables.",
            "Pays 13 days after the due date on average (latest: 2; 1 line settled and 2 still"
            " owed), 0% on time, 6 days later than in the months before, 2 lines overdue, the"
            " oldest for 40 days; short history: expected 8 days after the due date, from"
            " comparable customers.",
            id="a short history and open lines that count",
        ),
        pytest.param(
            {
                "mean_tenths": None,
                "settled_lines": 0,
                "scored_lines": 0,
                "last_delays": None,
                "on_time_percent": None,
                "expected_tenths": None,
            },
            "Pas encore d'échéance réglée.",
            "No line settled yet.",
            id="nothing observed",
        ),
    ],
)
def test_the_sentence_says_why(known: dict[str, Any], french: str, english: str) -> None:
    found = row(**known)

    assert sentence(found, "fr") == french
    assert sentence(found, "en-gb") == english


@pytest.mark.parametrize(
    ("debtor_class", "share", "chosen", "start"),
    [
        pytest.param("public", 0, "", "Secteur public. Paie", id="public"),
        pytest.param("consumer", 0, "", "Particulier. Paie", id="consumer"),
        pytest.param(
            "business", 84, "", "Grand compte : 8 % des ventes de douze mois. Paie", id="key"
        ),
        pytest.param("public", 0, "early", "Profil choisi à la main. Paie", id="chosen"),
    ],
)
def test_the_sentence_starts_with_what_decides(
    debtor_class: str, share: int, chosen: str, start: str
) -> None:
    assert sentence(row(debtor_class, chosen, volume_share=share)).startswith(start)
