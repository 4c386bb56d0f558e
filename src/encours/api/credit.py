"""Credit limits and mandates of a customer: read, granted, recorded, revoked."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpResponse
from django.utils import timezone
from ninja import Field, Router, Schema

from encours.api import places
from encours.api.guard import ApiRequest, needs
from encours.api.kinds import Amount, Currency, Day, Given, Id, Text80, Text200
from encours.api.problems import Halt
from encours.kernel.money import decimal_text, parse_cents
from encours.payments import queries as payments
from encours.payments.actions import mandates
from encours.payments.queries import MandateRow
from encours.risk import queries as risk
from encours.risk.actions import limits
from encours.risk.queries import LimitRow

router = Router(tags=["Clients"])
Scheme = Literal["core", "b2b"]


class CreditLimit(Schema):
    """How much a customer may owe between two days, both included."""

    id: int
    currency: str
    amount: str
    valid_from: date
    valid_to: date | None
    origin: Literal["hand", "table", "program"]
    reason: str


class NewLimit(Given):
    """A limit to grant; it takes the place of what held on those days."""

    amount: Amount
    currency: Currency | None = None
    valid_from: Day | None = None
    valid_to: Day | None = None
    reason: Annotated[Text200, Field(min_length=1, examples=["Comité de crédit du 12 mars"])]


class Mandate(Schema):
    """A SEPA mandate; `account` is its IBAN by its ends."""

    id: int
    reference: str
    scheme: Scheme
    account: str
    bic: str
    holder_name: str
    signed_on: date | None
    revoked_on: date | None
    last_used_on: date | None
    state: Literal["active", "incomplete", "lapsed", "revoked"]


class NewMandate(Given):
    """A mandate to record; the reference of a known one completes or corrects it."""

    reference: Annotated[Text80, Field(min_length=1, examples=["RUM-2026-118"])]
    scheme: Scheme = "core"
    iban: Annotated[Text80, Field(examples=["FR7630006000011234567890189"])] = ""
    bic: Text80 = ""
    holder_name: Text80 = ""
    signed_on: Day | None = None
    last_used_on: Day | None = None


@router.get(
    "/customers/{customer_id}/credit-limits",
    response=list[CreditLimit],
    summary="Limites de crédit",
)
@needs("customers.read")
def list_limits(request: ApiRequest, customer_id: Id) -> Any:
    """Liste les limites d'un client, la plus récente d'abord."""
    places.customer(request, customer_id)
    return _limits(request, customer_id)


@router.post(
    "/customers/{customer_id}/credit-limits",
    response={201: list[CreditLimit]},
    summary="Accorder une limite de crédit",
)
@needs("limits.write")
def create_limit(
    request: ApiRequest, customer_id: Id, given: NewLimit, response: HttpResponse
) -> Any:
    """Accorde une limite, du jour si aucun n'est dit ; rend toutes celles du client."""
    places.customer(request, customer_id)
    limits.set_limit(
        tenant_id=request.tenant_id,
        customer_id=customer_id,
        amount_cents=parse_cents(given.amount),
        currency=given.currency or "",
        valid_from=given.valid_from,
        valid_to=given.valid_to,
        reason=given.reason,
        origin="program",
        actor_id=request.access.user_id,
        today=timezone.localdate(),
    )
    response["Location"] = f"/api/v1/customers/{customer_id}/credit-limits"
    return _limits(request, customer_id)


@router.get(
    "/customers/{customer_id}/mandates", response=list[Mandate], summary="Mandats de prélèvement"
)
@needs("customers.read")
def list_mandates(request: ApiRequest, customer_id: Id) -> Any:
    """Liste les mandats d'un client et leur état du jour."""
    places.customer(request, customer_id)
    return [_mandate(one) for one in _mandates(request, customer_id)]


@router.post(
    "/customers/{customer_id}/mandates",
    response={201: Mandate},
    summary="Enregistrer un mandat de prélèvement",
)
@needs("mandates.write")
def create_mandate(
    request: ApiRequest, customer_id: Id, given: NewMandate, response: HttpResponse
) -> Any:
    """Enregistre un mandat, ou complète et corrige celui de cette référence."""
    places.customer(request, customer_id)
    mandates.record_mandate(
        tenant_id=request.tenant_id,
        customer_id=customer_id,
        terms=mandates.Terms(**given.dict(), origin="program"),
        actor_id=request.access.user_id,
        today=timezone.localdate(),
    )
    response["Location"] = f"/api/v1/customers/{customer_id}/mandates"
    wanted = " ".join(given.reference.split())
    found = [one for one in _mandates(request, customer_id) if one.reference == wanted]
    return _mandate(found[0])


@router.post("/mandates/{mandate_id}/revoke", response={204: None}, summary="Révoquer un mandat")
@needs("mandates.write")
def revoke_mandate(request: ApiRequest, mandate_id: Id) -> Any:
    """Note que le client a révoqué un mandat : il n'est plus utilisé."""
    today = timezone.localdate()
    found = payments.mandate(tenant_id=request.tenant_id, mandate_id=mandate_id, today=today)
    if found is None:
        raise Halt(404, "Ce mandat n'existe pas, ou vient de changer.")
    places.customer(request, found.customer_id)
    mandates.revoke_mandate(
        tenant_id=request.tenant_id,
        mandate_id=mandate_id,
        actor_id=request.access.user_id,
        today=today,
    )


def _limits(request: ApiRequest, customer_id: int) -> list[dict[str, Any]]:
    rows = risk.limits_of(tenant_id=request.tenant_id, customer_id=customer_id)
    return [_limit(one) for one in rows]


def _limit(row: LimitRow) -> dict[str, Any]:
    return {**asdict(row), "amount": decimal_text(row.amount_cents)}


def _mandates(request: ApiRequest, customer_id: int) -> list[MandateRow]:
    asked = {"tenant_id": request.tenant_id, "customer_id": customer_id}
    return payments.mandates_of(**asked, today=timezone.localdate())


def _mandate(row: MandateRow) -> dict[str, Any]:
    return {**asdict(row), "account": row.account}
