"""Promises and disputes: standing facts that change what may be done with a debt."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from django.http import HttpResponse
from django.utils import timezone
from ninja import Field, Router, Schema

from encours.api import places
from encours.api.guard import ApiRequest, needs
from encours.api.kinds import Amount, CreditorCode, Cursor, Day, Given, Id, Limit, Text60, Text200
from encours.api.paging import Page, after, page
from encours.api.places import OfCustomer
from encours.api.problems import Halt
from encours.kernel.money import decimal_text, parse_cents
from encours.standing import actions, queries
from encours.standing.queries import FactRow, FactsAsked

router = Router(tags=["Promesses et litiges"])

On = Annotated[Day | None, Field(description="Seulement ce qui vaut ce jour-là.")]


class Fact(Schema):
    """A promise or a dispute; `line_id` null is about the whole customer."""

    id: int
    customer_id: int
    line_id: int | None
    starts_on: date
    ends_on: date | None
    amount: str | None
    reason: str
    recorded_at: datetime


class NewPromise(OfCustomer):
    """A promise to pay so much by a day."""

    amount: Amount
    promised_on: Day | None = Field(None, description="Le jour de la promesse ; aujourd'hui.")
    until: Day = Field(description="Le jour où le client a promis de payer.")
    line_id: Id | None = None
    reason: Text200 = ""


class NewDispute(OfCustomer):
    """A dispute, on one due line or on the whole account."""

    reason: Annotated[Text200, Field(min_length=1, examples=["Livraison incomplète"])]
    since: Day | None = None
    until: Day | None = None
    line_id: Id | None = None
    amount: Amount | None = None


class Ending(Given):
    """The last day of a fact."""

    ends_on: Day


@router.get("/promises", response=Page[Fact], summary="Promesses de règlement")
@needs("ledger.read")
def list_promises(
    request: ApiRequest,
    creditor: CreditorCode = "",
    customer: Text60 = "",
    on: On = None,
    limit: Limit = 100,
    cursor: Cursor = "",
) -> Any:
    """Liste les promesses, dans l'ordre où elles ont été notées."""
    return _page(request, "promise", (creditor, customer, on), limit, cursor)


@router.post("/promises", response={201: Fact}, summary="Noter une promesse")
@needs("standing.write")
def create_promise(request: ApiRequest, given: NewPromise, response: HttpResponse) -> Any:
    """Note une promesse : les relances attendent jusqu'à sa date."""
    today = timezone.localdate()
    fact_id = actions.record_fact(
        **_recorded(request, given),
        kind="promise",
        starts_on=given.promised_on or today,
        ends_on=given.until,
        amount_cents=parse_cents(given.amount),
        line_id=given.line_id,
        reason=given.reason,
    )
    response["Location"] = f"/api/v1/promises/{fact_id}"
    return _one(request, "promise", fact_id)


@router.get("/promises/{fact_id}", response=Fact, summary="Une promesse")
@needs("ledger.read")
def get_promise(request: ApiRequest, fact_id: Id) -> Any:
    """Rend une promesse."""
    return _one(request, "promise", fact_id)


@router.post("/promises/{fact_id}/end", response=Fact, summary="Terminer une promesse")
@needs("standing.write")
def end_promise(request: ApiRequest, fact_id: Id, given: Ending) -> Any:
    """Donne son dernier jour à une promesse ; elle porte ensuite un nouveau numéro."""
    return _end(request, "promise", fact_id, given.ends_on)


@router.delete("/promises/{fact_id}", response={204: None}, summary="Retirer une promesse")
@needs("standing.write")
def delete_promise(request: ApiRequest, fact_id: Id) -> Any:
    """Retire une promesse notée par erreur."""
    _withdraw(request, "promise", fact_id)


@router.get("/disputes", response=Page[Fact], summary="Litiges")
@needs("ledger.read")
def list_disputes(
    request: ApiRequest,
    creditor: CreditorCode = "",
    customer: Text60 = "",
    on: On = None,
    limit: Limit = 100,
    cursor: Cursor = "",
) -> Any:
    """Liste les litiges, dans l'ordre où ils ont été notés."""
    return _page(request, "dispute", (creditor, customer, on), limit, cursor)


@router.post("/disputes", response={201: Fact}, summary="Ouvrir un litige")
@needs("standing.write")
def create_dispute(request: ApiRequest, given: NewDispute, response: HttpResponse) -> Any:
    """Ouvre un litige : les relances de ce qu'il touche sont retenues."""
    today = timezone.localdate()
    fact_id = actions.record_fact(
        **_recorded(request, given),
        kind="dispute",
        starts_on=given.since or today,
        ends_on=given.until,
        amount_cents=None if given.amount is None else parse_cents(given.amount),
        line_id=given.line_id,
        reason=given.reason,
    )
    response["Location"] = f"/api/v1/disputes/{fact_id}"
    return _one(request, "dispute", fact_id)


@router.get("/disputes/{fact_id}", response=Fact, summary="Un litige")
@needs("ledger.read")
def get_dispute(request: ApiRequest, fact_id: Id) -> Any:
    """Rend un litige."""
    return _one(request, "dispute", fact_id)


@router.post("/disputes/{fact_id}/end", response=Fact, summary="Clore un litige")
@needs("standing.write")
def end_dispute(request: ApiRequest, fact_id: Id, given: Ending) -> Any:
    """Donne son dernier jour à un litige ; il porte ensuite un nouveau numéro."""
    return _end(request, "dispute", fact_id, given.ends_on)


@router.delete("/disputes/{fact_id}", response={204: None}, summary="Retirer un litige")
@needs("standing.write")
def delete_dispute(request: ApiRequest, fact_id: Id) -> Any:
    """Retire un litige noté par erreur."""
    _withdraw(request, "dispute", fact_id)


@router.get("/order-holds", response=Page[Fact], summary="Commandes bloquées")
@needs("ledger.read")
def list_order_holds(
    request: ApiRequest,
    creditor: CreditorCode = "",
    customer: Text60 = "",
    on: On = None,
    limit: Limit = 100,
    cursor: Cursor = "",
) -> Any:
    """Liste les clients dont les commandes sont bloquées, avec le motif."""
    return _page(request, "orders_held", (creditor, customer, on), limit, cursor)


@router.post("/order-holds/{fact_id}/end", response=Fact, summary="Lever un blocage")
@needs("standing.write")
def end_order_hold(request: ApiRequest, fact_id: Id, given: Ending) -> Any:
    """Donne son dernier jour au blocage des commandes ; il porte ensuite un nouveau numéro."""
    return _end(request, "orders_held", fact_id, given.ends_on)


def _recorded(request: ApiRequest, given: OfCustomer) -> dict[str, Any]:
    return {
        "tenant_id": request.tenant_id,
        "customer_id": places.named_customer(request, given).id,
        "actor_id": request.access.user_id,
        "today": timezone.localdate(),
    }


def _page(
    request: ApiRequest, kind: str, given: tuple[str, str, date | None], limit: int, cursor: str
) -> dict[str, Any]:
    creditor, customer, on = given
    asked = _asked(
        request,
        kind,
        creditor,
        after=after(cursor, kind),
        limit=limit + 1,
        on=on,
        customer_id=places.listed_customer(request, creditor, customer),
    )
    return page(kind, queries.fact_page(tenant_id=request.tenant_id, asked=asked), limit, _shown)


def _one(request: ApiRequest, kind: str, fact_id: int) -> dict[str, Any]:
    asked = _asked(request, kind, "", id=fact_id)
    found = queries.fact_page(tenant_id=request.tenant_id, asked=asked)
    if not found:
        raise Halt(404, "Ce fait n'existe pas, ou a été retiré.")
    return _shown(found[0])


def _asked(request: ApiRequest, kind: str, creditor: str, **wanted: Any) -> FactsAsked:
    reach = places.scope(request, creditor)
    return FactsAsked(
        kind=kind,
        creditor_ids=reach.creditor_ids,
        people=reach.people,
        **wanted,
    )


def _end(request: ApiRequest, kind: str, fact_id: int, ends_on: date) -> dict[str, Any]:
    _one(request, kind, fact_id)
    ended = actions.end_fact(
        tenant_id=request.tenant_id,
        fact_id=fact_id,
        ends_on=ends_on,
        actor_id=request.access.user_id,
        today=timezone.localdate(),
    )
    return _one(request, kind, ended)


def _withdraw(request: ApiRequest, kind: str, fact_id: int) -> None:
    _one(request, kind, fact_id)
    actions.withdraw_fact(
        tenant_id=request.tenant_id,
        fact_id=fact_id,
        actor_id=request.access.user_id,
        today=timezone.localdate(),
    )


def _shown(row: FactRow) -> dict[str, Any]:
    return {
        **{name: getattr(row, name) for name in Fact.model_fields if hasattr(row, name)},
        "amount": None if row.amount_cents is None else decimal_text(row.amount_cents),
    }
