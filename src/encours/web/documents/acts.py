"""What is done to one file: downloaded, looked at, attached, detached, named, destroyed."""

from __future__ import annotations

from itertools import chain
from typing import Any, Final, TypeVar
from urllib.parse import quote

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from encours.documents import actions
from encours.documents.actions import Subject
from encours.kernel.refusal import Refusal
from encours.receivables.queries import search
from encours.web.answers import telling
from encours.web.documents.lists import document_or_404
from encours.web.ledger.subject import customer_or_404, number_posted, today
from encours.web.rights import StaffRequest, needs

SANDBOX: Final = "sandbox; default-src 'none'; style-src 'none'"
Answer = TypeVar("Answer", bound=HttpResponseBase)
PICTURES: Final = frozenset({"image/png", "image/jpeg"})


class NothingFound(Refusal):
    """What was typed names no invoice and no customer, or several."""

    message = "Aucune facture ni aucun client de cette société n'a exactement ce numéro ou ce code."


@require_GET
@needs("documents.read")
def download(request: StaffRequest, document_id: int) -> HttpResponseBase:
    """Hand a file over, as something to save and never to run; a picture may be shown."""
    document_or_404(request, document_id)
    try:
        found = actions.open_document(**_asked(request, document_id))
        first = next(found.blocks)
    except Refusal as refusal:
        return HttpResponse(str(refusal), status=410, content_type="text/plain; charset=utf-8")
    is_shown = "voir" in request.GET and found.content_type in PICTURES
    answer = StreamingHttpResponse(chain([first], found.blocks), content_type=found.content_type)
    how = "inline" if is_shown else "attachment"
    plain = found.name.encode("ascii", "replace").decode().replace("?", "_")
    answer["Content-Disposition"] = (
        f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(found.name)}"
    )
    answer["Content-Length"] = str(found.size)
    return _closed(answer)


@require_GET
@needs("documents.read")
def page(request: StaffRequest, document_id: int, page: int) -> HttpResponseBase:
    """Draw one page of a PDF."""
    document_or_404(request, document_id)
    try:
        picture = actions.page_picture(**_asked(request, document_id), page=page)
    except Refusal as refusal:
        raise Http404(str(refusal)) from refusal
    return _closed(HttpResponse(picture, content_type="image/png"))


@require_POST
@needs("documents.write")
def attach(request: StaffRequest, document_id: int) -> HttpResponse:
    """Attach a file to the invoice or customer typed, or to the candidate chosen."""
    row = document_or_404(request, document_id, "documents.write")
    with telling(request, _("Pièce rattachée.")):
        chosen = number_posted(request, "invoice_id")
        if chosen in row.candidates:
            subject = Subject("invoice", int(chosen or 0))
        else:
            subject = _typed(request, row.creditor_id)
        actions.attach(**_asked(request, document_id), subjects=[subject])
    return redirect("document", document_id)


@require_POST
@needs("documents.write")
def detach(request: StaffRequest, document_id: int, attachment_id: int) -> HttpResponse:
    """Undo one link."""
    row = document_or_404(request, document_id, "documents.write")
    if attachment_id not in {link.id for link in row.links}:
        raise Http404
    with telling(request, _("Pièce détachée.")):
        actions.detach(
            tenant_id=request.tenant_id,
            attachment_id=attachment_id,
            actor_id=request.access.user_id,
            today=today(),
        )
    return redirect("document", document_id)


@require_POST
@needs("documents.write")
def reclassify(request: StaffRequest, document_id: int) -> HttpResponse:
    """Say what a file is."""
    document_or_404(request, document_id, "documents.write")
    with telling(request, _("Nature enregistrée.")):
        actions.reclassify(**_asked(request, document_id), kind=request.POST.get("kind", ""))
    return redirect("document", document_id)


@require_POST
@needs("documents.remove")
def remove(request: StaffRequest, document_id: int) -> HttpResponse:
    """Destroy a file that came by mistake."""
    document_or_404(request, document_id, "documents.remove")
    with telling(request, _("Pièce détruite.")):
        actions.remove(**_asked(request, document_id), reason="mistake")
        return redirect("documents")
    return redirect("document", document_id)


def _asked(request: StaffRequest, document_id: int) -> dict[str, Any]:
    return {
        "tenant_id": request.tenant_id,
        "document_id": document_id,
        "actor_id": request.access.user_id,
        "today": today(),
    }


def _typed(request: StaffRequest, creditor_id: int) -> Subject:
    """Return what a person typed: the number of one invoice, else the code of a customer."""
    text = request.POST.get("to", "").strip()
    if not text:
        raise NothingFound
    limits = search.Limits((creditor_id,), request.scope.people)
    found = search.find(text, tenant_id=request.tenant_id, scope=limits)
    exact = [one for one in found.invoices if one.number.casefold() == text.casefold()]
    if len(exact) == 1:
        return Subject("invoice", exact[0].id)
    customers = [one for one in found.customers if one.code.casefold() == text.casefold()]
    if len(customers) == 1 and not exact:
        customer_or_404(request, customers[0].id)
        return Subject("customer", customers[0].id)
    raise NothingFound


def _closed(answer: Answer) -> Answer:
    """Let nothing of a stranger's file run or be kept by a browser."""
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = SANDBOX
    answer["Cache-Control"] = "private, no-store"
    return answer
