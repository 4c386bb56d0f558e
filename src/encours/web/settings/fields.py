"""The tenant's own fields: defined here, for all its creditors."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods, require_POST

from encours.attributes import queries, rules
from encours.attributes.actions import fields as actions
from encours.attributes.rules import Field, Subject
from encours.web import own_fields
from encours.web.answers import telling
from encours.web.rights import StaffRequest, needs
from encours.web.settings.subject import shown

TITLES = {"customer": lazy("Sur les clients"), "invoice": lazy("Sur les factures")}


class Changed(forms.Form):
    """What may change of a field."""

    label = forms.CharField(label=lazy("Nom du champ"), max_length=rules.LABEL_MAX)
    choices = forms.CharField(
        label=lazy("Choix, un par ligne"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    in_lists = forms.BooleanField(label=lazy("Montrer dans les listes"), required=False)

    def clean_choices(self) -> list[str]:
        """Return one choice a line."""
        return str(self.cleaned_data["choices"]).splitlines()


class New(Changed):
    """A field to define."""

    subject = forms.ChoiceField(
        label=lazy("Où"), choices=[("customer", lazy("Clients")), ("invoice", lazy("Factures"))]
    )
    kind = forms.ChoiceField(
        label=lazy("Ce qu'il contient"), choices=list(own_fields.KINDS.items())
    )
    field_order = ("label", "subject", "kind", "choices", "in_lists")


@require_http_methods(["GET", "POST"])
@needs("settings.read")
def fields(request: StaffRequest) -> HttpResponse:
    """Show the fields and add one."""
    form = New(request.POST or None, initial={"in_lists": True})
    if request.method == "POST" and form.is_valid():
        with telling(request, _("Champ ajouté.")):
            actions.add_field(**_actor(request), **form.cleaned_data)
            return redirect("settings_fields")
    known = [(TITLES[one], _known(request, one)) for one in rules.SUBJECTS]
    context = {
        "known": known,
        "kinds": own_fields.KINDS,
        "form": form,
        "most": rules.FIELDS_MAX,
        "may_write": _may_write(request),
    }
    return shown(request, "settings/fields.html", context)


@require_http_methods(["GET", "POST"])
@needs("settings.write")
def change(request: StaffRequest, field_id: int) -> HttpResponse:
    """Rename a field, show it or not, offer other choices."""
    found = _field_or_404(request, field_id)
    held = {"label": found.label, "choices": "\n".join(found.choices), "in_lists": found.in_lists}
    form = Changed(request.POST or None, initial=held)
    if found.kind != "choice":
        del form.fields["choices"]
    if request.method == "POST" and form.is_valid():
        with telling(request, _("Champ modifié.")):
            actions.change_field(**_actor(request), field_id=field_id, **form.cleaned_data)
            return redirect("settings_fields")
    return shown(request, "settings/field.html", {"field": found, "form": form})


@require_POST
@needs("settings.write")
def retire(request: StaffRequest, field_id: int) -> HttpResponse:
    """Show a field no more."""
    _field_or_404(request, field_id)
    with telling(request, _("Champ retiré : ses valeurs sont gardées, plus rien ne les montre.")):
        actions.retire_field(**_actor(request), field_id=field_id)
    return redirect("settings_fields")


def _known(request: StaffRequest, subject: Subject) -> list[Field]:
    return queries.fields(tenant_id=request.tenant_id, subject=subject)


def _field_or_404(request: StaffRequest, field_id: int) -> Field:
    known = [one for subject in rules.SUBJECTS for one in _known(request, subject)]
    found = next((one for one in known if one.id == field_id), None)
    if found is None:
        raise Http404
    return found


def _may_write(request: StaffRequest) -> bool:
    """Say whether this person sets up all creditors: fields belong to the whole organisation."""
    return request.access.creditors("settings.write") is None


def _actor(request: StaffRequest) -> dict[str, Any]:
    if not _may_write(request):
        raise PermissionDenied
    return {
        "tenant_id": request.tenant_id,
        "actor_id": request.access.user_id,
        "today": timezone.localdate(),
    }
