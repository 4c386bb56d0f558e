"""Courts: what a claim needs before it goes there; evidence read from documents and messages."""
