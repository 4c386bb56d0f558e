"""Writes of a tenant's own fields: defined, changed, retired; their values said or imported."""
