"""Letters, prices and consents as they are read."""
