"""Writes of limits: set by a person, taken from a table, given back."""
