"""Schema of `receivables`, step by step."""
