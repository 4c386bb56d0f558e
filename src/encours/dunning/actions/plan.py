"""Plans a creditor's day and reserves its messages: set statements, one row a message."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

import polars as pl
from django.db import connection

from encours.dunning.actions import holds
from encours.dunning.queries import ledger as ledgers
from encours.dunning.queries import told
from encours.dunning.queries.moment import Setting, setting
from encours.dunning.rules import planner, planning
from encours.dunning.rules.frames import ACCOUNT
from encours.dunning.rules.shelf import Shelf
from encours.tenancy import journal
from encours.tenancy.frames import analyze, stage_frame

BULK: Final = 10_000
MESSAGE_KEY: Final = (*ACCOUNT, "step")
CANCEL_OUTDATED: Final = """
update dunning_reminder set state = 'cancelled'
where tenant_id = %s and creditor_id = %s and state = 'planned' and planned_on < %s
"""
RESERVE: Final = """
insert into dunning_reminder
    (tenant_id, creditor_id, customer_id, currency, scenario_code, scenario_version, step_code,
     step_rank, cycle, planned_on, channel, amount_cents, instalment_ids, open_cents, line_ranks,
     reason, state, approval, effects, sender, rehearsal, origin, edited)
select %(tenant)s, %(creditor)s, customer_id, currency, scenario, version, step, rank, cycle,
       %(on)s, channel, amount_cents, instalment_ids::bigint[], open_cents::bigint[],
       line_ranks::smallint[], reason,
       case when %(auto)s and approval = 'auto' then 'approved' else 'planned' end,
       approval, effects::text[], sender, %(rehearsal)s, 'plan', '{}'
from reserved_messages
on conflict do nothing
"""


@dataclass(frozen=True, slots=True)
class DayPlan:
    """A day's plan as decided; `new` messages were reserved unless it was a dry run."""

    setting: Setting
    plan: planner.Plan
    reserved_count: int

    @property
    def planned(self) -> pl.DataFrame:
        """Return the messages that this run added."""
        return self.plan.messages

    @property
    def held(self) -> pl.DataFrame:
        """Return the lines held, each with its reason."""
        return self.plan.held


def plan_day(
    *,
    tenant_id: int,
    creditor_id: int,
    on: date,
    dry_run: bool = False,
    allow_stale: bool = False,
    now: datetime | None = None,
) -> DayPlan:
    """Decide the day of a creditor and reserve what leaves; safe to run again.

    Runs in the tenant's transaction. A lock per creditor makes two plans wait for each other;
    the unique key of a message makes the second one find nothing new.
    """
    now = now or datetime.now(UTC)
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('encours.plan'), %s)", [creditor_id])
    asked = setting(
        tenant_id=tenant_id, creditor_id=creditor_id, on=on, now=now, allow_stale=allow_stale
    )
    ledger = ledgers.load(
        tenant_id=tenant_id,
        creditor_id=creditor_id,
        today=on,
        rehearsal=asked.is_rehearsal,
        shelf=asked.shelf,
    )
    decided = planning.plan(ledger, asked.shelf, asked.moment)
    if dry_run:
        return DayPlan(asked, decided, 0)
    holds.lift_settled(tenant_id=tenant_id, creditor_id=creditor_id, today=on)
    return DayPlan(asked, decided, _reserve(tenant_id, asked, decided))


def plan_told(
    *,
    tenant_id: int,
    creditor_id: int,
    on: date,
    dry_run: bool = False,
    allow_stale: bool = False,
) -> told.DayTold:
    """Plan a day and return it whole: what was reserved before, what is new, what is held."""
    owner: dict[str, Any] = {"tenant_id": tenant_id, "creditor_id": creditor_id}
    asked = setting(**owner, on=on, now=datetime.now(UTC))
    day: dict[str, Any] = {**owner, "on": on, "rehearsal": asked.is_rehearsal}
    reserved = told.reserved_messages(**day)
    decided = plan_day(**owner, on=on, dry_run=dry_run, allow_stale=allow_stale)
    return told.day_told(**day, reserved=reserved, plan=decided.plan)


def reserved_told(*, tenant_id: int, creditor_id: int, on: date) -> told.DayTold:
    """Return what is reserved for a day, in the shape of `plan_told`; decides nothing."""
    owner: dict[str, Any] = {"tenant_id": tenant_id, "creditor_id": creditor_id}
    asked = setting(**owner, on=on, now=datetime.now(UTC))
    day: dict[str, Any] = {**owner, "on": on, "rehearsal": asked.is_rehearsal}
    return told.day_told(**day, reserved=told.reserved_messages(**day))


def _reserve(tenant_id: int, asked: Setting, decided: planner.Plan) -> int:
    creditor_id, on = asked.creditor.pk, asked.moment.today
    with connection.cursor() as cursor:
        cursor.execute(CANCEL_OUTDATED, [tenant_id, creditor_id, on])
        outdated = cursor.rowcount
        if decided.messages.is_empty():
            return 0
        stage_frame("reserved_messages", _rows(decided, asked.shelf))
        cursor.execute(
            RESERVE,
            {
                "tenant": tenant_id,
                "creditor": creditor_id,
                "on": on,
                "auto": asked.creditor.in_force("approval") == "auto",
                "rehearsal": asked.is_rehearsal,
            },
        )
        count = int(cursor.rowcount)
        cursor.execute("drop table reserved_messages")
    if count > BULK:
        analyze("dunning_reminder")
    journal.record(
        "plan.reserved",
        tenant_id=tenant_id,
        subject=("creditor", creditor_id),
        effective_on=on,
        creditor_id=creditor_id,
        data={
            "messages": count,
            "outdated": outdated,
            "amount_cents": int(decided.messages["amount_cents"].sum()),
            "held": decided.held.height,
            "rehearsal": asked.is_rehearsal,
        },
    )
    return count


def _rows(decided: planner.Plan, shelf: Shelf) -> pl.DataFrame:
    """Return one row a message, its lines and effects as PostgreSQL array texts."""
    lists = decided.planned.group_by(MESSAGE_KEY, maintain_order=True).agg(
        instalment_ids=_array("instalment_id"),
        open_cents=_array("open_cents"),
        line_ranks=_array("rank"),
    )
    of_step = ["scenario", "version", "step"]
    steps = {key: shelf.step(*key) for key in decided.messages.select(of_step).unique().iter_rows()}
    told = [(*key, "{" + ",".join(one.effects) + "}", one.sender) for key, one in steps.items()]
    schema = pl.Schema(
        {
            **decided.messages.select(of_step).schema,
            "effects": pl.String(),
            "sender": pl.String(),
        }
    )
    effects = pl.DataFrame(told, schema=schema, orient="row")
    return (
        decided.messages.join(lists, on=MESSAGE_KEY)
        .join(effects, on=of_step)
        .select(
            *MESSAGE_KEY,
            "scenario",
            "version",
            "rank",
            "cycle",
            "channel",
            "approval",
            "effects",
            "sender",
            "amount_cents",
            "reason",
            "instalment_ids",
            "open_cents",
            "line_ranks",
        )
    )


def _array(column: str) -> pl.Expr:
    joined = pl.col(column).cast(pl.String).str.join(",")
    return pl.concat_str(pl.lit("{"), joined, pl.lit("}"))
