"""Evidence of claims, read from documents, messages and reminders together."""
