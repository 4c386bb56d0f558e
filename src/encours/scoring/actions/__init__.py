"""Writes of the scoring: the run, and what people decide of profiles, thresholds and segments."""
