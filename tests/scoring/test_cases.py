from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from encours.kernel.refusal import Refusal
from encours.scoring.rules.cases import answer_cases

TODAY = date(2026, 11, 30)
LINE = {"issued_on": "2026-01-01", "due_on": "2026-02-01", "amount": "100.00"}


@pytest.mark.parametrize(
    ("case", "message"),
    [
        pytest.param([], "Chaque cas doit être un objet JSON.", id="not an object"),
        pytest.param({"lignes": []}, "Champ inconnu : lignes.", id="an unknown field"),
        pytest.param({"lines": [{**LINE, "paid": 1}]}, "Champ inconnu : paid.", id="in a line"),
        pytest.param(
            {"lines": [{**LINE, "payments": [{"on": "2026-03-01", "amount": "100.01"}]}]},
            "Les règlements d'une échéance dépassent son montant.",
            id="paid more than owed",
        ),
        pytest.param(
            {
                "lines": [
                    {**LINE, "payments": [{"on": "2026-03-01", "amount": "1", "kind": "gift"}]}
                ]
            },
            "Nature de règlement inconnue : gift.",
            id="an unknown kind of payment",
        ),
        pytest.param(
            {"facts": [{"kind": "dispute", "starts_on": "2026-03-01", "line": 0}]},
            "Il n'y a pas de ligne 0 : la première est la ligne 0.",
            id="a fact about no line",
        ),
    ],
)
def test_a_case_that_cannot_be_read_says_why_and_the_others_are_answered(
    case: Any, message: str
) -> None:
    bad, good = answer_cases([case, {"id": 7, "lines": [LINE]}], as_of=TODAY)

    assert bad["error"] == {"code": "invalid_case", "message": message}
    assert (good["id"], good["figures"]["open"]) == (7, "100.00")


def test_anything_but_a_list_is_refused() -> None:
    with pytest.raises(Refusal, match="Une liste JSON"):
        answer_cases({}, as_of=TODAY)


def test_thresholds_and_language_are_arguments() -> None:
    case = {"class": "business", "lines": [{**LINE, "settled_on": "2026-02-06"}] * 3}
    answer = answer_cases([case], as_of=TODAY, thresholds={"on_time_days": 5}, language="en")[0]

    assert answer["profile"] == "on_time"
    assert answer["sentence"].startswith("Pays 5 days after the due date on average (latest: 5, 5")
    assert answer_cases([case], as_of=TODAY)[0]["profile"] == "slightly_late"


def test_a_fact_recorded_later_is_not_known_yet() -> None:
    fact = {"kind": "dispute", "starts_on": "2026-03-01", "recorded_on": "2026-12-02"}
    answer = answer_cases([{"lines": [LINE], "facts": [fact]}], as_of=TODAY)[0]

    assert answer["figures"]["disputes"] == 0
    assert answer["figures"]["oldest_overdue_days"] == 302
