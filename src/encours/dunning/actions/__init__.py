"""Writes of dunning: the day's plan, decisions on it, triage, going live, recorded reminders."""

from encours.dunning.actions.decisions import (
    approve,
    queue_approved,
    record_reminder,
    skip,
)
from encours.dunning.actions.plan import DayPlan, forecast_days, plan_day

__all__ = (
    "DayPlan",
    "approve",
    "forecast_days",
    "plan_day",
    "queue_approved",
    "record_reminder",
    "skip",
)
