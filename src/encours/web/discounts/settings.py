"""A creditor's rules of discount, what it does with their VAT, what people may offer."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET, require_POST

from encours.discounts.actions import rules as actions
from encours.discounts.actions.rules import NewRule
from encours.discounts.queries import in_force
from encours.parties import queries as parties
from encours.web.answers import telling
from encours.web.discounts import words
from encours.web.ledger.subject import today
from encours.web.rights import StaffRequest, needs
from encours.web.settings.subject import may_write, shown, subject

EVERYBODY: Final = ""
WHOLE: Final = Decimal(100)


class Percent(forms.CharField):
    """A percentage typed by a person, kept in basis points: « 2,5 » is 250."""

    def to_python(self, value: Any) -> Any:
        """Read it, or say that it cannot be read."""
        text = str(super().to_python(value)).strip().removesuffix("%").strip().replace(",", ".")
        if not text:
            return None
        try:
            points = Decimal(text) * 100
        except InvalidOperation as problem:
            raise forms.ValidationError(_("Un pourcentage est attendu.")) from problem
        if not points.is_finite() or points != points.to_integral_value():
            raise forms.ValidationError(_("Deux décimales au plus."))
        return int(points)


class Rule(forms.Form):
    """A rule: how much, paid when, for whom, from when."""

    points = Percent(label=lazy("Escompte (%)"))
    days = forms.IntegerField(label=lazy("Nombre de jours"), min_value=0, max_value=120)
    anchor = forms.ChoiceField(label=lazy("Ces jours se comptent"), choices=words.ANCHORS)
    code = forms.CharField(
        label=lazy("Client (code)"),
        required=False,
        max_length=80,
        help_text=lazy("Vide : tous les clients, ou le segment."),
    )
    segment = forms.ChoiceField(label=lazy("Segment"), required=False)
    valid_from = forms.DateField(label=lazy("Du"), widget=forms.DateInput())
    valid_to = forms.DateField(label=lazy("Au"), required=False, widget=forms.DateInput())

    def __init__(self, segments: list[tuple[int, str]], *args: Any, **kwargs: Any) -> None:
        """Offer the segments of this creditor."""
        super().__init__(*args, **kwargs)
        self.fields["segment"].choices = [  # type: ignore[attr-defined]
            (EVERYBODY, "–"), *((str(number), name) for number, name in segments)
        ]  # fmt: skip


class Choices(forms.Form):
    """What the creditor does with discounts."""

    prefix = "policy"
    treatment = forms.ChoiceField(label=lazy("TVA de l'escompte"), choices=words.TREATMENTS)
    is_automatic = forms.BooleanField(
        label=lazy("Accorder de soi-même ce qui est réglé à temps, au centime près"),
        required=False,
    )
    negotiation_max = Percent(
        label=lazy("Remise au plus, en négociation (%)"),
        help_text=lazy("0 : aucune remise conditionnelle."),
    )


@require_GET
@needs("settings.read")
def discounts(request: StaffRequest) -> HttpResponse:
    """Show the rules and the choices, and the sentence that invoices must carry."""
    return _page(request)


@require_POST
@needs("settings.write")
def add_rule(request: StaffRequest) -> HttpResponse:
    """Keep a rule."""
    creditor = subject(request, "settings.write")
    form = Rule(_segments(request, creditor.id), request.POST)
    if not form.is_valid():
        return _page(request, rule=form)
    typed = form.cleaned_data
    customer_id = None
    if typed["code"]:
        customer_id = parties.customer_by_code(
            tenant_id=request.tenant_id, creditor_id=creditor.id, code=typed["code"]
        )
        if customer_id is None:
            form.add_error("code", _("Aucun client de cette société n'a ce code."))
            return _page(request, rule=form)
    rule = NewRule(
        basis_points=typed["points"],
        days=typed["days"],
        anchor=typed["anchor"],
        valid_from=typed["valid_from"],
        valid_to=typed["valid_to"],
        customer_id=customer_id,
        segment_id=int(typed["segment"]) if typed["segment"] else None,
    )
    with telling(request, _("Règle d'escompte enregistrée.")):
        actions.add_rule(
            tenant_id=request.tenant_id,
            creditor_id=creditor.id,
            rule=rule,
            actor_id=request.access.user_id,
            today=today(),
        )
    return redirect("settings_discounts")


@require_POST
@needs("settings.write")
def end_rule(request: StaffRequest, rule_id: int) -> HttpResponse:
    """Stop offering by a rule; what was offered stays offered."""
    creditor = subject(request, "settings.write")
    rows = in_force.rules_of(tenant_id=request.tenant_id, creditor_id=creditor.id)
    if rule_id not in {row.id for row in rows}:
        raise Http404
    with telling(request, _("Règle terminée : plus rien n'est offert par elle.")):
        actions.end_rule(
            tenant_id=request.tenant_id,
            rule_id=rule_id,
            actor_id=request.access.user_id,
            today=today(),
        )
    return redirect("settings_discounts")


@require_POST
@needs("settings.write")
def set_policy(request: StaffRequest) -> HttpResponse:
    """Keep the creditor's choices."""
    creditor = subject(request, "settings.write")
    form = Choices(request.POST)
    if not form.is_valid():
        return _page(request, policy=form)
    with telling(request, _("Choix enregistrés.")):
        actions.set_policy(
            tenant_id=request.tenant_id,
            creditor_id=creditor.id,
            **form.cleaned_data,
            actor_id=request.access.user_id,
            today=today(),
        )
    return redirect("settings_discounts")


def _segments(request: StaffRequest, creditor_id: int) -> list[tuple[int, str]]:
    return in_force.segments(tenant_id=request.tenant_id, creditor_id=creditor_id)


def _page(
    request: StaffRequest, *, rule: forms.Form | None = None, policy: forms.Form | None = None
) -> HttpResponse:
    creditor = subject(request)
    asked = {"tenant_id": request.tenant_id, "creditor_id": creditor.id}
    rows = in_force.rules_of(**asked)
    held = in_force.policy_of(**asked)
    day = today()
    kept = {
        "treatment": held.treatment,
        "is_automatic": held.is_automatic,
        "negotiation_max": f"{Decimal(held.negotiation_max) / WHOLE}".replace(".", ","),
    }
    context = {
        "creditor": creditor,
        "rules": [
            (row, words.conditions(row), row.valid_to is not None and row.valid_to < day)
            for row in rows
        ],
        "usual": next((words.conditions(row) for row in rows if row.is_usual(day)), ""),
        "rule_form": rule or Rule(_segments(request, creditor.id), initial={"valid_from": day}),
        "policy_form": policy or Choices(initial=kept),
        "may_write": may_write(request, creditor.id),
        "today": day,
    }
    return shown(request, "settings/discounts.html", context)
