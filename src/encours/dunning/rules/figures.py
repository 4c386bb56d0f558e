"""What a simulation amounts to: messages and calls a day, customers touched, who had paid."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final

import polars as pl

from encours.dunning.rules.simulation import Simulated

CALL: Final = "call"
PAID_MOST: Final = 500
"""Messages to people who had paid that are kept by name; all are counted."""


@dataclass(frozen=True, slots=True)
class StepFigure:
    """Messages of a step by a channel; `paid` = those that claim what had been paid already."""

    step: str
    channel: str
    messages: int
    customers: int
    paid: int


@dataclass(frozen=True, slots=True)
class DayFigure:
    """Messages of a day, and how many of them are calls to make."""

    on: str
    messages: int
    calls: int


@dataclass(frozen=True, slots=True)
class PaidFigure:
    """A message to somebody who had paid, in whole or in part, without our knowing it."""

    on: str
    customer_id: int
    step: str
    channel: str
    currency: str
    amount_cents: int
    paid_cents: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything told of a simulation; `worst` = the most messages of a day."""

    messages: int
    customers: int
    calls: int
    worst: int
    worst_calls: int
    paid: int
    paid_customers: int
    steps: tuple[StepFigure, ...]
    days: tuple[DayFigure, ...]
    paid_rows: tuple[PaidFigure, ...]

    def as_json(self) -> dict[str, Any]:
        """Return what is stored."""
        return asdict(self)

    @classmethod
    def read(cls, data: dict[str, Any]) -> Figures:
        """Return what was stored."""
        lists = {"steps": StepFigure, "days": DayFigure, "paid_rows": PaidFigure}
        read = {name: tuple(kind(**row) for row in data[name]) for name, kind in lists.items()}
        return cls(**{**data, **read})


def figures(simulated: Simulated) -> Figures:
    """Return the figures of a simulation."""
    messages = simulated.messages.with_columns(
        is_call=pl.col("channel").str.split("+").list.contains(CALL),
        is_paid=pl.col("paid_cents") > 0,
    )
    days = messages.group_by("on").agg(messages=pl.len(), calls=pl.col("is_call").sum()).sort("on")
    steps = (
        messages.group_by("rank", "step", "channel")
        .agg(
            messages=pl.len(),
            customers=pl.col("customer_id").n_unique(),
            paid=pl.col("is_paid").sum(),
        )
        .sort("rank", "step", "channel")
        .select("step", "channel", "messages", "customers", "paid")
    )
    paid = messages.filter("is_paid")
    rows = paid.sort("paid_cents", "message_id", descending=[True, False]).head(PAID_MOST)
    named = rows.select(
        pl.col("on").cast(pl.String),
        "customer_id",
        "step",
        "channel",
        "currency",
        "amount_cents",
        "paid_cents",
    )
    return Figures(
        messages=messages.height,
        customers=messages["customer_id"].n_unique(),
        calls=int(messages["is_call"].sum()),
        worst=_most(days["messages"]),
        worst_calls=_most(days["calls"]),
        paid=paid.height,
        paid_customers=paid["customer_id"].n_unique(),
        steps=tuple(StepFigure(*row) for row in steps.iter_rows()),
        days=tuple(
            DayFigure(on.isoformat(), count, calls) for on, count, calls in days.iter_rows()
        ),
        paid_rows=tuple(PaidFigure(*row) for row in named.iter_rows()),
    )


@dataclass(frozen=True, slots=True)
class StepEffect:
    """Messages of a step under the old version and under the new one."""

    step: str
    before: int
    after: int

    @property
    def more(self) -> int:
        """Return how many more there are."""
        return self.after - self.before


def effect(before: Figures, after: Figures) -> list[StepEffect]:
    """Return, by step, how many messages each version sends."""
    sums: dict[str, list[int]] = {}
    for place, told in enumerate((before, after)):
        for one in told.steps:
            sums.setdefault(one.step, [0, 0])[place] += one.messages
    return [StepEffect(step, *pair) for step, pair in sums.items()]


def _most(counts: pl.Series) -> int:
    most = counts.max()
    return int(most) if isinstance(most, int) else 0
