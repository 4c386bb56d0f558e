"""What a call may bring, how it ends, when one may ring, which number, what one says."""
