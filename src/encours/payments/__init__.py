"""SEPA mandates: what a customer signed so that a creditor may debit it (law-fr, part 8)."""
