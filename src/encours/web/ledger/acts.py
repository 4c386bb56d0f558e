"""What a person does on the pages of a customer: enter, letter, say a fact, name a contact."""

from __future__ import annotations

from typing import Any

from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from encours.parties import queries as parties
from encours.parties.actions import contacts as contact_actions
from encours.parties.actions import customers as customer_actions
from encours.receivables.actions import allocations, documents, due_dates
from encours.receivables.queries import terms as terms_queries
from encours.receivables.queries.customers import OwnCustomer
from encours.receivables.rules.terms import DueLine
from encours.standing import actions as standing
from encours.web import own_fields
from encours.web.answers import telling
from encours.web.ledger import consents, forms, own_values
from encours.web.ledger.customer import fact_rows, head, line_choices, open_lines
from encours.web.ledger.subject import customer_or_404, moment_of_customer, today
from encours.web.rights import StaffRequest, needs


def _actor(request: StaffRequest) -> dict[str, Any]:
    return {"tenant_id": request.tenant_id, "actor_id": request.access.user_id, "today": today()}


def _numbers(request: StaffRequest, name: str) -> list[int]:
    given = request.POST.getlist(name)
    return [int(one) for one in given if one.isascii() and one.isdecimal() and len(one) < 19]  # noqa: PLR2004


@require_http_methods(["GET", "POST"])
@needs("ledger.write")
def entry(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Enter an invoice, a payment or a credit note by hand."""
    owner = customer_or_404(request, customer_id, "ledger.write")
    what = request.POST.get("what", "")
    given = request.POST if request.method == "POST" else None
    day = {"issued_on": today(), "received_on": today()}
    invoice = forms.Invoice(given if what == "invoice" else None, initial=day)
    credit = forms.Credit(given if what == "credit" else None, initial=day)
    if what == "invoice" and invoice.is_valid():
        with telling(request, _("Facture enregistrée.")):
            _record_invoice(request, customer_id, invoice.cleaned_data)
            return redirect("customer", customer_id)
    if what == "credit" and credit.is_valid():
        with telling(request, _("Règlement ou avoir enregistré.")):
            _record_credit(request, customer_id, credit.cleaned_data)
            return redirect("customer", customer_id)
    context = {**head(request, owner), "invoice_form": invoice, "credit_form": credit}
    return render(request, "ledger/entry.html", context)


def _record_invoice(request: StaffRequest, customer_id: int, typed: dict[str, Any]) -> None:
    total, vat = typed["total"], typed["vat"]
    amounts = documents.Amounts(total, None if vat is None else total - vat, vat)
    documents.record_invoice(
        **_actor(request),
        customer_id=customer_id,
        number=typed["number"],
        issued_on=typed["issued_on"],
        amounts=amounts,
        due=[DueLine(typed["due_on"], total)] if typed["due_on"] else None,
        label=typed["label"],
    )


def _record_credit(request: StaffRequest, customer_id: int, typed: dict[str, Any]) -> None:
    credit_id = documents.record_credit(
        **_actor(request),
        customer_id=customer_id,
        kind=typed["kind"],
        received_on=typed["received_on"],
        amounts=documents.Amounts(typed["total"]),
        number=typed["number"],
        label=typed["label"],
    )
    if typed["settle"]:
        allocations.settle_by_law(**_actor(request), credit_id=credit_id)


@require_POST
@needs("ledger.write")
def letter(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Set a credit against the lines that were ticked, else against the oldest due."""
    customer_or_404(request, customer_id, "ledger.write")
    credit = _numbers(request, "credit")
    if not credit:
        raise Http404
    with telling(request, _("Lettrage enregistré.")):
        allocations.settle_by_law(
            **_actor(request), credit_id=credit[0], chosen_line_ids=_numbers(request, "lines")
        )
    return redirect("customer", customer_id)


@require_http_methods(["GET", "POST"])
@needs("customers.read")
def facts(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Show the standing facts of a customer, and say a new one."""
    right = "standing.write" if request.method == "POST" else ""
    owner = customer_or_404(request, customer_id, right)
    lines = open_lines(moment_of_customer(request, customer_id, owner))
    choices = line_choices(lines)
    given = request.POST if request.method == "POST" else None
    form = forms.Fact(given, lines=choices, initial={"starts_on": today()})
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        with telling(request, _("C'est noté.")):
            standing.record_fact(
                **_actor(request),
                customer_id=customer_id,
                kind=typed["kind"],
                starts_on=typed["starts_on"],
                line_id=typed["line_id"],
                ends_on=typed["ends_on"],
                amount_cents=typed["amount"],
                reason=typed["reason"],
                details={name: typed[name] for name in ("status", "cause") if typed[name]},
            )
            return redirect("customer_standing", customer_id)
    context = {
        **head(request, owner),
        "facts": fact_rows(customer_id, request.tenant_id, dict(choices)),
        "form": form,
        "may_say": request.access.may("standing.write", owner.creditor_id),
        "currency": owner.currency,
    }
    return render(request, "ledger/standing.html", context)


@require_POST
@needs("standing.write")
def close_fact(request: StaffRequest, customer_id: int, fact_id: int) -> HttpResponse:
    """End a fact today, or take back one that was said by mistake."""
    customer_or_404(request, customer_id, "standing.write")
    _own(_facts_of(request, customer_id), fact_id)
    with telling(request, _("C'est noté.")):
        if request.POST.get("how") == "mistake":
            standing.withdraw_fact(**_actor(request), fact_id=fact_id)
        else:
            standing.end_fact(**_actor(request), fact_id=fact_id, ends_on=today())
    return redirect("customer_standing", customer_id)


def _facts_of(request: StaffRequest, customer_id: int) -> set[int]:
    return {row["fact"].id for row in fact_rows(customer_id, request.tenant_id, {})}


def _own(mine: set[int], asked: int) -> None:
    if asked not in mine:
        raise Http404


@require_http_methods(["GET", "POST"])
@needs("customers.read")
def card(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Show who the customer is and whom to write to; change it."""
    is_post = request.method == "POST"
    owner = customer_or_404(request, customer_id, "customers.write" if is_post else "")
    found = parties.customer_card(tenant_id=request.tenant_id, customer_id=customer_id)
    assert found is not None
    choices = [
        (one.id, one.name)
        for one in terms_queries.terms_of(
            tenant_id=request.tenant_id, creditor_id=owner.creditor_id
        )
    ]
    what = request.POST.get("what", "")
    asked: dict[str, Any] = {
        "subject": "customer",
        "creditor_id": owner.creditor_id,
        "key": owner.code,
    }
    fields, values = own_values.known(request, **asked)
    described = {**found.described, "debtor_class": found.debtor_class}
    bound: dict[str, Form] = {
        "card": forms.Card(request.POST if what == "card" else None, initial=described),
        "contact": forms.Contact(request.POST if what == "contact" else None),
        "terms": forms.Terms(
            request.POST if what == "terms" else None,
            choices=choices,
            initial={"terms_id": found.terms_id},
        ),
        "own": own_fields.Values(
            request.POST if what == "own" else None,
            fields=fields,
            initial=own_fields.initial(fields, values),
        ),
    }
    if what == "own" and bound["own"].is_valid():
        if own_values.say(
            request, bound["own"], subject_id=customer_id, customer_id=customer_id, **asked
        ):
            return redirect("customer_card", customer_id)
    elif what in bound and bound[what].is_valid():
        with telling(request, _("C'est enregistré.")):
            _save(request, owner, what, bound[what].cleaned_data, found.debtor_class)
            return redirect("customer_card", customer_id)
    context = {
        **head(request, owner),
        "card": found,
        "card_form": bound["card"],
        "contact_form": bound["contact"],
        "terms_form": bound["terms"],
        "merged": parties.merged_into(tenant_id=request.tenant_id, customer_id=customer_id),
        "own_form": bound["own"] if fields else None,
        "own_shown": own_fields.shown(fields, values),
        "may_change": request.access.may("customers.write", owner.creditor_id),
        "may_see_data": request.access.may("custody.persons", owner.creditor_id),
        "roles": dict(forms.ROLES),
        "served": consents.served(request, customer_id, found.contacts),
    }
    return render(request, "ledger/card.html", context)


def _save(
    request: StaffRequest, owner: OwnCustomer, what: str, typed: dict[str, Any], known: str
) -> None:
    actor, customer_id = _actor(request), owner.id
    if what == "contact":
        contact_actions.save_contact(**actor, customer_id=customer_id, **typed)
    elif what == "terms":
        mine = [owner.id]
        customer_actions.set_terms(**actor, customer_ids=mine, terms_id=typed["terms_id"])
        due_dates.recompute_due_dates(**actor, creditor_id=owner.creditor_id, customer_ids=mine)
    else:
        debtor_class = typed.pop("debtor_class")
        customer_actions.update_customer(**actor, customer_id=customer_id, **typed)
        if debtor_class != "unknown" and (debtor_class != known or request.POST.get("confirm")):
            customer_actions.confirm_class(
                **actor, customer_ids=[customer_id], debtor_class=debtor_class
            )


@require_POST
@needs("customers.write")
def remove_contact(request: StaffRequest, customer_id: int, contact_id: int) -> HttpResponse:
    """Forget a contact."""
    customer_or_404(request, customer_id, "customers.write")
    rows = parties.contacts_of(tenant_id=request.tenant_id, customer_id=customer_id)
    _own({row.id for row in rows}, contact_id)
    with telling(request, _("Interlocuteur retiré.")):
        contact_actions.remove_contact(**_actor(request), contact_id=contact_id)
    return redirect("customer_card", customer_id)
