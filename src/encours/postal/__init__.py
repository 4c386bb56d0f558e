"""Letters once printed or posted: their number, their cost, what became of them, the proofs."""
