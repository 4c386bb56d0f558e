"""Ten thousand rows a call: customers, invoices, payments, credit notes, brought in as imports."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from hashlib import sha256
from typing import Annotated, Any, Final

import polars as pl
from django.utils import timezone
from ninja import Field, Router, Schema
from pydantic import TypeAdapter, ValidationError, WithJsonSchema

from encours.api import places, problems
from encours.api.guard import MEGABYTE, ApiRequest, needs, require
from encours.api.kinds import Amount, CreditorCode, Currency, Day, Given, Text60, Text80, Text200
from encours.api.ledger import InvoiceKind
from encours.api.parties import CustomerData
from encours.api.problems import Halt, IssueShape
from encours.imports.actions import rows as documents
from encours.imports.actions.rows import Sent
from encours.imports.rules.rows import ROWS
from encours.kernel.issue import Issue
from encours.kernel.money import parse_cents
from encours.parties.actions import upserts

router = Router(tags=["Par lots"])

ROWS_MAX: Final = 10_000
BODY_MAX: Final = 10 * MEGABYTE


class DueRow(Given):
    """A due line of an invoice."""

    due_on: Day
    amount: Amount


class DocumentRow(Given):
    """What every document says."""

    customer: Annotated[Text60, Field(min_length=1, examples=["C00042"])]
    amount: Amount
    net: Amount | None = None
    vat: Amount | None = None
    currency: Currency | None = None
    label: Text200 = ""


class InvoiceRow(DocumentRow):
    """An invoice, known by its number; without `due`, the customer's terms give the due lines."""

    number: Annotated[Text80, Field(min_length=1, examples=["F2026-118"])]
    issued_on: Day
    kind: InvoiceKind = "invoice"
    due: Annotated[list[DueRow], Field(min_length=1, max_length=60)] | None = None


class PaymentRow(DocumentRow):
    """A payment, known by its identifier in the program that sends it."""

    reference: Annotated[Text80, Field(min_length=1, examples=["PAY-99812"])]
    received_on: Day
    number: Text80 = ""


class CreditNoteRow(DocumentRow):
    """A credit note, known by its number."""

    number: Annotated[Text80, Field(min_length=1, examples=["A2026-7"])]
    received_on: Day


class CustomerRow(CustomerData):
    """A customer, known by its code; what is not given stays as it is."""

    code: Annotated[Text60, Field(min_length=1, examples=["C00042"])]


def _rows_of(row: type[Schema]) -> Any:
    """Return the type of the rows of a call: shown as they are, checked one by one later."""
    shape = row.model_json_schema()
    definitions = shape.pop("$defs", {})

    def plain(part: Any) -> Any:
        if isinstance(part, dict):
            if "$ref" in part:
                return plain(definitions[part["$ref"].rsplit("/", 1)[-1]])
            return {name: plain(value) for name, value in part.items()}
        return [plain(one) for one in part] if isinstance(part, list) else part

    items = {"type": "array", "items": plain(shape), "minItems": 1, "maxItems": ROWS_MAX}
    return Annotated[list[Any], Field(min_length=1, max_length=ROWS_MAX), WithJsonSchema(items)]


class Bulk(Given):
    """A call of many rows of one creditor; all of them, or those that are right."""

    creditor: CreditorCode = ""
    accept_rest: bool = Field(
        default=False, description="Prendre les lignes justes et laisser les autres."
    )


class CustomersBulk(Bulk):
    """Customers to create or complete."""

    rows: _rows_of(CustomerRow)  # type: ignore[valid-type]


class InvoicesBulk(Bulk):
    """Invoices to bring in."""

    rows: _rows_of(InvoiceRow)  # type: ignore[valid-type]


class PaymentsBulk(Bulk):
    """Payments to bring in."""

    rows: _rows_of(PaymentRow)  # type: ignore[valid-type]


class CreditNotesBulk(Bulk):
    """Credit notes to bring in."""

    rows: _rows_of(CreditNoteRow)  # type: ignore[valid-type]


class BulkOutcome(Schema):
    """What a call did; `import_id` undoes it, `issues` are the rows that were left."""

    applied: bool
    import_id: int | None
    created: int
    updated: int
    unchanged: int
    issues: list[IssueShape]


@router.post("/customers/bulk", response=BulkOutcome, summary="Clients par lots")
@needs("customers.bulk", body_max=BODY_MAX)
def bulk_customers(request: ApiRequest, given: CustomersBulk) -> Any:
    """Crée ou complète jusqu'à 10 000 clients d'un créancier."""
    owner = places.creditor(request, given.creditor)
    require(request, "customers.write", owner.id)
    rows, issues = _checked(given.rows, CustomerRow, _customer)
    schema = {"line": pl.Int64, "code": pl.String, **dict.fromkeys(upserts.FIELDS, pl.String)}
    done = upserts.upsert_customers(
        pl.DataFrame(rows, schema=schema, orient="row"),
        tenant_id=request.tenant_id,
        creditor_id=owner.id,
        issues=issues,
        accept_rest=given.accept_rest,
        actor_id=request.access.user_id,
        today=timezone.localdate(),
    )
    return _told(done, given.accept_rest) | {"import_id": None}


@router.post("/invoices/bulk", response=BulkOutcome, summary="Factures par lots")
@needs("ledger.bulk", body_max=BODY_MAX)
def bulk_invoices(request: ApiRequest, given: InvoicesBulk) -> Any:
    """Fait entrer jusqu'à 10 000 factures ; la même de nouveau ne change rien."""
    return _documents(request, given, "invoice", InvoiceRow, _invoice)


@router.post("/payments/bulk", response=BulkOutcome, summary="Règlements par lots")
@needs("ledger.bulk", body_max=BODY_MAX)
def bulk_payments(request: ApiRequest, given: PaymentsBulk) -> Any:
    """Fait entrer jusqu'à 10 000 règlements ; le même de nouveau ne change rien."""
    return _documents(request, given, "payment", PaymentRow, _payment)


@router.post("/credit-notes/bulk", response=BulkOutcome, summary="Avoirs par lots")
@needs("ledger.bulk", body_max=BODY_MAX)
def bulk_credit_notes(request: ApiRequest, given: CreditNotesBulk) -> Any:
    """Fait entrer jusqu'à 10 000 avoirs ; le même de nouveau ne change rien."""
    return _documents(request, given, "credit_note", CreditNoteRow, _credit_note)


def _documents(
    request: ApiRequest,
    given: Any,
    kind: str,
    shape: type[Schema],
    written: Callable[[int, Any], tuple[Any, ...]],
) -> dict[str, Any]:
    owner = places.creditor(request, given.creditor)
    require(request, "ledger.write", owner.id)
    rows, issues = _checked(given.rows, shape, written)
    name = f"API : {len(given.rows)} {documents.NAMES[kind]}"
    done = documents.upsert_documents(
        pl.DataFrame(rows, schema=ROWS, orient="row"),
        tenant_id=request.tenant_id,
        creditor_id=owner.id,
        kind=kind,
        sent=Sent(name, sha256(request.body).hexdigest(), len(request.body)),
        issues=issues,
        accept_rest=given.accept_rest,
        actor_id=request.access.user_id,
        today=timezone.localdate(),
    )
    return _told(done, given.accept_rest) | {"import_id": done.import_id}


def _told(done: Any, accept_rest: bool) -> dict[str, Any]:
    """Return what a call did, or refuse it whole with every row that is wrong."""
    if done.issues and not accept_rest:
        count = len({issue.line for issue in done.issues})
        said = f"{count} lignes sont à corriger." if count > 1 else "Une ligne est à corriger."
        raise Halt(422, f"{said} Rien n'est entré.", issues=done.issues)
    return {
        "applied": done.applied,
        "created": done.created,
        "updated": done.updated,
        "unchanged": done.unchanged,
        "issues": [problems.issue_shape(issue) for issue in done.issues],
    }


def _checked(
    rows: Iterable[Any], shape: type[Schema], written: Callable[[int, Any], tuple[Any, ...]]
) -> tuple[list[tuple[Any, ...]], list[Issue]]:
    """Return the rows that have the right shape, and an Issue for each field of the others."""
    adapter: TypeAdapter[Any] = TypeAdapter(shape)
    good: list[tuple[Any, ...]] = []
    issues: list[Issue] = []
    for line, row in enumerate(rows, start=1):
        try:
            good.append(written(line, adapter.validate_python(row)))
        except ValidationError as error:
            issues += (_row_issue(line, one) for one in error.errors(include_url=False))
    return good, issues


def _row_issue(line: int, error: Mapping[str, Any]) -> Issue:
    kind = str(error["type"])
    column = ".".join(str(part) for part in error["loc"])
    return Issue(code=kind, message=problems.sentence_of(error), line=line, column=column)


def _customer(line: int, row: Any) -> tuple[Any, ...]:
    return (line, row.code.strip(), *(getattr(row, name) for name in upserts.FIELDS))


def _invoice(line: int, row: Any) -> tuple[Any, ...]:
    due = None
    if row.due is not None:
        due = "|".join(f"{one.due_on.isoformat()}:{parse_cents(one.amount)}" for one in row.due)
    number = " ".join(row.number.split())
    return _document(line, row, f"api:{number}", number, row.kind, row.issued_on, due)


def _payment(line: int, row: Any) -> tuple[Any, ...]:
    return _document(
        line, row, f"api:{row.reference}", row.number, "payment", row.received_on, None
    )


def _credit_note(line: int, row: Any) -> tuple[Any, ...]:
    number = " ".join(row.number.split())
    return _document(line, row, f"api:note:{number}", number, "credit_note", row.received_on, None)


def _document(
    line: int, row: Any, key: str, number: str, kind: str, on: date, due: str | None
) -> tuple[Any, ...]:
    net, vat = (None if part is None else parse_cents(part) for part in (row.net, row.vat))
    return (
        line, row.customer.strip(), key, number, kind, on, row.currency, parse_cents(row.amount),
        net, vat, row.label, due,
    )  # fmt: skip
