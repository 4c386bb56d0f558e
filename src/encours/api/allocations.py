"""Lettering: which credit settles which due line; made, undone, never erased."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from django.http import HttpResponse
from django.utils import timezone
from ninja import Field, Router, Schema

from encours.api import places
from encours.api.figures import AsOf, KnownOn
from encours.api.guard import ApiRequest, needs
from encours.api.kinds import Amount, CreditorCode, Cursor, Day, Given, Id, Limit, Text60
from encours.api.paging import Page, after, page
from encours.api.places import FAR
from encours.api.problems import Halt
from encours.kernel.money import decimal_text, parse_cents
from encours.receivables.actions import allocations
from encours.receivables.actions.allocations import Share
from encours.receivables.queries import pages
from encours.receivables.queries.pages import Asked

router = Router(tags=["Lettrage"])


class Allocation(Schema):
    """Part of a credit set against a due line."""

    id: int
    creditor: str
    credit_id: int
    invoice_id: int
    line_id: int
    customer_id: int
    payer_id: int
    due_on: date
    currency: str
    amount: str
    effective_on: date
    origin: str
    letter: str
    recorded_at: datetime


class NewShare(Given):
    """So much for one due line."""

    line_id: Id
    amount: Amount


class NewAllocation(Given):
    """A credit to letter; without `shares`, in the order of the law (C. civ. 1342-10)."""

    credit_id: Id
    shares: Annotated[list[NewShare], Field(max_length=500)] | None = None
    effective_on: Day | None = None
    for_other_customer: bool = Field(
        default=False, description="Le règlement d'un client solde l'échéance d'un autre."
    )


@router.get("/allocations", response=Page[Allocation], summary="Lettrages")
@needs("ledger.read")
def list_allocations(
    request: ApiRequest,
    creditor: CreditorCode = "",
    customer: Text60 = "",
    credit_id: Id | None = None,
    invoice_id: Id | None = None,
    as_of: AsOf = None,
    known_on: KnownOn = None,
    limit: Limit = 100,
    cursor: Cursor = "",
) -> Any:
    """Liste ce qui a soldé quoi."""
    moment = places.moment(
        request,
        code=creditor,
        as_of=as_of,
        known_on=known_on,
        customer_id=places.listed_customer(request, creditor, customer),
        default=FAR,
    )
    asked = Asked(
        after=after(cursor, "allocations"),
        limit=limit + 1,
        credit_id=credit_id,
        invoice_id=invoice_id,
    )
    codes = places.codes(request)
    return page("allocations", pages.allocations(moment, asked), limit, lambda r: _shown(r, codes))


@router.post("/allocations", response={201: list[Allocation]}, summary="Lettrer")
@needs("ledger.write")
def create_allocations(
    request: ApiRequest,
    given: NewAllocation,
    response: HttpResponse,  # noqa: ARG001 - one status
) -> Any:
    """Solde des échéances avec un règlement ou un avoir, jamais plus que ce qui reste."""
    moment = places.moment(request, default=FAR)
    if not pages.credits_(moment, Asked(id=given.credit_id)):
        raise Halt(404, "Ce règlement ou cet avoir n'existe pas, ou a été annulé.")
    asked: dict[str, Any] = {
        "tenant_id": request.tenant_id,
        "credit_id": given.credit_id,
        "actor_id": request.access.user_id,
        "today": timezone.localdate(),
    }
    if given.shares is None:
        made = allocations.settle_by_law(**asked)
    else:
        made = allocations.allocate(
            **asked,
            shares=[Share(one.line_id, parse_cents(one.amount)) for one in given.shares],
            effective_on=given.effective_on,
            for_other_customer=given.for_other_customer,
        )
    codes = places.codes(request)
    rows = [pages.allocations(moment, Asked(id=one)) for one in made]
    return [_shown(row, codes) for found in rows for row in found]


@router.get("/allocations/{allocation_id}", response=Allocation, summary="Un lettrage")
@needs("ledger.read")
def get_allocation(request: ApiRequest, allocation_id: Id) -> Any:
    """Rend un lettrage."""
    return _one(request, allocation_id)


@router.delete("/allocations/{allocation_id}", response={204: None}, summary="Délettrer")
@needs("ledger.write")
def delete_allocation(request: ApiRequest, allocation_id: Id) -> Any:
    """Défait un lettrage : l'échéance est de nouveau due, le règlement de nouveau libre."""
    _one(request, allocation_id)
    allocations.unallocate(
        tenant_id=request.tenant_id,
        allocation_ids=[allocation_id],
        actor_id=request.access.user_id,
        today=timezone.localdate(),
    )


def _one(request: ApiRequest, allocation_id: int) -> dict[str, Any]:
    found = pages.allocations(places.moment(request, default=FAR), Asked(id=allocation_id))
    if not found:
        raise Halt(404, "Ce lettrage n'existe pas, ou a été défait.")
    return _shown(found[0], places.codes(request))


def _shown(row: pages.Share, codes: dict[int, str]) -> dict[str, Any]:
    return {
        **{name: getattr(row, name) for name in Allocation.model_fields if hasattr(row, name)},
        "creditor": codes.get(row.creditor_id, ""),
        "amount": decimal_text(row.amount_cents),
    }
