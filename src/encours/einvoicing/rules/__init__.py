"""Pure rules: how a receipt splits by VAT rate, and the bytes of each message."""
