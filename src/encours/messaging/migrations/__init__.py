"""Schema of `messaging`, step by step."""
