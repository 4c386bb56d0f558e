"""Cases in, answers out: payer profiles checked from JSON (docs/contracts/score-cases.md).

The list is one portfolio: a short history is drawn to the other cases of its class, and to all.
Nothing after the day asked counts: a line issued later is not there, a payment made or recorded
later is not known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import polars as pl

from encours.kernel.money import decimal_text
from encours.kernel.refusal import Refusal
from encours.receivables.rules.case_fields import Fields, InvalidCase
from encours.receivables.rules.classes import DebtorClass
from encours.scoring.rules import frames
from encours.scoring.rules.figures import as_numbers, figures
from encours.scoring.rules.frames import History
from encours.scoring.rules.profiles import Thresholds, profiled
from encours.scoring.rules.sentences import sentence

Answer = dict[str, Any]
_CASE: Final = frozenset({"id", "class", "lines", "facts", "country"})
_LINE: Final = frozenset(
    {
        *("issued_on", "due_on", "amount", "settled_on", "settled_recorded_on", "payments"),
        *("kind", "currency", "recorded_on"),
    }
)
_PAYMENT: Final = frozenset({"on", "amount", "recorded_on", "kind"})
_FACT: Final = frozenset({"kind", "starts_on", "ends_on", "recorded_on", "status", "line"})
_MANY: Final = 1_000_000
_MONEY: Final = ("payment", "write_off")
_SILENT: Final = ("credit_note", "discount")
_AMOUNTS: Final = ("open_cents", "overdue_cents", "volume_cents")


@dataclass(frozen=True, slots=True)
class _Read:
    """One case, read: its rows of each frame."""

    customer: Answer
    lines: tuple[Answer, ...]
    facts: tuple[Answer, ...]


def answer_cases(
    cases: object, *, as_of: date, thresholds: Mapping[str, Any] | None = None, language: str = "fr"
) -> list[Answer]:
    """Answer a list of customers, in the same order; one that cannot be read says why."""
    if not isinstance(cases, list):
        raise InvalidCase("Une liste JSON de cas est attendue.")
    read: dict[int, _Read] = {}
    answers: list[Answer] = []
    for position, case in enumerate(cases):
        named = {"id": case["id"]} if isinstance(case, Mapping) and "id" in case else {}
        try:
            read[position] = _read(case, position, as_of)
            answers.append(named)
        except Refusal as refusal:
            answers.append(named | {"error": {"code": "invalid_case", "message": str(refusal)}})
    found = _scored(list(read.values()), as_of, Thresholds.of(thresholds or {}))
    for row in found.iter_rows(named=True):
        answers[row["customer_id"]] |= told(row, language)
    return answers


def told(row: Mapping[str, Any], language: str = "fr") -> Answer:
    """Return a scored row as JSON: profile, sentence, figures."""
    numbers = as_numbers({name: row[name] for name in _FIGURES})
    amounts = {name.removesuffix("_cents"): decimal_text(numbers.pop(name)) for name in _AMOUNTS}
    numbers["volume_share_percent"] = numbers.pop("volume_share") / 10
    return {
        "profile": row["profile"],
        "behaviour": row["behaviour"],
        "chosen": row["is_chosen"],
        "sentence": sentence(row, language),
        "figures": {**numbers, **amounts},
    }


_FIGURES: Final = (
    *("currency", "settled_lines", "scored_lines", "mean_tenths", "last_tenths", "last_delays"),
    *("expected_tenths", "trend_tenths", "spread_tenths", "on_time_percent"),
    *("on_time_amount_percent", "oldest_overdue_days", "overdue_lines", *_AMOUNTS),
    *("disputes", "broken_promises", "returned_debits", "volume_share", "tenure_months"),
)


def _scored(read: Sequence[_Read], as_of: date, limits: Thresholds) -> pl.DataFrame:
    def frame(rows: list[Answer], schema: pl.Schema) -> pl.DataFrame:
        return pl.DataFrame(rows, schema=schema, orient="row")

    history = History.of(
        lines=frame([line for one in read for line in one.lines], frames.LINES),
        facts=frame([fact for one in read for fact in one.facts], frames.FACTS),
        customers=frame([one.customer for one in read], frames.CUSTOMERS),
    )
    return profiled(figures(history, today=as_of), history.customers, limits)


def _read(case: object, position: int, as_of: date) -> _Read:
    fields = Fields(case, _CASE)
    customer = {
        "customer_id": position,
        "debtor_class": fields.choice("class", DebtorClass, DebtorClass.UNKNOWN).value,
        "country": str(fields.raw("country")) if fields.has("country") else "FR",
        "salesperson": "",
    }
    lines = fields.each("lines", lambda line: _line(Fields(line, _LINE), as_of))
    known = [
        {**line, "customer_id": position, "line_id": position * _MANY + rank}
        for rank, line in enumerate(lines)
        if line is not None
    ]
    facts = fields.each("facts", lambda fact: _fact(Fields(fact, _FACT), as_of, len(lines)))
    return _Read(
        customer,
        tuple(known),
        tuple(_placed(fact, position) for fact in facts if fact is not None),
    )


def _line(line: Fields, as_of: date) -> Answer | None:
    amount, issued_on, due_on = line.cents("amount"), line.day("issued_on"), line.day("due_on")
    paid = list(line.each("payments", lambda one: _payment(Fields(one, _PAYMENT))))
    settled_on = line.optional_day("settled_on")
    if settled_on:
        rest = amount - sum(cents for _on, _known, cents, _kind in paid)
        known_on = line.optional_day("settled_recorded_on") or settled_on
        paid += [(settled_on, known_on, rest, "payment")] if rest > 0 else []
    if sum(cents for _on, _known, cents, _kind in paid) > amount:
        raise InvalidCase("Les règlements d'une échéance dépassent son montant.")
    recorded_on = line.optional_day("recorded_on") or issued_on
    if max(issued_on, recorded_on) > as_of:
        return None
    known = [one for one in paid if max(one[0], one[1]) <= as_of]
    money = [one for one in known if one[3] in _MONEY]
    return {
        "kind": str(line.raw("kind")) if line.has("kind") else "invoice",
        "currency": str(line.raw("currency")) if line.has("currency") else "EUR",
        "issued_on": issued_on,
        "due_on": due_on,
        "amount_cents": amount,
        "paid_cents": sum(cents for _on, _known, cents, _kind in known),
        "money_cents": sum(cents for _on, _known, cents, _kind in money),
        "money_days": sum((on - due_on).days * cents for on, _known, cents, _kind in money),
        "settled_on": max((one[0] for one in known), default=None),
        "money_on": max((one[0] for one in money), default=None),
        "is_lost": any(one[3] == "write_off" for one in money),
    }


def _payment(one: Fields) -> tuple[date, date, int, str]:
    on, kind = one.day("on"), str(one.raw("kind")) if one.has("kind") else "payment"
    if kind not in (*_MONEY, *_SILENT):
        raise InvalidCase(f"Nature de règlement inconnue : {kind}.")
    return on, one.optional_day("recorded_on") or on, one.cents("amount"), kind


def _placed(fact: Answer, position: int) -> Answer:
    rank = fact["line_id"]
    line_id = None if rank is None else position * _MANY + rank
    return {**fact, "customer_id": position, "line_id": line_id}


def _fact(one: Fields, as_of: date, count: int) -> Answer | None:
    starts_on = one.day("starts_on")
    rank = int(one.number("line")) if one.has("line") else None
    if rank is not None and rank >= count:
        raise InvalidCase(f"Il n'y a pas de ligne {rank} : la première est la ligne 0.")
    if max(starts_on, one.optional_day("recorded_on") or starts_on) > as_of:
        return None
    return {
        "line_id": rank,
        "kind": str(one.raw("kind")),
        "status": str(one.raw("status")) if one.has("status") else "",
        "starts_on": starts_on,
        "ends_on": one.optional_day("ends_on"),
    }
