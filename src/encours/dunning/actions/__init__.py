"""Writes of dunning: the day's plan, decisions on it, triage, going live, recorded reminders."""

from encours.dunning.actions.decisions import (
    approve,
    queue_approved,
    record_reminder,
    skip,
)
from encours.dunning.actions.plan import (
    DayPlan,
    plan_day,
    plan_told,
    reserved_told,
)

__all__ = (
    "DayPlan",
    "approve",
    "plan_day",
    "plan_told",
    "queue_approved",
    "record_reminder",
    "reserved_told",
    "skip",
)
