"""Who owes what: the aged balance, open items, a customer's statement, at any date."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpResponse
from ninja import Field, Router, Schema

from encours.api import places
from encours.api.guard import ApiRequest, needs
from encours.api.kinds import CreditorCode, Currency, Cursor, Day, Id, Limit, Text60
from encours.api.paging import Page, after, page
from encours.kernel.money import decimal_text
from encours.receivables.queries import ageing, pages
from encours.receivables.queries import statement as statements
from encours.receivables.queries.ageing import GroupBy
from encours.receivables.rules.ageing import AgeBy
from encours.standing import queries as standing
from encours.tenancy.queries import creditors

router = Router(tags=["Encours"])

AsOf = Annotated[Day | None, Field(description="Date d'arrêté ; aujourd'hui si absente.")]
KnownOn = Annotated[
    Day | None, Field(description="Tel que le programme le savait à la fin de ce jour.")
]


class Ages(Schema):
    """Amounts by age; `open` is the sum of the five buckets, `net` adds what is unallocated."""

    open: str
    not_due: str
    d1_30: str
    d31_60: str
    d61_90: str
    d90_plus: str
    unallocated: str
    net: str


class AgedRow(Ages):
    """A row of the aged balance: a customer, or what it is grouped by."""

    code: str | None
    name: str | None


class AgedBalance(Schema):
    """The aged balance of a creditor on a day."""

    as_of: date
    currency: str | None
    totals: Ages
    customers: list[AgedRow]


class OpenItem(Schema):
    """A due line with something still owed."""

    id: int
    invoice_id: int
    creditor: str
    customer_id: int
    customer: str
    document: str
    kind: str
    issued_on: date
    due_on: date
    due_source: Literal["read", "terms_confirmed", "terms_assumed"]
    currency: str
    amount: str
    open: str
    status: str


class Move(Schema):
    """One line of a statement."""

    on: date
    kind: str
    document: str
    label: str
    debit: str
    credit: str
    balance: str


class StatementItem(Schema):
    """What is still open on the last day of a statement."""

    document: str
    kind: str
    issued_on: date
    due_on: date
    amount: str
    open: str
    status: str


class Statement(Schema):
    """A customer's account between two days."""

    customer_id: int
    customer: str
    from_on: date
    to_on: date
    currency: str
    opening: str
    closing: str
    moves: list[Move]
    items: list[StatementItem]
    ageing: Ages


@router.get("/aged-balance", response=AgedBalance, summary="Balance âgée")
@needs("ledger.read")
def aged_balance(
    request: ApiRequest,
    creditor: CreditorCode = "",
    as_of: AsOf = None,
    known_on: KnownOn = None,
    currency: Currency | None = None,
    by: AgeBy = AgeBy.DUE,
    group_by: GroupBy = GroupBy.CUSTOMER,
) -> Any:
    """Donne l'encours de chaque client par tranche de retard, à n'importe quelle date."""
    owner = places.creditor(request, creditor)
    money = currency or _currency(request, owner.id)
    moment = places.moment(
        request,
        code=owner.code,
        as_of=as_of,
        known_on=known_on,
        currency=currency if group_by is GroupBy.CURRENCY else money,
    )
    balance = ageing.aged_balance(moment, by=by, group_by=group_by)
    return HttpResponse(balance.json_text(), content_type="application/json")


@router.get("/open-items", response=Page[OpenItem], summary="Échéances ouvertes")
@needs("ledger.read")
def open_items(
    request: ApiRequest,
    creditor: CreditorCode = "",
    customer: Text60 = "",
    as_of: AsOf = None,
    known_on: KnownOn = None,
    currency: Currency | None = None,
    limit: Limit = 100,
    cursor: Cursor = "",
) -> Any:
    """Liste les échéances qui ne sont pas soldées, avec ce qui empêche de les relancer."""
    moment = places.moment(
        request,
        code=creditor,
        as_of=as_of,
        known_on=known_on,
        currency=currency,
        customer_id=places.listed_customer(request, creditor, customer),
    )
    asked = pages.Asked(after=after(cursor, "open-items"), limit=limit + 1)
    found = standing.with_status(pages.open_lines(moment, asked), standing.facts_frame(moment))
    codes = places.codes(request)
    rows = [{**row, "id": row["line_id"]} for row in found.iter_rows(named=True)]
    return page("open-items", rows, limit, lambda row: _item(row, codes))


@router.get("/customers/{customer_id}/statement", response=Statement, summary="Relevé de compte")
@needs("ledger.read")
def statement(
    request: ApiRequest,
    customer_id: Id,
    from_on: Day | None = None,
    to_on: Day | None = None,
    known_on: KnownOn = None,
    currency: Currency | None = None,
) -> Any:
    """Donne les mouvements d'un compte client entre deux dates, et ce qui reste dû."""
    card = places.customer(request, customer_id)
    moment = places.moment(
        request,
        as_of=to_on,
        known_on=known_on,
        currency=currency or _currency(request, card.creditor_id),
        customer_id=customer_id,
    )
    first = from_on or date(moment.as_of.year, 1, 1)
    told = statements.statement(moment, from_on=first)
    told = replace(told, items=standing.with_status(told.items, standing.facts_frame(moment)))
    shown = told.as_json()
    return {
        **shown,
        "from_on": shown["from"],
        "to_on": shown["to"],
        "customer_id": customer_id,
        "customer": card.code,
    }


def _item(row: dict[str, Any], codes: dict[int, str]) -> dict[str, Any]:
    return {
        **{name: row[name] for name in OpenItem.model_fields if name in row},
        "creditor": codes.get(row["creditor_id"], ""),
        "amount": decimal_text(row["amount_cents"]),
        "open": decimal_text(row["open_cents"]),
    }


def _currency(request: ApiRequest, creditor_id: int) -> str:
    known = creditors.creditor_settings(tenant_id=request.tenant_id, creditor_id=creditor_id)
    assert known is not None, "the creditor was just found"
    return str(known.described["currency"])
