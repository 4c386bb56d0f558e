"""Ledgers of any kind, dozens of customers at a time, for the property tests.

A plan costs the same for one customer as for eighty: Hypothesis draws a size and a seed, and
shrinks a failure to few customers.
"""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date, timedelta
from random import Random
from typing import Any

import polars as pl
from hypothesis import strategies as st
from tests.dunning.ledgers import FRENCH, NOW, TODAY, ago

from encours.dunning.rules.frames import SCHEMAS, Ledger, Mode, Moment
from encours.dunning.rules.scenario import BEHAVIOURS
from encours.tenancy.calendars import french_holidays

HOLIDAYS = french_holidays([2026, 2027])
CODES = [*(step.code for step in FRENCH.steps), "appel"]
KINDS = [
    "dispute",
    "promise",
    "plan",
    "pause",
    "insolvency",
    "over_indebtedness",
    "protection",
    "death",
    "limitation",
    "assignment",
    "handover",
    "einvoice",
    "direct_debit",
    "tax",
]
FRAMES = (
    *("lines", "customers", "facts", "cover", "messages", "listings", "clears", "behaviours"),
)
CUSTOMERS_MAX = 80
Row = dict[str, Any]
Rows = dict[str, list[Row]]

moments = st.builds(
    Moment,
    today=st.sampled_from([TODAY, TODAY, TODAY, date(2026, 11, 21), date(2026, 11, 11)]),
    now=st.just(NOW),
    holidays=st.just(HOLIDAYS),
    last_import_at=st.sampled_from([NOW, None, NOW, NOW - timedelta(days=9)]),
    mode=st.sampled_from([*[Mode.LIVE] * 3, Mode.REHEARSAL, Mode.STOPPED]),
    live_on=st.none() | st.just(ago(20)),
    allow_stale=st.booleans(),
)


def ledgers(*, history: bool = True, size: int = CUSTOMERS_MAX) -> st.SearchStrategy[Ledger]:
    """Draw a ledger of up to `size` customers: four due lines each, facts, money and messages."""
    return st.builds(
        made,
        size=st.integers(1, size),
        seed=st.integers(0, 2**32),
        history=st.just(history),
    )


def made(size: int, seed: int, *, history: bool) -> Ledger:
    """Return the ledger of that seed."""
    random, rows = Random(seed), {name: list[Row]() for name in FRAMES}
    for customer in range(1, size + 1):
        if random.random() < 0.95:
            rows["customers"].append(_customer(random, customer))
        for currency in random.choice([["EUR"], ["EUR"], ["EUR"], ["EUR", "USD"]]):
            account = {"customer_id": customer, "currency": currency}
            _account(random, rows, account, history=history)
        if random.random() < 0.1:
            rows["facts"].append(_fact(random, customer, None))
        for _ in range(random.randint(0, 2)):
            rows["behaviours"].append(_deed(random, customer))
    for drawn in rows.values():
        random.shuffle(drawn)
    return Ledger.of(**{name: pl.DataFrame(rows[name], schema=SCHEMAS[name]) for name in rows})


def shuffled(ledger: Ledger, random: Random) -> Ledger:
    """Return the same ledger with its rows in another order."""
    kept = {field.name: getattr(ledger, field.name) for field in fields(ledger)}
    return replace(
        ledger,
        **{
            name: frame.sample(fraction=1, shuffle=True, seed=random.randint(0, 99))
            for name, frame in kept.items()
        },
    )


def _rarely(random: Random, usual: object, *others: object) -> Any:
    return random.choice([*[usual] * 6 * len(others), *others])


def _customer(random: Random, customer: int) -> Row:
    return {
        "customer_id": customer,
        "debtor_class": _rarely(random, "business", "consumer", "public", "foreign", "unknown"),
        "class_confirmed": _rarely(random, True, False),
        "has_email": _rarely(random, True, False),
        "has_postal": random.random() < 0.5,
        "intra_group": _rarely(random, False, True),
        "has_phone": random.random() < 0.6,
        "has_sms": random.random() < 0.4,
        "has_whatsapp": random.random() < 0.2,
        "has_consent": random.random() < 0.2,
    }


def _deed(random: Random, customer: int) -> Row:
    return {
        "customer_id": customer,
        "currency": random.choice([None, None, "EUR", "USD"]),
        "instalment_id": None,
        "behaviour": random.choice(BEHAVIOURS),
        "on": ago(random.randint(-3, 40)),
    }


def _account(random: Random, rows: Rows, account: Row, *, history: bool) -> None:
    first = len(rows["lines"])
    count = random.randint(1, 4)
    mine = [_line(random, first + place, account) for place in range(1, count + 1)]
    rows["lines"] += mine
    for row in mine:
        if random.random() < 0.1:
            rows["facts"].append(_fact(random, account["customer_id"], row["instalment_id"]))
    if random.random() < 0.25:
        rows["cover"].append(
            {
                **account,
                "unallocated_cents": random.randint(-50_00, 300_00),
                "in_flight_cents": random.choice([0, 0, 100_00]),
            }
        )
    if random.random() < 0.3:
        rows["clears"].append({**account, "cleared_on": ago(random.randint(0, 40))})
    for _ in range(random.randint(0, 4) if history else 0):
        _message(random, rows, account, mine)


def _line(random: Random, number: int, account: Row) -> Row:
    late = random.choice([*range(-20, 46), 30, 31, 40, -90, 400, 731, 1900])
    return {
        **account,
        "instalment_id": number,
        "document": _rarely(random, f"FA-{number}", "", " "),
        "kind": _rarely(random, "invoice", "refund", "opening"),
        "issued_on": ago(late + random.randint(20, 40)),
        "due_on": ago(late),
        "due_source": _rarely(random, "read", "terms_confirmed", "terms_assumed"),
        "open_cents": random.choice([100_00, 100_00, 100_00, 4_00, 9_99, 50_00]),
        "state": _rarely(random, "ordinary", "bill", "doubtful"),
        "triage": random.choice([None, "remind", "remind", "letter", "leave"]),
    }


def _fact(random: Random, customer: int, line: int | None) -> Row:
    starts = random.randint(-2, 20)
    return {
        "customer_id": customer,
        "instalment_id": line,
        "kind": random.choice(KINDS),
        "starts_on": ago(starts),
        "ends_on": random.choice([None, ago(starts - random.randint(0, 20))]),
    }


def _message(random: Random, rows: Rows, account: Row, mine: list[Row]) -> None:
    number, planned = len(rows["messages"]) + 1, random.randint(0, 40)
    sent_on = random.choice([None, ago(planned), ago(planned), ago(max(0, planned - 2))])
    rows["messages"].append(
        {
            **account,
            "message_id": number,
            "step": random.choice([*CODES, "relance_3", "relance_3"]),
            "cycle": random.randint(1, 2),
            "planned_on": ago(planned),
            "sent_on": sent_on,
            "is_pending": sent_on is None and random.random() < 0.3,
        }
    )
    listed = random.sample(mine, random.randint(0, len(mine)))
    rows["listings"] += [
        {"message_id": number, "instalment_id": row["instalment_id"]} for row in listed
    ]
