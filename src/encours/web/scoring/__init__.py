"""Screens of payer profiles: how customers pay, thresholds, segments."""
