"""The customers of e-invoices: known ones completed, new ones created with a class proposed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from stdnum.fr import siren as siren_number

from encours.imports.actions.einvoices.place import Place
from encours.imports.queries import einvoices as queries
from encours.imports.rules.einvoices import matching
from encours.imports.rules.einvoices.decide import Decision
from encours.imports.rules.einvoices.document import Party
from encours.imports.rules.einvoices.matching import Owner
from encours.parties.actions import customers
from encours.parties.models import Customer
from encours.receivables.rules.classes import propose_class

NAME_MAX: Final = 200
LENGTHS: Final = {
    "vat_number": 20,
    "address_line1": 70,
    "address_line2": 70,
    "postcode": 16,
    "city": 35,
    "country": 2,
}
UNNAMED: Final = "Client à identifier"


def customers_of(decisions: Sequence[Decision], place: Place) -> tuple[list[int], int]:
    """Return the customer of each decision, and how many were created for it."""
    known = queries.customers(**place.owner)
    found, created = [], 0
    for decision in decisions:
        buyer = decision.invoice.buyer
        owner = decision.customer or matching.customer_of(buyer, known)
        if owner is None:
            owner = _create(buyer, known, place)
            known.append(owner)
            created += 1
        elif not (owner.siren and owner.vat_number):
            known = [one if one.id != owner.id else _complete(buyer, owner, place) for one in known]
        found.append(owner.id)
    return found, created


def _create(buyer: Party, known: Sequence[Owner], place: Place) -> Owner:
    described = _described(buyer)
    siren, vat_number = described.get("siren", ""), described.get("vat_number", "")
    country = described.get("country", "")
    proposal = propose_class(buyer.name, siren=siren, vat_number=vat_number, country=country)
    code = matching.code_for(buyer, (one.code for one in known))
    name = " ".join(buyer.name.split())[:NAME_MAX] or UNNAMED
    customer_id = customers.create_customer(
        **place.owner,
        code=code,
        name=name,
        proposed_class=proposal.debtor_class.value,
        batch_id=place.batch_id,
        actor_id=place.actor_id,
        today=place.today,
        **described,
    )
    addresses = frozenset({buyer.address} - {""})
    return Owner(customer_id, name, code, siren, vat_number, addresses)


def _complete(buyer: Party, owner: Owner, place: Place) -> Owner:
    """Fill in what a customer of an export lacks; what somebody said of it stays."""
    if matching.differ(buyer, owner):
        return owner
    row = Customer.objects.of(place.tenant_id).get(pk=owner.id)
    said = {
        name: value
        for name, value in _described(buyer).items()
        if name != "country" and not getattr(row, name)
    }
    if row.address_line1:
        said = {name: said[name] for name in ("siren", "vat_number") if name in said}
    if not said:
        return owner
    customers.update_customer(
        tenant_id=place.tenant_id,
        customer_id=owner.id,
        actor_id=place.actor_id,
        today=place.today,
        **said,
    )
    return replace(
        owner,
        siren=said.get("siren", owner.siren),
        vat_number=said.get("vat_number", owner.vat_number),
    )


def _described(buyer: Party) -> dict[str, Any]:
    """Return what a buyer says of itself, as a customer's fields; a false SIREN is left out."""
    said = {
        "vat_number": buyer.vat_number,
        "address_line1": buyer.line1,
        "address_line2": buyer.line2,
        "postcode": buyer.postcode,
        "city": buyer.city,
        "country": buyer.country.upper(),
    }
    if siren_number.is_valid(buyer.siren):
        said["siren"] = buyer.siren
    return {
        name: " ".join(value.split())[: LENGTHS.get(name, NAME_MAX)]
        for name, value in said.items()
        if value.strip()
    }
