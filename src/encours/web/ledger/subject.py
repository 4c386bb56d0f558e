"""What a page of the ledger is about: a day, a currency, the creditors, one customer."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpRequest
from django.utils import timezone

from encours.receivables.queries import customers
from encours.receivables.queries.customers import OwnCustomer
from encours.receivables.queries.moment import Moment
from encours.tenancy.queries import currencies
from encours.web.rights import StaffRequest, require

CURRENCY_LENGTH = 3


def today() -> date:
    """Return the reader's day."""
    return timezone.localdate()


def day_asked(request: HttpRequest, name: str, default: date) -> date:
    """Return a date of the address; one that cannot be read is the default."""
    try:
        return date.fromisoformat(request.GET.get(name, ""))
    except ValueError:
        return default


def number_asked(request: HttpRequest, name: str) -> int | None:
    """Return a whole number of the address, or None."""
    text = request.GET.get(name, "")
    is_number = text.isascii() and text.isdecimal() and len(text) < 19  # noqa: PLR2004 - bigint
    return int(text) if is_number else None


def currency_asked(request: HttpRequest) -> str | None:
    """Return the currency of the address when it looks like one."""
    text = request.GET.get("currency", "").upper()
    looks_right = len(text) == CURRENCY_LENGTH and text.isascii() and text.isalpha()
    return text if looks_right else None


def moment_of(request: StaffRequest, as_of: date | None = None) -> Moment:
    """Return the ledger that this person may see on a day, in one currency."""
    scope = request.scope
    chosen = currency_asked(request)
    if chosen is None:
        found = currencies.books(tenant_id=request.tenant_id, creditor_ids=scope.creditor_ids)
        chosen = found.main
    return Moment(
        tenant_id=request.tenant_id,
        as_of=as_of or today(),
        creditor_ids=scope.creditor_ids,
        currency=chosen,
        salesperson_id=scope.salesperson_id,
    )


def customer_or_404(request: StaffRequest, customer_id: int, right: str = "") -> OwnCustomer:
    """Return whose customer it is; 404 out of scope, 403 without the right asked for besides."""
    found = customers.owner_of(tenant_id=request.tenant_id, customer_id=customer_id)
    if found is None or not request.scope.covers(found.creditor_id):
        raise Http404
    seller = request.scope.salesperson_id
    if seller is not None and found.salesperson_id != seller:
        raise Http404
    if right:
        require(request, right, found.creditor_id)
    return found


def moment_of_customer(
    request: StaffRequest, customer_id: int, owner: OwnCustomer, as_of: date | None = None
) -> Moment:
    """Return one customer's account on a day, in the currency asked for or its creditor's."""
    return Moment(
        tenant_id=request.tenant_id,
        as_of=as_of or today(),
        creditor_ids=(owner.creditor_id,),
        currency=currency_asked(request) or owner.currency,
        customer_id=customer_id,
    )
