"""Who is followed: the share of overdue customers whom a scenario writes to, and why not others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import polars as pl
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET

from encours.dunning.queries import coverage as queries
from encours.dunning.rules import coverage as rules
from encours.tenancy.kept import kept
from encours.tenancy.queries.places import CreditorChoice
from encours.web import links
from encours.web.chosen import of_creditors
from encours.web.dunning import subject
from encours.web.dunning.sentences import REASONS, choices
from encours.web.rights import StaffRequest, needs
from encours.web.tables import Badge, Column, Filter, Source, Table, Window, answer
from encours.web.wording import Text

STATES: Final[Mapping[str, Badge]] = {
    rules.NONE: Badge(lazy("Non suivi"), "red"),
    rules.PART: Badge(lazy("Suivi en partie"), "orange"),
    rules.WHOLE: Badge(lazy("Suivi"), "green"),
}
ADVICE: Final[Mapping[str, tuple[Text, str]]] = {
    "deceased": (lazy("Voir la succession, puis passer au contentieux ou en perte."), ""),
    "protected": (lazy("Noter l'adresse du représentant, à qui écrire."), ""),
    "insolvent": (lazy("Déclarer la créance dans les deux mois."), ""),
    "over_indebted": (lazy("Attendre le plan de la commission de surendettement."), ""),
    "handed_over": (lazy("Rien : le contentieux suit ces dossiers."), ""),
    "assigned": (lazy("Rien : le factor encaisse."), ""),
    "intra_group": (lazy("Rien : ces soldes se règlent à l'intérieur du groupe."), ""),
    "time_barred": (lazy("Passer ces créances en perte."), ""),
    "no_document": (lazy("Donner un numéro aux factures qui n'en ont pas."), "invoices_unnumbered"),
    "due_date_unconfirmed": (lazy("Confirmer les conditions de règlement."), "settings_terms"),
    "disputed": (lazy("Traiter le litige, puis le clore : la relance reprend d'elle-même."), ""),
    "plan": (lazy("Rien : l'échéancier court."), ""),
    "promised": (lazy("Rien : la relance reprend si la promesse n'est pas tenue."), ""),
    "einvoice": (lazy("Corriger et émettre de nouveau la facture rejetée."), ""),
    "credit_expected": (lazy("Émettre l'avoir annoncé."), ""),
    "direct_payer": (lazy("Suivre avec celui qui paie à la place du client."), ""),
    "in_flight": (lazy("Rien : le règlement est en route."), ""),
    "paused": (lazy("Vérifier que la pause a encore une raison d'être."), ""),
    "never": (lazy("Vérifier ce choix sur la page du client, ou la règle qui le donne."), ""),
    "covered": (lazy("Lettrer les règlements reçus."), "proposals"),
    "triage": (lazy("Décider des retards d'avant la mise en service."), "triage"),
    "unknown_class": (lazy("Confirmer la nature de ces clients."), "customers_classes"),
    "ladder_done": (lazy("Appeler, puis passer au contentieux ou en perte."), ""),
    "no_agency": (lazy("Compléter la fiche du cabinet de recouvrement."), "settings_agency"),
    "no_contact": (lazy("Trouver une adresse à ces clients."), "unreachable"),
    "below_minimum": (lazy("Rien, ou baisser le minimum du scénario."), "settings_scenarios"),
    "out_of_bounds": (
        lazy("Rien, ou revoir les bornes de l'étape dans le scénario."),
        "settings_scenarios",
    ),
    "stale": (lazy("Importer vos écritures."), "imports"),
    "not_live": (lazy("Remettre les envois en marche quand ils peuvent l'être."), "plan_golive"),
}
"""What to do about each reason, and the page where it is done."""

CUSTOMERS: Final = Table(
    name="coverage",
    caption=lazy("Clients en retard"),
    columns=(
        Column(
            "name", lazy("Client"), sort=True, link=lambda row: links.customer(row["customer_id"])
        ),
        Column("overdue_cents", lazy("En retard"), "money", sort=True),
        Column("left_cents", lazy("Non suivi"), "money", sort=True),
        Column("oldest_on", lazy("Plus ancienne échéance"), "date", sort=True),
        Column("state", lazy("Suivi"), "badge", badges=STATES),
        Column("reason", lazy("Motif"), "badge", badges=REASONS),
        Column("scenario_name", lazy("Scénario"), sort=True),
    ),
    sort="-left_cents",
    filters=(
        Filter("q", lazy("Rechercher"), placeholder=lazy("Client, code")),
        Filter("state", lazy("Suivi"), "select", choices(STATES, lazy("Tous"))),
        Filter("reason", lazy("Motif"), "select", choices(REASONS, lazy("Tous"))),
    ),
    empty=lazy("Aucun client à montrer."),
)


@dataclass(frozen=True, slots=True)
class Left:
    """A reason, who has it and what to do; `page` is an address or nothing."""

    badge: Badge
    state: str
    reason: str
    customers: int
    amounts: tuple[tuple[str, int], ...]
    advice: Text
    page: str
    is_current: bool


@require_GET
@needs("dunning.read")
@of_creditors
def coverage(request: StaffRequest, *, creditors: tuple[CreditorChoice, ...]) -> HttpResponseBase:
    """Show the share that is followed, the reasons of the rest, and each customer."""
    mine = subject.those(request, creditors)
    rows = _rows(request, mine)
    chosen = request.GET.get("state", ""), request.GET.get("reason", "")
    left = [_left(one, chosen) for one in rules.groups(rows)]
    context = {
        **subject.heads(request, mine),
        "figure": rules.figure(rows),
        "none": [one for one in left if one.state == rules.NONE],
        "part": [one for one in left if one.state == rules.PART],
    }
    first, *others = CUSTOMERS.columns
    table = replace(CUSTOMERS, columns=(first, *mine.column, *others))
    return answer(request, table, _source(rows), page="dunning/coverage.html", context=context)


@require_GET
@needs("dunning.read")
@of_creditors
def share(request: StaffRequest, *, creditors: tuple[CreditorChoice, ...]) -> HttpResponse:
    """Draw the figure alone, for the pages that load it once they are shown."""
    rows = _rows(request, subject.those(request, creditors))
    return render(request, "dunning/_share.html", {"figure": rules.figure(rows)})


def _rows(request: StaffRequest, mine: subject.Those) -> pl.DataFrame:
    """Return the rows of these creditors, kept as long as the ledger is what it was."""
    days = {one.id: mine.days[one.id] for one in mine.creditors}
    key = ("coverage", tuple((id_, day.today, day.is_stale) for id_, day in days.items()))

    def asked() -> pl.DataFrame:
        told = [
            queries.coverage(
                tenant_id=request.tenant_id,
                creditor_id=id_,
                on=days[id_].today,
                now=timezone.now(),
            ).with_columns(creditor_id=pl.lit(id_, pl.Int64))
            for id_ in sorted(days)
        ]
        return pl.concat(told).with_columns(
            id=pl.format("{}-{}", "customer_id", pl.col("currency"))
        )

    rows = kept(request.tenant_id, key, asked)
    own = subject.own_customers(request)
    return rows if own is None else rows.filter(pl.col("customer_id").is_in(list(own)))


def _left(one: rules.Group, chosen: tuple[str, str]) -> Left:
    advice, page = ADVICE.get(one.reason, ("", ""))
    return Left(
        badge=REASONS[one.reason],
        state=one.state,
        reason=one.reason,
        customers=one.customers,
        amounts=one.amounts,
        advice=advice,
        page=links.to(page) if page else "",
        is_current=chosen == (one.state, one.reason),
    )


def _source(frame: pl.DataFrame) -> Source:
    def found(window: Window) -> pl.DataFrame:
        asked = frame
        for name in ("state", "reason"):
            if value := window.filters.get(name):
                asked = asked.filter(pl.col(name) == value)
        if typed := window.filters.get("q", "").lower():
            named = pl.col("name", "code").fill_null("").str.to_lowercase()
            asked = asked.filter(pl.any_horizontal(named.str.contains(typed, literal=True)))
        return asked

    def rows(window: Window) -> Iterable[dict[str, Any]]:
        asked = found(window)
        if window.sort:
            way = [window.is_descending, False]
            asked = asked.sort([window.sort, "id"], descending=way, nulls_last=True)
        return asked.slice(window.offset, window.limit).iter_rows(named=True)

    return Source(rows=rows, count=lambda window: found(window).height)
