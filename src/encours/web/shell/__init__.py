"""The frame around every page: what is chosen in the header, the language, the global search."""
