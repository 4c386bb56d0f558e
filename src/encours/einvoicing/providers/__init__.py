"""Adapters of the platforms; only `config.providers` names them."""
