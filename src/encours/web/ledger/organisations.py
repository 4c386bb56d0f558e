"""The aged balances of every organisation a person may read, one door at a time, and their sum."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET

from encours.receivables.queries import exchange, kept
from encours.receivables.queries.exchange import Unconverted
from encours.receivables.queries.moment import Moment
from encours.tenancy import middleware
from encours.tenancy.queries import absences, places
from encours.tenancy.reach import scope_of
from encours.tenancy.rights import Access
from encours.tenancy.scope import in_tenant
from encours.web.ledger import words
from encours.web.ledger.subject import currency_asked, day_asked
from encours.web.rights import MINE_KEY, StaffRequest, View, over_tenants
from encours.web.tables import Column, Source, Table, answer, in_memory

RIGHT: Final = "ledger.read"
ORGANISATIONS: Final = Table(
    name="organisations",
    caption=lazy("Balance âgée par organisation"),
    columns=(
        Column("name", lazy("Organisation"), sort=True),
        Column("customers", lazy("Clients"), "count", sort=True, total=True),
        *(
            Column(key, label, "money", sort=True, total=True)
            for key, label in words.AMOUNTS.items()
        ),
    ),
    sort="name",
    empty=lazy("Aucune organisation à lire."),
)


@dataclass(frozen=True, slots=True)
class OfTenant:
    """One organisation's totals, and what of it has no rate."""

    row: dict[str, Any]
    unconverted: tuple[Unconverted, ...]


@require_GET
@over_tenants(RIGHT)
def organisations(request: Any) -> View:
    """Sum the organisations where this person reads the ledger, each under its own door."""
    user_id = int(request.user.pk)
    mine = middleware.accesses(user_id)
    as_of = day_asked(request, "as_of", timezone.localdate())
    target = currency_asked(request) or _currency(request, mine)
    names = {one.id: one.name for one in places.tenants_of(user_id)}
    is_mine = bool(request.session.get(MINE_KEY))
    found = [
        _read(access, names[access.tenant_id], as_of, target, is_mine=is_mine)
        for access in mine
        if access.may(RIGHT)
    ]

    def draw(within: StaffRequest) -> HttpResponseBase:
        rows = [one.row for one in found]
        keys = ("customers", *words.AMOUNTS)
        sums = {key: sum(row[key] for row in rows) for key in keys}
        source = in_memory(rows)
        source = Source(source.rows, lambda _window: {**sums, "currency": target}, source.count)
        context = {
            "as_of": as_of,
            "currency": target,
            "totals": [(label, sums[key]) for key, label in words.AMOUNTS.items()],
            "unconverted": [(one.row["name"], lack) for one in found for lack in one.unconverted],
        }
        page = "ledger/organisations.html"
        return answer(within, ORGANISATIONS, source, page=page, context=context)

    return draw


def _currency(request: Any, mine: list[Access]) -> str:
    """Return the group currency of the organisation where this person works at the moment."""
    chosen = request.session.get(middleware.SESSION_KEY)
    here = next((one for one in mine if one.tenant_id == chosen), mine[0] if mine else None)
    if here is None:
        return exchange.EURO
    with in_tenant(here.tenant_id):
        return exchange.group_currency(here.tenant_id)


def _read(known: Access, name: str, as_of: date, target: str, *, is_mine: bool) -> OfTenant:
    """Read one organisation under its own door, as far as this person's role there lets them."""
    with in_tenant(known.tenant_id):
        access = middleware.inside_of(known)
        scope = scope_of(
            access,
            RIGHT,
            None,
            people=lambda: absences.people_of(
                tenant_id=access.tenant_id, user_id=access.user_id, on=timezone.localdate()
            ),
            is_mine=is_mine,
        )
        moment = Moment(
            tenant_id=access.tenant_id,
            as_of=as_of,
            creditor_ids=scope.creditor_ids,
            people=scope.people,
        )
        found = kept.consolidated(moment, target)
    row = {"id": known.tenant_id, "name": name, "customers": found.balance.rows.height}
    totals = found.balance.totals
    return OfTenant(
        {**row, "currency": target, **{key: totals[key] for key in words.AMOUNTS}},
        found.unconverted,
    )
