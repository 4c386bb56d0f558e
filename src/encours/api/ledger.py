"""Invoices with their due lines, payments, credit notes: read at any date, entered, reversed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Final, Literal

from django.http import HttpResponse
from django.utils import timezone
from ninja import Field, Router, Schema

from encours.api import own_values, places
from encours.api.figures import AsOf, KnownOn
from encours.api.guard import ApiRequest, needs
from encours.api.kinds import (
    Amount,
    CreditorCode,
    Currency,
    Cursor,
    Day,
    Given,
    Id,
    Limit,
    Text60,
    Text80,
    Text200,
)
from encours.api.paging import Page, after, page
from encours.api.parties import Said
from encours.api.places import FAR, OfCustomer
from encours.api.problems import Halt
from encours.kernel.money import decimal_text, parse_cents
from encours.receivables.actions import documents
from encours.receivables.actions.documents import Amounts
from encours.receivables.queries import pages
from encours.receivables.queries.pages import Asked, Document
from encours.receivables.rules.terms import DueLine

router = Router(tags=["Factures"])
credit_router = Router(tags=["Règlements et avoirs"])

InvoiceKind = Literal["invoice", "debit_note", "opening", "returned_payment", "refund", "other"]
FoundKind = Literal[InvoiceKind, "penalty_note"]
Reason = Literal["duplicate", "mistake", "rejected", "cancelled"]
HAND: Final = "hand."
PAYMENTS: Final = ("payment", "deposit")


class CustomerRef(Schema):
    """Whose document it is."""

    id: int
    code: str
    name: str


class Line(Schema):
    """A due line: one date, one amount."""

    id: int
    position: int
    due_on: date
    due_source: Literal["read", "terms_confirmed", "terms_assumed"]
    amount: str
    open: str


class Entry(Schema):
    """What every document of the ledger says."""

    id: int
    creditor: str
    customer: CustomerRef
    kind: str
    number: str
    label: str
    currency: str
    amount: str
    net: str | None
    vat: str | None
    open: str
    is_by_hand: bool
    recorded_at: datetime


class Invoice(Entry):
    """A debit claim with its due lines; `open` is what is still owed."""

    issued_on: date
    lines: list[Line]
    fields: dict[str, str | bool] = Field(
        description="Les valeurs de vos champs, par code.", examples=[{"affaire": "A-17"}]
    )


class Credit(Entry):
    """A payment or a credit note; `open` is what settles nothing yet."""

    received_on: date


class Due(Given):
    """A due line to enter."""

    due_on: Day
    amount: Amount


class Entered(OfCustomer):
    """What is entered of any document."""

    amount: Amount
    net: Amount | None = None
    vat: Amount | None = None
    currency: Currency | None = None
    label: Text200 = ""


class NewInvoice(Entered):
    """An invoice to enter; without `due`, the customer's terms give the due lines."""

    number: Annotated[Text80, Field(min_length=1, examples=["F2026-118"])]
    issued_on: Day
    kind: InvoiceKind = "invoice"
    due: Annotated[list[Due], Field(max_length=60)] | None = None


class NewPayment(Entered):
    """A payment to enter; it settles nothing until it is allocated."""

    received_on: Day
    kind: Literal["payment", "deposit"] = "payment"
    number: Annotated[Text80, Field(examples=["VIR 20261118"])] = ""


class NewCreditNote(Entered):
    """A credit note to enter."""

    received_on: Day
    number: Annotated[Text80, Field(min_length=1, examples=["A2026-7"])]


class Reversal(Given):
    """Why a document is withdrawn."""

    reason: Reason


@router.get("/invoices", response=Page[Invoice], summary="Factures")
@needs("ledger.read")
def list_invoices(
    request: ApiRequest,
    creditor: CreditorCode = "",
    customer: Text60 = "",
    number: Text80 = "",
    kind: FoundKind | None = None,
    issued_since: Day | None = None,
    issued_until: Day | None = None,
    open_only: bool = False,
    without_number: bool = False,
    currency: Currency | None = None,
    as_of: AsOf = None,
    known_on: KnownOn = None,
    limit: Limit = 100,
    cursor: Cursor = "",
) -> Any:
    """Liste les factures et leurs échéances ; `as_of` donne ce qui restait dû ce jour-là."""
    moment = places.moment(
        request,
        code=creditor,
        as_of=as_of,
        known_on=known_on,
        currency=currency,
        customer_id=places.listed_customer(request, creditor, customer),
        default=FAR,
    )
    asked = Asked(
        after=after(cursor, "invoices"),
        limit=limit + 1,
        number=number,
        kinds=(kind,) if kind else None,
        since=issued_since,
        until=issued_until,
        only_open=open_only,
        without_number=without_number,
    )
    codes = places.codes(request)
    found = pages.invoices(moment, asked)
    said = _fields(request, found)
    return page("invoices", found, limit, lambda one: _invoice_shown(one, codes, said))


@router.post("/invoices", response={201: Invoice}, summary="Saisir une facture")
@needs("ledger.write")
def create_invoice(request: ApiRequest, given: NewInvoice, response: HttpResponse) -> Any:
    """Saisit une facture ; son numéro est unique chez le créancier."""
    due = None
    if given.due is not None:
        due = [DueLine(one.due_on, parse_cents(one.amount)) for one in given.due]
    invoice_id = documents.record_invoice(
        **_entered(request, given),
        number=given.number,
        issued_on=given.issued_on,
        kind=given.kind,
        due=due,
    )
    response["Location"] = f"/api/v1/invoices/{invoice_id}"
    return _invoice(request, invoice_id)


@router.get("/invoices/{invoice_id}", response=Invoice, summary="Une facture")
@needs("ledger.read")
def get_invoice(
    request: ApiRequest, invoice_id: Id, as_of: AsOf = None, known_on: KnownOn = None
) -> Any:
    """Rend une facture avec ses échéances et ce qui reste dû."""
    return _invoice(request, invoice_id, as_of=as_of, known_on=known_on)


@router.post("/invoices/{invoice_id}/reverse", response={204: None}, summary="Annuler une facture")
@needs("ledger.write")
def reverse_invoice(request: ApiRequest, invoice_id: Id, given: Reversal) -> Any:
    """Annule une facture saisie par programme ou à la main ; ce qui la réglait redevient libre."""
    _invoice(request, invoice_id)
    documents.reverse_invoice(
        tenant_id=request.tenant_id,
        invoice_id=invoice_id,
        reason=given.reason,
        actor_id=request.access.user_id,
        today=timezone.localdate(),
    )


@credit_router.get("/payments", response=Page[Credit], summary="Règlements")
@needs("ledger.read")
def list_payments(
    request: ApiRequest,
    creditor: CreditorCode = "",
    customer: Text60 = "",
    number: Text80 = "",
    received_since: Day | None = None,
    received_until: Day | None = None,
    open_only: bool = False,
    currency: Currency | None = None,
    as_of: AsOf = None,
    known_on: KnownOn = None,
    limit: Limit = 100,
    cursor: Cursor = "",
) -> Any:
    """Liste les règlements ; `open_only` garde ceux qui ne sont pas tout à fait lettrés."""
    asked = Asked(
        after=after(cursor, "payments"),
        limit=limit + 1,
        number=number,
        kinds=PAYMENTS,
        since=received_since,
        until=received_until,
        only_open=open_only,
    )
    given = (creditor, customer, as_of, known_on, currency)
    return _credits(request, "payments", asked, given, limit)


@credit_router.post("/payments", response={201: Credit}, summary="Saisir un règlement")
@needs("ledger.write")
def create_payment(request: ApiRequest, given: NewPayment, response: HttpResponse) -> Any:
    """Saisit un règlement reçu ; il se lettre ensuite."""
    credit_id = documents.record_credit(
        **_entered(request, given),
        kind=given.kind,
        received_on=given.received_on,
        number=given.number,
    )
    response["Location"] = f"/api/v1/payments/{credit_id}"
    return _credit(request, credit_id, PAYMENTS)


@credit_router.get("/payments/{credit_id}", response=Credit, summary="Un règlement")
@needs("ledger.read")
def get_payment(
    request: ApiRequest, credit_id: Id, as_of: AsOf = None, known_on: KnownOn = None
) -> Any:
    """Rend un règlement et ce qui n'en est pas lettré."""
    return _credit(request, credit_id, PAYMENTS, as_of=as_of, known_on=known_on)


@credit_router.post(
    "/payments/{credit_id}/reverse", response={204: None}, summary="Annuler un règlement"
)
@needs("ledger.write")
def reverse_payment(request: ApiRequest, credit_id: Id, given: Reversal) -> Any:
    """Annule un règlement saisi par programme ou à la main ; les échéances sont de nouveau dues."""
    _reverse_credit(request, credit_id, given, PAYMENTS)


@credit_router.get("/credit-notes", response=Page[Credit], summary="Avoirs")
@needs("ledger.read")
def list_credit_notes(
    request: ApiRequest,
    creditor: CreditorCode = "",
    customer: Text60 = "",
    number: Text80 = "",
    open_only: bool = False,
    currency: Currency | None = None,
    as_of: AsOf = None,
    known_on: KnownOn = None,
    limit: Limit = 100,
    cursor: Cursor = "",
) -> Any:
    """Liste les avoirs."""
    asked = Asked(
        after=after(cursor, "credit-notes"),
        limit=limit + 1,
        number=number,
        kinds=("credit_note",),
        only_open=open_only,
    )
    given = (creditor, customer, as_of, known_on, currency)
    return _credits(request, "credit-notes", asked, given, limit)


@credit_router.post("/credit-notes", response={201: Credit}, summary="Saisir un avoir")
@needs("ledger.write")
def create_credit_note(request: ApiRequest, given: NewCreditNote, response: HttpResponse) -> Any:
    """Saisit un avoir ; son numéro est unique chez le créancier."""
    credit_id = documents.record_credit(
        **_entered(request, given),
        kind="credit_note",
        received_on=given.received_on,
        number=given.number,
    )
    response["Location"] = f"/api/v1/credit-notes/{credit_id}"
    return _credit(request, credit_id, ("credit_note",))


@credit_router.get("/credit-notes/{credit_id}", response=Credit, summary="Un avoir")
@needs("ledger.read")
def get_credit_note(
    request: ApiRequest, credit_id: Id, as_of: AsOf = None, known_on: KnownOn = None
) -> Any:
    """Rend un avoir et ce qui n'en est pas imputé."""
    return _credit(request, credit_id, ("credit_note",), as_of=as_of, known_on=known_on)


@credit_router.post(
    "/credit-notes/{credit_id}/reverse", response={204: None}, summary="Annuler un avoir"
)
@needs("ledger.write")
def reverse_credit_note(request: ApiRequest, credit_id: Id, given: Reversal) -> Any:
    """Annule un avoir saisi par programme ou à la main."""
    _reverse_credit(request, credit_id, given, ("credit_note",))


def _entered(request: ApiRequest, given: Entered) -> dict[str, Any]:
    net, vat = (None if part is None else parse_cents(part) for part in (given.net, given.vat))
    return {
        "tenant_id": request.tenant_id,
        "customer_id": places.named_customer(request, given).id,
        "amounts": Amounts(parse_cents(given.amount), net, vat),
        "currency": given.currency or "",
        "label": given.label,
        "actor_id": request.access.user_id,
        "today": timezone.localdate(),
    }


def one_invoice(
    request: ApiRequest,
    invoice_id: int,
    *,
    as_of: date | None = None,
    known_on: date | None = None,
) -> Document:
    """Return an invoice that the key may see, or answer 404."""
    moment = places.moment(request, as_of=as_of, known_on=known_on, default=FAR)
    found = pages.invoices(moment, Asked(id=invoice_id))
    if not found:
        raise Halt(404, "Cette facture n'existe pas, ou a été annulée.")
    return found[0]


def _invoice(
    request: ApiRequest,
    invoice_id: int,
    *,
    as_of: date | None = None,
    known_on: date | None = None,
) -> dict[str, Any]:
    row = one_invoice(request, invoice_id, as_of=as_of, known_on=known_on)
    return _invoice_shown(row, places.codes(request), _fields(request, [row]))


def _fields(request: ApiRequest, rows: Sequence[Document]) -> Said:
    keys = [(one.creditor_id, one.key) for one in rows]
    return own_values.of_page(tenant_id=request.tenant_id, subject="invoice", keys=keys)


def _credit(
    request: ApiRequest,
    credit_id: int,
    kinds: Sequence[str],
    *,
    as_of: date | None = None,
    known_on: date | None = None,
) -> dict[str, Any]:
    moment = places.moment(request, as_of=as_of, known_on=known_on, default=FAR)
    found = pages.credits_(moment, Asked(id=credit_id, kinds=kinds))
    if not found:
        raise Halt(404, "Cette pièce n'existe pas, ou a été annulée.")
    return _credit_shown(found[0], places.codes(request))


def _credits(
    request: ApiRequest,
    name: str,
    asked: Asked,
    given: tuple[str, str, date | None, date | None, str | None],
    limit: int,
) -> dict[str, Any]:
    creditor, customer, as_of, known_on, currency = given
    moment = places.moment(
        request,
        code=creditor,
        as_of=as_of,
        known_on=known_on,
        currency=currency,
        customer_id=places.listed_customer(request, creditor, customer),
        default=FAR,
    )
    codes = places.codes(request)
    found = pages.credits_(moment, asked)
    return page(name, found, limit, lambda one: _credit_shown(one, codes))


def _reverse_credit(
    request: ApiRequest, credit_id: int, given: Reversal, kinds: Sequence[str]
) -> None:
    _credit(request, credit_id, kinds)
    documents.reverse_credit(
        tenant_id=request.tenant_id,
        credit_id=credit_id,
        reason=given.reason,
        actor_id=request.access.user_id,
        today=timezone.localdate(),
    )


def _invoice_shown(row: Document, codes: dict[int, str], said: Said) -> dict[str, Any]:
    lines = [
        {
            "id": line.id,
            "position": line.position,
            "due_on": line.due_on,
            "due_source": line.due_source,
            "amount": decimal_text(line.amount_cents),
            "open": decimal_text(line.open_cents),
        }
        for line in row.lines
    ]
    own = said.get((row.creditor_id, row.key), {})
    return {**_entry(row, codes), "issued_on": row.on, "lines": lines, "fields": own}


def _credit_shown(row: Document, codes: dict[int, str]) -> dict[str, Any]:
    return {**_entry(row, codes), "received_on": row.on}


def _entry(row: Document, codes: dict[int, str]) -> dict[str, Any]:
    net, vat = (
        None if cents is None else decimal_text(cents) for cents in (row.net_cents, row.vat_cents)
    )
    return {
        "id": row.id,
        "creditor": codes.get(row.creditor_id, ""),
        "customer": {
            "id": row.customer_id,
            "code": row.customer_code,
            "name": row.customer_name,
        },
        "kind": row.kind,
        "number": row.number or row.piece,
        "label": row.label,
        "currency": row.currency,
        "amount": decimal_text(row.amount_cents),
        "net": net,
        "vat": vat,
        "open": decimal_text(row.open_cents),
        "is_by_hand": row.batch_kind.startswith(HAND),
        "recorded_at": row.recorded_at,
    }
