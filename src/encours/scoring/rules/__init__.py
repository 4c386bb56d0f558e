"""Payer figures, profiles, their sentences and segments: pure, over Polars frames."""
