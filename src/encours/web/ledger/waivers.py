"""Penalties given up for a customer: previewed with a reason, listed, taken back."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from encours.einvoicing.actions import waivers as actions
from encours.kernel.refusal import Refusal
from encours.receivables.actions import waivers as kept
from encours.receivables.queries import waivers as rows
from encours.receivables.rules.values import shipped_law_values
from encours.web.answers import telling
from encours.web.ledger.penalties import RIGHT, preview, ticked
from encours.web.ledger.subject import customer_or_404, today
from encours.web.rights import StaffRequest, needs


@require_http_methods(["GET", "POST"])
@needs(RIGHT)
def waive(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Preview what the ticked lines give up; give it up when its total and a reason come back."""
    asked = ticked(request, customer_id)
    if request.method == "POST":
        try:
            actions.waive(
                tenant_id=request.tenant_id,
                chosen=asked.chosen,
                reason=request.POST.get("reason", ""),
                law=shipped_law_values(),
                actor_id=request.access.user_id,
                today=today(),
            )
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Abandon enregistré : ces sommes ne sont plus demandées."))
            return redirect("customer_interest", customer_id)
    context = {
        **preview(request, asked),
        "is_lawful": kept.is_lawful(shipped_law_values(), today()),
    }
    return render(request, "ledger/waive.html", context)


@require_POST
@needs(RIGHT)
def take_back(request: StaffRequest, waiver_id: int) -> HttpResponse:
    """Undo a waiver: the amount may be asked again."""
    customer_id = rows.customer_of(tenant_id=request.tenant_id, waiver_id=waiver_id)
    if customer_id is None:
        raise Http404
    customer_or_404(request, customer_id, RIGHT)
    with telling(request, _("Abandon repris : ces sommes peuvent de nouveau être demandées.")):
        kept.take_back(
            tenant_id=request.tenant_id,
            waiver_id=waiver_id,
            actor_id=request.access.user_id,
            today=today(),
        )
    return redirect(reverse("customer_interest", args=[customer_id]))
