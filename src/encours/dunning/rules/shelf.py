"""The scenarios of a creditor, and which one each account follows today.

A due line's own choice, else its customer's, else the first rule that fits the customer, else the
default (peers.md, part A 4.6). A message holds all the lines of an account: where they disagree,
the mildest scenario wins. « Ne jamais relancer » is no scenario to compare: it sets lines aside.
An account in the middle of a cycle stays on the version of the scenario that it began.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import cached_property
from typing import Final

import polars as pl

from encours.dunning.rules.audience import Rule
from encours.dunning.rules.frames import ACCOUNT, BETWEEN, FACTS, Ledger
from encours.dunning.rules.scenario import Behaviour, Scenario, Step

NEVER: Final = "jamais"
"""The choice of those whom nobody reminds."""

CURRENCY: Final = ACCOUNT[1]

Key = tuple[str, int]  # code, version


@dataclass(frozen=True)
class Shelf:
    """What a creditor may remind by: one scenario for all that chose no other, others by code.

    `former` are older versions that running accounts are still on; `rules` say who follows what.
    `gone` are versions that nobody is on any more: they only tell what their messages were.
    """

    default: Scenario
    others: tuple[Scenario, ...] = ()
    former: tuple[Scenario, ...] = ()
    rules: tuple[Rule, ...] = ()
    gone: tuple[Scenario, ...] = ()

    @cached_property
    def in_force(self) -> dict[str, Scenario]:
        """Return the scenario of each code as it is today, the default among them."""
        return {one.code: one for one in (*self.others, self.default)}

    @cached_property
    def every(self) -> dict[Key, Scenario]:
        """Return all versions in use, by code and version."""
        return {key_of(one): one for one in (*self.former, *self.others, self.default)}

    @cached_property
    def behaviours(self) -> frozenset[Behaviour]:
        """Return what the branches of all of them ask of customers."""
        return frozenset(one for scenario in self.every.values() for one in scenario.behaviours)

    def step(self, scenario: str, version: int, code: str) -> Step:
        """Return the step of that code as the version had it; of a version now gone, as it is."""
        key = (scenario, version)
        own = self.every.get(key) or next((one for one in self.gone if key_of(one) == key), None)
        first = own or self.in_force.get(scenario, self.default)
        found = (one.step(code) for one in (first, self.default, *self.every.values(), *self.gone))
        return next(step for step in found if step is not None)


def key_of(scenario: Scenario) -> Key:
    """Return what names a version of a scenario."""
    return scenario.code, scenario.version


def parts(ledger: Ledger, shelf: Shelf) -> Iterator[tuple[Scenario, Ledger]]:
    """Yield each scenario that somebody follows with the ledger of those who do.

    Every account is in exactly one part; with nothing chosen there is one part, the whole.
    """
    ledger = _with_never(ledger)
    if ledger.choices.is_empty() and not shelf.former:
        yield shelf.default, replace(ledger, running=ledger.running.clear())
        return
    followed = _followed(ledger, shelf)
    for (code, version), accounts in _grouped(followed):
        yield shelf.every[code, version], _of_accounts(ledger, accounts)


def _with_never(ledger: Ledger) -> Ledger:
    """Turn the choices of never reminding into facts: they hold, whenever they were made."""
    never = ledger.choices.filter(pl.col("scenario") == NEVER)
    if never.is_empty():
        return ledger
    facts = never.select(
        "customer_id",
        "instalment_id",
        kind=pl.lit("never"),
        starts_on=pl.lit(date.min),
        ends_on=pl.lit(None, pl.Date),
    )
    return replace(
        ledger,
        facts=pl.concat([ledger.facts, facts.select(FACTS.names())]),
        choices=ledger.choices.filter(pl.col("scenario") != NEVER),
    )


def _followed(ledger: Ledger, shelf: Shelf) -> pl.DataFrame:
    """Return `code` and `version` of each account with something open or just settled."""
    known = ledger.choices.filter(pl.col("scenario").is_in(list(shelf.in_force)))
    severity = {code: one.severity for code, one in shelf.in_force.items()}
    mildest = pl.col("scenario").replace_strict(severity, return_dtype=pl.Int64)
    known = known.sort(mildest, "scenario")
    whole = known.filter(pl.col("instalment_id").is_null()).unique("customer_id", keep="first")
    own = known.filter(pl.col("instalment_id").is_not_null()).unique("instalment_id", keep="first")
    of_customer = whole.select("customer_id", customer_choice="scenario")
    of_line = own.select("instalment_id", line_choice="scenario")
    asked = pl.concat(
        [
            ledger.lines.select("instalment_id", *ACCOUNT),
            ledger.settled.select("instalment_id", *ACCOUNT),
        ]
    )
    return (
        asked.join(of_customer, on="customer_id", how="left")
        .join(of_line, on="instalment_id", how="left")
        .select(
            *ACCOUNT,
            code=pl.coalesce("line_choice", "customer_choice", pl.lit(shelf.default.code)),
        )
        .unique()
        .with_columns(
            severity=pl.col("code").replace_strict(severity, return_dtype=pl.Int64),
        )
        .sort("severity", "code")
        .unique(ACCOUNT, keep="first", maintain_order=True)
        .join(_running(ledger, shelf), on=[*ACCOUNT, "code"], how="left")
        .select(*ACCOUNT, "code", version=pl.coalesce("running_version", _current(shelf)))
    )


def _current(shelf: Shelf) -> pl.Expr:
    versions = {code: one.version for code, one in shelf.in_force.items()}
    return pl.col("code").replace_strict(versions, return_dtype=pl.Int64)


def _running(ledger: Ledger, shelf: Shelf) -> pl.DataFrame:
    """Return the version that each account in the middle of a cycle began, where it is kept."""
    kept = [key_of(one) for one in shelf.former]
    known = pl.DataFrame(
        kept, schema={"code": pl.String, "running_version": pl.Int64}, orient="row"
    )
    over = (pl.col("cleared_on") >= pl.col("last_on")).fill_null(False)
    return (
        ledger.running.rename({"scenario": "code", "version": "running_version"})
        .join(ledger.clears, on=ACCOUNT, how="left")
        .filter(~over)
        .join(known, on=["code", "running_version"], how="semi")
        .select(*ACCOUNT, "code", "running_version")
    )


def _grouped(followed: pl.DataFrame) -> Iterator[tuple[Key, pl.DataFrame]]:
    for code, version in followed.select("code", "version").unique().sort(pl.all()).iter_rows():
        mine = (pl.col("code") == code) & (pl.col("version") == version)
        yield (code, version), followed.filter(mine).select(ACCOUNT)


def _of_accounts(ledger: Ledger, accounts: pl.DataFrame) -> Ledger:
    """Keep the rows of these accounts; of a customer whose currencies differ, both parts know."""
    kept = dict[str, pl.DataFrame]()
    for field in fields(ledger):
        frame: pl.DataFrame = getattr(ledger, field.name)
        if field.name == "listings":
            continue
        if field.name in BETWEEN:
            kept[field.name] = frame
            continue
        whole = field.name == "behaviours"  # of a customer, whatever the currency
        on = [
            name for name in ACCOUNT if name in frame.columns and not (whole and name == CURRENCY)
        ]
        kept[field.name] = frame.join(
            accounts.select(on).unique(), on=on, how="semi", maintain_order="left"
        )
    listings = ledger.listings.join(kept["messages"], on="message_id", how="semi")
    return Ledger(**kept, listings=listings)
