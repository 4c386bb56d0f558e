"""The list of calls, the sheet of a customer, the next actions."""
