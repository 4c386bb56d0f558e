"""Reads of imports: their history, and what the ledger already holds of a creditor."""
