"""The number of one invoice: what the accounts say, or what was given here."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpResponse
from django.utils import timezone
from ninja import Field, Router, Schema

from encours.api import guard, ledger
from encours.api.guard import ApiRequest, needs
from encours.api.kinds import Given, Id, Text80
from encours.receivables.actions import acts, numbering

router = Router(tags=["Factures"])


class Number(Schema):
    """The number; `is_given` when it was given here, the accounts having none."""

    number: str
    is_given: bool


class NewNumber(Given):
    """The number to give; blank takes back the one given."""

    number: Annotated[Text80, Field(examples=["F2026-118"])]


@router.get("/invoices/{invoice_id}/number", response=Number, summary="Numéro d'une facture")
@needs("ledger.read")
def get_number(request: ApiRequest, invoice_id: Id, response: HttpResponse) -> Any:
    """Rend le numéro d'une facture, vide si personne n'en dit ; l'`ETag` sert à le donner."""
    return guard.tagged(response, _number(request, invoice_id))


@router.patch(
    "/invoices/{invoice_id}/number", response=Number, summary="Donner un numéro à une facture"
)
@needs("ledger.write", updates=True)
def give_number(
    request: ApiRequest, invoice_id: Id, given: NewNumber, response: HttpResponse
) -> Any:
    """Donne son numéro à une facture que la comptabilité ne numérote pas, ou le retire (vide)."""
    ledger.one_invoice(request, invoice_id)
    acts.lock_invoice(tenant_id=request.tenant_id, invoice_id=invoice_id)
    guard.match(request, _number(request, invoice_id))
    numbering.give_number(
        tenant_id=request.tenant_id,
        invoice_id=invoice_id,
        number=given.number,
        actor_id=request.access.user_id,
        today=timezone.localdate(),
    )
    return guard.tagged(response, _number(request, invoice_id))


def _number(request: ApiRequest, invoice_id: int) -> dict[str, Any]:
    row = ledger.one_invoice(request, invoice_id)
    return {"number": row.number, "is_given": row.number_is_given}
