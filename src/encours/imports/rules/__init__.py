"""From accounting entries to who owes what: pure, over Polars frames (LPF art. A47 A-1).

`gather` folds a file's lines, block after block, into a `Ledger` of bounded size; `derive` turns
it into documents, allocations and a control; `continue_from` joins a year to the one before.
"""
