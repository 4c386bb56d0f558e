"""Schema of `tenancy`, step by step."""
