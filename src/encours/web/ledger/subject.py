"""What a page of the ledger is about: a day, a currency, the creditors, one customer."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from encours.receivables.queries import customers
from encours.receivables.queries.customers import OwnCustomer
from encours.receivables.queries.moment import Moment
from encours.tenancy.queries import currencies
from encours.web.rights import Moved, StaffRequest, require

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


def day_of(text: str | None) -> date | None:
    """Return the date that a filter gives, or None."""
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def number_asked(request: HttpRequest, name: str) -> int | None:
    """Return a whole number of the address, or None."""
    return _number(request.GET.get(name, ""))


def number_posted(request: HttpRequest, name: str) -> int | None:
    """Return a whole number of a form, or None."""
    return _number(request.POST.get(name, ""))


def _number(text: str) -> int | None:
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
        people=scope.people,
    )


def customer_or_404(request: StaffRequest, customer_id: int, right: str = "") -> OwnCustomer:
    """Return whose customer it is; 404 out of scope, 403 without the right asked for besides.

    The pages of a customer that was merged are those of the one that stands for it.
    """
    found = customers.owner_of(tenant_id=request.tenant_id, customer_id=customer_id)
    if found is None or not request.scope.covers(found.creditor_id):
        raise Http404
    if not request.scope.is_own(found.salesperson_id, found.collector_id):
        raise Http404
    if right:
        require(request, right, found.creditor_id)
    if found.face_id is not None:
        messages.info(request, _("%(name)s est fusionné avec ce client.") % {"name": found.name})
        match = request.resolver_match
        page = match.url_name if match and request.method == "GET" else None
        kwargs = {**(match.kwargs if match and page else {}), "customer_id": found.face_id}
        raise Moved(reverse(page or "customer", kwargs=kwargs))
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
