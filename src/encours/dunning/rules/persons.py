"""One person is not written to too often, whatever the account, the customer or the creditor.

Read over all the messages of a day together: at most so many a week to one customer or to one
address, and on one day no more than one customer's message to an address that several share.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

import polars as pl

from encours.dunning.rules.decision import HELD, PLANNED, Decision
from encours.dunning.rules.frames import Ledger, Moment
from encours.dunning.rules.reasons import CODES, Reason

WEEK: Final = timedelta(days=7)
HOLDS: Final = pl.Schema(
    {"part": pl.Int64, "account": pl.UInt32, "hold": pl.UInt8, "next_on": pl.Date}
)
Person = tuple[str, int]
Contact = tuple[date, int]  # when, which customer


def spaced(decisions: Sequence[Decision], ledger: Ledger, moment: Moment) -> list[Decision]:
    """Hold what would reach a person too often; `ledger` = the whole, whose parts these are.

    The firmest step goes first. Asked again of its own answer it changes nothing.
    """
    told = [
        one.messages.select(
            "account", "customer_id", "currency", "kind", "rank", "channel"
        ).with_columns(part=pl.lit(place, pl.Int64))
        for place, one in enumerate(decisions)
    ]
    messages = _at_stake(pl.concat(told), ledger, moment) if told else pl.DataFrame()
    if messages.is_empty():
        return list(decisions)
    holds = pl.DataFrame(_holds(messages, ledger, moment), schema=HOLDS, orient="row")
    return [
        _without(one, holds.filter(pl.col("part") == place).drop("part"))
        for place, one in enumerate(decisions)
    ]


def _recent(ledger: Ledger, moment: Moment) -> pl.DataFrame:
    """Return `customer_id` and `on` of the messages of the last seven days, today among them."""
    sent = pl.col("sent_on").is_not_null()
    own = ledger.messages.select(
        "customer_id", on=pl.coalesce("sent_on", "planned_on"), is_sent=sent
    )
    known = pl.concat([own, ledger.contacted.select("customer_id", "on", "is_sent")])
    if moment.is_leaving:
        known = known.filter("is_sent")
    since = moment.today - WEEK
    return known.filter((pl.col("on") > since) & (pl.col("on") <= moment.today))


def _at_stake(messages: pl.DataFrame, ledger: Ledger, moment: Moment) -> pl.DataFrame:
    """Keep the messages that a rule may hold: shared addresses, and customers near the limit."""
    at_stake = pl.col("customer_id").is_in(ledger.addresses["customer_id"].unique().implode())
    if moment.contacts_a_week is not None:
        both = pl.concat(
            [_recent(ledger, moment).select("customer_id"), messages.select("customer_id")]
        )
        counts = both.group_by("customer_id").len()
        many = counts.filter(pl.col("len") > moment.contacts_a_week)["customer_id"]
        at_stake |= pl.col("customer_id").is_in(many.implode())
    order = pl.col("kind").replace_strict(_FIRST, default=9, return_dtype=pl.Int8)
    return messages.filter(at_stake).sort(
        order, pl.col("rank"), "customer_id", "currency", descending=[False, True, False, False]
    )


_FIRST: Final = {"formal_notice": 0, "reminder": 1, "thank_you": 2, "pre_due": 3, "statement": 4}


def _holds(
    messages: pl.DataFrame, ledger: Ledger, moment: Moment
) -> Iterable[tuple[int, int, int, date]]:
    shared: dict[int, list[Person]] = defaultdict(list)
    for customer, address in ledger.addresses.select("customer_id", "address").iter_rows():
        shared[customer].append(("address", address))
    told: dict[Person, list[Contact]] = defaultdict(list)
    wanted = {*messages["customer_id"], *shared}
    recent = _recent(ledger, moment).filter(pl.col("customer_id").is_in(list(wanted)))
    for customer, on in recent.select("customer_id", "on").iter_rows():
        for person in (("customer", customer), *shared[customer]):
            told[person].append((on, customer))
    asked = messages.select("part", "account", "customer_id", "channel").iter_rows()
    for part, account, customer, channel in asked:
        people = (("customer", customer), *shared[customer])
        hold = _hold(customer, people, told, moment, by_email="email" in channel)
        if hold is None:
            for person in people:
                told[person].append((moment.today, customer))
        else:
            yield part, account, CODES[hold[0]], hold[1]


def _hold(
    customer: int,
    people: tuple[Person, ...],
    told: Mapping[Person, list[Contact]],
    moment: Moment,
    *,
    by_email: bool,
) -> tuple[Reason, date] | None:
    most = moment.contacts_a_week
    full = [
        sorted(on for on, _ in told[person])[-most] if most else moment.today
        for person in people
        if most is not None and len(told[person]) >= most
    ]
    if full:
        return Reason.TOO_MANY, max(full) + WEEK
    others = (
        on == moment.today and other != customer for person in people for on, other in told[person]
    )
    if by_email and any(others):
        return Reason.SAME_ADDRESS, moment.today + timedelta(days=1)
    return None


def _without(decision: Decision, holds: pl.DataFrame) -> Decision:
    """Hold the messages of these accounts, and the lines that they would have listed."""
    if holds.is_empty():
        return decision
    fate = holds.rename({"hold": "person_hold", "next_on": "person_on"})
    stays = (pl.col("status") == PLANNED) & pl.col("person_hold").is_not_null()
    lines = (
        decision.lines.join(fate, on="account", how="left", maintain_order="left")
        .with_columns(
            hold=pl.when(stays).then("person_hold").otherwise("hold"),
            next_on=pl.when(stays).then("person_on").otherwise("next_on"),
            planned=pl.col("planned") & ~stays,
            status=pl.when(stays).then(pl.lit(HELD)).otherwise("status"),
        )
        .select(decision.lines.columns)
    )
    return replace(
        decision,
        lines=lines,
        messages=decision.messages.join(holds, on="account", how="anti", maintain_order="left"),
        thanked=decision.thanked.join(holds, on="account", how="anti", maintain_order="left"),
    )
