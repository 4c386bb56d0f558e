"""Pages of kept files: of a customer, of an invoice, of all; ZIPs of pieces; one file."""
