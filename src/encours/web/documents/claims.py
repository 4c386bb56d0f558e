"""Overdue claims and what each lacks for court."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET

from encours.legal.queries import claims as queries
from encours.legal.queries.claims import Asked
from encours.web.ledger.subject import moment_of
from encours.web.rights import StaffRequest, needs
from encours.web.tables import Column, Filter, Source, Table, Window, answer

CLAIMS: Final = Table(
    name="claims",
    caption=lazy("Créances échues et leurs preuves"),
    columns=(
        Column("document", lazy("Facture"), "code",
               link=lambda row: reverse("invoice", args=[row.id])),
        Column("customer_name", lazy("Client"), sort=True,
               link=lambda row: reverse("customer_documents", args=[row.customer_id])),
        Column("due_on", lazy("Échéance"), "date", sort=True),
        Column("open_cents", lazy("Reste dû"), "money", sort=True),
        Column("score", lazy("Dossier (%)"), "count"),
        Column("lacking", lazy("Il manque"), wide=True),
    ),
    sort="due_on",
    filters=(
        Filter("q", lazy("Rechercher"), placeholder=lazy("N° de facture ou nom du client")),
        Filter("lacks", lazy("Il manque"), "select", (
            ("", lazy("Peu importe")),
            ("invoice", lazy("La facture")),
            ("agreement", lazy("Commande, devis ou contrat")),
            ("performance", lazy("Livraison ou exécution")),
            ("formal_notice", lazy("Mise en demeure")),
            ("class", lazy("Type du client confirmé")),
        )),
    ),
    empty=lazy("Aucune créance échue."),
)  # fmt: skip


@require_GET
@needs("ledger.read")
def claims(request: StaffRequest) -> HttpResponseBase:
    """List the overdue claims with their score and the required pieces they lack."""
    moment = moment_of(request)

    def rows(window: Window) -> Iterable[Any]:
        asked = Asked(
            search=window.filters.get("q", ""),
            lacks=window.filters.get("lacks", ""),
            sort=window.sort,
            descending=window.is_descending,
            offset=window.offset,
            limit=window.limit,
        )
        return queries.overdue_claims(moment, asked)

    return answer(request, CLAIMS, Source(rows=rows), page="documents/claims.html")
