"""Whose rows a call is about: the creditor by its code, the customer by its code or number."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.utils import timezone
from pydantic import Field

from encours.api.guard import ApiRequest
from encours.api.kinds import CreditorCode, Given, Id, Text60
from encours.api.problems import Halt, field_issue
from encours.parties import queries as parties
from encours.parties.queries import CustomerCard, CustomersAsked
from encours.receivables.queries.moment import Moment
from encours.tenancy.queries import places
from encours.tenancy.queries.places import CreditorChoice
from encours.tenancy.reach import Scope

PARIS: Final = ZoneInfo("Europe/Paris")
FAR: Final = date(9999, 12, 31)


class OfCustomer(Given):
    """Names a customer: by its number here, or by its creditor's code and its own."""

    customer_id: Id | None = None
    creditor: CreditorCode = ""
    customer: Text60 = Field(
        "", description="Code auxiliaire du client, chez ce créancier.", examples=["C00042"]
    )


def creditors(request: ApiRequest) -> dict[int, CreditorChoice]:
    """Return the creditors that this call may touch, by id."""
    found = places.creditors(request.tenant_id, request.scope.creditor_ids)
    return {one.id: one for one in found}


def codes(request: ApiRequest) -> dict[int, str]:
    """Return the code of each creditor that this call may touch."""
    return {one.id: one.code for one in creditors(request).values()}


def creditor(request: ApiRequest, code: str) -> CreditorChoice:
    """Return the creditor that has this code, or the only one; else refuse the field (422)."""
    mine = creditors(request)
    found = [one for one in mine.values() if code in ("", one.code)]
    if len(found) == 1:
        return found[0]
    said = "Aucune société visible par cette clé n'a ce code."
    if not code:
        said = "Donnez le code de la société créancière."
    wrong = field_issue("creditor", said, found=code)
    raise Halt(422, said, issues=[wrong])


def scope(request: ApiRequest, code: str = "") -> Scope:
    """Return what the call may touch, of one creditor or of all."""
    if not code:
        return request.scope
    chosen = creditor(request, code).id
    return Scope(chosen, (chosen,), request.scope.people)


def moment(
    request: ApiRequest,
    *,
    code: str = "",
    as_of: date | None = None,
    known_on: date | None = None,
    currency: str | None = None,
    customer_id: int | None = None,
    default: date | None = None,
) -> Moment:
    """Return the ledger that a call asks for; `known_on` is the end of that day in Paris."""
    reach = scope(request, code)
    known_at = None
    if known_on is not None:
        known_at = datetime.combine(known_on, time.max, PARIS).astimezone(UTC)
    return Moment(
        tenant_id=request.tenant_id,
        as_of=as_of or default or timezone.localdate(),
        creditor_ids=reach.creditor_ids,
        currency=currency or None,
        known_at=known_at,
        customer_id=customer_id,
        people=reach.people,
    )


def customer(request: ApiRequest, customer_id: int) -> CustomerCard:
    """Return a customer within reach, or 404."""
    found = _customers(request, id=customer_id)
    if not found:
        raise Halt(404, "Ce client n'existe pas.")
    return found[0]


def named_customer(request: ApiRequest, given: OfCustomer) -> CustomerCard:
    """Return the customer that a call names, or refuse the field (422)."""
    if given.customer_id is not None:
        found, name = _customers(request, id=given.customer_id), "customer_id"
    else:
        owner = creditor(request, given.creditor)
        found, name = _customers(request, owner.code, code=given.customer or "\0"), "customer"
    if not found:
        said = "Aucun client n'a ce numéro ou ce code."
        raise Halt(422, said, issues=[field_issue(name, said, found=given.customer)])
    return found[0]


def listed_customer(request: ApiRequest, code: str, customer_code: str) -> int | None:
    """Return the id of the customer that a list is narrowed to, or refuse the field (422)."""
    if not customer_code:
        return None
    return named_customer(request, OfCustomer(creditor=code, customer=customer_code)).id


def _customers(request: ApiRequest, of: str = "", **wanted: Any) -> list[CustomerCard]:
    if wanted.get("code") == "\0":
        return []
    reach = scope(request, of)
    asked = CustomersAsked(creditor_ids=reach.creditor_ids, people=reach.people, **wanted)
    return parties.customer_page(tenant_id=request.tenant_id, asked=asked)
