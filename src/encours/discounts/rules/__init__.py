"""What a discount amounts to, until when it may be had, and when a payment has earned it."""
