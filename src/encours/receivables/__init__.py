"""The debtor ledger: invoices, due lines, credits, allocations, interest, ageing.

The unit is the due line (`Instalment`). What is open on a date is what was issued by then less
what was allocated by then; nothing is overwritten, so any past balance can be asked again.
"""
