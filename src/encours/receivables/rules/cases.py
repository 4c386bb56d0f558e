"""Cases in, answers out: any rule of law checked from JSON (docs/contracts/law-*.md).

A case that cannot be answered gives an answer with `error`; the others are answered all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any, Final

from encours.kernel.issue import Issue
from encours.kernel.money import decimal_text
from encours.kernel.refusal import Refusal
from encours.receivables.rules.case_fields import Fields, InvalidCase
from encours.receivables.rules.ceilings import TermRegime, ceiling_issues, latest_due_on
from encours.receivables.rules.classes import DebtorClass
from encours.receivables.rules.indemnity import recovery_indemnity
from encours.receivables.rules.interest import (
    Claim,
    ContractRate,
    ContractRateKind,
    DayCount,
    InterestStatement,
    Reduction,
    Segment,
    late_interest,
)
from encours.receivables.rules.limitation import (
    ClaimKind,
    EventKind,
    LimitationEvent,
    LimitedClaim,
    limitation,
)
from encours.receivables.rules.rates import MissingRate, Rates
from encours.receivables.rules.terms import Terms, as_json, due_dates, from_json
from encours.receivables.rules.terms_text import parse_terms
from encours.receivables.rules.values import LawValues, NoLawValue

Answer = dict[str, Any]
_LINE: Final = frozenset({"due_on", "amount", "payments"})
_INTEREST: Final = _LINE | {
    "id", "lines", "debtor_class", "until", "paid_on", "since", "contract_rate", "day_count",
    "mise_en_demeure_on", "insolvency_on", "french_law",
}  # fmt: skip
_DEADLINE: Final = frozenset(
    {"id", "debtor_class", "due_on", "performed_on", "kind", "events", "french_law", "on"}
)
_TERMS: Final = frozenset(
    {"id", "terms", "issued_on", "amount", "regime", "delivered_on", "holidays"}
)


def answer_cases(topic: str, cases: object, rates: Rates, law: LawValues) -> list[Answer]:
    """Answer a list of cases on `interest`, `deadline` or `terms`, in the same order."""
    if not isinstance(cases, list):
        raise InvalidCase("Une liste JSON de cas est attendue.")
    answer = _TOPICS[topic]
    return [_answered(answer, case, rates, law) for case in cases]


def _answered(
    answer: Callable[[Any, Rates, LawValues], Answer], case: Any, rates: Rates, law: LawValues
) -> Answer:
    named = {"id": case["id"]} if isinstance(case, Mapping) and "id" in case else {}
    try:
        return named | answer(case, rates, law)
    except Refusal as refusal:
        return named | {"error": {"code": _code(refusal), "message": str(refusal)}}


def _code(refusal: Refusal) -> str:
    if isinstance(refusal, MissingRate):
        return "missing_rate"
    return "missing_law_value" if isinstance(refusal, NoLawValue) else "invalid_case"


def _interest(case: Any, rates: Rates, law: LawValues) -> Answer:
    fields = Fields(case, _INTEREST)
    lines = fields.each("lines", lambda line: _claim(fields, Fields(line, _LINE)))
    claims = lines or (_claim(fields, fields),)
    until = fields.day("paid_on" if fields.has("paid_on") else "until")
    since = fields.optional_day("since")
    statements = [late_interest(claim, until, rates, law, since=since) for claim in claims]
    indemnity = recovery_indemnity(claims, until, law)
    interest = sum(statement.cents for statement in statements)
    issues = dict.fromkeys(issue for statement in statements for issue in statement.issues)
    return {
        "regime": statements[0].regime.value,
        "source": statements[0].source,
        "day_count": statements[0].day_count.value,
        "interest": decimal_text(interest),
        "indemnity": decimal_text(indemnity.cents),
        "indemnity_reason": indemnity.reason,
        "total": decimal_text(interest + indemnity.cents),
        "lines": [
            _line_answer(claim, statement)
            for claim, statement in zip(claims, statements, strict=True)
        ],
        "issues": [_issue(issue) for issue in issues],
    }


def _claim(case: Fields, line: Fields) -> Claim:
    return Claim(
        amount_cents=line.cents("amount"),
        due_on=line.day("due_on"),
        debtor_class=case.choice("debtor_class", DebtorClass, DebtorClass.UNKNOWN),
        reductions=line.each("payments", _reduction),
        contract_rate=_contract_rate(case) if case.has("contract_rate") else None,
        mise_en_demeure_on=case.optional_day("mise_en_demeure_on"),
        insolvency_on=case.optional_day("insolvency_on"),
        day_count=case.choice("day_count", DayCount, DayCount.ACT_365),
        french_law=case.flag("french_law"),
    )


def _reduction(data: Any) -> Reduction:
    fields = Fields(data, {"on", "amount"})
    return Reduction(fields.day("on"), fields.cents("amount"))


def _contract_rate(case: Fields) -> ContractRate:
    data = case.raw("contract_rate")
    if not isinstance(data, Mapping):
        return ContractRate(ContractRateKind.FIXED, case.number("contract_rate"))
    fields = Fields(data, {"kind", "value"})
    return ContractRate(fields.choice("kind", ContractRateKind), fields.number("value"))


def _line_answer(claim: Claim, statement: InterestStatement) -> Answer:
    return {
        "due_on": claim.due_on.isoformat(),
        "interest": decimal_text(statement.cents),
        "days": statement.days,
        "segments": [_segment(segment) for segment in statement.segments],
    }


def _segment(segment: Segment) -> Answer:
    return {
        "from": segment.from_on.isoformat(),
        "to": segment.to_on.isoformat(),
        "days": segment.days,
        "base": decimal_text(segment.base_cents),
        "rate": _decimal(segment.points),
        "exact": str(segment.exact / 100),
        "amount": decimal_text(segment.cents),
    }


def _decimal(points: Fraction) -> str:
    whole, decimals = f"{float(points):.4f}".split(".")
    return f"{whole}.{decimals.rstrip('0'):0<2}"


def _issue(issue: Issue) -> Answer:
    return {"code": issue.code, "message": issue.message, "severity": issue.severity}


def _deadline(case: Any, _rates: Rates, law: LawValues) -> Answer:
    fields = Fields(case, _DEADLINE)
    claim = LimitedClaim(
        debtor_class=fields.choice("debtor_class", DebtorClass, DebtorClass.UNKNOWN),
        due_on=fields.day("due_on"),
        performed_on=fields.optional_day("performed_on"),
        kind=fields.choice("kind", ClaimKind, ClaimKind.ORDINARY),
        events=fields.each("events", _event),
        french_law=fields.flag("french_law"),
    )
    found = limitation(claim, law)
    on = fields.optional_day("on")
    return {
        "last_day_on": found.last_day_on.isoformat(),
        "barred_from": found.barred_from.isoformat(),
        "started_on": found.started_on.isoformat(),
        "months": found.months,
        "source": found.source,
        "mark": found.mark,
        "reasons": list(found.reasons),
    } | ({"is_barred": found.is_barred(on)} if on else {})


def _event(data: Any) -> LimitationEvent:
    fields = Fields(data, {"kind", "on", "until", "void"})
    return LimitationEvent(
        fields.choice("kind", EventKind),
        fields.day("on"),
        fields.optional_day("until"),
        is_void=fields.flag("void") or False,
    )


def _terms(case: Any, _rates: Rates, law: LawValues) -> Answer:
    fields = Fields(case, _TERMS)
    terms = _read_terms(fields.raw("terms"))
    issued_on = fields.day("issued_on")
    amount = fields.cents("amount") if fields.has("amount") else 100_00
    holidays = fields.each("holidays", _holiday)
    regime = fields.choice("regime", TermRegime, TermRegime.AGREED)
    delivered_on = fields.optional_day("delivered_on")
    lines = due_dates(terms, issued_on, amount, holidays=holidays)
    last = max(line.due_on for line in lines)
    issues = ceiling_issues(regime, issued_on, last, law, delivered_on=delivered_on)
    ceiling = latest_due_on(regime, issued_on, law, delivered_on=delivered_on)
    return {
        "terms": as_json(terms),
        "lines": [
            {"due_on": line.due_on.isoformat(), "amount": decimal_text(line.cents)}
            for line in lines
        ],
        "regime": regime.value,
        "latest_lawful_on": ceiling.latest_on.isoformat(),
        "issues": [_issue(issue) for issue in issues],
    }


def _read_terms(data: Any) -> Terms:
    if isinstance(data, Mapping):
        return from_json(data)
    read = parse_terms(str(data))
    if isinstance(read, Issue):
        raise InvalidCase(f"{read.message} « {read.found[:40]} »")
    return read


def _holiday(data: Any) -> date:
    return Fields({"holidays": data}, {"holidays"}).day("holidays")


_TOPICS: Final = {"interest": _interest, "deadline": _deadline, "terms": _terms}
TOPICS: Final = tuple(_TOPICS)
