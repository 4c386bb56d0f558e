"""The scenario that a customer follows: shown with its reminders, chosen there."""

from __future__ import annotations

from typing import Any

import polars as pl
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from encours.dunning.actions import choices as actions
from encours.dunning.queries import choices
from encours.dunning.rules.shelf import NEVER, Shelf
from encours.receivables.queries.customers import OwnCustomer
from encours.web.answers import telling
from encours.web.ledger.subject import customer_or_404, today
from encours.web.ledger.words import NEVER_LABEL
from encours.web.rights import StaffRequest, needs, require


def followed(
    request: StaffRequest, owner: OwnCustomer, shelf: Shelf, lines: pl.DataFrame
) -> dict[str, Any]:
    """Return the part of the page's context that is about the scenario.

    `lines` are those that `explain` told, whose choices are shown beside them.
    """
    whole, own = choices.choices_of(tenant_id=request.tenant_id, customer_id=owner.id)
    known = sorted(shelf.in_force.values(), key=lambda one: one.severity)
    names = {one.code: one.name for one in known} | {NEVER: NEVER_LABEL}
    named = lines.filter(pl.col("document") != "").select("instalment_id", "document")
    return {
        "choice": whole,
        "scenario_names": names,
        "default_name": shelf.default.name,
        "choosable": named.rows(),
        "chosen_lines": [
            (number, document, names.get(own[number], own[number]))
            for number, document in named.iter_rows()
            if number in own
        ],
        "may_choose": request.access.may("dunning.decide", owner.creditor_id),
    }


@require_POST
@needs("dunning.decide")
def choose(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Let the customer, or one of its due lines, follow a scenario; nothing chosen: no choice."""
    owner = customer_or_404(request, customer_id)
    require(request, "dunning.decide", owner.creditor_id)
    line = request.POST.get("line", "")
    with telling(request, _("Scénario choisi : il vaut dès le prochain plan.")):
        actions.choose_scenario(
            tenant_id=request.tenant_id,
            customer_id=customer_id,
            scenario=request.POST.get("scenario", ""),
            instalment_id=int(line) if line.isdecimal() else None,
            reason=request.POST.get("reason", ""),
            actor_id=request.access.user_id,
            today=today(),
        )
    return redirect("customer_why", customer_id)
