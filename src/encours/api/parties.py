"""Customers and their contacts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Final, Literal

from django.http import HttpResponse
from django.utils import timezone
from ninja import Field, Router, Schema

from encours.api import guard, own_values, places
from encours.api.guard import ApiRequest, needs
from encours.api.kinds import (
    Country,
    CreditorCode,
    Cursor,
    Given,
    Id,
    Language,
    Limit,
    Note,
    Siren,
    Text20,
    Text35,
    Text60,
    Text80,
    Text120,
    Text200,
)
from encours.api.paging import Page, after, page
from encours.api.problems import Halt
from encours.attributes.queries import Key
from encours.parties import queries
from encours.parties.actions import contacts, customers
from encours.parties.queries import ContactRow, CustomerCard, CustomersAsked

router = Router(tags=["Clients"])

DebtorClass = Literal["unknown", "business", "consumer", "public", "foreign"]
Confirmed = Literal["business", "consumer", "public", "foreign"]
Said = Mapping[Key, Mapping[str, Any]]
Channel = Literal["email", "letter", "phone"]
PLAIN: Final = (
    "siren", "vat_number", "address_line1", "address_line2", "postcode", "city", "country",
    "language", "payment_method", "contract_rate", "note",
)  # fmt: skip


class Contact(Schema):
    """A person or mailbox at a customer; the role `billing` receives the reminders."""

    id: int
    name: str
    role: str
    email: str
    phone: str
    mobile: str
    language: str
    channel: str
    bounced_at: datetime | None
    mobile_refused_at: datetime | None


class Customer(Schema):
    """A debtor of one creditor."""

    id: int
    creditor: str
    code: str
    name: str
    debtor_class: DebtorClass
    class_confirmed_at: datetime | None
    siren: str
    vat_number: str
    address_line1: str
    address_line2: str
    postcode: str
    city: str
    country: str
    language: str
    payment_method: str
    contract_rate: str
    note: str
    parent_id: int | None
    terms: str
    salesperson_name: str
    to_identify: bool
    contacts: list[Contact]
    fields: dict[str, str | bool] = Field(
        description="Les valeurs de vos champs, par code.", examples=[{"affaire": "A-17"}]
    )


class CustomerData(Given):
    """What may be said of a customer by itself."""

    name: Text200 | None = Field(None, examples=["Boulangerie Martin"])
    siren: Siren | None = None
    vat_number: Text20 | None = None
    address_line1: Annotated[Text80, Field(max_length=70)] | None = None
    address_line2: Annotated[Text80, Field(max_length=70)] | None = None
    postcode: Annotated[Text20, Field(max_length=16)] | None = None
    city: Text35 | None = None
    country: Country | None = None
    language: Language | None = None
    payment_method: Text20 | None = None
    contract_rate: Annotated[Text20, Field(max_length=10)] | None = None
    note: Note | None = None
    salesperson_name: Text80 | None = None
    debtor_class: Confirmed | None = Field(
        None, description="Le type du client devant la loi : le donner, c'est le confirmer."
    )


class CustomerFields(CustomerData):
    """What may be said of a customer."""

    parent_id: Id | None = None


class NewCustomer(CustomerFields):
    """A customer to create."""

    creditor: CreditorCode = ""
    code: Annotated[Text60, Field(min_length=1, examples=["C00042"])]
    name: Annotated[Text200, Field(min_length=1, examples=["Boulangerie Martin"])]


class ContactFields(Given):
    """What may be said of a contact."""

    name: Text120 | None = Field(None, examples=["Comptabilité fournisseurs"])
    role: Text20 | None = Field(None, examples=["billing"])
    email: Annotated[Text200, Field(max_length=254, examples=["compta@martin.example"])] | None = (
        None
    )
    phone: Annotated[Text60, Field(max_length=30)] | None = None
    mobile: Annotated[Text60, Field(max_length=30)] | None = None
    language: Language | None = None
    channel: Channel | None = None


@router.get("/customers", response=Page[Customer], summary="Clients")
@needs("customers.read")
def list_customers(
    request: ApiRequest,
    creditor: CreditorCode = "",
    code: Text60 = "",
    q: Annotated[Text80, Field(description="Début du code ou du nom.")] = "",
    siren: Siren = "",
    debtor_class: DebtorClass | None = None,
    limit: Limit = 100,
    cursor: Cursor = "",
) -> Any:
    """Liste les clients, dans l'ordre de leur création."""
    reach = places.scope(request, creditor)
    asked = CustomersAsked(
        after=after(cursor, "customers"),
        limit=limit + 1,
        creditor_ids=reach.creditor_ids,
        people=reach.people,
        code=code,
        search=q,
        siren=siren,
        debtor_class=debtor_class or "",
    )
    found = queries.customer_page(tenant_id=request.tenant_id, asked=asked)
    codes = places.codes(request)
    said = _fields(request, found)
    return page("customers", found, limit, lambda one: _shown(one, codes, said))


@router.post("/customers", response={201: Customer}, summary="Créer un client")
@needs("customers.write")
def create_customer(request: ApiRequest, given: NewCustomer, response: HttpResponse) -> Any:
    """Crée un client ; son code le distingue chez son créancier."""
    owner = places.creditor(request, given.creditor)
    values = given.dict(exclude_none=True, exclude={"creditor", "code", "debtor_class"})
    customer_id = customers.create_customer(
        tenant_id=request.tenant_id,
        creditor_id=owner.id,
        code=given.code,
        actor_id=request.access.user_id,
        today=timezone.localdate(),
        **values,
    )
    _confirm(request, customer_id, given.debtor_class)
    response["Location"] = f"/api/v1/customers/{customer_id}"
    return guard.tagged(response, _one(request, customer_id, anyone=True))


@router.get("/customers/{customer_id}", response=Customer, summary="Un client")
@needs("customers.read")
def get_customer(request: ApiRequest, customer_id: Id, response: HttpResponse) -> Any:
    """Rend un client et ses interlocuteurs ; l'`ETag` sert à le modifier."""
    return guard.tagged(response, _one(request, customer_id))


@router.patch("/customers/{customer_id}", response=Customer, summary="Modifier un client")
@needs("customers.write", updates=True)
def update_customer(
    request: ApiRequest, customer_id: Id, given: CustomerFields, response: HttpResponse
) -> Any:
    """Change les champs donnés, si personne n'a modifié le client depuis sa lecture."""
    places.customer(request, customer_id)
    customers.locked(tenant_id=request.tenant_id, customer_id=customer_id)
    guard.match(request, _one(request, customer_id))
    customers.update_customer(
        tenant_id=request.tenant_id,
        customer_id=customer_id,
        actor_id=request.access.user_id,
        today=timezone.localdate(),
        **given.dict(exclude_none=True, exclude={"debtor_class"}),
    )
    _confirm(request, customer_id, given.debtor_class)
    return guard.tagged(response, _one(request, customer_id))


@router.get("/customers/{customer_id}/contacts", response=list[Contact], summary="Interlocuteurs")
@needs("customers.read")
def list_contacts(request: ApiRequest, customer_id: Id) -> Any:
    """Liste les interlocuteurs d'un client."""
    return [_contact(one) for one in places.customer(request, customer_id).contacts]


@router.post(
    "/customers/{customer_id}/contacts", response={201: Contact}, summary="Ajouter un interlocuteur"
)
@needs("customers.write")
def create_contact(
    request: ApiRequest, customer_id: Id, given: ContactFields, response: HttpResponse
) -> Any:
    """Ajoute un interlocuteur."""
    places.customer(request, customer_id)
    contact_id = _save(request, customer_id, None, given)
    return guard.tagged(response, _one_contact(request, contact_id)[1])


@router.get("/contacts/{contact_id}", response=Contact, summary="Un interlocuteur")
@needs("customers.read")
def get_contact(request: ApiRequest, contact_id: Id, response: HttpResponse) -> Any:
    """Rend un interlocuteur ; l'`ETag` sert à le modifier."""
    return guard.tagged(response, _one_contact(request, contact_id)[1])


@router.patch("/contacts/{contact_id}", response=Contact, summary="Modifier un interlocuteur")
@needs("customers.write", updates=True)
def update_contact(
    request: ApiRequest, contact_id: Id, given: ContactFields, response: HttpResponse
) -> Any:
    """Change les champs donnés, si personne n'a modifié l'interlocuteur depuis sa lecture."""
    customer_id, _shown_before = _one_contact(request, contact_id)
    customers.locked(tenant_id=request.tenant_id, customer_id=customer_id)
    guard.match(request, _one_contact(request, contact_id)[1])
    _save(request, customer_id, contact_id, given)
    return guard.tagged(response, _one_contact(request, contact_id)[1])


@router.delete("/contacts/{contact_id}", response={204: None}, summary="Retirer un interlocuteur")
@needs("customers.write")
def delete_contact(request: ApiRequest, contact_id: Id) -> Any:
    """Retire un interlocuteur."""
    _one_contact(request, contact_id)
    contacts.remove_contact(
        tenant_id=request.tenant_id,
        contact_id=contact_id,
        actor_id=request.access.user_id,
        today=timezone.localdate(),
    )


def _confirm(request: ApiRequest, customer_id: int, debtor_class: str | None) -> None:
    if debtor_class is not None:
        customers.confirm_class(
            tenant_id=request.tenant_id,
            customer_ids=[customer_id],
            debtor_class=debtor_class,
            actor_id=request.access.user_id,
            today=timezone.localdate(),
        )


def _save(
    request: ApiRequest, customer_id: int, contact_id: int | None, given: ContactFields
) -> int:
    return contacts.save_contact(
        tenant_id=request.tenant_id,
        customer_id=customer_id,
        contact_id=contact_id,
        actor_id=request.access.user_id,
        today=timezone.localdate(),
        **given.dict(exclude_none=True),
    )


def _one(request: ApiRequest, customer_id: int, *, anyone: bool = False) -> dict[str, Any]:
    """Return a customer as shown; one just created is shown to whoever created it."""
    card = (
        queries.customer_card(tenant_id=request.tenant_id, customer_id=customer_id)
        if anyone
        else places.customer(request, customer_id)
    )
    assert card is not None
    return _shown(card, places.codes(request), _fields(request, [card]))


def _one_contact(request: ApiRequest, contact_id: int) -> tuple[int, dict[str, Any]]:
    owner = queries.contact_owner(tenant_id=request.tenant_id, contact_id=contact_id)
    if owner is None:
        raise Halt(404, "Cet interlocuteur n'existe pas.")
    card = places.customer(request, owner)
    return owner, next(_contact(one) for one in card.contacts if one.id == contact_id)


def _fields(request: ApiRequest, cards: Sequence[CustomerCard]) -> Said:
    keys = [(one.creditor_id, one.code) for one in cards]
    return own_values.of_page(tenant_id=request.tenant_id, subject="customer", keys=keys)


def _shown(card: CustomerCard, codes: dict[int, str], said: Said) -> dict[str, Any]:
    return {
        "id": card.id,
        "creditor": codes.get(card.creditor_id, ""),
        "code": card.code,
        "name": card.name,
        "debtor_class": card.debtor_class,
        "class_confirmed_at": card.class_confirmed_at,
        **{name: card.described[name] for name in PLAIN},
        "parent_id": card.parent_id,
        "terms": card.terms_name,
        "salesperson_name": card.salesperson_name,
        "to_identify": card.to_identify,
        "contacts": [_contact(one) for one in card.contacts],
        "fields": said.get((card.creditor_id, card.code), {}),
    }


def _contact(row: ContactRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in Contact.model_fields}
