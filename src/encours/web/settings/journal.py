"""The journal on screen: each fact in a sentence, filtered, exported."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Final

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET

from encours.tenancy.queries import audit, people
from encours.tenancy.queries.audit import Asked, FactRow
from encours.web.rights import StaffRequest, needs
from encours.web.settings.sentences import sentence
from encours.web.settings.subject import settings_menu
from encours.web.tables import Column, Filter, Source, Table, Window, answer

PIECE: Final = 500


@dataclass(frozen=True, slots=True)
class Told:
    """A fact as a person reads it."""

    id: int
    recorded_at: datetime
    who: str
    what: str
    subject: str
    effective_on: date
    verb: str


def _table(verbs: list[str], names: dict[int, str]) -> Table:
    return Table(
        name="journal",
        caption=lazy("Journal"),
        columns=(
            Column("recorded_at", lazy("Enregistré le"), "instant"),
            Column("who", lazy("Qui")),
            Column("what", lazy("Quoi"), wide=True),
            Column("subject", lazy("Objet"), "code"),
            Column("effective_on", lazy("Date d'effet"), "date"),
            Column("verb", lazy("Fait"), "code"),
        ),
        filters=(
            Filter("verb", lazy("Fait"), "select", [("", lazy("Tous")), *((v, v) for v in verbs)]),
            Filter(
                "actor",
                lazy("Qui"),
                "select",
                [("", lazy("Tous")), *((str(number), name) for number, name in names.items())],
            ),
            Filter("subject", lazy("Objet"), placeholder="invoice 12"),
            Filter("since", lazy("Du"), "date"),
            Filter("until", lazy("Au"), "date"),
        ),
        empty=lazy("Tout ce qui se passe s'écrit ici, une fois pour toutes."),
        export_right="audit.read",
    )


@require_GET
@needs("audit.read")
def journal(request: StaffRequest) -> HttpResponseBase:
    """Show the latest facts first."""
    tenant_id = request.tenant_id
    creditor_ids = request.scope.creditor_ids
    names = people.names(tenant_id)

    def rows(window: Window) -> Iterable[Told]:
        asked = _asked(window, creditor_ids)
        found = audit.facts(
            tenant_id=tenant_id, asked=asked, offset=window.offset, limit=window.limit
        )
        return _told(found, names)

    table = _table(audit.verbs(tenant_id), names)
    return answer(
        request,
        table,
        Source(rows=rows),
        page="settings/journal.html",
        context=settings_menu(request),
    )


def _asked(window: Window, creditor_ids: tuple[int, ...] | None) -> Asked:
    given = window.filters
    kind, _space, number = given.get("subject", "").partition(" ")
    return Asked(
        creditor_ids=creditor_ids,
        verb=given.get("verb", ""),
        actor_id=int(given["actor"]) if "actor" in given else None,
        subject_type=kind,
        subject_id=int(number) if number.isascii() and number.isdecimal() else None,
        since=_day(given.get("since", "")),
        until=_day(given.get("until", "")),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _told(found: Iterator[FactRow], names: dict[int, str]) -> Iterator[Told]:
    while piece := tuple(islice(found, PIECE)):
        strangers = {row.actor_id for row in piece if row.actor_id} - names.keys()
        known = {**names, **people.names_of({one for one in strangers if one is not None})}
        for row in piece:
            yield Told(
                id=row.id,
                recorded_at=row.recorded_at,
                who=_who(row, known),
                what=sentence(row.verb, row.data),
                subject=f"{row.subject_type} {row.subject_id}",
                effective_on=row.effective_on,
                verb=row.verb,
            )


def _who(row: FactRow, names: dict[int, str]) -> str:
    """Return who did it; by which key of the API, when a program did."""
    name = names.get(row.actor_id or 0, _("le programme"))
    key = row.data.get("key")
    return f"{name} ({_('clé n° %(key)s') % {'key': key}})" if isinstance(key, int) else name
