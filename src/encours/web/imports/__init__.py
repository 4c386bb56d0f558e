"""Pages of imports: ledger exports and contacts files, shown before they enter."""
