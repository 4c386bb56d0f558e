"""Lists of what is open: whatever their order, the ledger says what each of them said."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from encours.imports.rules.derived import Documents
from encours.imports.rules.tables import open_items
from encours.imports.rules.tables.held import HELD, ITEMS, LINES, USED, Days, Held

START = date(2026, 1, 1)


@dataclass
class Books:
    """A ledger in memory: what `difference` writes and withdraws, with ids."""

    documents: list[dict[str, object]] = field(default_factory=list)
    lines: list[dict[str, object]] = field(default_factory=list)
    used: list[dict[str, object]] = field(default_factory=list)
    lists: list[date] = field(default_factory=list)
    ids: int = 0

    def held(self) -> Held:
        return Held(
            pl.DataFrame(self.documents, schema=HELD, orient="row"),
            pl.DataFrame(self.lines, schema=LINES, orient="row"),
            pl.DataFrame(self.used, schema=USED, orient="row"),
        )

    def take(self, items: pl.DataFrame, on: date) -> pl.DataFrame:
        before = max((day for day in self.lists if day < on), default=None)
        after = min((day for day in self.lists if day > on), default=None)
        found = open_items.difference(items, self.held(), Days(on, before, after))
        for name, rows in (
            ("allocation", "used"),
            ("instalment", "lines"),
            ("credit", "documents"),
            ("invoice", "documents"),
        ):
            gone = set(found.withdrawn[name])
            side = {"credit": "C", "invoice": "D"}.get(name)
            kept = [
                row
                for row in getattr(self, rows)
                if row["id"] not in gone or (side and row["side"] != side)
            ]
            setattr(self, rows, kept)
        self.write(found.documents)
        self.lists.append(on)
        return found.kept_settled

    def write(self, documents: Documents) -> None:
        for side, frame in (("D", documents.claims), ("C", documents.credits)):
            for row in frame.iter_rows(named=True):
                self.documents.append(
                    {
                        "side": side,
                        "id": self.next(),
                        "key": row["key"],
                        "customer_code": row["customer_code"],
                        "number": row["number"],
                        "currency": row["currency"],
                        "on": row["open_from"],
                        "amount": row["amount_cents"],
                        "is_listed": True,
                    }
                )
        for row in documents.instalments.iter_rows(named=True):
            line = {"key": row["claim_key"], "amount": row["amount_cents"], "id": self.next()}
            self.lines.append({**line, "position": row["position"], "due_on": row["due_on"]})
        for row in documents.allocations.iter_rows(named=True):
            self.used.append(
                {
                    "id": self.next(),
                    "claim_key": row["claim_key"],
                    "position": row["position"],
                    "credit_key": row["credit_key"],
                    "amount": row["amount_cents"],
                    "on": row["effective_on"],
                    "is_inferred": row["origin"] == "inferred",
                }
            )

    def pay(self, number: str, cents: int, on: date) -> None:
        """Record a real payment of an invoice."""
        (claim,) = [row for row in self.documents if row["number"] == number and row["side"] == "D"]
        key = f"C|{number}|{on}"
        paid = {
            **claim,
            "side": "C",
            "id": self.next(),
            "key": key,
            "amount": cents,
            "on": on,
            "is_inferred": False,
        }
        self.documents.append({**paid, "number": ""})
        self.used.append(
            {"id": self.next(), "claim_key": claim["key"], "position": 0, "credit_key": key,
             "amount": cents, "on": on, "is_inferred": False}
        )  # fmt: skip

    def next(self) -> int:
        self.ids += 1
        return self.ids

    def open_on(self, day: date) -> dict[str, int]:
        """Return what each document number still has open at the end of a day, signed."""
        found: dict[str, int] = defaultdict(int)
        for row in self.documents:
            if row["on"] > day:
                continue
            name, sign = ("claim_key", 1) if row["side"] == "D" else ("credit_key", -1)
            mine = [one for one in self.used if one[name] == row["key"] and one["on"] <= day]
            found[row["number"]] += sign * (row["amount"] - sum(one["amount"] for one in mine))
        return {number: cents for number, cents in found.items() if cents}

    def check(self) -> None:
        """Nothing is used beyond what it is, nor before it is there."""
        for row in self.documents:
            name = "claim_key" if row["side"] == "D" else "credit_key"
            mine = [one for one in self.used if one[name] == row["key"]]
            assert sum(one["amount"] for one in mine) <= row["amount"], row
            assert all(row["on"] <= one["on"] for one in mine), (row, mine)


def listed(open_now: dict[str, tuple[int, date]]) -> pl.DataFrame:
    """Write a list as the rows of a file: number → cents still open (signed) and day of issue."""
    rows = [
        {
            "line": at,
            "key": f"{'D' if cents > 0 else 'C'}|C1|{number}",
            "side": "D" if cents > 0 else "C",
            "customer_code": "C1",
            "currency": "EUR",
            "kind": "invoice" if cents > 0 else "credit_note",
            "number": number,
            "issued_on": issued_on,
            "due_on": issued_on + timedelta(days=30),
            "open": abs(cents),
            "amount": abs(cents),
            "label": "",
        }
        for at, (number, (cents, issued_on)) in enumerate(open_now.items(), start=2)
    ]
    return pl.DataFrame(rows, schema=ITEMS, orient="row")


@dataclass(frozen=True)
class Truth:
    """A hidden ledger: for each document its day and its moves, day → change of what is open."""

    documents: dict[str, tuple[date, int, dict[date, int]]]

    def on(self, day: date) -> dict[str, tuple[int, date]]:
        found = {}
        for number, (issued_on, amount, moves) in self.documents.items():
            left = sum(cents for moved_on, cents in moves.items() if moved_on <= day)
            if issued_on <= day and amount + left:
                found[number] = (amount + left, issued_on)
        return found


@st.composite
def truths(draw: st.DrawFn) -> Truth:
    """Draw invoices and credit notes, paid in parts, paid whole, sometimes opened again."""
    documents = {}
    for at in range(draw(st.integers(1, 4))):
        issued = draw(st.integers(0, 60))
        amount = draw(st.integers(1, 30)) * draw(st.sampled_from([1, 1, 1, -1]))
        left, moves = amount, {}
        for day in sorted(draw(st.sets(st.integers(issued, 120), max_size=4))):
            wanted = draw(st.integers(0, abs(amount)))
            target = wanted if amount > 0 else -wanted
            moves[START + timedelta(days=day)] = target - left
            left = target
        documents[f"F{at}"] = (START + timedelta(days=issued), amount, moves)
    return Truth(documents)


@settings(max_examples=30)
@given(
    truth=truths(),
    offsets=st.lists(st.integers(0, 130), min_size=1, max_size=6),
)
def test_each_list_is_what_the_ledger_says_of_its_day(truth: Truth, offsets: list[int]) -> None:
    books = Books()
    for offset in offsets:  # in any order, the same day twice included
        books.take(listed(truth.on(START + timedelta(days=offset))), START + timedelta(days=offset))

    for day in books.lists:
        assert books.open_on(day) == {n: cents for n, (cents, _) in truth.on(day).items()}
    books.check()


def day(number: int) -> date:
    return START + timedelta(days=number)


def test_what_is_no_longer_open_was_settled_by_then() -> None:
    books = Books()
    books.take(listed({"F1": (100, day(0)), "F2": (50, day(0))}), day(30))
    books.take(listed({"F2": (20, day(0))}), day(60))

    assert books.open_on(day(59)) == {"F1": 100, "F2": 50}
    assert books.open_on(day(60)) == {"F2": 20}
    assert [row["key"] for row in books.documents if str(row["key"]).startswith("I|")] == [
        "I|20260302|D|C1|F1",
        "I|20260302|D|C1|F2",
    ]


def test_an_invoice_that_an_earlier_list_lacked_counts_from_the_day_after_it() -> None:
    books = Books()
    books.take(listed({}), day(30))
    books.take(listed({"F1": (100, day(10))}), day(60))

    assert books.open_on(day(30)) == {}
    assert books.open_on(day(31)) == {"F1": 100}


def test_a_credit_note_that_vanishes_was_used_or_refunded() -> None:
    books = Books()
    books.take(listed({"F1": (100, day(0)), "A1": (-40, day(0))}), day(30))
    books.take(listed({}), day(60))

    assert books.open_on(day(59)) == {"F1": 100, "A1": -40}
    assert books.open_on(day(60)) == {}
    amounts = {row["key"]: row["amount"] for row in books.documents}
    assert (amounts["I|20260302|D|C1|F1"], amounts["J|20260302|C|C1|A1"]) == (100, 40)


def test_a_real_payment_needs_no_inference() -> None:
    books = Books()
    books.take(listed({"F1": (100, day(0))}), day(30))
    books.pay("F1", 100, day(40))
    books.take(listed({}), day(60))

    assert books.open_on(day(60)) == {}
    assert not [row for row in books.documents if str(row["key"]).startswith("I|")]


def test_what_was_really_paid_stays_paid_when_the_list_is_late() -> None:
    books = Books()
    books.take(listed({"F1": (100, day(0))}), day(30))
    books.pay("F1", 100, day(40))
    kept = books.take(listed({"F1": (100, day(0))}), day(60))

    assert books.open_on(day(60)) == {}
    assert kept["number"].to_list() == ["F1"]


def test_what_a_person_entered_is_not_settled_by_a_list() -> None:
    books = Books()
    books.take(listed({"F1": (100, day(0))}), day(30))
    books.documents[0]["is_listed"] = False
    books.take(listed({}), day(60))

    assert books.open_on(day(60)) == {"F1": 100}
