"""Schema of `standing`, step by step."""
