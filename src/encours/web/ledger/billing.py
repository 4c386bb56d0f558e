"""Notes of penalties proposed by the creditor's policy, and that policy."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET, require_http_methods

from encours.dunning.queries import billing as queries
from encours.einvoicing.actions import policies as actions
from encours.einvoicing.queries import policies
from encours.web.answers import telling
from encours.web.ledger.subject import moment_of, today
from encours.web.rights import StaffRequest, needs, require
from encours.web.settings.subject import may_write, shown, subject
from encours.web.tables import Column, Filter, Table, answer, in_memory

MODES: Final = (
    ("always", lazy("Toujours : dès qu'une échéance est en retard")),
    ("from_step", lazy("À partir d'une relance")),
    ("never", lazy("Jamais : les messages ne les réclament pas, rien n'est proposé")),
)
PROPOSALS: Final = Table(
    name="penalty-proposals",
    caption=lazy("Notes de pénalités à émettre"),
    columns=(
        Column("customer", lazy("Client"),
               link=lambda row: reverse("customer_interest", args=[row.customer_id])),
        Column("reminders", lazy("Relances envoyées"), "count", sort=True),
        Column("last_on", lazy("Dernière relance"), "date", sort=True),
        Column("interest_cents", lazy("Pénalités"), "money", sort=True),
        Column("indemnity_cents", lazy("Indemnités"), "money", sort=True),
        Column("total_cents", lazy("Ensemble"), "money", sort=True),
    ),
    sort="-total_cents",
    filters=(Filter("q", lazy("Rechercher"), placeholder=lazy("Nom du client")),),
    empty=lazy("Rien à facturer selon vos réglages : ni pénalité ni indemnité nouvelle."),
)  # fmt: skip


class BillingChoice(forms.Form):
    """When interest and indemnities are billed."""

    mode = forms.ChoiceField(
        label=lazy("Facturer les pénalités et indemnités"),
        choices=MODES,
        widget=forms.RadioSelect,
    )
    from_reminder = forms.IntegerField(
        label=lazy("À partir de la relance n°"), min_value=1, max_value=12, initial=1
    )


@require_GET
@needs("penalties.bill")
def proposals(request: StaffRequest) -> HttpResponseBase:
    """Show whom a note may be issued to; each is looked at and issued by a person."""
    rows = queries.proposals(moment_of(request))
    source = in_memory(
        rows,
        matches=lambda row, given: given.get("q", "").strip().lower() in row.customer.lower(),
    )
    return answer(request, PROPOSALS, source, page="ledger/penalty_proposals.html")


@require_http_methods(["GET", "POST"])
@needs("settings.read")
def policy(request: StaffRequest) -> HttpResponse:
    """Show and keep when a creditor bills penalties."""
    is_post = request.method == "POST"
    creditor = subject(request, "settings.write" if is_post else "settings.read")
    asked: dict[str, Any] = {"tenant_id": request.tenant_id, "creditor_id": creditor.id}
    held = policies.policy_of(**asked)
    kept = {"mode": held.mode, "from_reminder": held.from_reminder}
    form = BillingChoice(request.POST if is_post else None, initial=kept)
    if is_post:
        require(request, "settings.write", creditor.id)
    if is_post and form.is_valid():
        with telling(request, _("Réglage enregistré.")):
            actions.set_policy(
                **asked, **form.cleaned_data, actor_id=request.access.user_id, today=today()
            )
        return redirect("settings_penalties")
    context = {
        "creditor": creditor,
        "form": form,
        "may_write": may_write(request, creditor.id),
    }
    return shown(request, "settings/penalties.html", context)
