"""A step of the draft seen by a real customer, and sent to oneself."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from encours.dunning.actions import trials
from encours.dunning.queries import drafts
from encours.dunning.queries.drafts import Draft
from encours.kernel.refusal import Refusal
from encours.messaging.rules import html
from encours.receivables.queries import search
from encours.web.dunning.framed import framed
from encours.web.rights import StaffRequest, needs
from encours.web.settings import scenario
from encours.web.settings.level import Level, level


@require_GET
@needs("settings.read")
def customers(request: StaffRequest) -> HttpResponse:
    """Find the customers of this creditor whose name, code or SIREN starts so."""
    mine = _of_creditor(request)
    asked = request.GET.get("q", "").replace("\0", "").strip()
    scope = search.Limits((mine,), request.scope.people)
    found = search.find(asked, tenant_id=request.tenant_id, scope=scope).customers
    kept = [
        (key, value)
        for key, value in parse_qsl(request.META.get("QUERY_STRING", ""))
        if key in ("code", "etape")
    ]
    page = reverse("settings_scenario")
    rows = [(f"{page}?{urlencode([*kept, ('client', one.id)])}", one) for one in found]
    return render(request, "settings/_customers_found.html", {"found": rows, "asked": asked})


@require_GET
@needs("settings.read")
def preview(request: StaffRequest) -> HttpResponse:
    """Show the e-mail that the step of the draft would be for the customer, today."""
    creditor_id = _of_creditor(request)
    customer = scenario.customer_of(request, level(request))
    step = _draft(request, level(request)).scenario.step(request.GET.get("etape", ""))
    if customer is None or step is None:
        raise Http404
    try:
        notice = trials.notice_of(
            tenant_id=request.tenant_id,
            creditor_id=creditor_id,
            customer_id=customer.id,
            step=step,
            now=timezone.now(),
        )
    except Refusal as refusal:
        return framed("", str(refusal))
    return framed(html.html_body(notice))


@require_POST
@needs("settings.write")
def try_out(request: StaffRequest) -> HttpResponse:
    """Send a step of the draft, or all of them, to the person who asks."""
    mine = level(request)
    customer = scenario.customer_of(request, mine)
    if mine.creditor is None or customer is None:
        raise Http404
    draft = _draft(request, mine)
    chosen = request.POST.get("etape", "")
    steps = [one.code for one in draft.scenario.steps] if request.POST.get("all") else [chosen]
    try:
        count = trials.send(
            tenant_id=request.tenant_id,
            creditor_id=mine.creditor.id,
            customer_id=customer.id,
            scenario=draft.scenario,
            steps=steps,
            user_id=request.access.user_id,
            now=timezone.now(),
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        told = ngettext(
            "%(n)s essai part à votre adresse.", "%(n)s essais partent à votre adresse.", count
        )
        messages.success(
            request, told % {"n": count} if count else _("Cette étape est en sommeil.")
        )
    return scenario.back(mine, draft.base.code, etape=chosen, client=str(customer.id))


def _of_creditor(request: StaffRequest) -> int:
    mine = level(request)
    if mine.creditor is None:
        raise Http404
    return mine.creditor.id


def _draft(request: StaffRequest, mine: Level) -> Draft:
    return drafts.draft_of(
        tenant_id=request.tenant_id,
        creditor_id=mine.creditor_id,
        code=scenario.code_of(request),
    )
