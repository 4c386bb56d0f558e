"""Numbers of invoices by table: pasted or uploaded, shown first, then given."""

from __future__ import annotations

from typing import Final

from django import forms
from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from encours.imports.actions import numbers
from encours.tenancy.queries.places import CreditorChoice
from encours.web.chosen import of_one_creditor
from encours.web.imports.contact_files import Contacts, text_of
from encours.web.imports.sentences import SEVERITIES
from encours.web.rights import StaffRequest, needs, require

ISSUES_SHOWN: Final = 200


class Numbers(Contacts):
    """A file, or its rows pasted from a spreadsheet."""

    text = forms.CharField(
        label=lazy("Ou collez vos lignes ici"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "class": "pasted"}),
        help_text=lazy(
            "Deux colonnes, la pièce puis le numéro ; ou des titres : date, montant, client, "
            "numéro."
        ),
    )


@require_http_methods(["GET", "POST"])
@needs("imports.read")
@of_one_creditor
def numbers_page(request: StaffRequest, *, creditor: CreditorChoice) -> HttpResponseBase:
    """Show which invoice each row would number, then number them."""
    may_write = request.access.may("ledger.write", creditor.id)
    context = {"creditor": creditor, "may_write": may_write}
    if request.method == "GET":
        return render(request, "imports/numbers.html", context | {"form": Numbers()})
    require(request, "ledger.write", creditor.id)
    form = Numbers(request.POST, request.FILES)
    if not form.is_valid():
        return render(request, "imports/numbers.html", context | {"form": form})
    file = form.cleaned_data["file"]
    content = file.read() if file else form.cleaned_data["text"].encode()
    outcome = numbers.import_numbers(
        tenant_id=request.tenant_id,
        creditor_id=creditor.id,
        content=content,
        file_name=file.name if file else "",
        dry_run=request.POST.get("do") != "take",
        actor_id=request.access.user_id,
        today=timezone.localdate(),
    )
    if outcome.applied and outcome.import_id is not None:
        told = ngettext(
            "%(n)s facture a reçu son numéro.", "%(n)s factures ont reçu leur numéro.",
            outcome.numbered,
        )  # fmt: skip
        messages.success(request, told % {"n": outcome.numbered})
        return redirect("import_one", outcome.import_id)
    context |= {
        "form": Numbers(initial={"text": text_of(content)}),
        "outcome": outcome,
        "issues": [(issue, SEVERITIES[issue.severity]) for issue in outcome.issues[:ISSUES_SHOWN]],
        "more": max(len(outcome.issues) - ISSUES_SHOWN, 0),
    }
    return render(request, "imports/numbers.html", context)
