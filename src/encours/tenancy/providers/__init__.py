"""Adapters of the ports of tenancy; only `config` knows them."""
