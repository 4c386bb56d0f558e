"""The tenant's own fields: which there are, what was said of a customer or an invoice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from django.http import HttpResponse
from django.utils import timezone
from ninja import Field as Said
from ninja import Router, Schema
from pydantic import RootModel, StringConstraints

from encours.api import guard, ledger, own_values, places
from encours.api.guard import ApiRequest, needs
from encours.api.kinds import NO_CONTROL, Id
from encours.api.problems import Halt, field_issue
from encours.attributes import queries
from encours.attributes.actions import values
from encours.attributes.queries import Key
from encours.attributes.rules import CODE_MAX, TEXT_MAX, Subject
from encours.parties.actions import customers

router = Router(tags=["Vos champs"])

Code = Annotated[str, StringConstraints(max_length=CODE_MAX, pattern=NO_CONTROL)]
Typed = Annotated[str, StringConstraints(max_length=TEXT_MAX, pattern=NO_CONTROL)]


class OwnField(Schema):
    """A field of yours: its code names it everywhere."""

    subject: Literal["customer", "invoice"]
    code: str
    label: str
    kind: Literal["text", "number", "amount", "date", "choice", "yes_no"]
    choices: list[str]


class Given(RootModel[Annotated[dict[Code, Typed], Said(max_length=24, examples=[
    {"affaire": "A-17", "plafond": "5000,00"}
])]]):  # fmt: skip
    """Values by field code; an empty text erases, what is not named stays as it is."""


class Values(RootModel[dict[str, str | bool | None]]):
    """Values by field code, null where nothing was said."""


@router.get("/fields", response=list[OwnField], summary="Vos champs")
@needs("customers.read")
def list_fields(request: ApiRequest, subject: Subject | None = None) -> Any:
    """Liste les champs que vous avez ajoutés aux clients et aux factures."""
    subjects: tuple[Subject, ...] = (subject,) if subject else ("customer", "invoice")
    return [
        {name: getattr(one, name) for name in OwnField.model_fields}
        for of in subjects
        for one in queries.fields(tenant_id=request.tenant_id, subject=of)
    ]


@router.get("/customers/{customer_id}/fields", response=Values, summary="Vos champs d'un client")
@needs("customers.read")
def get_customer_fields(request: ApiRequest, customer_id: Id, response: HttpResponse) -> Any:
    """Rend les valeurs de vos champs ; l'`ETag` sert à les modifier."""
    card = places.customer(request, customer_id)
    return guard.tagged(response, _values(request, "customer", (card.creditor_id, card.code)))


@router.patch("/customers/{customer_id}/fields", response=Values, summary="Renseigner un client")
@needs("customers.write", updates=True)
def update_customer_fields(
    request: ApiRequest, customer_id: Id, given: Given, response: HttpResponse
) -> Any:
    """Donne des valeurs à vos champs, si personne ne les a modifiés depuis leur lecture."""
    card = places.customer(request, customer_id)
    customers.locked(tenant_id=request.tenant_id, customer_id=customer_id)
    key = (card.creditor_id, card.code)
    return _said(request, response, "customer", key, given, (customer_id, customer_id))


@router.get("/invoices/{invoice_id}/fields", response=Values, summary="Vos champs d'une facture")
@needs("ledger.read")
def get_invoice_fields(request: ApiRequest, invoice_id: Id, response: HttpResponse) -> Any:
    """Rend les valeurs de vos champs ; l'`ETag` sert à les modifier."""
    row = ledger.one_invoice(request, invoice_id)
    return guard.tagged(response, _values(request, "invoice", (row.creditor_id, row.key)))


@router.patch("/invoices/{invoice_id}/fields", response=Values, summary="Renseigner une facture")
@needs("ledger.write", updates=True)
def update_invoice_fields(
    request: ApiRequest, invoice_id: Id, given: Given, response: HttpResponse
) -> Any:
    """Donne des valeurs à vos champs, si personne ne les a modifiés depuis leur lecture."""
    row = ledger.one_invoice(request, invoice_id)
    customers.locked(tenant_id=request.tenant_id, customer_id=row.customer_id)
    key = (row.creditor_id, row.key)
    return _said(request, response, "invoice", key, given, (invoice_id, row.customer_id))


def _said(
    request: ApiRequest,
    response: HttpResponse,
    subject: Subject,
    key: Key,
    given: Given,
    ids: tuple[int, int],
) -> Mapping[str, Any]:
    guard.match(request, _values(request, subject, key))
    known = queries.fields(tenant_id=request.tenant_id, subject=subject)
    unknown = sorted(given.root.keys() - {one.code for one in known})
    if unknown:
        said = "Ce champ n'existe pas."
        raise Halt(422, said, issues=[field_issue(code, said) for code in unknown])
    values.say(
        tenant_id=request.tenant_id,
        creditor_id=key[0],
        subject=subject,
        subject_id=ids[0],
        key=key[1],
        typed=given.root,
        customer_id=ids[1],
        actor_id=request.access.user_id,
        today=timezone.localdate(),
    )
    return guard.tagged(response, _values(request, subject, key))


def _values(request: ApiRequest, subject: Subject, key: Key) -> dict[str, Any]:
    known = queries.fields(tenant_id=request.tenant_id, subject=subject)
    found = queries.values(tenant_id=request.tenant_id, fields=known, keys=[key])
    said = found.get(key, {})
    return {one.code: own_values.shown(one, said.get(one.code)) for one in known}
