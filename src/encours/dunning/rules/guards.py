"""What holds one due line back whatever the scenario says: law, documents, standing facts."""

from __future__ import annotations

from datetime import date
from typing import Final

import polars as pl

from encours.dunning.rules.frames import Mode, Moment
from encours.dunning.rules.reasons import CODES, OF_FACT, Reason, coded

CLAIM_KINDS: Final = ("invoice", "debit_note", "opening", "returned_payment", "penalty_note")
"""What may be shown to a customer as a claim: not a refund, not an unexplained entry."""

SURE_DUE_DATES: Final = ("read", "terms_confirmed")

FACT_COLUMNS: Final = ("hold", "fact_from", "fact_until")
ACCOUNT_FACT: Final = ("account_hold", "account_from", "account_until")

BUSINESS_MONTHS: Final = 60  # C. com. L110-4 I; C. civ. 2224
CONSUMER_MONTHS: Final = 24  # C. conso. L218-2; a foreign or unknown debtor may be a consumer
PUBLIC_MONTHS: Final = 48  # loi 68-1250, from 1 January of the following year


def facts_by(facts: pl.DataFrame, key: str, today: date) -> pl.DataFrame:
    """Return the weightiest fact in force by line (`instalment_id`) or whole customer.

    Columns: the key, `hold`, `fact_from`, `fact_until`.
    """
    in_force = (pl.col("starts_on") <= today) & (pl.col("ends_on") >= today).fill_null(True)
    whole = pl.col("instalment_id").is_null() == (key == "customer_id")
    codes = {kind: CODES[reason] for kind, reason in OF_FACT.items()}
    hold = pl.col("kind").replace_strict(codes, default=None, return_dtype=pl.UInt8)
    return (
        facts.filter(whole & in_force)
        .select(key, hold=hold, fact_from="starts_on", fact_until="ends_on")
        .drop_nulls("hold")
        .sort("hold", "fact_from", "fact_until", nulls_last=True)
        .unique(key, keep="first")
    )


def limitation_by(facts: pl.DataFrame, key: str, today: date) -> pl.DataFrame:
    """Return the day from which a new limitation period runs (C. civ. 2231, 2240 to 2244)."""
    whole = pl.col("instalment_id").is_null() == (key == "customer_id")
    known = (pl.col("kind") == "limitation") & (pl.col("starts_on") <= today)
    return (
        facts.filter(whole & known)
        .group_by(key)
        .agg(restart_on=pl.coalesce("ends_on", "starts_on").max())
    )


def known_class() -> pl.Expr:
    """Return the debtor's class that a person confirmed, else unknown (design.md, 2.9)."""
    sure = pl.col("class_confirmed").fill_null(False)
    return pl.when(sure).then("debtor_class").otherwise(pl.lit("unknown")).fill_null("unknown")


def limit_on() -> pl.Expr:
    """Return the last day on which the claim is not barred, by debtor's class.

    From the due date, or from the last interruption. Where the class leaves the law unsure, the
    shortest period is taken (law-fr.md, part 3, and its design rule d).
    """
    start = pl.max_horizontal("due_on", "restart_on", "account_restart_on")
    next_year = start.dt.truncate("1y").dt.offset_by("1y")
    debtor = pl.col("known_class")
    return (
        pl.when(debtor == "business")
        .then(start.dt.offset_by(f"{BUSINESS_MONTHS}mo"))
        .when(debtor == "public")
        .then(next_year.dt.offset_by(f"{PUBLIC_MONTHS}mo").dt.offset_by("-1d"))
        .otherwise(start.dt.offset_by(f"{CONSUMER_MONTHS}mo"))
    )


def weightiest_fact() -> list[pl.Expr]:
    """Return the fact that outweighs the other, the line's or its customer's, and its dates."""
    whole = pl.col("account_hold")
    first = (whole < pl.col("hold")).fill_null(whole.is_not_null())
    return [
        pl.when(first).then(mine_or_all).otherwise(name).alias(name)
        for name, mine_or_all in zip(FACT_COLUMNS, ACCOUNT_FACT, strict=True)
    ]


def holds(moment: Moment) -> list[pl.Expr]:
    """Return one column of codes per guard: null where it lets the line pass.

    Reads the columns of `frames.LINES`, `known_class`, `limit_on`, `intra_group`, and the facts of
    fact that weighs most (`hold`).
    """
    unsure = ~pl.col("due_source").is_in(SURE_DUE_DATES)
    nameless = pl.col("document").str.strip_chars() == ""
    no_claim = nameless | ~pl.col("kind").is_in(CLAIM_KINDS)
    guards = [
        pl.col("hold"),
        coded(pl.col("intra_group"), Reason.INTRA_GROUP),
        coded(pl.col("limit_on") < moment.today, Reason.TIME_BARRED),
        coded(no_claim.fill_null(True), Reason.NO_DOCUMENT),
        coded(unsure.fill_null(True), Reason.DUE_DATE_UNCONFIRMED),
        coded(pl.col("state") == "bill", Reason.IN_FLIGHT),
    ]
    if moment.mode is Mode.LIVE and moment.live_on is not None:
        undecided = pl.col("triage").is_null() | (pl.col("triage") == "leave")
        guards.append(coded((pl.col("due_on") < moment.live_on) & undecided, Reason.TRIAGE))
    return guards
