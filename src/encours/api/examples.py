"""One example for each shape of the API, put on every request and answer of the OpenAPI.

They tell one story: Dupont SA owes F2026-118, pays a part, promises the rest. A test checks that
each is what its shape says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

Example = Any
AT: Final = "2026-11-20T09:30:00+01:00"
SHA: Final = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
OF_DUPONT: Final = {"creditor": "D", "customer": "C118"}
DUPONT: Final = {"id": 42, "code": "C118", "name": "Dupont SA"}
AGES: Final = {
    "open": "700.00", "not_due": "0.00", "d1_30": "700.00", "d31_60": "0.00", "d61_90": "0.00",
    "d90_plus": "0.00", "unallocated": "-150.00", "net": "550.00",
}  # fmt: skip
CONTACT: Final = {
    "id": 7, "name": "Claire Martin", "role": "billing", "email": "compta@dupont.example",
    "phone": "01 99 00 12 34", "mobile": "06 39 98 12 34", "language": "fr", "channel": "email",
    "bounced_at": None, "mobile_refused_at": None,
}  # fmt: skip
DESCRIBED: Final = {
    "name": "Dupont SA", "siren": "552100554", "vat_number": "FR03552100554",
    "address_line1": "12 rue des Lilas", "address_line2": "", "postcode": "75011",
    "city": "Paris", "country": "FR", "language": "fr", "payment_method": "virement",
    "contract_rate": "", "note": "", "salesperson_name": "Léa Roux",
}  # fmt: skip
CUSTOMER: Final = {
    "id": 42, "creditor": "D", "code": "C118", **DESCRIBED, "debtor_class": "business",
    "class_confirmed_at": AT, "parent_id": None, "terms": "45 jours fin de mois",
    "to_identify": False, "contacts": [CONTACT], "fields": {"region": "Nord"},
}  # fmt: skip
LINE: Final = {
    "id": 501, "position": 1, "due_on": "2026-11-05", "due_source": "read", "amount": "1200.00",
    "open": "700.00",
}  # fmt: skip
ENTRY: Final = {
    "creditor": "D", "customer": DUPONT, "currency": "EUR", "is_by_hand": False, "recorded_at": AT,
}  # fmt: skip
INVOICE: Final = {
    **ENTRY, "id": 118, "kind": "invoice", "number": "F2026-118", "label": "Chantier A-17",
    "amount": "1200.00", "net": "1000.00", "vat": "200.00", "open": "700.00",
    "issued_on": "2026-10-05", "lines": [LINE], "fields": {"affaire": "A-17"},
}  # fmt: skip
PAYMENT: Final = {
    **ENTRY, "id": 77, "kind": "payment", "number": "VIR 20261118", "label": "Virement Dupont",
    "amount": "650.00", "net": None, "vat": None, "open": "150.00", "received_on": "2026-11-18",
}  # fmt: skip
CREDIT_NOTE: Final = {
    **ENTRY, "id": 78, "kind": "credit_note", "number": "A2026-7", "label": "Retour de marchandise",
    "amount": "60.00", "net": "50.00", "vat": "10.00", "open": "60.00",
    "received_on": "2026-11-19",
}  # fmt: skip
ALLOCATION: Final = {
    "id": 900, "creditor": "D", "credit_id": 77, "invoice_id": 118, "line_id": 501,
    "customer_id": 42, "payer_id": 42, "due_on": "2026-11-05", "currency": "EUR",
    "amount": "500.00", "effective_on": "2026-11-18", "origin": "manual", "letter": "",
    "recorded_at": AT,
}  # fmt: skip
PROMISE: Final = {
    "id": 31, "customer_id": 42, "line_id": 501, "starts_on": "2026-11-20",
    "ends_on": "2026-11-30", "amount": "700.00", "reason": "Virement annoncé au téléphone",
    "recorded_at": AT,
}  # fmt: skip
DISPUTE: Final = {
    **PROMISE, "id": 32, "ends_on": None, "amount": None, "reason": "Marchandise abîmée",
}  # fmt: skip
ORDER_HOLD: Final = {**DISPUTE, "id": 33, "reason": "Étape de relance envoyée : relance 2"}
ISSUE: Final = {
    "line": 3, "column": "Date", "code": "date_unreadable", "found": "31/02/2026",
    "expected": "31/12/2026", "message": "Date illisible : laissée.", "severity": "warning",
}  # fmt: skip
IMPORT: Final = {
    "id": 12, "creditor": "D", "file_name": "552100554FEC20261231.txt", "kind": "fec",
    "state": "applied", "progress": 100, "sha256": SHA, "size_bytes": 194459,
    "first_on": "2026-01-01", "last_on": "2026-12-31",
    "counts": {"customers": 12, "invoices": 240, "payments": 198}, "issue_counts": {"warning": 1},
    "created_at": AT, "applied_at": AT, "undone_at": None,
}  # fmt: skip
DOCUMENT: Final = {
    "id": 64, "creditor": "D", "kind": "invoice", "name": "F2026-118.pdf",
    "content_type": "application/pdf", "size_bytes": 48211, "sha256": SHA, "pages": 1,
    "dated_on": "2026-10-05", "created_at": AT,
    "links": [{"id": 5, "kind": "invoice", "subject_id": 118, "label": "F2026-118"}],
}  # fmt: skip
WEBHOOK: Final = {
    "id": 3, "creditor": "D", "url": "https://exemple.fr/encours", "description": "ERP",
    "events": ["invoice.*", "credit.recorded"], "is_active": True, "created_at": AT, "waiting": 0,
    "dead": 0,
}  # fmt: skip
SECRET: Final = "whsec_EXEMPLE"  # noqa: S105 - an example
DELIVERY: Final = {
    "id": 21, "webhook_id": 3, "number": "0b6f3c1e-7a52-4b0e-9d1c-2f6f0f1f8a11",
    "event": "invoice.recorded", "subject_type": "invoice", "subject_id": 118,
    "state": "delivered", "failures": 0, "created_at": AT, "next_at": None, "ended_at": AT,
}  # fmt: skip
LIMIT: Final = {
    "id": 9, "currency": "EUR", "amount": "5000.00", "valid_from": "2026-01-01", "valid_to": None,
    "origin": "hand", "reason": "Comité de crédit du 12 mars",
}  # fmt: skip
MANDATE: Final = {
    "id": 4, "reference": "RUM-2026-118", "scheme": "core", "account": "FR76…0189", "bic": "",
    "holder_name": "DUPONT SA", "signed_on": "2026-01-05", "revoked_on": None,
    "last_used_on": None, "state": "active",
}  # fmt: skip
BULK: Final = {"creditor": "D", "accept_rest": False}
EXAMPLES: Final[Mapping[str, Example]] = {
    "Acceptance": {"accept_rest": True},
    "AgedBalance": {
        "as_of": "2026-11-20", "currency": "EUR", "totals": AGES,
        "customers": [{**AGES, "code": "C118", "name": "Dupont SA"}],
    },
    "Allocation": ALLOCATION,
    "BulkOutcome": {
        "applied": True, "import_id": 13, "created": 1, "updated": 0, "unchanged": 0, "issues": [],
    },
    "Contact": CONTACT,
    "ContactFields": {"name": "Claire Martin", "role": "billing", "email": "compta@dupont.example"},
    "Credit": PAYMENT,
    "CreditLimit": LIMIT,
    "CreditNotesBulk": {**BULK, "rows": [{
        "customer": "C118", "number": "A2026-7", "received_on": "2026-11-19", "amount": "60.00",
    }]},
    "Customer": CUSTOMER,
    "CustomerFields": {"city": "Lyon", "postcode": "69001"},
    "CustomersBulk": {**BULK, "rows": [{"code": "C118", "name": "Dupont SA", "city": "Paris"}]},
    "Delivery": DELIVERY,
    "DeliveryDetail": {
        **DELIVERY, "payload": {"event": "invoice.recorded", "invoice": 118},
        "attempts": [{
            "id": 1, "at": AT, "duration_ms": 84, "status": 200, "error": "",
            "request_head": "POST /encours", "response_head": "200 OK", "response_body": "",
        }],
    },
    "Document": DOCUMENT,
    "Ending": {"ends_on": "2026-11-25"},
    "Fact": PROMISE,
    "Given": {"affaire": "A-17", "plafond": "5000,00"},
    "Import": IMPORT,
    "ImportDetail": {
        **IMPORT, "issues": [ISSUE],
        "control": {
            "ok": True, "on": "2026-12-31", "ledger_net": "48210.55", "file_net": "48210.55",
            "differences": [],
        },
    },
    "Invoice": INVOICE,
    "InvoicesBulk": {**BULK, "rows": [{
        "customer": "C118", "number": "F2026-118", "issued_on": "2026-10-05", "amount": "1200.00",
    }]},
    "Mandate": MANDATE,
    "Mapping": {
        "name": "Factures de l'ERP", "creditor": "D", "meaning": "movements",
        "columns": {"number": "N° facture", "amount": "Montant TTC"},
    },
    "Me": {
        "key": 1, "role": "accountant", "rights": ["ledger.read", "ledger.write"],
        "creditors": [{"code": "D", "name": "Durand Distribution", "is_live": True}],
        "calls_per_minute": 600,
    },
    "Message": {
        "id": 88, "creditor": "D", "customer_id": 42, "customer": "Dupont SA",
        "step": "relance_1", "channel": "email", "recipient": "compta@dupont.example",
        "subject": "Facture F2026-118 : 700,00 € restent dus", "state": "sent",
        "rehearsal": False, "amount": "700.00", "currency": "EUR", "planned_on": "2026-11-20",
        "created_at": AT, "send_after": AT, "sent_at": AT, "attempts": 1, "last_error": "",
    },
    "NewAllocation": {"credit_id": 77, "shares": [{"line_id": 501, "amount": "500.00"}]},
    "NewCreditNote": {
        **OF_DUPONT, "number": "A2026-7", "received_on": "2026-11-19", "amount": "60.00",
        "net": "50.00", "vat": "10.00",
    },
    "NewCustomer": {"creditor": "D", "code": "C118", "name": "Dupont SA", "siren": "552100554"},
    "NewDispute": {**OF_DUPONT, "reason": "Marchandise abîmée", "line_id": 501},
    "NewInvoice": {
        **OF_DUPONT, "number": "F2026-118", "issued_on": "2026-10-05", "amount": "1200.00",
        "due": [{"due_on": "2026-11-05", "amount": "1200.00"}],
    },
    "NewLimit": {"amount": "5000.00", "reason": "Comité de crédit du 12 mars"},
    "NewLink": {"kind": "invoice", "id": 118},
    "NewMandate": {
        "reference": "RUM-2026-118", "iban": "FR7630006000011234567890189",
        "holder_name": "DUPONT SA", "signed_on": "2026-01-05",
    },
    "NewNumber": {"number": "F2026-118"},
    "NewPayment": {
        **OF_DUPONT, "received_on": "2026-11-18", "amount": "650.00", "number": "VIR 20261118",
    },
    "NewPromise": {**OF_DUPONT, "amount": "700.00", "until": "2026-11-30", "line_id": 501},
    "NewWebhook": {
        "creditor": "D", "url": "https://exemple.fr/encours", "events": ["invoice.*"],
    },
    "Number": {"number": "F2026-118", "is_given": True},
    "OwnField": {
        "subject": "invoice", "code": "affaire", "label": "Affaire", "kind": "text", "choices": [],
    },
    "OpenItem": {
        "id": 501, "invoice_id": 118, "creditor": "D", "customer_id": 42, "customer": "C118",
        "document": "F2026-118", "kind": "invoice", "issued_on": "2026-10-05",
        "due_on": "2026-11-05", "due_source": "read", "currency": "EUR", "amount": "1200.00",
        "open": "700.00", "status": "partial",
    },
    "Payer": {
        "profile": "slightly_late", "behaviour": "slightly_late", "chosen": False,
        "sentence": "Paie avec 8 jours de retard en moyenne.", "currency": "EUR",
        "mean_days": 8.2, "expected_days": 7.5, "trend_days": 1.0, "last_delays": [5, 9, 12],
        "settled_lines": 14, "on_time_percent": 36, "oldest_overdue_days": 15, "open": "700.00",
        "overdue": "700.00", "volume": "18400.00",
        "moves": [{"on": "2026-09-01", "before": "on_time", "profile": "slightly_late"}],
    },
    "PaymentsBulk": {**BULK, "rows": [{
        "customer": "C118", "reference": "VIR 20261118", "received_on": "2026-11-18",
        "amount": "650.00",
    }]},
    "CallsOfToday": {
        "on": "2026-11-20",
        "calls": [{
            "creditor": "D", "customer_id": 42, "customer": "C118", "name": "Dupont SA",
            "currency": "EUR", "overdue": "700.00", "expected_gain": "315.00",
            "chance_percent": 45, "profile": "slightly_late", "at": AT, "steps": ["Rappel"],
            "reminder_ids": [311], "collector_id": 3,
            "tasks": [{
                "id": 12, "kind": "call", "text": "", "due_on": "2026-11-20", "due_at": AT,
            }],
        }],
        "held": {"Litige en cours (12/11/2026).": 2},
    },
    "NewCall": {
        **OF_DUPONT, "uuid": "5f0c6f0e-6c1c-4a1e-9a55-1e8f8f0d7a11", "outcome": "promise",
        "promised_on": "2026-11-27", "amount": "700.00", "reminder_ids": [311], "task_ids": [12],
        "note": "Rappelle dès que le virement est fait.",
    },
    "RecordedCall": {"id": 9, "is_new": True, "ends": {"311": "done"}},
    "Plan": {
        "on": "2026-11-20", "rehearsal": False,
        "planned": [{
            "customer": "C118", "step": "relance_1", "channel": "email", "currency": "EUR",
            "amount": "700.00", "new": True, "state": "reserved",
            "lines": [{"document": "F2026-118", "due_on": "2026-11-05", "open": "700.00"}],
            "reason": "Échue depuis 15 jours.",
        }],
        "held": [{
            "customer": "C119", "document": "F2026-90", "due_on": "2026-10-30", "open": "80.00",
            "currency": "EUR", "reason": "disputed", "message": "Litige en cours (12/11/2026).",
        }],
    },
    "Replay": {"since": "2026-11-01"},
    "Replayed": {"deliveries": 4},
    "Reversal": {"reason": "mistake"},
    "Secret": {"secret": SECRET},
    "Statement": {
        "customer_id": 42, "customer": "C118", "from_on": "2026-10-01", "to_on": "2026-11-20",
        "currency": "EUR", "opening": "0.00", "closing": "550.00",
        "moves": [
            {
                "on": "2026-10-05", "kind": "invoice", "document": "F2026-118", "label": "",
                "debit": "1200.00", "credit": "0.00", "balance": "1200.00",
            },
            {
                "on": "2026-11-18", "kind": "payment", "document": "VIR 20261118", "label": "",
                "debit": "0.00", "credit": "650.00", "balance": "550.00",
            },
        ],
        "items": [{
            "document": "F2026-118", "kind": "invoice", "issued_on": "2026-10-05",
            "due_on": "2026-11-05", "amount": "1200.00", "open": "700.00", "status": "partial",
        }],
        "ageing": AGES,
    },
    "Values": {"affaire": "A-17", "urgent": False, "plafond": None},
    "Webhook": WEBHOOK,
    "WebhookFields": {"is_active": False},
    "WebhookMade": {**WEBHOOK, "secret": SECRET},
}  # fmt: skip
"""By the name of the shape."""

OF_OPERATION: Final[Mapping[str, Example]] = {
    "list_credit_notes": {"items": [CREDIT_NOTE], "next": None},
    "create_credit_note": CREDIT_NOTE,
    "get_credit_note": CREDIT_NOTE,
    "list_order_holds": {"items": [ORDER_HOLD], "next": None},
    "end_order_hold": {**ORDER_HOLD, "ends_on": "2026-11-25"},
    "list_disputes": {"items": [DISPUTE], "next": None},
    "create_dispute": DISPUTE,
    "get_dispute": DISPUTE,
    "end_dispute": {**DISPUTE, "ends_on": "2026-11-25"},
    "create_import": {**IMPORT, "state": "running", "progress": 0, "applied_at": None},
    "undo_import": {**EXAMPLES["ImportDetail"], "state": "undone", "undone_at": AT},
}
"""Answers that say something else than the example of their shape."""

FORMS: Final[Mapping[str, Example]] = {
    "create_import": {"file": "552100554FEC20261231.txt", "creditor": "D"},
    "create_document": {"file": "F2026-118.pdf", "creditor": "D", "kind": "invoice"},
}
"""Forms with a file: its content is what the name says."""


def illustrate(found: dict[str, Any]) -> None:
    """Put an example on each request body and each successful answer of an OpenAPI."""
    for operation in operations(found):
        name = operation["operationId"]
        for media in bodies(operation):
            _put(media, FORMS.get(name))
        for media in answers(operation):
            _put(media, OF_OPERATION.get(name))


def _put(media: dict[str, Any], own: Example) -> None:
    """Put an example; a shape without one goes without, and the test says so."""
    found = example_of(media["schema"]) if own is None else own
    if found is not None:
        media["example"] = found


def operations(found: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield every operation."""
    for path in found["paths"].values():
        yield from path.values()


def bodies(operation: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield what an operation takes, by media type."""
    yield from operation.get("requestBody", {}).get("content", {}).values()


def answers(operation: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield what an operation answers when it did what was asked."""
    for status, answer in operation["responses"].items():
        if str(status).startswith("2"):
            yield from answer.get("content", {}).values()


def example_of(shape: Mapping[str, Any]) -> Example:
    """Return the example of a shape, of a list or page of it, or of a file; None without one."""
    if "$ref" in shape:
        name = shape["$ref"].rpartition("/")[2]
        if name.startswith("Page_"):
            item = EXAMPLES.get(name[len("Page_") : -1])
            return None if item is None else {"items": [item], "next": None}
        return EXAMPLES.get(name)
    if shape.get("type") == "array":
        item = example_of(shape["items"])
        return None if item is None else [item]
    return "%PDF-1.7 …" if shape.get("format") == "binary" else None
