"""What may be done to people, creditors, bank accounts and sending; each act is journaled."""
