"""A customer's group on its page: one exposure, each number leading to its lines; its parent."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST

from encours.kernel.refusal import Refusal
from encours.parties import queries as parties
from encours.parties.actions import customers as actions
from encours.receivables.queries import customers, groups
from encours.receivables.queries.customers import OwnCustomer
from encours.receivables.queries.moment import Moment
from encours.web.answers import telling
from encours.web.ledger.subject import customer_or_404, number_asked, today
from encours.web.rights import StaffRequest, creditors_of, needs

LINKS: Final = {
    "parent": lazy("maison mère"),
    "child": lazy("filiale"),
    "siren": lazy("même SIREN"),
    "sister": lazy("même maison mère"),
    "group": lazy("même groupe"),
    "self": lazy("ce client"),
}
NUMBERS: Final = (
    ("open", lazy("Encours"), "open_cents"),
    ("overdue", lazy("Échu"), "overdue_cents"),
    ("unallocated", lazy("Non lettré"), "unallocated_cents"),
)


class Parent(forms.Form):
    """The parent of a customer, by its code at one creditor."""

    code = forms.CharField(label=lazy("Code de la maison mère"), max_length=60)
    creditor = forms.ChoiceField(label=lazy("Société"))

    def __init__(self, *args: Any, creditors: list[tuple[str, str]], **kwargs: Any) -> None:
        """Offer the creditors whose customers this person sees."""
        super().__init__(*args, **kwargs)
        self.fields["creditor"].choices = creditors  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Whole:
    """The group that a page of lines is about."""

    name: str
    ids: tuple[int, ...]


def group_asked(request: StaffRequest, moment: Moment) -> Whole | None:
    """Return the group of the customer that the address names, as far as the reader sees it."""
    customer_id = number_asked(request, "whole")
    if customer_id is None:
        return None
    owner = customers.owner_of(tenant_id=request.tenant_id, customer_id=customer_id)
    scope = request.scope
    if owner is None or not scope.covers(owner.creditor_id):
        raise Http404
    if not scope.is_own(owner.salesperson_id, owner.collector_id):
        raise Http404
    return Whole(owner.name, groups.member_ids(moment, customer_id=owner.face_id or owner.id))


def shown(request: StaffRequest, owner: OwnCustomer, moment: Moment) -> dict[str, Any]:
    """Return what the page shows of the group: its sums, its members, the parent and its form."""
    scope = request.scope
    whole = replace(moment, creditor_ids=scope.creditor_ids, people=scope.people, customer_id=None)
    found = groups.exposure(whole, customer_id=owner.id)
    query = {"currency": moment.currency or "", "whole": owner.id}

    def lines(bucket: str, **more: Any) -> str:
        asked = urlencode({**query, "bucket": bucket, **more})
        return f"{reverse('aged_balance_lines')}?{asked}"

    return {
        "group": found,
        "group_numbers": [
            (label, getattr(found, name), lines(bucket)) for bucket, label, name in NUMBERS
        ],
        "group_members": [(one, LINKS[one.link], _amounts(one, lines)) for one in found.members],
        "parent": next((one for one in found.members if one.link == "parent"), None),
        "has_parent": owner.parent_id is not None,
        "parent_form": _form(request, owner)
        if request.access.may("customers.write", owner.creditor_id)
        else None,
    }


@require_POST
@needs("customers.write")
def set_parent(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Say which customer is the parent, or that there is none."""
    owner = customer_or_404(request, customer_id, "customers.write")
    with telling(request, _("Groupe enregistré.")):
        parent_id = None if "remove" in request.POST else _parent_id(request, owner)
        actions.update_customer(
            tenant_id=request.tenant_id,
            customer_id=customer_id,
            actor_id=request.access.user_id,
            today=today(),
            parent_id=parent_id,
        )
    return redirect(f"{reverse('customer', args=[customer_id])}#group-title")


def _parent_id(request: StaffRequest, owner: OwnCustomer) -> int:
    form = _form(request, owner, request.POST)
    if not form.is_valid():
        raise Refusal(_("Donnez le code d'un client et sa société."))
    found = parties.customer_by_code(
        tenant_id=request.tenant_id,
        creditor_id=int(form.cleaned_data["creditor"]),
        code=form.cleaned_data["code"],
    )
    if found is None:
        raise Refusal(_("Aucun client n'a ce code dans cette société."))
    return found


def _form(request: StaffRequest, owner: OwnCustomer, data: Any = None) -> Parent:
    choices = [(str(one.id), one.name) for one in creditors_of(request)]
    return Parent(data, creditors=choices, initial={"creditor": str(owner.creditor_id)})


def _amounts(one: groups.Member, lines: Any) -> list[tuple[str, int, str]]:
    mine = {"of": "customer", "key": one.id}
    return [
        (str(label), getattr(one, name), lines(bucket, **mine)) for bucket, label, name in NUMBERS
    ]
