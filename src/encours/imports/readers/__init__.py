"""Readers of ledger exports: one file format each, all yielding a `Ledger` and its Issues."""
