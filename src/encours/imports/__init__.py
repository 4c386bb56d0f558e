"""Files in, ledger out: every export that a company's accounting software can write."""
