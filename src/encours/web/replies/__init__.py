"""Pages of replies: what customers answered, what is decided of it, why it is not paid."""
