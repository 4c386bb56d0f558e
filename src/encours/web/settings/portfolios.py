"""Portfolios by stored rules, who would move before they are applied; absences and stand-ins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import polars as pl
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from encours.attributes import queries as attributes
from encours.kernel.money import french_text
from encours.parties.actions import portfolio_rules as rule_actions
from encours.receivables.actions import portfolios as actions
from encours.receivables.queries import portfolios as queries
from encours.receivables.queries.portfolios import StoredRule
from encours.tenancy.actions import absences as absence_actions
from encours.tenancy.queries import absences, people, places
from encours.web import formats
from encours.web.answers import telling
from encours.web.ledger.subject import today
from encours.web.rights import StaffRequest, needs
from encours.web.settings import forms
from encours.web.settings.subject import settings_menu, shown
from encours.web.tables import Badge, Column, Table, answer, in_memory

PARTS: Final = {
    "collector": Badge(lazy("Recouvrement"), "blue"),
    "salesperson": Badge(lazy("Commercial"), "green"),
}
MOVES: Final = Table(
    name="portfolio-moves",
    caption=lazy("Clients qui changeraient de portefeuille"),
    columns=(
        Column("name", lazy("Client"), sort=True,
               link=lambda row: reverse("customer", args=[row["customer_id"]])),
        Column("code", lazy("Code"), "code", sort=True),
        Column("creditor", lazy("Société"), sort=True),
        Column("part", lazy("Comme"), "badge", badges=PARTS),
        Column("from_name", lazy("Aujourd'hui"), sort=True),
        Column("to_name", lazy("Deviendrait"), sort=True),
        Column("rule", lazy("Règle"), "count", sort=True),
    ),
    sort="name",
    empty=lazy("Personne ne change : les règles ont déjà donné chaque client."),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ShownRule:
    """A rule as a sentence, and whether this person may change it."""

    id: int
    number: int
    creditor: str
    part: Badge
    person: str
    criteria: str
    is_idle: bool
    may_write: bool


@require_GET
@needs("settings.read")
def portfolios(request: StaffRequest) -> HttpResponse:
    """Show who is away and who stands in, and the rules that share customers out."""
    return _page(request, *_forms(request))


@require_POST
@needs("settings.write")
def add(request: StaffRequest) -> HttpResponse:
    """Add a rule; nobody moves yet."""
    rule, absence = _forms(request, rule=request.POST)
    if not rule.is_valid():
        return _page(request, rule, absence)
    with telling(request, _("Règle ajoutée : voyez l'aperçu avant de l'appliquer.")):
        rule_actions.add_rule(**_actor(request), **rule.cleaned_data)
    return redirect("settings_portfolios")


@require_POST
@needs("settings.write")
def act(request: StaffRequest, rule_id: int, what: str) -> HttpResponse:
    """Try a rule earlier or later, or take it away."""
    found = [one.rule for one in queries.stored(request.tenant_id) if one.rule.pk == rule_id]
    if not found or what not in {"monter", "descendre", "retirer"}:
        raise Http404
    if not _may_write(request, found[0].creditor_id):
        raise PermissionDenied
    if what == "retirer":
        with telling(request, _("Règle retirée : chacun garde ses clients.")):
            rule_actions.end_rule(**_actor(request), rule_id=rule_id)
    else:
        with telling(request):
            rule_actions.move_rule(**_actor(request), rule_id=rule_id, up=what == "monter")
    return redirect("settings_portfolios")


@require_GET
@needs("settings.write")
def preview(request: StaffRequest) -> HttpResponseBase:
    """Show who would go to whom; nothing is written."""
    names = people.names(request.tenant_id)
    found = queries.moves(
        tenant_id=request.tenant_id, creditor_ids=request.scope.creditor_ids, on=today()
    )
    numbers = {one.rule.pk: at for at, one in enumerate(queries.stored(request.tenant_id), 1)}
    rows = [
        {
            **row,
            "from_name": names.get(row["from_id"], "–"),
            "to_name": names.get(row["to_id"], "–"),
            "rule": numbers.get(row["rule_id"]),
        }
        for row in found.filter(pl.col("to_id").ne_missing(pl.col("from_id"))).iter_rows(named=True)
    ]
    context = {**settings_menu(request), "count": len(rows)}
    page = "settings/portfolio_moves.html"
    return answer(request, MOVES, in_memory(rows), page=page, context=context)


@require_POST
@needs("settings.write")
def apply(request: StaffRequest) -> HttpResponse:
    """Give customers to whom the rules say."""
    with telling(request):
        count = actions.apply_rules(**_actor(request), creditor_ids=request.scope.creditor_ids)
        done = ngettext("%(n)s client attribué.", "%(n)s clients attribués.", count)
        messages.success(request, done % {"n": formats.count(count)})
    return redirect("settings_portfolios")


@require_POST
@needs("settings.write")
def absent(request: StaffRequest) -> HttpResponse:
    """Record an absence and who stands in."""
    rule, absence = _forms(request, absence=request.POST)
    if not absence.is_valid():
        return _page(request, rule, absence)
    with telling(request, _("Absence enregistrée.")):
        absence_actions.record_absence(**_actor(request), **absence.cleaned_data)
    return redirect("settings_portfolios")


@require_POST
@needs("settings.write")
def back(request: StaffRequest, absence_id: int) -> HttpResponse:
    """Take an absence back."""
    with telling(request, _("Absence retirée.")):
        absence_actions.withdraw_absence(**_actor(request), absence_id=absence_id)
    return redirect("settings_portfolios")


def _forms(request: StaffRequest, **given: Any) -> tuple[forms.PortfolioRule, forms.Absence]:
    names = list(people.names(request.tenant_id).items())
    mine = request.access.creditors("settings.write")
    everything = [("", _("Toutes les sociétés"))] if mine is None else []
    creditors = [(str(one.id), one.name) for one in places.creditors(request.tenant_id, mine)]
    own = attributes.fields(tenant_id=request.tenant_id, subject="customer")
    rule = forms.PortfolioRule(
        given.get("rule"),
        people=names,
        creditors=[*everything, *creditors],
        own=[(one.code, one.label) for one in own],
    )
    absence = forms.Absence(given.get("absence"), people=names, initial={"starts_on": today()})
    return rule, absence


def _page(request: StaffRequest, rule: forms.PortfolioRule, absence: forms.Absence) -> HttpResponse:
    names = people.names(request.tenant_id)
    own = attributes.fields(tenant_id=request.tenant_id, subject="customer")
    labels = {one.code: one.label for one in own}
    context = {
        "absences": absences.absences(tenant_id=request.tenant_id, since=today()),
        "rules": [
            _shown(request, one, number, names, labels)
            for number, one in enumerate(queries.stored(request.tenant_id), start=1)
            if one.rule.creditor_id is None or request.scope.covers(one.rule.creditor_id)
        ],
        "rule_form": rule,
        "absence_form": absence,
        "may_write": request.access.may("settings.write", request.creditor_id),
        "today": today(),
    }
    return shown(request, "settings/portfolios.html", context)


def _shown(
    request: StaffRequest,
    one: StoredRule,
    number: int,
    names: Mapping[int, str],
    labels: Mapping[str, str],
) -> ShownRule:
    rule = one.rule
    said = [
        (_("code postal"), ", ".join(rule.postcodes)),
        (_("pays"), ", ".join(rule.countries)),
        (_("nature"), ", ".join(str(dict(forms.CLASSES)[code]) for code in rule.classes)),
        (_("noms"), f"{rule.first_letter}–{rule.last_letter}" if rule.first_letter else ""),
        (_("commercial"), names.get(rule.salesperson or 0, "")),
        (_("encours d'au moins"), _amount(rule.open_from_cents)),
        (_("encours de moins de"), _amount(rule.open_to_cents)),
        (labels.get(rule.field_code, rule.field_code), rule.field_value),
    ]
    return ShownRule(
        id=rule.pk,
        number=number,
        creditor=rule.creditor.name if rule.creditor else _("Toutes les sociétés"),
        part=PARTS[rule.part],
        person=names.get(rule.user_id, _("quelqu'un qui n'est plus là")),
        criteria=" · ".join(f"{label} {value}" for label, value in said if value),
        is_idle=one.is_idle,
        may_write=_may_write(request, rule.creditor_id),
    )


def _amount(cents: int | None) -> str:
    return "" if cents is None else french_text(cents)


def _may_write(request: StaffRequest, creditor_id: int | None) -> bool:
    """Say whether a rule may be changed: one of all creditors by whoever manages them all."""
    if creditor_id is None:
        return request.access.everywhere("settings.write")
    return request.access.may("settings.write", creditor_id)


def _actor(request: StaffRequest) -> dict[str, Any]:
    return {"tenant_id": request.tenant_id, "actor_id": request.access.user_id, "today": today()}
