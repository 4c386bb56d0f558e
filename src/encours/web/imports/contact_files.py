"""Contacts: who to write to, by file or by paste; shown first, then taken."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from encours.imports.actions import annotating, contacts, own_contacts
from encours.parties import rules
from encours.tenancy.queries.places import CreditorChoice
from encours.web.answers import telling
from encours.web.chosen import of_one_creditor
from encours.web.imports.annotated import csv_pieces
from encours.web.imports.ledger_files import import_or_404
from encours.web.imports.sentences import SEVERITIES
from encours.web.rights import StaffRequest, needs, require

BYTES_MAX: Final = 5 * 1024 * 1024
ISSUES_SHOWN: Final = 200


class Contacts(forms.Form):
    """A file, or its rows pasted from a spreadsheet."""

    file = forms.FileField(label=lazy("Fichier CSV"), required=False)
    text = forms.CharField(
        label=lazy("Ou collez vos lignes ici, avec leur ligne de titres"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "class": "pasted"}),
        help_text=lazy("Depuis Excel : copiez les cellules, titres compris, et collez."),
    )

    def clean(self) -> dict[str, Any]:
        """Ask for one of both, and a size that a page can show again."""
        given = self.cleaned_data
        file = given.get("file")
        if file is None and not given.get("text", "").strip():
            raise forms.ValidationError(_("Choisissez un fichier ou collez des lignes."))
        if file is not None and file.size > BYTES_MAX:
            raise forms.ValidationError(_("Ce fichier dépasse 5 Mo."))
        return given


@require_http_methods(["GET", "POST"])
@needs("imports.read")
@of_one_creditor
def contacts_page(request: StaffRequest, *, creditor: CreditorChoice) -> HttpResponseBase:
    """Show what contacts would change, then change it."""
    may_write = request.access.may("customers.write", creditor.id)
    if request.method == "GET":
        context = {"form": Contacts(), "creditor": creditor, "may_write": may_write}
        return render(request, "imports/contacts.html", context)
    require(request, "customers.write", creditor.id)
    form = Contacts(request.POST, request.FILES)
    context = {"form": form, "creditor": creditor, "may_write": may_write}
    if not form.is_valid():
        return render(request, "imports/contacts.html", context)
    file = form.cleaned_data["file"]
    content = file.read() if file else form.cleaned_data["text"].encode()
    if request.POST.get("do") == "annotate":
        return _annotated(request, creditor, content)
    is_trial = request.POST.get("do") != "take"
    outcome = contacts.import_contacts(
        tenant_id=request.tenant_id,
        creditor_id=creditor.id,
        content=content,
        file_name=file.name if file else "",
        dry_run=is_trial,
        actor_id=request.access.user_id,
        today=timezone.localdate(),
    )
    if not is_trial and not outcome.is_refused:
        counts = {"created": outcome.contacts_created, "updated": outcome.contacts_updated}
        told = _("%(created)s interlocuteurs ajoutés, %(updated)s mis à jour.") % counts
        messages.success(request, told)
        if outcome.import_id is not None:
            return redirect("import_one", outcome.import_id)
        return redirect("contacts_import")
    context |= {
        "form": Contacts(initial={"text": text_of(content)}),
        "outcome": outcome,
        "issues": [(issue, SEVERITIES[issue.severity]) for issue in outcome.issues[:ISSUES_SHOWN]],
        "more": max(len(outcome.issues) - ISSUES_SHOWN, 0),
    }
    return render(request, "imports/contacts.html", context)


def _annotated(
    request: StaffRequest, creditor: CreditorChoice, content: bytes
) -> StreamingHttpResponse:
    """Give the rows back with what is wrong with each."""
    outcome = contacts.import_contacts(
        tenant_id=request.tenant_id,
        creditor_id=creditor.id,
        content=content,
        dry_run=True,
        today=timezone.localdate(),
    )
    said = [one.as_json() for one in outcome.issues]
    found = annotating.of_text(text_of(content), "interlocuteurs.csv", said)
    answer = StreamingHttpResponse(
        csv_pieces(found, get_language() or "fr"), content_type="text/csv; charset=utf-8"
    )
    name = "interlocuteurs-remarques.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@require_POST
@needs("customers.write")
def take(request: StaffRequest, import_id: int) -> HttpResponse:
    """Add the contacts that an imported table holds beside its invoices."""
    row = import_or_404(request, import_id)
    require(request, "customers.write", row.creditor_id)
    with telling(request):
        done = own_contacts.take(
            tenant_id=request.tenant_id,
            import_id=row.id,
            actor_id=request.access.user_id,
            today=timezone.localdate(),
        )
        counts = {"created": done.contacts_created, "updated": done.contacts_updated}
        told = _("%(created)s interlocuteurs ajoutés, %(updated)s mis à jour.") % counts
        messages.success(request, told)
    return redirect("import_one", row.id)


@require_GET
@needs("imports.read")
def template(request: StaffRequest) -> HttpResponse:  # noqa: ARG001 - every view has one
    """Give the file to fill."""
    answer = HttpResponse(rules.template().encode("utf-8-sig"), content_type="text/csv")
    answer["Content-Disposition"] = 'attachment; filename="interlocuteurs.csv"'
    return answer


def text_of(content: bytes) -> str:
    """Return what was given as text, to show it again."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")
