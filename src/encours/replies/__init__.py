"""What comes back: a debtor's reply read into an intent, a date, an amount, a cause, and why."""
