"""Files dropped on a page: several at once on a customer or an invoice, or a ZIP for a creditor."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRedirect, HttpResponseClientRefresh

from encours.documents import actions, jobs
from encours.documents.actions import Subject, intakes
from encours.documents.pages import PdfReader
from encours.documents.queries import intakes as queries
from encours.kernel.refusal import Refusal
from encours.receivables.queries.documents import invoice_page
from encours.web import chosen
from encours.web.answers import fragment
from encours.web.documents import sentences
from encours.web.imports.uploading import body_first
from encours.web.ledger.subject import customer_or_404, number_posted, today
from encours.web.rights import StaffRequest, needs, require

FILES_MAX: Final = 50


@body_first
@require_POST
@needs("documents.write")
def upload(request: StaffRequest) -> HttpResponseBase:
    """Keep the files dropped on a customer or an invoice; each refusal is said with its file."""
    creditor_id, subjects, back = _subject(request)
    kind = request.POST.get("kind", "")
    kept = 0
    with PdfReader() as reader:
        for file in request.FILES.getlist("files")[:FILES_MAX]:
            try:
                actions.keep(
                    tenant_id=request.tenant_id,
                    creditor_id=creditor_id,
                    name=file.name or "",
                    chunks=file.chunks(),
                    kind=kind if kind in sentences.KINDS else "other",
                    subjects=subjects,
                    actor_id=request.access.user_id,
                    reader=reader,
                    today=today(),
                )
                kept += 1
            except Refusal as refusal:
                messages.error(request, f"{file.name} : {refusal}")
    if kept:
        done = ngettext("%(n)s pièce gardée.", "%(n)s pièces gardées.", kept)
        messages.success(request, done % {"n": kept})
    elif not request.FILES:
        messages.error(request, _("Choisissez un fichier."))
    return _leave(request, back)


@body_first
@require_POST
@needs("documents.write")
def upload_archive(request: StaffRequest) -> HttpResponseBase:
    """Put a ZIP aside and have it read; the page that follows shows how far it is."""
    creditor_id = chosen.posted_creditor(request, "documents.write")
    file = request.FILES.get("file")
    if file is None or (file.size or 0) > settings.UPLOAD_MAX_BYTES:
        messages.error(request, _("Choisissez un fichier ZIP de taille raisonnable."))
        return _leave(request, reverse("documents"))
    intake_id = intakes.receive(
        tenant_id=request.tenant_id,
        creditor_id=creditor_id,
        name=file.name or "",
        chunks=file.chunks(),
        actor_id=request.access.user_id,
    )
    jobs.take_in_soon(tenant_id=request.tenant_id, intake_id=intake_id)
    return _leave(request, reverse("documents_intake", args=[intake_id]))


@require_GET
@needs("documents.write")
def intake(request: StaffRequest, intake_id: int) -> HttpResponseBase:
    """Show how far a ZIP is, then what it gave and what is left to a person."""
    row = queries.intake(tenant_id=request.tenant_id, intake_id=intake_id)
    if row is None or not request.scope.covers(row.creditor_id):
        raise Http404
    if request.htmx and request.htmx.target == "intake-progress":
        if row.state != "running":
            return HttpResponseClientRefresh()
        return fragment(request, "documents/_progress.html", {"row": row})
    context = {
        "row": row,
        "state": sentences.STATES[row.state],
        "counts": [(label, row.counts.get(key, 0)) for key, label in sentences.COUNTS.items()],
    }
    return render(request, "documents/intake.html", context)


def _subject(request: StaffRequest) -> tuple[int, list[Subject], str]:
    """Return creditor, what the files are attached to, and the page to go back to."""
    invoice_id = number_posted(request, "invoice_id")
    if invoice_id is not None:
        found = invoice_page(tenant_id=request.tenant_id, invoice_id=invoice_id)
        if found is None:
            raise Http404
        customer_or_404(request, found.customer_id)
        require(request, "documents.write", found.creditor_id)
        back = reverse("invoice", args=[invoice_id])
        return found.creditor_id, [Subject("invoice", invoice_id)], back
    customer_id = number_posted(request, "customer_id")
    if customer_id is not None:
        owner = customer_or_404(request, customer_id, "documents.write")
        back = reverse("customer_documents", args=[customer_id])
        return owner.creditor_id, [Subject("customer", customer_id)], back
    if request.scope.people is not None:
        raise Http404  # a file of nobody would be out of their own sight
    return chosen.posted_creditor(request, "documents.write"), [], reverse("documents")


def _leave(request: HttpRequest, address: str) -> HttpResponse:
    if getattr(request, "htmx", False):
        return HttpResponseClientRedirect(address)
    return redirect(address)
