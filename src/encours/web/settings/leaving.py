"""What leaves and what goes: the export of everything, a person's data, the end of retention."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET, require_POST

from encours.custody import jobs
from encours.custody.actions import departures, erasing
from encours.custody.queries import departures as asked
from encours.custody.queries import persons, retention
from encours.custody.queries.departures import DepartureRow
from encours.custody.queries.persons import PersonCard
from encours.tenancy.persons import Person
from encours.web.answers import fragment, telling
from encours.web.documents.sentences import KIND_BADGES
from encours.web.ledger.subject import customer_or_404
from encours.web.rights import StaffRequest, fresh_login, needs, require_everywhere
from encours.web.settings.subject import settings_menu, shown
from encours.web.tables import Badge, Column, Table, answer, in_memory

AHEAD: Final = timedelta(days=90)
PEOPLE_SHOWN: Final = 50
STATES: Final = {
    "running": Badge(lazy("En cours"), "blue"),
    "ready": Badge(lazy("Prête"), "green"),
    "failed": Badge(lazy("Interrompue"), "red"),
    "expired": Badge(lazy("Expirée")),
}
WHATS: Final = {
    "contact": lazy("Fiche de l'interlocuteur"),
    "contacts": lazy("Interlocuteurs"),
    "note": lazy("Note libre"),
    "identity": lazy("Nom, adresse, identifiants"),
    "ledger": lazy("Factures et règlements"),
    "messages": lazy("Messages envoyés"),
    "document": lazy("Pièce"),
    "standing": lazy("Motifs notés"),
    "mandates": lazy("Mandats de prélèvement"),
    "journal": lazy("Valeurs personnelles du journal"),
}
OUTCOMES: Final = {
    "erased": Badge(lazy("Effacé"), "red"),
    "anonymised": Badge(lazy("Anonymisé"), "orange"),
    "kept": Badge(lazy("Gardé"), "green"),
}
PAST: Final = Table(
    name="retention",
    caption=lazy("Pièces dont la conservation se termine"),
    columns=(
        Column("name", lazy("Pièce"), wide=True,
               link=lambda row: reverse("document", args=[row.document_id])),
        Column("kind", lazy("Nature"), "badge", badges=KIND_BADGES),
        Column("until", lazy("Conservée jusqu'au"), "date", sort=True),
        Column("source", lazy("Pourquoi"), wide=True),
    ),
    sort="until",
    export_right="custody.export",
    empty=lazy("Rien ne sera détruit dans les 90 jours."),
)  # fmt: skip


@require_GET
@needs("custody.export")
def data(request: StaffRequest) -> HttpResponseBase:
    """Show the archives of everything and the files that retention will destroy."""
    require_everywhere(request, "custody.export")
    rows = asked.departures(tenant_id=request.tenant_id, kind="tenant")
    if request.htmx and request.htmx.target == "departures":
        return fragment(request, "settings/_departures.html", _departures(request, rows))
    day = timezone.localdate()
    past = retention.past(tenant_id=request.tenant_id, today=day + AHEAD)
    people = retention.persons(tenant_id=request.tenant_id, today=day + AHEAD)
    context = {
        **settings_menu(request),
        **_departures(request, rows),
        "people": people[:PEOPLE_SHOWN],
        "more": max(len(people) - PEOPLE_SHOWN, 0),
    }
    return answer(request, PAST, in_memory(past), page="settings/data.html", context=context)


@require_POST
@needs("custody.export")
@fresh_login("settings_data")
def ask_export(request: StaffRequest) -> HttpResponse:
    """Ask for the archive of everything."""
    require_everywhere(request, "custody.export")
    with telling(request, _("Export demandé : l'archive se prépare.")):
        number = departures.ask(tenant_id=request.tenant_id, actor_id=request.access.user_id)
        jobs.depart_soon(tenant_id=request.tenant_id, departure_id=number)
    return redirect("settings_data")


@require_GET
@needs("custody.export")
@fresh_login("settings_data")
def fetch(request: StaffRequest, departure_id: int) -> HttpResponseBase:
    """Hand an archive over while its time lasts, to whoever might ask for it."""
    row = asked.departure(tenant_id=request.tenant_id, departure_id=departure_id)
    if row is None or row.kind == "tenant":
        require_everywhere(request, "custody.export")
    else:
        _card(request, row.subject_type, row.subject_id or 0)
    with telling(request):
        path = departures.fetch(
            tenant_id=request.tenant_id, departure_id=departure_id, now=timezone.now()
        )
        name = f"encours-{departure_id}.zip"
        given = FileResponse(path.open("rb"), as_attachment=True, filename=name)
        given["Cache-Control"] = "private, no-store"
        return given
    return redirect("settings_data")


@require_GET
@needs("custody.persons")
def person(request: StaffRequest, kind: str, number: int) -> HttpResponse:
    """Show what an erasure would take and keep, and the archives given to that person."""
    card = _card(request, kind, number)
    day = timezone.localdate()
    made = erasing.decisions(tenant_id=request.tenant_id, person=card.person, today=day)
    rows = asked.departures(tenant_id=request.tenant_id, kind="person", subject_id=number)
    context = {
        "card": card,
        "kind": kind,
        "decisions": [(WHATS[one.what], OUTCOMES[one.outcome], one) for one in made],
        "asks_natural": kind == "customer" and card.debtor_class not in erasing.NATURAL,
        **_departures(request, [row for row in rows if row.subject_type == kind]),
    }
    return shown(request, "settings/person.html", context)


@require_POST
@needs("custody.persons")
def ask_access(request: StaffRequest, kind: str, number: int) -> HttpResponse:
    """Ask for the archive of what is held of a person."""
    card = _card(request, kind, number)
    with telling(request, _("Archive demandée : elle se prépare.")):
        departure_id = departures.ask(
            tenant_id=request.tenant_id, actor_id=request.access.user_id, person=card.person
        )
        jobs.depart_soon(tenant_id=request.tenant_id, departure_id=departure_id)
    return redirect("settings_person", kind, number)


@require_POST
@needs("custody.persons")
@fresh_login("settings_data")
def erase(request: StaffRequest, kind: str, number: int) -> HttpResponse:
    """Erase a person, after somebody read what goes and what stays."""
    card = _card(request, kind, number)
    with telling(request, _("Effacement fait ; ce que la loi garde est resté.")):
        erasing.erase_person(
            tenant_id=request.tenant_id,
            person=card.person,
            is_natural=request.POST.get("natural") == "1",
            actor_id=request.access.user_id,
            today=timezone.localdate(),
        )
        return redirect("customer_card", card.customer_id)
    return redirect("settings_person", kind, number)


def _card(request: StaffRequest, kind: str, number: int) -> PersonCard:
    subject: Person = (kind, number)
    if kind not in {"contact", "customer"}:
        raise Http404
    card = persons.person_card(tenant_id=request.tenant_id, person=subject)
    if card is None:
        raise Http404
    customer_or_404(request, card.customer_id, "custody.persons")
    return card


def _departures(request: StaffRequest, rows: list[DepartureRow]) -> dict[str, Any]:
    told = [
        (
            row,
            STATES[row.state],
            departures.progress_of(tenant_id=request.tenant_id, name=row.uuid)
            if row.state == "running"
            else 100,
        )
        for row in rows
    ]
    return {"departures": told, "is_running": any(row.state == "running" for row in rows)}
