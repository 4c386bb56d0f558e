"""Schema of `parties`, step by step."""
