"""Reads of the scoring: histories out of the ledger, scores, moves, thresholds, segments."""
