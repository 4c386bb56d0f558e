"""What is kept, of whom, and what it proves."""
