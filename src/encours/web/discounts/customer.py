"""What was offered to a customer, and a conditional rebate to offer."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods, require_POST

from encours.discounts.actions import offers as actions
from encours.discounts.queries import in_force
from encours.discounts.queries import offers as queries
from encours.web.answers import telling
from encours.web.discounts import words
from encours.web.discounts.settings import Percent
from encours.web.ledger.customer import head, open_lines
from encours.web.ledger.subject import customer_or_404, moment_of_customer, today
from encours.web.rights import StaffRequest, needs

RIGHT: Final = "discounts.offer"


class Rebate(forms.Form):
    """A rebate if it is paid by a day."""

    points = Percent(label=lazy("Remise (%)"))
    until_on = forms.DateField(label=lazy("Si payé au plus tard le"), widget=forms.DateInput())
    reason = forms.CharField(label=lazy("Motif"), max_length=200)


@require_http_methods(["GET", "POST"])
@needs("customers.read")
def customer_discounts(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Show what was offered to a customer; offer a rebate if it pays by a day."""
    is_post = request.method == "POST"
    owner = customer_or_404(request, customer_id, RIGHT if is_post else "")
    form = Rebate(request.POST if is_post else None)
    if is_post and form.is_valid():
        typed = form.cleaned_data
        with telling(request, _("Remise offerte : elle figure dans les prochains messages.")):
            actions.offer(
                tenant_id=request.tenant_id,
                customer_id=customer_id,
                line_ids=_ticked(request),
                basis_points=typed["points"],
                until_on=typed["until_on"],
                reason=typed["reason"],
                actor_id=request.access.user_id,
                today=today(),
            )
            return redirect("customer_discounts", customer_id)
    moment = moment_of_customer(request, customer_id, owner)
    lines = open_lines(moment)
    rows = queries.board(moment)
    policy = in_force.policy_of(tenant_id=request.tenant_id, creditor_id=owner.creditor_id)
    may = request.access.may
    context: dict[str, Any] = {
        **head(request, owner),
        "offers": [(row, words.STATES[row.state], words.ORIGINS[row.origin]) for row in rows],
        "lines": list(lines.iter_rows(named=True)),
        "ticked": set(_ticked(request)) if is_post else set(),
        "form": form,
        "most": policy.negotiation_max / 100,
        "may_offer": may(RIGHT, owner.creditor_id) and policy.negotiation_max > 0,
        "may_grant": may("discounts.grant", owner.creditor_id),
        "currency": moment.currency,
    }
    return render(request, "discounts/customer.html", context)


@require_POST
@needs(RIGHT)
def withdraw(request: StaffRequest, customer_id: int, offer_id: int) -> HttpResponse:
    """Take back an offer made to a customer."""
    owner = customer_or_404(request, customer_id, RIGHT)
    rows = queries.board(moment_of_customer(request, customer_id, owner))
    if offer_id not in {row.id for row in rows}:
        raise Http404
    with telling(request, _("Offre retirée.")):
        actions.withdraw(
            tenant_id=request.tenant_id,
            offer_id=offer_id,
            actor_id=request.access.user_id,
            today=today(),
        )
    return redirect("customer_discounts", customer_id)


def _ticked(request: StaffRequest) -> list[int]:
    given = request.POST.getlist("lines")
    return [int(one) for one in given if one.isascii() and one.isdecimal()]
