"""The list of the calls of the day, ordered by what each may bring."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET

from encours.recovery.queries.worklist import ToCall, calls_by_collector, worklist
from encours.tenancy.queries import people
from encours.tenancy.rights import COLLECTOR
from encours.web.recovery import words
from encours.web.rights import StaffRequest, creditors_of, needs, people_of
from encours.web.tables import Badge, Column, Filter, Source, Table, answer, in_memory

NOBODY: Final = "0"
KINDS: Final = (
    ("", lazy("Tous")),
    ("step", lazy("Étapes de relance")),
    ("call_back", lazy("À rappeler")),
    ("task", lazy("Autres actions")),
)
CALLS: Final = Table(
    name="calls",
    caption=lazy("Appels du jour"),
    columns=(
        Column("name", lazy("Client"), sort=True,
               link=lambda row: reverse("call", args=[row.id])),
        Column("reasons", lazy("Pour"), wide=True),
        Column("at", lazy("À"), "instant", sort=True),
        Column("overdue_cents", lazy("Échu"), "money", sort=True),
        Column("gain_cents", lazy("Gain attendu"), "money", sort=True),
        Column("why", lazy("Pourquoi ici"), wide=True),
        Column("collector", lazy("Chargé"), sort=True),
    ),
    sort="-gain_cents",
    empty=lazy("Personne à appeler aujourd'hui."),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the list."""

    id: int
    creditor_id: int
    code: str
    name: str
    reasons: str
    kinds: frozenset[str]
    at: datetime | None
    overdue_cents: int
    gain_cents: int
    currency: str
    why: str
    collector_id: int | None
    collector: str


@require_GET
@needs("calls.read")
def calls(request: StaffRequest) -> HttpResponseBase:
    """List whom to call today; who collects sees theirs and those of nobody, a manager all."""
    found = worklist(
        tenant_id=request.tenant_id,
        creditor_ids=request.scope.creditor_ids,
        now=timezone.now(),
        today=timezone.localdate(),
    )
    names = people.names(request.tenant_id)
    lines = [_line(row, names) for row in seen(request, found.rows)]
    load = Counter(line.collector_id for line in lines)
    context = {
        "count": len({line.id for line in lines}),
        "load": [(names.get(who or 0, ""), who or 0, load[who]) for who in _by_name(load, names)],
        "held": sorted(found.held.items()),
        "chosen": request.GET.get("collector", ""),
    }
    source = in_memory(lines, matches=_matches)
    sums = _sums(lines)
    if sums:
        source = Source(source.rows, lambda window: _sums(_kept(lines, window.filters)),
                        source.count)  # fmt: skip
    table = _table(request, names, load)
    return answer(request, table, source, page="recovery/calls.html", context=context)


@require_GET
@needs("calls.read")
def load(request: StaffRequest) -> HttpResponse:
    """Say how many customers wait for a call, by who follows them; at most, see the query."""
    found = calls_by_collector(
        tenant_id=request.tenant_id,
        creditor_ids=request.scope.creditor_ids,
        on=timezone.localdate(),
    )
    if request.scope.people is not None:
        found = {who: count for who, count in found.items() if who in request.scope.people}
    names = people.names_of({who for who in found if who})
    context = {
        "total": sum(found.values()),
        "load": [(names.get(who or 0, ""), found[who]) for who in _by_name(found, names)],
    }
    return render(request, "recovery/_load.html", context)


def seen(request: StaffRequest, rows: Sequence[ToCall]) -> list[ToCall]:
    """Keep the rows that this person may see."""
    scope, access = request.scope, request.access
    within = [row for row in rows
              if scope.covers(row.customer.creditor_id)
              and scope.is_own(row.customer.salesperson_id, row.collector_id)]  # fmt: skip
    if not any(grant.role == COLLECTOR for grant in access.grants):
        return within
    mine = {None, *people_of(request)}
    return [
        row
        for row in within
        if access.role_at(row.customer.creditor_id) != COLLECTOR or row.collector_id in mine
    ]


def _line(row: ToCall, names: Mapping[int, str]) -> Line:
    kinds = {"step"} if row.steps else set[str]()
    kinds |= {"call_back" if one.kind == "call" else "task" for one in row.tasks}
    return Line(
        id=row.customer.id,
        creditor_id=row.customer.creditor_id,
        code=row.customer.code,
        name=row.customer.name,
        reasons=words.reasons(row),
        kinds=frozenset(kinds),
        at=row.at,
        overdue_cents=row.owed.cents,
        gain_cents=row.gain_cents,
        currency=row.currency,
        why=words.why(row),
        collector_id=row.collector_id,
        collector=names.get(row.collector_id or 0, ""),
    )


def _table(
    request: StaffRequest, names: Mapping[int, str], load: Mapping[int | None, int]
) -> Table:
    known = [(str(who), names[who]) for who in _by_name(load, names) if who and who in names]
    filters = (
        Filter("q", lazy("Rechercher"), placeholder=lazy("Client ou code")),
        Filter("collector", lazy("Chargé"), "select",
               (("", lazy("Tous")), *known, (NOBODY, lazy("Personne")))),
        Filter("kind", lazy("Pour"), "select", KINDS),
    )  # fmt: skip
    columns = CALLS.columns
    creditors = creditors_of(request)
    if request.creditor_id is None and len(creditors) > 1:
        badges = {one.id: Badge(one.name) for one in creditors}
        named = Column("creditor_id", lazy("Société"), "badge", badges=badges)  # type: ignore[arg-type]
        columns = (columns[0], named, *columns[1:])
    return replace(CALLS, columns=columns, filters=filters)


def _by_name(load: Mapping[int | None, int], names: Mapping[int, str]) -> list[int | None]:
    return sorted(load, key=lambda who: (who is None, names.get(who or 0, "")))


def _kept(lines: Sequence[Line], filters: Mapping[str, str]) -> list[Line]:
    return [line for line in lines if _matches(line, filters)]


def _matches(line: Line, filters: Mapping[str, str]) -> bool:
    typed = filters.get("q", "").casefold()
    who = filters.get("collector", "")
    kind = filters.get("kind", "")
    return (
        (typed in line.name.casefold() or typed in line.code.casefold())
        and (not who or str(line.collector_id or NOBODY) == who)
        and (not kind or kind in line.kinds)
    )


def _sums(lines: Sequence[Line]) -> dict[str, Any]:
    """Add up what is in one currency; several are not added."""
    currencies = {line.currency for line in lines}
    if len(currencies) != 1:
        return {}
    return {
        "overdue_cents": sum(line.overdue_cents for line in lines),
        "gain_cents": sum(line.gain_cents for line in lines),
        "currency": currencies.pop(),
    }
