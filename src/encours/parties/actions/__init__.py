"""Writes of customers and contacts: by hand, by file, in bulk; the journal names nobody."""
