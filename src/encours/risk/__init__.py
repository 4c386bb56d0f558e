"""Credit risk: the limit granted to a customer, from which day to which, by whom and why."""
