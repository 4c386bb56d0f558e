"""What a tenant adds of its own to customers and invoices: up to 24 fields each, and values."""
