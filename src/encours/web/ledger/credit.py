"""What a customer may owe, and the mandates it signed: shown, granted, ended, recorded, revoked."""

from __future__ import annotations

from typing import Any, Final

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from encours.payments import queries as payments
from encours.payments.actions import mandates
from encours.receivables.queries import items
from encours.receivables.queries.customers import OwnCustomer
from encours.receivables.queries.moment import Moment
from encours.risk import queries as risk
from encours.risk import rules
from encours.risk.actions import limits
from encours.web.answers import telling
from encours.web.ledger import forms, words
from encours.web.ledger.customer import head, open_lines
from encours.web.ledger.subject import customer_or_404, moment_of_customer, today
from encours.web.rights import StaffRequest, needs, require

LIMITS: Final = "limits.write"
MANDATES: Final = "mandates.write"
DONE: Final = {
    "limit": lazy("Limite de crédit enregistrée."),
    "end": lazy("Plus aucune limite à partir de ce jour."),
    "mandate": lazy("Mandat enregistré."),
}


@require_http_methods(["GET", "POST"])
@needs("customers.read")
def credit(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Show the limit, what is used and left, and the mandates; say new ones."""
    owner = customer_or_404(request, customer_id)
    what = request.POST.get("what", "") if request.method == "POST" else ""
    if request.method == "POST":
        require(request, MANDATES if what == "mandate" else LIMITS, owner.creditor_id)
    bound = {
        "limit": forms.Limit(
            request.POST if what == "limit" else None, initial={"valid_from": today()}
        ),
        "mandate": forms.Mandate(request.POST if what == "mandate" else None),
    }
    if what == "end" or (what in bound and bound[what].is_valid()):
        typed = bound[what].cleaned_data if what in bound else {}
        with telling(request, DONE[what]):
            _save(request, owner, what, typed)
            return redirect("customer_credit", customer_id)
    moment = moment_of_customer(request, customer_id, owner)
    every = risk.limits_of(tenant_id=request.tenant_id, customer_id=customer_id)
    held = next(
        (one for one in every if one.as_limit.covers(today()) and one.currency == moment.currency),
        None,
    )
    used = _use(moment, held.amount_cents if held else None)
    may = request.access.may
    context = {
        **head(request, owner),
        "limits": every,
        "held": held,
        "use": used,
        "passed_cents": -used.left_cents if used else 0,
        "mandates": [
            (one, words.MANDATE_STATES[one.state])
            for one in payments.mandates_of(
                tenant_id=request.tenant_id, customer_id=customer_id, today=today()
            )
        ],
        "schemes": words.SCHEMES,
        "origins": words.LIMIT_ORIGINS,
        "limit_form": bound["limit"],
        "mandate_form": bound["mandate"],
        "may_limit": may(LIMITS, owner.creditor_id),
        "may_mandate": may(MANDATES, owner.creditor_id),
        "currency": moment.currency,
        "today": today(),
    }
    return render(request, "ledger/credit.html", context)


@require_GET
@needs("customers.read")
def summary(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Draw the part of a customer's page that says its limit, what is left, and its mandate."""
    owner = customer_or_404(request, customer_id)
    moment = moment_of_customer(request, customer_id, owner)
    found = risk.account(moment, customer_id=customer_id)
    use = _use(moment, found.limit_cents)
    context = {
        "customer_id": customer_id,
        "currency": moment.currency,
        "use": use,
        "passed_cents": -use.left_cents if use else 0,
        "mandate": found.mandate,
        "badge": words.MANDATE_STATES[found.mandate_state] if found.mandate_state else None,
    }
    return render(request, "ledger/_credit_summary.html", context)


def _use(moment: Moment, limit_cents: int | None) -> rules.Use | None:
    if limit_cents is None:
        return None
    opened = int(open_lines(moment)["open_cents"].sum())
    received = int(items.unallocated_credits(moment)["open_cents"].sum())
    return rules.use(limit_cents, open_cents=opened, unallocated_cents=received)


@require_POST
@needs(MANDATES)
def revoke(request: StaffRequest, customer_id: int, mandate_id: int) -> HttpResponse:
    """Say that the customer revoked a mandate."""
    owner = customer_or_404(request, customer_id, MANDATES)
    mine = payments.mandates_of(tenant_id=request.tenant_id, customer_id=owner.id, today=today())
    if mandate_id not in {one.id for one in mine}:
        raise Http404
    with telling(request, _("Mandat révoqué : il ne sera plus utilisé.")):
        mandates.revoke_mandate(
            tenant_id=request.tenant_id,
            mandate_id=mandate_id,
            actor_id=request.access.user_id,
            today=today(),
        )
    return redirect("customer_credit", customer_id)


def _save(request: StaffRequest, owner: OwnCustomer, what: str, typed: dict[str, Any]) -> None:
    asked: dict[str, Any] = {
        "tenant_id": request.tenant_id,
        "customer_id": owner.id,
        "actor_id": request.access.user_id,
        "today": today(),
    }
    if what == "limit":
        limits.set_limit(
            **asked,
            amount_cents=typed["amount"],
            valid_from=typed["valid_from"],
            valid_to=typed["valid_to"],
            reason=typed["reason"],
        )
    elif what == "end":
        currency = request.POST.get("currency", "")[:3]
        limits.end_limit(**asked, currency=currency, from_on=today())
    else:
        mandates.record_mandate(**asked, terms=mandates.Terms(**typed))
