"""The ledger on screen: dashboard, aged balance, customers, invoices, what a person settles."""
