"""Schema of `feeds`, step by step."""
