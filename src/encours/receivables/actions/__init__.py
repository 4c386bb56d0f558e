"""Writes of the ledger: documents and lettering by hand, terms, whole exports in bulk.

Nothing is overwritten: a row is withdrawn with its date and the act that did it, and journaled.
"""
