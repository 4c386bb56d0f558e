"""The planner once more, one line at a time, in plain Python: slow, and written from the text.

It reads the same ledger and answers the fate of every line; it shares no code with the rules but
the scenario and the names of the reasons.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from encours.dunning.rules.frames import Ledger, Mode, Moment
from encours.dunning.rules.scenario import Scenario, Step
from encours.kernel.dates import add_months, is_working_day

Row = dict[str, Any]
Account = tuple[int, str]

FACTS = (
    ("death", "deceased"),
    ("protection", "protected"),
    ("insolvency", "insolvent"),
    ("over_indebtedness", "over_indebted"),
    ("handover", "handed_over"),
    ("assignment", "assigned"),
)
SOFT_FACTS = (
    ("dispute", "disputed"),
    ("plan", "plan"),
    ("promise", "promised"),
    ("einvoice", "einvoice"),
    ("direct_debit", "in_flight"),
)


@dataclass
class State:
    """What the oracle knows of an account."""

    rows: list[Row] = field(default_factory=list)
    customer: Row = field(default_factory=dict)
    cycle: int = 1
    done: set[str] = field(default_factory=set)
    last_on: date | None = None
    message: tuple[str, list[Row]] | None = None


class Known:
    """What the oracle knows of a line before it decides: facts, class, limitation, what was said."""

    def __init__(self, ledger: Ledger, scenario: Scenario, moment: Moment) -> None:
        self.scenario, self.moment, self.today = scenario, moment, moment.today
        self.ladder = scenario.ladder
        self.facts = ledger.facts.rows(named=True)
        self.customers = {row["customer_id"]: row for row in ledger.customers.rows(named=True)}
        self.cover = {_account(row): row for row in ledger.cover.rows(named=True)}
        self.clears = {_account(row): row["cleared_on"] for row in ledger.clears.rows(named=True)}
        self.messages = ledger.messages.rows(named=True)
        self.listed: dict[int, list[Row]] = defaultdict(list)
        by_id = {row["message_id"]: row for row in self.messages}
        for message, line in ledger.listings.rows():
            if message in by_id:
                self.listed[line].append(by_id[message])
        self.fates: dict[int, str] = {}
        self.cycles: dict[tuple[int, str, str], int] = {}
        self.accounts: dict[Account, list[Row]] = defaultdict(list)
        for row in ledger.lines.rows(named=True):
            self.accounts[_account(row)].append(row)

    # what holds a line back

    def _fact(self, row: Row, kind: str) -> bool:
        return any(
            fact["kind"] == kind
            and fact["customer_id"] == row["customer_id"]
            and fact["instalment_id"] in {None, row["instalment_id"]}
            and fact["starts_on"] <= self.today
            and (fact["ends_on"] is None or fact["ends_on"] >= self.today)
            for fact in self.facts
        )

    def _class(self, row: Row) -> str:
        customer = self.customers.get(row["customer_id"], {})
        return (customer.get("class_confirmed") and customer.get("debtor_class")) or "unknown"

    def _barred(self, row: Row) -> bool:
        start = row["due_on"]
        for fact in self.facts:
            mine = fact["customer_id"] == row["customer_id"] and fact["instalment_id"] in {
                None,
                row["instalment_id"],
            }
            if fact["kind"] == "limitation" and mine and fact["starts_on"] <= self.today:
                start = max(start, fact["ends_on"] or fact["starts_on"])
        debtor = self._class(row)
        if debtor == "public":
            return self.today > date(start.year + 4, 12, 31)
        return self.today > add_months(start, 60 if debtor == "business" else 24)

    def _hold(self, row: Row) -> str | None:
        customer = self.customers.get(row["customer_id"], {})
        checks = (
            *((reason, self._fact(row, kind)) for kind, reason in FACTS),
            ("intra_group", customer.get("intra_group")),
            ("time_barred", self._barred(row)),
            ("no_document", not row["document"].strip() or row["kind"] in {"refund", "other"}),
            ("due_date_unconfirmed", row["due_source"] == "terms_assumed"),
            *((reason, self._fact(row, kind)) for kind, reason in SOFT_FACTS),
            ("in_flight", row["state"] == "bill"),
            ("paused", self._fact(row, "pause")),
            ("answered", self._fact(row, "reply")),
        )
        return next((reason for reason, holds in checks if holds), None)

    def _triaged(self, row: Row) -> bool:
        live_on = self.moment.live_on
        old = live_on is not None and row["due_on"] < live_on and self.moment.mode is Mode.LIVE
        return old and row["triage"] not in {"remind", "letter"}

    def _spread(self, account: Account, rows: list[Row]) -> None:
        money = self.cover.get(account, {})
        received = max(0, money.get("unallocated_cents", 0))
        coming = max(0, money.get("in_flight_cents", 0))
        order = ("due_on", "issued_on", "document", "instalment_id")
        for row in sorted(rows, key=lambda row: [row[name] for name in order]):
            row["covered"] = min(received, row["open_cents"])
            received -= row["covered"]
            pending = min(coming, row["open_cents"] - row["covered"])
            coming -= pending
            if row["covered"] == row["open_cents"]:
                row["hold"] = "covered"
            elif row["covered"] + pending == row["open_cents"]:
                row["hold"] = "in_flight"

    # what was said

    def _level(self, row: Row) -> int:
        rungs = self.scenario.rungs
        said = [rungs.get(message["step"], 0) for message in self.listed[row["instalment_id"]]]
        return max(said, default=0)

    def _first_reminder(self, row: Row) -> date | None:
        reminders = {step.code for step in self.ladder if step.kind == "reminder"}
        said = [
            message["sent_on"]
            for message in self.listed[row["instalment_id"]]
            if message["step"] in reminders and message["sent_on"]
        ]
        return min(said, default=None)

    def _age(self, row: Row) -> int:
        days: int = (self.today - row["due_on"]).days
        return days


class Oracle(Known):
    """Answers `fates`: by line, a step, `reserved`, `waiting` or a reason; and the cycles."""

    def __init__(self, ledger: Ledger, scenario: Scenario, moment: Moment) -> None:
        super().__init__(ledger, scenario, moment)
        for account, rows in self.accounts.items():
            self._decide(account, rows)

    def _state(self, account: Account, rows: list[Row]) -> State:
        said = [message for message in self.messages if _account(message) == account]
        state = State(rows, self.customers.get(account[0], {}))
        if not said:
            return state
        last = max(message["cycle"] for message in said)
        mine = [message for message in said if message["cycle"] == last]
        last_on = max(message["planned_on"] for message in mine)
        minimum = self.scenario.minimum_cents.get(account[1], 0)
        alive = any(
            row["due_on"] < self.today
            and row["hold"] in {None, "promised", "paused", "answered"}
            and row["open_cents"] - row["covered"] >= minimum
            for row in rows
        )
        cleared = self.clears.get(account)
        state.last_on = max(message["planned_on"] for message in said)
        if alive and not (cleared and cleared >= last_on):
            state.cycle, state.done = last, {message["step"] for message in mine}
        else:
            state.cycle = last + 1
        return state

    # what is due

    def _decide(self, account: Account, rows: list[Row]) -> None:
        for row in rows:
            row["hold"], row["covered"] = self._hold(row), 0
        self._spread(account, [row for row in rows if row["hold"] is None])
        for row in rows:
            if row["hold"] is None and self._triaged(row):
                row["hold"] = "triage"
        state = self._state(account, rows)
        notice = self.scenario.pre_due
        window = -notice.offset_days if notice else 0
        for row in rows:
            self.fates[row["instalment_id"]] = "waiting"
            if row["due_on"] > self.today + timedelta(days=window):
                continue
            if row["hold"]:
                self.fates[row["instalment_id"]] = row["hold"]
            elif any(m["planned_on"] == self.today for m in self.listed[row["instalment_id"]]):
                self.fates[row["instalment_id"]] = "reserved"
        self._claim(state)
        self._notice(state, notice)

    def _free(self, state: State) -> list[Row]:
        waiting = (row for row in state.rows if row["hold"] is None)
        return [row for row in waiting if self.fates[row["instalment_id"]] == "waiting"]

    def _claim(self, state: State) -> None:
        begun = [row for row in self._free(state) if self._age(row) >= self.ladder[0].offset_days]
        due: list[tuple[int, Row]] = []
        for row in begun:
            fate, rung = self._rung(row, state)
            if fate == "due":
                due.append((rung, row))
            self.fates[row["instalment_id"]] = "waiting" if fate == "due" else fate
        if not due:
            return
        top = max(rung for rung, _ in due)
        step = self.ladder[top - 1]
        if step.kind == "formal_notice":
            listed = [row for rung, row in due if rung == top]
        else:
            listed = [row for row in begun if self._level(row) < top]
        others = [row for _, row in due if row not in listed]
        self._message(state, step, listed, others)

    def _rung(self, row: Row, state: State) -> tuple[str, int]:
        level = self._level(row)
        for rung, step in enumerate(self.ladder, start=1):
            if rung <= level or step.code in state.done:
                continue
            old = self._age(row) >= step.offset_days
            if step.kind != "formal_notice":
                return ("due" if old else "waiting"), rung
            return self._formal(row, level, rung, old=old), rung
        return "ladder_done", 0

    def _formal(self, row: Row, level: int, rung: int, *, old: bool) -> str:
        if level < rung - 1:
            return "ladder_done"
        if not old:
            return "waiting"
        if self._class(row) == "unknown":
            return "unknown_class"
        first = self._first_reminder(row)
        gap = timedelta(days=self.scenario.formal_notice_gap_days)
        return "due" if first and first + gap <= self.today else "too_soon"

    def _notice(self, state: State, notice: Step | None) -> None:
        if notice is None or notice.code in state.done:
            return
        lines = [
            row
            for row in self._free(state)
            if row["due_on"] > self.today
            and self._age(row) >= notice.offset_days
            and not any(
                message["step"] == notice.code for message in self.listed[row["instalment_id"]]
            )
        ]
        if lines and (state.message or self._soon(state)):
            self.fates |= {row["instalment_id"]: "too_soon" for row in lines}
        elif lines:
            self._message(state, notice, lines, [])

    def _soon(self, state: State) -> bool:
        """Say whether a reminder comes within the spacing: a notice steps aside."""
        for row in self._free(state):
            if self._age(row) <= 0:
                continue
            if self._age(row) < self.ladder[0].offset_days:
                step = self.ladder[0]
            else:
                step = self.ladder[self._rung(row, state)[1] - 1]
            left = step.offset_days - self._age(row)
            if left < self.scenario.min_spacing_days:
                return True
        return False

    def _message(self, state: State, step: Step, listed: list[Row], others: list[Row]) -> None:
        hold = self._message_hold(state, step, listed)
        if hold is None:
            row = listed[0]
            self.cycles[row["customer_id"], row["currency"], step.code] = state.cycle
            state.message = (step.code, listed)
        self.fates |= {row["instalment_id"]: hold or step.code for row in listed}
        self.fates |= {row["instalment_id"]: hold or "too_soon" for row in others}

    def _message_hold(self, state: State, step: Step, listed: list[Row]) -> str | None:
        has = {
            "email": state.customer.get("has_email"),
            "letter": state.customer.get("has_postal"),
        }
        channels: tuple[str, ...] = (*step.channels, *step.fallback)
        if any(row["triage"] == "letter" for row in listed):
            channels = ("letter",)
        left = sum(row["open_cents"] - row["covered"] for row in listed)
        spacing = timedelta(days=self.scenario.min_spacing_days)
        checks = (
            ("no_contact", not any(has[channel] for channel in channels)),
            ("below_minimum", left < self.scenario.minimum_cents.get(listed[0]["currency"], 0)),
            ("too_soon", state.last_on is not None and state.last_on + spacing > self.today),
            ("stale", self.moment.is_stale(self.scenario.stale_after_hours)),
            ("not_live", self.moment.mode is Mode.STOPPED),
            ("non_working_day", not is_working_day(self.today, self.moment.holidays)),
        )
        return next((reason for reason, holds in checks if holds), None)


def _account(row: Row) -> Account:
    return row["customer_id"], row["currency"]
