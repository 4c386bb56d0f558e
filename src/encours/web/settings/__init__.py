"""Settings: who is owed and how they are paid, who writes, which terms, who works here."""
