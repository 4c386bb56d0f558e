"""Accounts: what is known of each customer in each currency when its lines are decided."""

from __future__ import annotations

from typing import Any, Final

import polars as pl

from encours.dunning.rules import cycles, guards, history
from encours.dunning.rules.frames import ACCOUNT, Ledger, Moment
from encours.dunning.rules.keys import Keys
from encours.dunning.rules.reasons import CODES, KEEPS_CYCLE
from encours.dunning.rules.scenario import Scenario

ON_LINES: Final = (
    "key",
    "account",
    "known_class",
    "intra_group",
    "account_hold",
    "account_from",
    "account_until",
    "account_restart_on",
    "unallocated_cents",
    "in_flight_cents",
)
"""What a due line borrows from its account."""

_DEFAULTS: Final[dict[str, Any]] = {
    "known_class": "unknown",
    "has_email": False,
    "has_postal": False,
    "has_phone": False,
    "has_sms": False,
    "has_whatsapp": False,
    "has_consent": False,
    "country": "FR",
    "is_vip": False,
    "intra_group": False,
    "unallocated_cents": 0,
    "in_flight_cents": 0,
    "cycle": 0,
    "done": 0,
    "said_rung": 0,
    "pre_due_done": False,
    "is_pending": False,
}


def accounts(
    ledger: Ledger, asked: pl.Series, keys: Keys, scenario: Scenario, moment: Moment
) -> pl.DataFrame:
    """Return one row per account of these keys, numbered in order by `account`."""
    customers = ledger.customers.with_columns(known_class=guards.known_class())
    facts = guards.facts_by(ledger.facts, "customer_id", moment.today).rename(
        {"hold": "account_hold", "fact_from": "account_from", "fact_until": "account_until"}
    )
    restarts = guards.limitation_by(ledger.facts, "customer_id", moment.today).rename(
        {"restart_on": "account_restart_on"}
    )
    return (
        pl.DataFrame({"key": asked.unique().sort()})
        .with_row_index("account")
        .with_columns(keys.account)
        .join(customers, on="customer_id", how="left")
        .join(facts, on="customer_id", how="left")
        .join(restarts, on="customer_id", how="left")
        .join(_by_key(ledger.cover, keys), on="key", how="left")
        .join(_by_key(ledger.clears, keys), on="key", how="left")
        .join(history.account_history(ledger, scenario, keys), on="key", how="left")
        .with_columns(pl.col(name).fill_null(value) for name, value in _DEFAULTS.items())
    )


def _by_key(frame: pl.DataFrame, keys: Keys) -> pl.DataFrame:
    return frame.with_columns(key=keys.key).drop(ACCOUNT)


def in_cycle(accounts: pl.DataFrame, lines: pl.DataFrame, scenario: Scenario) -> pl.DataFrame:
    """Say which cycle a message of today belongs to, forgetting what an older one did.

    Adds `keeps` (something overdue, claimed and worth a reminder is open), `is_running` (the cycle
    of the last message goes on).
    """
    left = pl.col("open_cents") - pl.col("covered_cents")
    claimed = pl.col("hold").is_null() | pl.col("hold").is_in(
        [CODES[reason] for reason in KEEPS_CYCLE]
    )
    worth = left >= minimum(scenario)
    keeping = (
        lines.lazy()
        .filter((pl.col("age") > 0) & claimed & worth)
        .select(pl.col("account").unique())
        .with_columns(keeps=pl.lit(True))
        .collect()
    )
    over = cycles.is_over()
    return (
        accounts.join(keeping, on="account", how="left")
        .with_columns(pl.col("keeps").fill_null(False))
        .with_columns(
            cycle=pl.col("cycle") + pl.when(over | (pl.col("cycle") == 0)).then(1).otherwise(0),
            done=pl.when(over).then(0).otherwise("done"),
            pre_due_done=pl.col("pre_due_done") & ~over,
            said_rung=pl.when(over).then(0).otherwise("said_rung"),
            is_running=~over & (pl.col("cycle") > 0),
        )
    )


def minimum(scenario: Scenario) -> pl.Expr:
    """Return the amount under which an account of that currency is left in peace."""
    return pl.col("currency").replace_strict(
        dict(scenario.minimum_cents) or {"": 0}, default=0, return_dtype=pl.Int64
    )
