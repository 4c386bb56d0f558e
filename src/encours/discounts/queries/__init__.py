"""Rules in force, offers and what became of them, customers who earned a reward."""
