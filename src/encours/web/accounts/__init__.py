"""Accounts: how people are invited, log in and prove it."""
