"""Who follows which scenario: what people chose, and what the rules say of everybody else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import polars as pl
from django.db.models import F, Q

from encours.dunning.models import ScenarioChoice, ScenarioRule
from encours.dunning.rules import audience, frames
from encours.dunning.rules.audience import Audience, Rule, read_audience
from encours.tenancy.frames import read_frame

PERSONAL: Final = """
select c.customer_id, coalesce(i.lineage_id, i.id), c.scenario_code
from dunning_scenariochoice c
left join receivables_instalment i on i.tenant_id = c.tenant_id and i.id = c.instalment_id
where c.tenant_id = %(tenant)s and c.creditor_id = %(creditor)s
  and (%(customers)s::bigint[] is null or c.customer_id = any (%(customers)s::bigint[]))
"""
CUSTOMERS: Final = """
select c.id, case when c.class_confirmed_at is null then 'unknown' else c.debtor_class end,
       c.country, c.payment_method, c.salesperson_name, s.profile, s.segment_id
from parties_customer c
left join scoring_score s on s.tenant_id = c.tenant_id and s.customer_id = c.id
where c.tenant_id = %(tenant)s and c.creditor_id = %(creditor)s
  and (%(customers)s::bigint[] is null or c.id = any (%(customers)s::bigint[]))
"""
RUNNING: Final = """
select distinct on (m.customer_id, m.currency) m.customer_id, m.currency, m.scenario_code,
       m.scenario_version, m.planned_on
from dunning_reminder m
where m.tenant_id = %(tenant)s and m.creditor_id = %(creditor)s and m.state <> 'cancelled'
  and not (m.state = 'planned' and m.planned_on < %(today)s) and m.rehearsal = %(rehearsal)s
  and (%(customers)s::bigint[] is null or m.customer_id = any (%(customers)s::bigint[]))
order by m.customer_id, m.currency, m.planned_on desc, m.id desc
"""


@dataclass(frozen=True, slots=True)
class Choice:
    """A scenario that a person chose, why, and when."""

    scenario: str
    reason: str
    chosen_on: date


def rules_of(*, tenant_id: int, creditor_id: int | None) -> tuple[Rule, ...]:
    """Return the rules that hold, the creditor's own before the organisation's, in order."""
    level = Q(creditor_id=None)
    if creditor_id is not None:
        level |= Q(creditor_id=creditor_id)
    rows = (
        ScenarioRule.objects.of(tenant_id)
        .filter(level)
        .order_by(F("creditor_id").asc(nulls_last=True), "place")
    )
    return tuple(Rule(_read(row.conditions), row.scenario_code) for row in rows)


def own_rules_of(*, tenant_id: int, creditor_id: int | None) -> tuple[Rule, ...]:
    """Return the rules of one level alone: the creditor's, or (None) the organisation's."""
    level = Q(creditor_id=None) if creditor_id is None else Q(creditor_id=creditor_id)
    rows = ScenarioRule.objects.of(tenant_id).filter(level).order_by("place")
    return tuple(Rule(_read(row.conditions), row.scenario_code) for row in rows)


def followers(*, tenant_id: int, creditor_id: int | None) -> dict[str, int]:
    """Return how many customers a person or a rule gave each scenario; the default is not told."""
    if creditor_id is None:
        return {}
    params = {"tenant": tenant_id, "creditor": creditor_id, "customers": None}
    found = choices(params, rules_of(tenant_id=tenant_id, creditor_id=creditor_id))
    counted = found.unique(["customer_id", "scenario"])["scenario"].value_counts()
    return dict(counted.iter_rows())


def choices_of(*, tenant_id: int, customer_id: int) -> tuple[Choice | None, dict[int, str]]:
    """Return what a person chose for a customer as a whole, and by lineage for its due lines."""
    whole, lines = None, dict[int, str]()
    rows = ScenarioChoice.objects.of(tenant_id).filter(customer_id=customer_id)
    for row in rows.annotate(lineage=F("instalment__lineage_id")):
        if row.instalment_id is None:
            whole = Choice(row.scenario_code, row.reason, row.chosen_on)
        else:
            lines[row.lineage or row.instalment_id] = row.scenario_code
    return whole, lines


def _read(conditions: Mapping[str, Any]) -> Audience:
    found, issues = read_audience(conditions)
    assert found is not None, f"stored conditions were checked when they were stored: {issues}"
    return found


def choices(params: Mapping[str, Any], rules: tuple[Rule, ...]) -> pl.DataFrame:
    """Return who follows another scenario than the default (`frames.CHOICES`).

    `params` are those of the ledger's queries. A person's choice for a customer outweighs rules.
    """
    personal = read_frame(PERSONAL, params, schema=frames.CHOICES)
    asking = tuple(rule for rule in rules if not rule.audience.is_everybody)
    if not asking:
        return personal
    customers = read_frame(CUSTOMERS, params, schema=audience.CUSTOMERS)
    own = personal.filter(pl.col("instalment_id").is_null())
    by_rule = audience.chosen(customers, asking).join(own, on="customer_id", how="anti")
    ruled = by_rule.with_columns(instalment_id=pl.lit(None, pl.Int64))
    return pl.concat([personal, ruled.select(frames.CHOICES.names())])


def running(params: Mapping[str, Any]) -> pl.DataFrame:
    """Return the scenario of each account's last message (`frames.RUNNING`)."""
    return read_frame(RUNNING, params, schema=frames.RUNNING)
