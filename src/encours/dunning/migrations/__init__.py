"""Schema of `dunning`, step by step."""
