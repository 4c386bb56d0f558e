"""Schema of `attributes`, step by step."""
