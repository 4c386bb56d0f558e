"""Schema of `documents`, step by step."""
