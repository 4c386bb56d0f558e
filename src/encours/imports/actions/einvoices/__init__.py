"""Electronic invoices in, and what their statuses change; each file is one act, undone whole."""

from encours.imports.actions.einvoices.receiving import KIND, Received, import_einvoices, receive
from encours.imports.actions.einvoices.statuses import match_waiting, take_back

__all__ = (
    "KIND",
    "Received",
    "import_einvoices",
    "match_waiting",
    "receive",
    "take_back",
)
