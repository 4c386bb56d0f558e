"""The list of customers, those who cannot be reached, and what they are to the law, in bulk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from dataclasses import fields as dataclass_fields
from typing import Any, Final

import polars as pl
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from encours.attributes.rules import Field
from encours.dunning.queries import holds
from encours.parties import queries as parties
from encours.parties.actions import customers as actions
from encours.parties.actions import portfolios
from encours.receivables.actions import due_dates
from encours.receivables.queries import customers as queries
from encours.receivables.queries import terms as terms_queries
from encours.receivables.queries import unreachable as reach
from encours.receivables.queries.moment import Moment
from encours.receivables.queries.terms import TermsRow
from encours.receivables.rules.classes import propose_class
from encours.risk import queries as risk
from encours.scoring.queries.stored import paying
from encours.tenancy.queries import people, places
from encours.web import own_fields
from encours.web.answers import telling
from encours.web.ledger import words
from encours.web.ledger.subject import moment_of, today
from encours.web.rights import StaffRequest, creditors_of, needs, require
from encours.web.scoring.words import PROFILE_CHOICES, PROFILES
from encours.web.tables import Badge, Column, Filter, Source, Table, Window, answer, in_frame

CHOICES: Final = (
    ("", lazy("Tous")),
    ("owing", lazy("Qui doivent")),
    ("overdue", lazy("En retard")),
    ("old", lazy("Plus de 90 jours")),
    ("credit", lazy("Créditeurs")),
    ("unreachable", lazy("Injoignables par e-mail")),
    ("unconfirmed", lazy("Nature à confirmer")),
)
CLASS_CHOICES: Final = (("", lazy("Toutes natures")), *words.CLASSES.items())
REACH: Final[dict[Any, Badge]] = {
    True: Badge(lazy("oui"), "green"),
    False: Badge(lazy("non"), "orange"),
}


def _to_customer(row: Any) -> str:
    key = row["customer_id"] if isinstance(row, dict) else row.id
    return reverse("customer", args=[key])


ORDERS: Final = (("", lazy("Toutes")), ("held", lazy("Commandes bloquées")))
CUSTOMERS: Final = Table(
    name="customers",
    caption=lazy("Clients"),
    columns=(
        Column("name", lazy("Client"), sort=True, link=_to_customer),
        Column("code", lazy("Code"), "code", sort=True),
        Column("city", lazy("Ville"), sort=True),
        Column("debtor_class", lazy("Nature"), "badge", badges=words.CLASS_BADGES),
        Column("profile", lazy("Profil"), "badge", sort=True, badges=PROFILES),
        Column("open", lazy("Encours"), "money", sort=True, total=True),
        Column("overdue", lazy("Échu"), "money", sort=True, total=True),
        Column("d90_plus", lazy("Plus de 90 jours"), "money", sort=True, total=True),
        Column("unallocated", lazy("Non lettré"), "money", sort=True, total=True),
        Column("net", lazy("Solde"), "money", sort=True, total=True),
        Column("limit_cents", lazy("Limite de crédit"), "money"),
        Column("expected", lazy("Retard attendu (j)"), "count", sort=True),
    ),
    sort="-open",
    select="ids",
    select_form="terms-form",
    filters=(
        Filter("q", lazy("Rechercher"), placeholder=lazy("Nom, code ou ville")),
        Filter("state", lazy("Afficher"), "select", CHOICES),
        Filter("class", lazy("Nature"), "select", CLASS_CHOICES),
        Filter("profile", lazy("Profil"), "select", (("", lazy("Tous profils")), *PROFILE_CHOICES)),
        Filter("orders", lazy("Commandes"), "select", ORDERS),
    ),
    empty=lazy("Les clients viennent avec le premier import."),
)


@require_GET
@needs("customers.read")
def customers(request: StaffRequest) -> HttpResponseBase:
    """Show the customers, who owes most first."""
    moment = moment_of(request)
    fields = own_fields.listed(request, "customer")
    source = _source(moment, fields)
    may_confirm = request.access.may("customers.write", request.creditor_id)
    terms = _terms(request) if may_confirm else []
    is_assigning = may_confirm and request.GET.get("assign") == "1"
    context = {
        "as_of": moment.as_of,
        "may_confirm": may_confirm,
        "terms": terms,
        "people": people.names(request.tenant_id).items() if is_assigning else (),
        "is_assigning": is_assigning,
    }
    table = replace(
        CUSTOMERS,
        select=CUSTOMERS.select if terms or is_assigning else "",
        columns=(*CUSTOMERS.columns, *own_fields.columns(fields)),
        filters=(*CUSTOMERS.filters, *own_fields.filters(fields)),
    )
    return answer(request, table, source, page="ledger/customers.html", context=context)


def _terms(request: StaffRequest) -> list[TermsRow]:
    """Return the terms to choose from: those of the creditor shown, when there is but one."""
    creditor_id = request.creditor_id
    if creditor_id is None:
        choices = [one for one in creditors_of(request) if request.scope.covers(one.id)]
        if len(choices) != 1:
            return []
        creditor_id = choices[0].id
    return terms_queries.terms_of(tenant_id=request.tenant_id, creditor_id=creditor_id)


@require_POST
@needs("customers.write")
def assign(request: StaffRequest) -> HttpResponse:
    """Give the customers that were ticked their salesperson or their collector."""
    ids = [int(one) for one in request.POST.getlist("ids") if one.isascii() and one.isdecimal()]
    who = request.POST.get("user_id", "")
    for creditor_id in parties.creditors_of(tenant_id=request.tenant_id, customer_ids=ids):
        require(request, "customers.write", creditor_id)
    if ids:
        with telling(request, _("Clients attribués.")):
            portfolios.assign(
                tenant_id=request.tenant_id,
                customer_ids=ids,
                part=request.POST.get("part", ""),
                user_id=int(who) if who.isascii() and who.isdecimal() else None,
                actor_id=request.access.user_id,
                today=today(),
            )
    return redirect("customers")


@require_POST
@needs("customers.write")
def set_terms(request: StaffRequest) -> HttpResponse:
    """Give the customers that were ticked their payment terms; computed due dates follow."""
    wanted = request.POST.get("terms_id", "")
    terms_id = int(wanted) if wanted.isascii() and wanted.isdecimal() else 0
    exists, owner = terms_queries.terms_creditor(tenant_id=request.tenant_id, terms_id=terms_id)
    ids = [int(one) for one in request.POST.getlist("ids") if one.isascii() and one.isdecimal()]
    if not exists:
        raise Http404
    theirs = parties.creditors_of(tenant_id=request.tenant_id, customer_ids=ids)
    for creditor_id in {*theirs, *([owner] if owner else [])}:
        require(request, "customers.write", creditor_id)
    if ids:
        with telling(request, _("Conditions de règlement changées.")):
            actor: dict[str, Any] = {
                "tenant_id": request.tenant_id,
                "customer_ids": ids,
                "actor_id": request.access.user_id,
                "today": today(),
            }
            actions.set_terms(terms_id=terms_id, **actor)
            for creditor_id in theirs:
                due_dates.recompute_due_dates(creditor_id=creditor_id, **actor)
    return redirect("customers")


@dataclass(frozen=True, slots=True)
class _Granted(queries.CustomerRow):
    """A customer with its limit of credit, None where nobody set one."""

    limit_cents: int | None = None


def _with_limits(rows: list[queries.CustomerRow], moment: Moment) -> list[_Granted]:
    granted = risk.limits_on(
        tenant_id=moment.tenant_id,
        customer_ids=[row.id for row in rows],
        currency=moment.currency,
        day=moment.as_of,
    )
    names = [one.name for one in dataclass_fields(queries.CustomerRow)]
    found = []
    for row in rows:
        values: dict[str, Any] = {name: getattr(row, name) for name in names}
        found.append(_Granted(**values | {"limit_cents": granted.get(row.id)}))
    return found


def _source(moment: Moment, fields: list[Field]) -> Source:
    known: dict[tuple[tuple[str, str], ...], pl.DataFrame] = {}

    def frame(window: Window) -> pl.DataFrame:
        given = window.filters
        key = tuple(sorted(given.items()))
        if key not in known:
            known[key] = queries.customers(
                moment,
                search=given.get("q", ""),
                state=given.get("state", ""),
                of=given.get("class", ""),
                conditions=own_fields.conditions(fields, given),
                beside=paying,
            )
            if profile := given.get("profile"):
                known[key] = known[key].filter(pl.col("profile") == profile)
            if given.get("orders") == "held":
                held = holds.held_customers(tenant_id=moment.tenant_id, on=moment.as_of)
                known[key] = known[key].filter(pl.col("id").is_in(list(held)))
        return known[key]

    def rows(window: Window) -> Iterable[Any]:
        shown = queries.rows(
            frame(window),
            sort=window.sort,
            descending=window.is_descending,
            offset=window.offset,
            limit=window.limit,
        )
        own = queries.with_own(shown, fields, tenant_id=moment.tenant_id)
        return _with_limits(list(own), moment)

    return Source(
        rows=rows,
        totals=lambda window: {**queries.sums(frame(window)), "currency": moment.currency},
        count=lambda window: frame(window).height,
    )


UNREACHABLE: Final = Table(
    name="unreachable",
    caption=lazy("Clients injoignables"),
    columns=(
        Column("name", lazy("Client"), sort=True, link=_to_customer),
        Column("code", lazy("Code"), "code", sort=True),
        Column("open", lazy("Encours"), "money", sort=True, total=True),
        Column("overdue", lazy("Échu"), "money", sort=True, total=True),
        Column("has_phone", lazy("Téléphone"), "badge", badges=REACH),
        Column("has_address", lazy("Adresse postale"), "badge", badges=REACH),
    ),
    sort="-open",
    empty=lazy("Tous vos clients débiteurs ont une adresse e-mail."),
)


@require_GET
@needs("customers.read")
def unreachable(request: StaffRequest) -> HttpResponseBase:
    """Show who owes and has no usable e-mail address, the largest debts first."""
    moment = moment_of(request)
    found = reach.unreachable_customers(moment).with_columns(currency=pl.lit(moment.currency))
    sums: dict[str, Any] = {name: int(found[name].sum()) for name in ("open", "overdue")}
    source = in_frame(found, totals={**sums, "currency": moment.currency})
    try:
        contacts_url = reverse("contacts_import")
    except NoReverseMatch:
        contacts_url = ""
    context = {"contacts_url": contacts_url}
    return answer(request, UNREACHABLE, source, page="ledger/unreachable.html", context=context)


CLASSES: Final = Table(
    name="classes",
    caption=lazy("Clients dont la nature est à confirmer"),
    columns=(
        Column("name", lazy("Client"), sort=True, link=_to_customer),
        Column("code", lazy("Code"), "code", sort=True),
        Column("city", lazy("Ville"), sort=True),
        Column("debtor_class", lazy("Proposition"), "badge", badges=words.CLASS_BADGES),
        Column("open", lazy("Encours"), "money", sort=True),
    ),
    sort="name",
    per_page=500,
    select="ids",
    select_form="classes-form",
    empty=lazy("La nature de tous vos clients est confirmée."),
    filters=(Filter("q", lazy("Rechercher"), placeholder=lazy("SARL, mairie, M. …")),),
)


@require_http_methods(["GET", "POST"])
@needs("customers.read")
def classes(request: StaffRequest) -> HttpResponseBase:
    """Say what customers are: all of them but those ticked, or only those ticked."""
    if request.method == "POST":
        return _confirm(request)
    moment = moment_of(request)

    def rows(window: Window) -> Iterable[Any]:
        found = queries.customers(moment, search=window.filters.get("q", ""), state="unconfirmed")
        shown = queries.rows(
            found,
            sort=window.sort,
            descending=window.is_descending,
            offset=window.offset,
            limit=window.limit,
        )
        return [replace(row, debtor_class=_proposed(row)) for row in shown]

    choices = places.creditors(request.tenant_id, request.scope.creditor_ids)
    context = {
        "classes": [(key, label) for key, label in words.CLASSES.items() if key != "unknown"],
        "creditors": choices,
        "creditor_id": request.creditor_id or (choices[0].id if choices else None),
        "may_write": request.access.may("customers.write", request.creditor_id),
    }
    return answer(request, CLASSES, Source(rows=rows), page="ledger/classes.html", context=context)


def _confirm(request: StaffRequest) -> HttpResponse:
    posted = request.POST
    creditor = posted.get("creditor_id", "")
    if not (creditor.isascii() and creditor.isdecimal()):
        return redirect("customers_classes")
    creditor_id = int(creditor)
    require(request, "customers.write", creditor_id)
    ticked = [int(one) for one in posted.getlist("ids") if one.isascii() and one.isdecimal()]
    actor: dict[str, Any] = {
        "tenant_id": request.tenant_id,
        "actor_id": request.access.user_id,
        "today": today(),
    }
    debtor_class = posted.get("debtor_class", "")
    with telling(request, _("C'est noté : la nature de ces clients est confirmée.")):
        if posted.get("who") == "all":
            apart = posted.get("others", "")
            apart = apart if apart in words.CLASSES else "unknown"
            actions.confirm_classes(
                creditor_id=creditor_id,
                debtor_class=debtor_class,
                exceptions={apart: ticked} if ticked else None,
                **actor,
            )
        elif posted.get("who") == "proposed":
            _accept_proposals(request, creditor_id, set(ticked), actor)
        elif ticked:
            actions.confirm_class(customer_ids=ticked, debtor_class=debtor_class, **actor)
    return redirect("customers_classes")


def _accept_proposals(
    request: StaffRequest, creditor_id: int, apart: set[int], actor: dict[str, Any]
) -> None:
    """Confirm what is proposed for each customer but those ticked; nothing where nothing is."""
    moment = replace(moment_of(request), creditor_ids=(creditor_id,))
    found = queries.customers(moment, state="unconfirmed")
    by_class: dict[str, list[int]] = defaultdict(list)
    for row in queries.rows(found, sort="name", descending=False):
        if row.id not in apart:
            by_class[_proposed(row)].append(row.id)
    by_class.pop("unknown", None)
    for debtor_class, ids in by_class.items():
        actions.confirm_class(customer_ids=ids, debtor_class=debtor_class, **actor)


def _proposed(row: queries.CustomerRow) -> str:
    """Return the class that the name and the numbers point to, the stored one first."""
    if row.debtor_class != "unknown":
        return row.debtor_class
    known = {"siren": row.siren, "vat_number": row.vat_number, "country": row.country}
    return propose_class(row.name, **known).debtor_class.value
