"""Ways out: by which channels a step reaches an account, and those it falls back on."""

from __future__ import annotations

from typing import Final

import polars as pl

from encours.dunning.rules.scenario import JOINED, ON_PAPER, Channel, Scenario

PROFESSIONAL: Final = ("business", "public")
"""Who may be served a registered letter by electronic means without having agreed to it
(CPCE L100: a debtor who is no professional agrees first)."""


def reached_by(channel: Channel) -> pl.Expr:
    """Say whether the account has what that channel needs.

    Reads `known_class` and the `has_` columns of `frames.CUSTOMERS`.
    """
    if channel == "eregistered":
        agreed = pl.col("known_class").is_in(PROFESSIONAL) | pl.col("has_consent")
        return pl.col("has_email") & agreed
    return pl.col(_NEEDS[channel])


_NEEDS: Final = {
    "email": "has_email",
    "letter": "has_postal",
    "registered": "has_postal",
    "sms": "has_sms",
    "whatsapp": "has_whatsapp",
    "call": "has_phone",
}


def channel(scenario: Scenario) -> pl.Expr:
    """Return the channels of a message, joined by `+` in the order of `JOINED`; null: none.

    Reads `step`, `letter_only` (somebody decided to write on paper), and how the account is
    reached. A line to be written to on paper takes the paper that its step has, else a letter.
    """
    on_paper = pl.col("letter_only").fill_null(False)
    first, then = _codes(scenario, "channels"), _codes(scenario, "fallback")
    used = [one for one in JOINED if first[one] or then[one] or one == "letter"]
    papers = [*first["letter"], *first["registered"]]
    by_default = on_paper & ~pl.col("step").is_in(papers)
    firstly = {
        one: reached_by(one)
        & (
            (pl.col("step").is_in(first[one]) & _allowed(one, on_paper))
            | _is_letter(one, by_default)
        )
        for one in used
    }
    nothing = ~pl.any_horizontal(*firstly.values())
    taken = {
        one: firstly[one]
        | (nothing & reached_by(one) & pl.col("step").is_in(then[one]) & _allowed(one, on_paper))
        for one in used
    }
    joined = pl.concat_str(
        [pl.when(by).then(pl.lit(one)) for one, by in taken.items()],
        separator="+",
        ignore_nulls=True,
    )
    return pl.when(joined != "").then(joined)


def _codes(scenario: Scenario, name: str) -> dict[Channel, list[str]]:
    return {
        one: [step.code for step in scenario.steps if one in getattr(step, name)] for one in JOINED
    }


def _allowed(channel: Channel, on_paper: pl.Expr) -> pl.Expr:
    return pl.lit(True) if channel in ON_PAPER else ~on_paper


def _is_letter(channel: Channel, by_default: pl.Expr) -> pl.Expr:
    return by_default if channel == "letter" else pl.lit(False)
