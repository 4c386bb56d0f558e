"""What customers did, for the branches of scenarios: promises, disputes, parts paid, refusals.

Each behaviour is read where it is written; only those that a scenario of the shelf asks are looked
for (docs/decisions/0070).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

import polars as pl

from encours.dunning.rules.frames import BEHAVIOURS
from encours.dunning.rules.scenario import Behaviour
from encours.tenancy.frames import read_frame

BOUNCED: Final = """
select distinct m.customer_id, null::text, null::bigint, 'bounced', m.sent_at::date
from messaging_message m
where m.tenant_id = %(tenant)s and m.creditor_id = %(creditor)s and m.state = 'bounced'
  and m.customer_id is not null and m.sent_at is not null
  and (%(customers)s::bigint[] is null or m.customer_id = any (%(customers)s::bigint[]))
"""
ANSWERED: Final = """
select distinct r.customer_id, null::text, null::bigint, 'answered', r.received_at::date
from replies_reply r
where r.tenant_id = %(tenant)s and r.creditor_id = %(creditor)s and r.state <> 'discarded'
  and r.kind not in ('out_of_office', 'bounce') and r.customer_id is not null
  and (%(customers)s::bigint[] is null or r.customer_id = any (%(customers)s::bigint[]))
"""
READ: Final[Mapping[Behaviour, str]] = {"answered": ANSWERED, "bounced": BOUNCED}
"""Behaviours that rows of other packages tell, each with its question."""

HELD_BY: Final = {"promised": "promise", "disputed": "dispute"}


def behaviours(
    asked: frozenset[Behaviour],
    params: Mapping[str, Any],
    *,
    known: pl.DataFrame,
    facts: pl.DataFrame,
) -> pl.DataFrame:
    """Return `frames.BEHAVIOURS` of these behaviours; `known` = due lines with what was paid."""
    parts = [read_frame(READ[one], params, schema=BEHAVIOURS) for one in READ if one in asked]
    parts += [_of_fact(facts, one, kind) for one, kind in HELD_BY.items() if one in asked]
    if "promise_broken" in asked:
        parts.append(_broken(facts, params))
    if "part_paid" in asked:
        parts.append(_part_paid(known))
    return pl.concat([pl.DataFrame(schema=BEHAVIOURS), *parts])


def _of_fact(facts: pl.DataFrame, behaviour: str, kind: str) -> pl.DataFrame:
    told = facts.filter(pl.col("kind") == kind)
    return _shaped(told, behaviour, pl.col("starts_on"), pl.lit(None, pl.String))


def _broken(facts: pl.DataFrame, params: Mapping[str, Any]) -> pl.DataFrame:
    """Return the promises whose last day passed: where the line is paid, nobody looks at it."""
    passed = facts.filter((pl.col("kind") == "promise") & (pl.col("ends_on") < params["today"]))
    day = pl.col("ends_on") + timedelta(days=1)
    return _shaped(passed, "promise_broken", day, pl.lit(None, pl.String))


def _part_paid(known: pl.DataFrame) -> pl.DataFrame:
    paid = pl.col("paid_cents")
    part = known.filter((paid > 0) & (paid < pl.col("amount_cents")))
    return _shaped(part, "part_paid", pl.col("settled_on"), pl.col("currency"))


def _shaped(rows: pl.DataFrame, behaviour: str, on: pl.Expr, currency: pl.Expr) -> pl.DataFrame:
    return rows.select(
        "customer_id",
        currency.alias("currency"),
        "instalment_id",
        behaviour=pl.lit(behaviour),
        on=on,
    )
