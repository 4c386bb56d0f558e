"""Payment terms: the list, one more, confirmed, by default."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from encours.receivables.actions import terms as actions
from encours.receivables.queries import terms as queries
from encours.receivables.queries.terms import TermsRow
from encours.receivables.rules import ceilings
from encours.receivables.rules import terms as rules
from encours.receivables.rules.values import shipped_law_values
from encours.web.answers import telling
from encours.web.rights import StaffRequest, needs, require
from encours.web.settings import forms
from encours.web.settings.subject import may_write, shown, subject


@dataclass(frozen=True, slots=True)
class Example:
    """Terms, and what they give for an invoice of today: the surest way to read them."""

    row: TermsRow
    due_on: tuple[date, ...]
    warnings: tuple[str, ...]


@require_http_methods(["GET", "POST"])
@needs("settings.read")
def terms(request: StaffRequest) -> HttpResponse:
    """Show the terms and add some."""
    mine = subject(request, "settings.write" if request.method == "POST" else "settings.read")
    form = forms.NewTerms(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with telling(request, _("Conditions ajoutées.")):
            actions.create_terms(
                tenant_id=request.tenant_id,
                creditor_id=mine.id,
                text=form.cleaned_data["text"],
                actor_id=request.access.user_id,
                now=timezone.now(),
            )
        return redirect("settings_terms")
    today = timezone.localdate()
    rows = queries.terms_of(tenant_id=request.tenant_id, creditor_id=mine.id)
    context = {
        "creditor": mine,
        "examples": [_example(row, today) for row in rows],
        "today": today,
        "form": form,
        "may_write": may_write(request, mine.id),
    }
    return shown(request, "settings/terms.html", context)


@require_POST
@needs("settings.write")
def confirm(request: StaffRequest, terms_id: int) -> HttpResponse:
    """Say that these terms are the real ones."""
    return _done(request, terms_id, actions.confirm_terms, _("Conditions confirmées."))


@require_POST
@needs("settings.write")
def make_default(request: StaffRequest, terms_id: int) -> HttpResponse:
    """Use these terms where a customer has none."""
    return _done(request, terms_id, actions.make_default, _("Conditions par défaut changées."))


def _done(
    request: StaffRequest, terms_id: int, act: Callable[..., Any], notice: str
) -> HttpResponse:
    owner = queries.terms_creditor(tenant_id=request.tenant_id, terms_id=terms_id)
    if owner is None:
        raise Http404
    require(request, "settings.write", owner)
    with telling(request, notice):
        act(
            tenant_id=request.tenant_id,
            terms_id=terms_id,
            actor_id=request.access.user_id,
            now=timezone.now(),
        )
    return redirect("settings_terms")


def _example(row: TermsRow, today: date) -> Example:
    read = rules.from_json(row.definition)
    lines = rules.due_dates(read, today, 10_000)
    issues = ceilings.terms_issues(
        read, ceilings.TermRegime.AGREED, shipped_law_values(), today.year
    )
    return Example(row, tuple(line.due_on for line in lines), tuple(one.message for one in issues))
