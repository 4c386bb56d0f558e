"""Schema of `custody`, step by step."""
