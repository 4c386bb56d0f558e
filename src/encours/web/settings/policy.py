"""Settings of the organisation that a creditor may override: their form, and the way back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.forms import BoundField, Form
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST

from encours.kernel.money import decimal_text
from encours.tenancy.actions import policies as actions
from encours.tenancy.calendars import CALENDARS
from encours.tenancy.inherited import SETTINGS, InForce
from encours.tenancy.queries.policies import Policy, own_settings
from encours.web.answers import telling
from encours.web.rights import StaffRequest, needs
from encours.web.settings import forms
from encours.web.settings.level import Level, level
from encours.web.wording import Text

PAGES: Final = {"envois": "settings_creditor_habits", "scenario": "settings_scenario"}
ORIGINS: Final[Mapping[str, Text]] = {
    "creditor": lazy("propre à cette société"),
    "tenant": lazy("repris de l'organisation"),
    "shipped": lazy("livré avec encours"),
}


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the form, where its value comes from, what the organisation says otherwise."""

    bound: BoundField
    origin: Text
    is_own: bool
    otherwise: Text
    exceptions: str


def form_fields(
    form: Form, policy: Policy, mine: Level, tenant_id: int, shipped: Mapping[str, Any]
) -> list[Field]:
    """Return the fields with their origins; `shipped` gives what holds when nobody says."""
    exceptions = {} if mine.creditor else own_settings(tenant_id)
    return [
        Field(
            bound=form[name],
            origin=_origin(policy[name], mine),
            is_own=policy[name].is_own,
            otherwise=_said(name, policy[name].otherwise, shipped),
            exceptions=", ".join(exceptions.get(name, ())),
        )
        for name in form.fields
    ]


def initial(policy: Policy, shipped: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that hold, as a form shows them."""
    return {
        name: shipped.get(name) if one.value is None else one.value for name, one in policy.items()
    }


def apply(request: StaffRequest, mine: Level, form: Form) -> None:
    """Set what was changed in the form; the rest is left to whoever said it."""
    values = {name: form.cleaned_data[name] for name in form.changed_data}
    asked: dict[str, Any] = {
        "tenant_id": request.tenant_id,
        "actor_id": request.access.user_id,
        "today": timezone.localdate(),
    }
    with telling(request, _("Réglages enregistrés.")):
        if mine.creditor is None:
            actions.set_for_tenant(**asked, **values)
        else:
            actions.set_for_creditor(**asked, creditor_id=mine.creditor.id, **values)


@require_POST
@needs("settings.write")
def inherit(request: StaffRequest, page: str) -> HttpResponse:
    """Go back to the organisation's value."""
    mine, name = level(request), request.POST.get("name", "")
    if page not in PAGES or name not in SETTINGS or mine.creditor is None:
        raise Http404
    with telling(request, _("Valeur de l'organisation reprise.")):
        actions.inherit(
            tenant_id=request.tenant_id,
            creditor_id=mine.creditor.id,
            names=(name,),
            actor_id=request.access.user_id,
            today=timezone.localdate(),
        )
    return mine.back(PAGES[page])


def _origin(one: InForce, mine: Level) -> Text:
    if mine.creditor is None and one.origin == "tenant":
        return ""
    return ORIGINS[one.origin]


def _said(name: str, value: Any, shipped: Mapping[str, Any]) -> Text:
    value = shipped.get(name) if value is None else value
    if name == "minimum_cents":
        return decimal_text(value or 0).replace(".", ",")
    if name == "calendar":
        return CALENDARS[value][0]
    if name == "penalty_rate":
        return f"{value} %".replace(".", ",") if value else _("taux légal")
    if isinstance(value, bool):
        return _("oui") if value else _("non")
    labels = dict(forms.APPROVALS) | dict(forms.DAY_COUNTS)
    return labels.get(value, str(value))
