"""Reads of dunning: the planner's ledger, the plan as shown, reminders and their history."""
