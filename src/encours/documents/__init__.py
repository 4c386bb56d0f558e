"""The evidence store: files kept sealed, attached to customers, invoices and messages."""
