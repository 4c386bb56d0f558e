"""Reads of feeds: sources as their page shows them, and how fresh a creditor's data is."""
