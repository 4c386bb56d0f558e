"""Reads of the ledger: who owes what, at any date, as known at any instant.

`ageing` (aged balance), `items` (open due lines), `statement` (a customer's account), `figures`
(what a dashboard shows), `interest` (what delays cost). Each is a bounded number of set queries.
"""
