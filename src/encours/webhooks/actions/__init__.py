"""Writes of webhooks: subscribers, what they are told, what became of it."""
