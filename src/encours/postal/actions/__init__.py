"""What is done to letters: printed, posted, followed, filed; consents and prices kept."""
