"""What the house holds for others: given back whole, shown to a person, erased, let go in time."""
