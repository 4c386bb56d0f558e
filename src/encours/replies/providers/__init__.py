"""Adapters of the ports of replies."""
