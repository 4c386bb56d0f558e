"""What leaves the house: e-mails and letters, their outbox and their providers."""
