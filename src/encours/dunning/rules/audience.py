"""Whom a scenario is for: conditions on a customer, read from data that a person wrote."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from functools import reduce
from operator import and_
from typing import Any, Final

import polars as pl

from encours.kernel.issue import Issue

CUSTOMERS: Final = pl.Schema(
    {
        "customer_id": pl.Int64,
        "debtor_class": pl.String,  # confirmed, else unknown
        "country": pl.String,
        "payment_method": pl.String,
        "salesperson": pl.String,  # the name kept on the customer
        "profile": pl.String,  # of `scoring`; null: not known yet
        "segment": pl.Int64,
    }
)
"""What a rule may ask of a customer."""


@dataclass(frozen=True, slots=True)
class Audience:
    """The customers that fit every condition; an empty one asks nothing.

    Of a condition with several values, one is enough.
    """

    debtor_class: tuple[str, ...] = ()
    country: tuple[str, ...] = ()
    payment_method: tuple[str, ...] = ()
    salesperson: tuple[str, ...] = ()
    profile: tuple[str, ...] = ()
    segment: tuple[int, ...] = ()

    @property
    def is_everybody(self) -> bool:
        """Say whether nothing is asked."""
        return not self.as_json()

    def fits(self) -> pl.Expr:
        """Return whether a row of `CUSTOMERS` fits."""
        asked = [pl.col(name).is_in(values) for name, values in self.as_json().items()]
        return reduce(and_, asked, pl.lit(True)).fill_null(False)

    def as_json(self) -> dict[str, list[Any]]:
        """Return the conditions that ask something, as stored."""
        every = {field.name: list(getattr(self, field.name)) for field in fields(self)}
        return {name: values for name, values in every.items() if values}


@dataclass(frozen=True, slots=True)
class Rule:
    """An audience and the code of the scenario that it follows."""

    audience: Audience
    scenario: str


def read_audience(data: Mapping[str, Any]) -> tuple[Audience | None, tuple[Issue, ...]]:
    """Return the audience that stored conditions describe, or None with what is wrong."""
    issues = tuple(_issues(data))
    if issues:
        return None, issues
    return Audience(**{name: tuple(values) for name, values in data.items()}), ()


def chosen(customers: pl.DataFrame, rules: tuple[Rule, ...]) -> pl.DataFrame:
    """Return customer_id and `scenario`, the first rule that fits; who fits none is left out."""
    if not rules:
        return pl.DataFrame(schema={"customer_id": pl.Int64, "scenario": pl.String})
    first = pl.coalesce(pl.when(rule.audience.fits()).then(pl.lit(rule.scenario)) for rule in rules)
    return customers.select("customer_id", scenario=first).drop_nulls("scenario")


def _issues(data: Mapping[str, Any]) -> Iterator[Issue]:
    known = {field.name for field in fields(Audience)}
    for name, values in data.items():
        if name not in known:
            yield Issue("audience_name", "Condition inconnue.", 0, str(name), str(name))
            continue
        kind = int if name == "segment" else str
        if not isinstance(values, list) or not all(isinstance(one, kind) for one in values):
            yield Issue(
                "audience_value", "Une liste de valeurs est attendue.", 0, name, str(values)
            )
