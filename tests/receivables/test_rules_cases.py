"""Cases in, answers out: the JSON that `law interest|deadline|terms` speaks."""

from __future__ import annotations

import json
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from encours.receivables.rules.case_fields import Fields, InvalidCase
from encours.receivables.rules.cases import TOPICS, answer_cases
from encours.receivables.rules.rates import shipped_rates
from encours.receivables.rules.values import shipped_law_values

LAW, RATES = shipped_law_values(), shipped_rates()
DOCS = Path(__file__).parents[2] / "docs" / "contracts"
VECTOR = {
    "id": "1.23",
    "debtor_class": "business",
    "amount": "10000.00",
    "due_on": "2026-04-30",
    "paid_on": "2026-09-01",
}


def ask(topic: str, case: object) -> dict[str, Any]:
    (answer,) = answer_cases(topic, [case], RATES, LAW)
    return answer


def test_vector_1_23() -> None:
    assert ask("interest", VECTOR) == {
        "id": "1.23",
        "regime": "business",
        "source": "C. com. art. L441-10 II",
        "day_count": "act_365",
        "interest": "417.08",
        "indemnity": "40.00",
        "indemnity_reason": "Une échéance au moins payée en retard.",
        "total": "457.08",
        "lines": [
            {
                "due_on": "2026-04-30",
                "interest": "417.08",
                "days": 124,
                "segments": [
                    {
                        "from": "2026-05-01", "to": "2026-06-30", "days": 61, "base": "10000.00",
                        "rate": "12.15", "exact": "14823/73", "amount": "203.05",
                    },
                    {
                        "from": "2026-07-01", "to": "2026-09-01", "days": 63, "base": "10000.00",
                        "rate": "12.40", "exact": "15624/73", "amount": "214.03",
                    },
                ],
            }
        ],
        "issues": [
            {
                "code": "rate_to_confirm",
                "message": "Taux à confirmer au texte officiel : 2026-S1, 2026-S2",
                "severity": "info",
            }
        ],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "interest", "indemnity"),
    [
        pytest.param({"paid_on": None, "until": "2026-09-01"}, "417.08", "40.00", id="until"),
        pytest.param({"payments": [{"on": "2026-05-30", "amount": "4000.00"}], "paid_on": "2026-06-30"}, "161.78", "40.00", id="a part payment"),
        pytest.param({"debtor_class": None}, "0.00", "0.00", id="no class is unknown"),
        pytest.param({"debtor_class": "public"}, "344.82", "40.00", id="public"),
        pytest.param({"debtor_class": "consumer", "mise_en_demeure_on": "2026-06-30"}, "47.47", "0.00", id="consumer: 10 000 × 2,75 % × 63/365"),
        pytest.param({"contract_rate": "20"}, "679.45", "40.00", id="20 %: 10 000 × 20 % × 124/365"),
        pytest.param({"contract_rate": {"kind": "ecb_plus", "value": "12"}}, "485.03", "40.00", id="ECB + 12"),
        pytest.param({"insolvency_on": "2026-05-31"}, "103.19", "40.00", id="insolvency"),
        pytest.param({"since": "2026-06-30"}, "214.03", "40.00", id="what was billed"),
        pytest.param({"debtor_class": "foreign", "french_law": False}, "0.00", "0.00", id="foreign, another law"),
        pytest.param({"debtor_class": "foreign", "french_law": True}, "417.08", "40.00", id="foreign, French law"),
        pytest.param({"amount": 10000}, "417.08", "40.00", id="an amount as a number"),
        pytest.param({"due_on": "2024-02-10", "paid_on": "2024-12-31", "amount": "2500", "contract_rate": "9", "day_count": "act_act"}, "199.80", "40.00", id="ACT/ACT"),
    ],
)  # fmt: skip
def test_interest_cases(changes: dict[str, Any], interest: str, indemnity: str) -> None:
    answer = ask("interest", VECTOR | changes)

    assert (answer["interest"], answer["indemnity"]) == (interest, indemnity)
    assert answer["day_count"] == changes.get("day_count", "act_365")


def test_several_due_lines_bear_one_indemnity_and_say_each_issue_once() -> None:
    line = {"due_on": "2026-04-30", "amount": "5000.00"}
    case = {
        "debtor_class": "business",
        "until": "2026-06-30",
        "lines": [
            line,
            line | {"due_on": "2026-05-31", "payments": [{"on": "2026-06-10", "amount": "1.00"}]},
        ],
    }
    answer = ask("interest", case)

    assert "id" not in answer
    assert [one["due_on"] for one in answer["lines"]] == ["2026-04-30", "2026-05-31"]
    assert [one["days"] for one in answer["lines"]] == [61, 30]
    assert [len(one["segments"]) for one in answer["lines"]] == [1, 2]
    # 5 000 × 12,15 % × 61/365 = 101,53 ; 16,6438 + 33,2810 = 49,92
    assert [one["interest"] for one in answer["lines"]] == ["101.53", "49.92"]
    assert (answer["interest"], answer["indemnity"], answer["total"]) == (
        "151.45",
        "40.00",
        "191.45",
    )
    assert len(answer["issues"]) == 1


@pytest.mark.parametrize(
    ("topic", "changes", "code", "message"),
    [
        ("interest", {"paid_on": "2027-02-01"}, "missing_rate", "2027-S1"),
        ("interest", {"paid_on": None}, "invalid_case", "Champ manquant : until."),
        ("interest", {"due_on": "30/04/2026"}, "invalid_case", "Champ due_on illisible : « 30/04/2026 », attendu : une date comme 2026-04-30."),
        ("interest", {"due_on": 20260430}, "invalid_case", "Champ due_on illisible"),
        ("interest", {"amount": "0.00"}, "invalid_case", "Champ amount illisible : « 0.00 », attendu : un montant comme 1234.50, supérieur à zéro."),
        ("interest", {"amount": "-1"}, "invalid_case", "Champ amount illisible"),
        ("interest", {"amount": "dix"}, "invalid_case", "Champ amount illisible"),
        ("interest", {"debtor_class": "b2b"}, "invalid_case", "attendu : business | consumer | public | foreign | unknown."),
        ("interest", {"french_law": "yes"}, "invalid_case", "attendu : true ou false."),
        ("interest", {"payments": "none"}, "invalid_case", "Champ payments illisible : « none », attendu : une liste."),
        ("interest", {"payments": ["none"]}, "invalid_case", "Chaque cas doit être un objet JSON."),
        ("interest", {"payments": [{"on": "2026-05-01", "amount": "1", "x": 1}]}, "invalid_case", "Champ inconnu : x."),
        ("interest", {"contract_rate": "-3"}, "invalid_case", "Champ contract_rate illisible : « -3 », attendu : un nombre comme 12.15."),
        ("interest", {"contract_rate": {"kind": "?", "value": "1"}}, "invalid_case", "attendu : fixed | ecb_plus | legal_times."),
        ("interest", {"contract_rate": {"kind": "fixed", "value": "1", "per": "year"}}, "invalid_case", "Champ inconnu : per."),
        ("interest", {"lines": [{"due_on": "2026-01-01", "montant": "1"}]}, "invalid_case", "Champ inconnu : montant."),
        ("interest", {"amont": "1", "zzz": 2}, "invalid_case", "Champ inconnu : amont, zzz."),
        ("terms", {"terms": "un de ces jours", "issued_on": "2026-01-01"}, "invalid_case", "Conditions de règlement non comprises. « un de ces jours »"),
        ("terms", {"terms": {"parts": []}, "issued_on": "2026-01-01"}, "invalid_case", "Les parts de l'échéancier doivent faire 100 %."),
        ("terms", {"terms": "30 jours", "issued_on": "1990-01-01"}, "missing_law_value", "term_agreed"),
        ("terms", {"terms": "30 jours", "issued_on": "2026-01-01", "holidays": ["Noël"]}, "invalid_case", "Champ holidays illisible"),
        ("terms", {"terms": "30 jours", "issued_on": "2026-01-01", "regime": "x"}, "invalid_case", "Champ regime illisible"),
        ("deadline", {"due_on": "1990-01-01"}, "missing_law_value", "limitation_consumer"),
        ("deadline", {"due_on": "2026-01-01", "events": [{"kind": "lettre", "on": "2026-01-02"}]}, "invalid_case", "Champ kind illisible"),
        ("deadline", {}, "invalid_case", "Champ manquant : due_on."),
    ],
)  # fmt: skip
def test_a_case_that_cannot_be_answered_says_why(
    topic: str, changes: dict[str, Any], code: str, message: str
) -> None:
    answer = ask(topic, (VECTOR if topic == "interest" else {"id": "1.23"}) | changes)

    assert set(answer) == {"id", "error"}
    assert answer["error"]["code"] == code
    assert message in answer["error"]["message"]


def test_one_bad_case_does_not_stop_the_others() -> None:
    answers = answer_cases("interest", [VECTOR, "?", {"id": 2}, VECTOR], RATES, LAW)

    assert [set(answer) & {"error", "total"} for answer in answers] == [
        {"total"}, {"error"}, {"error"}, {"total"},
    ]  # fmt: skip
    assert "id" not in answers[1]
    assert answers[2]["id"] == 2


@pytest.mark.parametrize("cases", [{}, "x", None, VECTOR])
def test_something_else_than_a_list_is_refused(cases: object) -> None:
    with pytest.raises(InvalidCase, match="liste JSON"):
        answer_cases("interest", cases, RATES, LAW)


def test_deadline() -> None:
    answer = ask(
        "deadline",
        {
            "id": 7,
            "debtor_class": "business",
            "due_on": "2024-03-10",
            "performed_on": "2024-02-01",
            "events": [
                {"kind": "court_claim", "on": "2025-01-01", "void": True},
                {"kind": "mediation", "on": "2025-02-01", "until": "2025-02-03"},
            ],
        },
    )

    assert answer["reasons"][2].endswith("(C. civ. 2243).")
    assert "03/02/2025" in answer["reasons"][3]
    assert {name: value for name, value in answer.items() if name != "reasons"} == {
        "id": 7,
        "last_day_on": "2029-02-03",
        "barred_from": "2029-02-04",
        "started_on": "2024-02-01",
        "months": 60,
        "source": "C. com. L110-4 I ; C. civ. 2224",
        "mark": "V",
    }


@pytest.mark.parametrize(
    ("case", "last_day"),
    [
        ({"due_on": "2024-03-10"}, "2026-03-10"),
        ({"due_on": "2024-03-10", "kind": "transport"}, "2025-03-10"),
        ({"due_on": "2024-03-10", "debtor_class": "foreign", "french_law": True}, "2029-03-10"),
        (
            {"due_on": "2024-03-10", "events": [{"kind": "court_claim", "on": "2025-01-01"}]},
            "2027-01-01",
        ),
    ],
)
def test_deadline_cases(case: dict[str, Any], last_day: str) -> None:
    assert ask("deadline", case)["last_day_on"] == last_day


def test_is_barred_is_said_when_asked() -> None:
    case = {"due_on": "2024-03-10"}

    assert ask("deadline", case | {"on": "2026-03-10"})["is_barred"] is False
    assert ask("deadline", case | {"on": "2026-03-11"})["is_barred"] is True
    assert "is_barred" not in ask("deadline", case)


def test_terms() -> None:
    answer = ask(
        "terms",
        {
            "id": "t",
            "terms": "30 % à la commande, 70 % à 60 jours fin de mois",
            "issued_on": "2026-01-15",
            "amount": "100.01",
        },
    )

    assert answer["lines"] == [
        {"due_on": "2026-01-15", "amount": "30.00"},
        {"due_on": "2026-03-31", "amount": "70.01"},
    ]
    assert answer["terms"]["parts"][1] == {
        "percent": "70", "days": 60, "months": 0, "month_end": "after_days", "day": None,
    }  # fmt: skip
    assert (answer["regime"], answer["latest_lawful_on"], answer["issues"]) == (
        "agreed",
        "2026-03-31",
        [],
    )


def test_terms_as_data_postponed_and_over_the_ceiling() -> None:
    answer = ask(
        "terms",
        {
            "terms": {
                "parts": [{"percent": "100", "days": 30}],
                "postponement": "next_working_day",
            },
            "issued_on": "2026-04-14",
            "holidays": ["2026-05-14"],
            "regime": "livestock",
            "delivered_on": "2026-04-10",
        },
    )

    assert answer["lines"] == [{"due_on": "2026-05-15", "amount": "100.00"}]
    assert (answer["regime"], answer["latest_lawful_on"]) == ("livestock", "2026-04-30")
    assert [(issue["code"], issue["severity"]) for issue in answer["issues"]] == [
        ("terms_over_ceiling", "warning")
    ]


@pytest.mark.parametrize(
    ("text", "number"),
    [("12.15", "12.15"), ("12,15", "12.15"), ("9", "9"), ("1234.5678", "1234.5678")],
)
def test_numbers_are_exact(text: str, number: str) -> None:
    assert Fields({"x": text}, {"x"}).number("x") == Fraction(number)


def test_fields_that_are_not_given() -> None:
    fields = Fields({"empty": None}, {"empty", "day"})

    assert not fields.has("empty")
    assert fields.optional_day("day") is None
    assert fields.flag("day") is None
    assert fields.each("day", str) == ()
    assert Fields({"day": "2026-01-02"}, {"day"}).optional_day("day") == date(2026, 1, 2)
    with pytest.raises(InvalidCase, match="Champ manquant : empty"):
        fields.raw("empty")


def test_a_long_value_is_shown_short() -> None:
    with pytest.raises(InvalidCase) as refusal:
        Fields({"x": "9" * 60}, {"x"}).day("x")
    assert f"« {'9' * 40} »" in str(refusal.value)


@pytest.mark.parametrize("topic", TOPICS)
def test_the_examples_of_the_documentation_are_what_we_answer(topic: str) -> None:
    blocks = (DOCS / f"law-{topic}.md").read_text("utf-8").split("```json\n")[1:]
    cases, answers = (json.loads(block.split("```")[0]) for block in blocks)

    assert answer_cases(topic, cases, RATES, LAW) == answers


def test_topics() -> None:
    assert TOPICS == ("interest", "deadline", "terms")
