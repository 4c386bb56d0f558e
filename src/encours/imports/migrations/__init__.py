"""Schema of `imports`, step by step."""
