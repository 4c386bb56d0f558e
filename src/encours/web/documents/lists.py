"""Kept files as lists, and the page of one: what it proves, its pages, what may be done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any, Final

from django.conf import settings
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET

from encours.documents.queries import intakes
from encours.documents.queries import lists as queries
from encours.documents.queries.lists import Asked, DocumentRow
from encours.receivables.queries import documents as invoices
from encours.web import chosen
from encours.web.documents import sentences
from encours.web.ledger.customer import head
from encours.web.ledger.subject import customer_or_404
from encours.web.rights import StaffRequest, needs, require
from encours.web.tables import Badge, Column, Filter, Source, Table, Window, answer

MEGABYTE: Final = 1024 * 1024
PAGES_SHOWN: Final = 20
LOOSE: Final = {
    "loose": Badge(lazy("À rattacher"), "orange"),
    "attached": Badge(lazy("Rattachée"), "green"),
}
DOCUMENTS: Final = Table(
    name="documents",
    caption=lazy("Pièces"),
    columns=(
        Column("name", lazy("Pièce"), sort=True, wide=True,
               link=lambda row: reverse("document", args=[row["id"]])),
        Column("kind", lazy("Nature"), "badge", badges=sentences.KIND_BADGES),
        Column("proves", lazy("Rattachée à"), wide=True),
        Column("state", lazy("État"), "badge", badges=LOOSE),
        Column("dated_on", lazy("Datée du"), "date", sort=True),
        Column("created_at", lazy("Reçue le"), "instant", sort=True),
        Column("kilobytes", lazy("Taille (ko)"), "count"),
        Column("source", lazy("Origine")),
        Column("sha256", lazy("Empreinte SHA-256"), "code"),
    ),
    sort="-created_at",
    filters=(
        Filter("q", lazy("Rechercher"), placeholder=lazy("Nom du fichier")),
        Filter("kind", lazy("Nature"), "select",
               (("", lazy("Toutes")), *((kind, word) for kind, word in sentences.KINDS.items()))),
        Filter("loose", lazy("Seulement les pièces à rattacher"), "checkbox"),
        Filter("since", lazy("Reçues depuis"), "date"),
    ),
    empty=lazy("Aucune pièce : déposez factures, commandes et bons de livraison."),
)  # fmt: skip
FILE_ONLY: Final = frozenset({"sha256", "dated_on", "source"})
ON_PAGE: Final = tuple(one for one in DOCUMENTS.columns if one.key not in FILE_ONLY)


@require_GET
@needs("documents.read")
def documents(request: StaffRequest) -> HttpResponseBase:
    """List every file, under the place where a ZIP is dropped."""
    mine = chosen.creditors(request)
    context = {
        "choices": [one for one in mine if request.access.may("documents.write", one.id)],
        "may_see_claims": request.access.may("ledger.read", request.creditor_id),
        "intakes": [
            (row, sentences.STATES[row.state])
            for row in intakes.intakes(
                tenant_id=request.tenant_id, creditor_ids=request.scope.creditor_ids
            )
        ],
    }
    return _listed(request, Asked(), page="documents/list.html", context=context)


@require_GET
@needs("documents.read")
def of_customer(request: StaffRequest, customer_id: int) -> HttpResponseBase:
    """List the files of a customer, its invoices' included, with a place to drop more."""
    owner = customer_or_404(request, customer_id)
    context = {
        **head(request, owner),
        "subject": ("customer_id", customer_id),
        "may_bring": request.access.may("documents.write", owner.creditor_id),
        "kinds": sentences.KINDS.items(),
        "megabytes": settings.DOCUMENT_MAX_BYTES // MEGABYTE,
    }
    asked = Asked(customer_id=customer_id)
    return _listed(request, asked, page="documents/of_customer.html", context=context)


@require_GET
@needs("documents.read")
def document(request: StaffRequest, document_id: int) -> HttpResponse:
    """Show one file."""
    row = document_or_404(request, document_id)
    may_write = request.access.may("documents.write", row.creditor_id)
    context = {
        "row": row,
        "kind": sentences.KINDS[row.kind],
        "source": sentences.SOURCES[row.source],
        "kinds": sentences.KINDS.items(),
        "pages": range(1, min(row.pages or 0, PAGES_SHOWN) + 1),
        "is_picture": row.content_type in {"image/png", "image/jpeg"},
        "candidates": list(_candidates(request, row)),
        "may_write": may_write,
        "may_remove": request.access.may("documents.remove", row.creditor_id),
    }
    return render(request, "documents/one.html", context)


def document_or_404(
    request: StaffRequest, document_id: int, right: str = "documents.read"
) -> DocumentRow:
    """Return a file that this person may see; 404 out of scope, 403 without the right."""
    row = queries.document(
        tenant_id=request.tenant_id,
        document_id=document_id,
        creditor_ids=request.scope.creditor_ids,
        people=request.scope.people,
    )
    if row is None:
        raise Http404
    require(request, right, row.creditor_id)
    return row


def _listed(
    request: StaffRequest, asked: Asked, *, page: str, context: dict[str, Any]
) -> HttpResponseBase:
    def rows(window: Window) -> Iterable[dict[str, Any]]:
        given = window.filters
        wanted = replace(
            asked,
            creditor_ids=request.scope.creditor_ids,
            people=request.scope.people,
            kind=given.get("kind", ""),
            search=given.get("q", ""),
            since=_day(given.get("since")),
            is_loose=bool(given.get("loose")),
            sort=window.sort,
            descending=window.is_descending,
            offset=window.offset,
            limit=window.limit,
        )
        found = queries.documents(tenant_id=request.tenant_id, asked=wanted)
        return (_shown(row) for row in found)

    exported = bool(request.GET.get("export"))
    table = DOCUMENTS if exported else replace(DOCUMENTS, columns=ON_PAGE)
    return answer(request, table, Source(rows=rows), page=page, context=context)


def _shown(row: DocumentRow) -> dict[str, Any]:
    proves = [" ".join(filter(None, (link.label, link.customer))) for link in row.links]
    return {
        "id": row.id,
        "name": row.name,
        "kind": row.kind,
        "proves": ", ".join(proves),
        "state": "attached" if row.links else "loose",
        "dated_on": row.dated_on,
        "created_at": row.created_at,
        "kilobytes": -(-row.size_bytes // 1024),
        "source": str(sentences.SOURCES[row.source]),
        "sha256": row.sha256,
    }


def _candidates(request: StaffRequest, row: DocumentRow) -> Iterator[Any]:
    for invoice_id in row.candidates[:PAGES_SHOWN]:
        found = invoices.invoice_page(tenant_id=request.tenant_id, invoice_id=invoice_id)
        if found is not None:
            yield found


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None
