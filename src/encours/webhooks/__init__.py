"""Webhooks: facts of the journal told to other programs, signed, in order, until they are heard."""
