"""Payment terms: the list, one more, confirmed, by default."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
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
from encours.web.settings.level import KEY, WHOLE, context, level
from encours.web.settings.subject import shown


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
    mine = level(request)
    form = forms.NewTerms(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with telling(request, _("Conditions ajoutées.")):
            actions.create_terms(
                tenant_id=request.tenant_id,
                creditor_id=mine.creditor_id,
                text=form.cleaned_data["text"],
                actor_id=request.access.user_id,
                now=timezone.now(),
            )
        return mine.back("settings_terms")
    today = timezone.localdate()
    rows = queries.terms_of(tenant_id=request.tenant_id, creditor_id=mine.creditor_id)
    told = {
        **context(request, mine),
        "examples": [_example(row, today) for row in rows],
        "has_own_default": any(row.is_default and row.creditor_id for row in rows),
        "shared_default": next((row for row in rows if row.is_default and not row.creditor_id), ""),
        "today": today,
        "form": form,
    }
    return shown(request, "settings/terms.html", told)


@require_POST
@needs("settings.write")
def inherit(request: StaffRequest) -> HttpResponse:
    """Follow the organisation's default terms again."""
    mine = level(request)
    if mine.creditor is None:
        raise Http404
    with telling(request, _("Conditions par défaut de l'organisation reprises.")):
        actions.inherit_default(
            tenant_id=request.tenant_id,
            creditor_id=mine.creditor.id,
            actor_id=request.access.user_id,
            now=timezone.now(),
        )
    return mine.back("settings_terms")


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
    exists, owner = queries.terms_creditor(tenant_id=request.tenant_id, terms_id=terms_id)
    if not exists:
        raise Http404
    if owner is not None:
        require(request, "settings.write", owner)
    elif request.access.creditors("settings.write") is not None:
        raise PermissionDenied
    with telling(request, notice):
        act(
            tenant_id=request.tenant_id,
            terms_id=terms_id,
            actor_id=request.access.user_id,
            now=timezone.now(),
        )
    url = reverse("settings_terms")
    return redirect(url if owner else f"{url}?{KEY}={WHOLE}")


def _example(row: TermsRow, today: date) -> Example:
    read = rules.from_json(row.definition)
    lines = rules.due_dates(read, today, 10_000)
    issues = ceilings.terms_issues(
        read, ceilings.TermRegime.AGREED, shipped_law_values(), today.year
    )
    return Example(row, tuple(line.due_on for line in lines), tuple(one.message for one in issues))
