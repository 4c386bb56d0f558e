"""Writes of mandates: recorded by a person, taken from a table, revoked, erased."""
