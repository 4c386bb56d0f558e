"""Pure rules of the debtor ledger: values and frames in and out, nothing else.

Read `terms` (when is it due), `ageing` (who owes what on a date), `allocation` (what a payment
settles), `interest` (what lateness costs), `indicators` (how well we collect), `classes` (who the
debtor is to the law), `limitation` (until when one may sue), `cases` (any of it, from JSON).
"""
