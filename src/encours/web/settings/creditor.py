"""The legal entity: its description, its habits, its logo, and a new one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from encours.kernel.refusal import Refusal
from encours.receivables.actions import terms
from encours.receivables.queries import rates
from encours.tenancy.actions import creditors as actions
from encours.tenancy.queries import creditors as queries
from encours.tenancy.queries import policies
from encours.tenancy.queries.creditors import CreditorSettings
from encours.web.answers import telling
from encours.web.rights import CREDITOR_KEY, StaffRequest, needs
from encours.web.settings import forms, level, policy
from encours.web.settings.subject import may_write, shown, subject

FIRST_TERMS = "30 jours"


@require_GET
@needs("settings.read")
def home(request: StaffRequest) -> HttpResponse:  # noqa: ARG001 - the right is the point
    """Lead to the first settings page."""
    return redirect("settings_creditor")


@require_http_methods(["GET", "POST"])
@needs("settings.read")
def creditor(request: StaffRequest) -> HttpResponse:
    """Show and change what describes the creditor."""
    return _described(request, forms.Company, "settings/creditor.html", "settings_creditor")


@require_http_methods(["GET", "POST"])
@needs("settings.read")
def habits(request: StaffRequest) -> HttpResponse:
    """Show and change how reminders are reckoned and when they leave, one's own or for all."""
    mine, url_name = level.level(request), "settings_creditor_habits"
    values = policies.policy(tenant_id=request.tenant_id, creditor_id=mine.creditor_id)
    form = forms.Sendings(request.POST or None, initial=policy.initial(values, {}))
    if request.method == "POST" and form.is_valid():
        policy.apply(request, mine, form)
        return mine.back(url_name)
    rate = values["penalty_rate"].value
    context = {
        **level.context(request, mine),
        "page": "envois",
        "policy_form": form,
        "policy_fields": policy.form_fields(form, values, mine, request.tenant_id, {}),
        "rate_warning": rates.floor_warning(
            tenant_id=request.tenant_id, rate=rate, on=timezone.localdate()
        ),
    }
    return shown(request, "settings/habits.html", context)


def _described(
    request: StaffRequest, kind: type[Form], template: str, url_name: str
) -> HttpResponse:
    mine = subject(request, "settings.write" if request.method == "POST" else "settings.read")
    form = kind(request.POST or None, initial=mine.described)
    if request.method == "POST" and form.is_valid() and _saved(request, mine, form):
        return redirect(url_name)
    context = {"creditor": mine, "form": form, "may_write": may_write(request, mine.id)}
    return shown(request, template, context)


def _saved(request: StaffRequest, mine: CreditorSettings, form: Form) -> bool:
    try:
        actions.update_creditor(
            tenant_id=request.tenant_id,
            creditor_id=mine.id,
            actor_id=request.access.user_id,
            today=timezone.localdate(),
            **form.cleaned_data,
        )
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, _("Réglages enregistrés."))
    return True


@require_http_methods(["GET", "POST"])
@needs("settings.write")
def new(request: StaffRequest) -> HttpResponse:
    """Add a legal entity; only those who manage all of them may."""
    if request.access.creditors("settings.write") is not None:
        raise PermissionDenied
    form = forms.NewCompany(request.POST or None)
    if request.method == "POST" and form.is_valid():
        asked: dict[str, Any] = {"tenant_id": request.tenant_id, "actor_id": request.access.user_id}
        try:
            creditor_id = actions.create_creditor(
                **asked, today=timezone.localdate(), **form.cleaned_data
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            terms.first_terms(
                **asked, creditor_id=creditor_id, text=FIRST_TERMS, now=timezone.now()
            )
            request.session[CREDITOR_KEY] = creditor_id
            messages.success(request, _("Société créée, en répétition : rien ne part encore."))
            return redirect("settings_creditor")
    return shown(request, "settings/creditor_new.html", {"form": form})


@require_POST
@needs("settings.write")
def logo(request: StaffRequest) -> HttpResponse:
    """Replace the logo, or remove it."""
    mine = subject(request, "settings.write")
    file = request.FILES.get("logo")
    if file is None and "remove" not in request.POST:
        messages.error(request, _("Choisissez une image."))
        return redirect("settings_creditor")
    too_big = file is not None and (file.size or 0) > actions.LOGO_BYTES_MAX
    content = b"" if too_big else file.read() if file is not None else None
    with telling(request, _("Logo enregistré.") if file else _("Logo retiré.")):
        actions.set_logo(
            tenant_id=request.tenant_id,
            creditor_id=mine.id,
            content=content,
            actor_id=request.access.user_id,
            today=timezone.localdate(),
        )
    return redirect("settings_creditor")


@require_GET
@needs("settings.read")
def logo_image(request: StaffRequest) -> HttpResponse:
    """Show the logo."""
    found = queries.logo(tenant_id=request.tenant_id, creditor_id=subject(request).id)
    if found is None:
        raise Http404
    return HttpResponse(found[0], content_type=found[1])
