"""The mailbox on loopback: what the demonstration and rehearsals sent, as it was received.

It serves the whole installation: a mail shows only where its Message-ID is one of the tenant's.
"""

from __future__ import annotations

import re
from typing import Final
from uuid import UUID

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET

from encours.dunning.queries import outbox as queries
from encours.messaging.ports import MAIL_SINKS, OpenedMail, StoredMail
from encours.web.dunning import subject
from encours.web.dunning.framed import downloaded, framed
from encours.web.rights import StaffRequest, needs
from encours.web.tables import Column, Table, answer, in_memory

SHOWN: Final = 500
UUID_FORM: Final = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}")
HEADERS: Final = ("From", "To", "Reply-To", "Subject", "Date", "Message-ID")
MAILS: Final = Table(
    name="sink",
    caption=lazy("Boîte de démonstration"),
    columns=(
        Column("subject", lazy("Objet"), link=lambda row: reverse("sink_mail", args=(row["id"],))),
        Column("recipients", lazy("Destinataire")),
        Column("stored_at", lazy("Reçu le"), "instant"),
    ),
    empty=lazy("La boîte est vide : rien n'a été envoyé vers elle."),
)


@require_GET
@needs("dunning.read")
def mails(request: StaffRequest) -> HttpResponseBase:
    """List the mails of this tenant, the latest first."""
    stored = MAIL_SINKS["folder"].stored(limit=SHOWN)
    mine = queries.known(subject.reach(request), [u for one in stored if (u := _uuid(one))])
    rows = [
        {
            "id": one.key,
            "subject": one.subject,
            "recipients": ", ".join(one.recipients),
            "stored_at": one.stored_at,
        }
        for one in stored
        if _uuid(one) in mine
    ]
    context = {"current": "sink", "is_full": len(stored) == SHOWN, "most": SHOWN}
    return answer(request, MAILS, in_memory(rows), page="dunning/sink.html", context=context)


@require_GET
@needs("dunning.read")
def mail(request: StaffRequest, key: str) -> HttpResponse:
    """Show one mail as it was received."""
    found = _opened(request, key)
    context = {
        "mail": found,
        "headers": [(name, value) for name, value in found.headers if name in HEADERS],
        "files": [(place, name) for place, (name, _kind, _body) in enumerate(found.attachments)],
    }
    return render(request, "dunning/sink_mail.html", context)


@require_GET
@needs("dunning.read")
def body(request: StaffRequest, key: str) -> HttpResponse:
    """Show its body."""
    found = _opened(request, key)
    return framed(found.html, found.text)


@require_GET
@needs("dunning.read")
def file(request: StaffRequest, key: str, place: int) -> HttpResponse:
    """Give one attachment."""
    found = _opened(request, key)
    if place >= len(found.attachments):
        raise Http404
    name, kind, content = found.attachments[place]
    return downloaded(content, name=name, content_type=kind, is_shown=True)


def _opened(request: StaffRequest, key: str) -> OpenedMail:
    found = MAIL_SINKS["folder"].opened(key)
    uuid = _uuid(found.summary) if found else None
    if found is None or uuid is None or not queries.known(subject.reach(request), [uuid]):
        raise Http404
    return found


def _uuid(stored: StoredMail) -> UUID | None:
    match = UUID_FORM.search(stored.message_id)
    return UUID(match[0]) if match else None
