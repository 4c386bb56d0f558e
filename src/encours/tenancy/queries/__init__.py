"""Questions about people, creditors, bank accounts and the journal; every answer is frozen rows."""
