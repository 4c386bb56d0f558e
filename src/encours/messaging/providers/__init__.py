"""Adapters of the ports: one file each; only config/providers.py knows their names."""
