"""Good payers: a gesture proposed for each, which a person accepts, changes or declines."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.db import transaction
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods

from encours.discounts.actions import rewards as actions
from encours.discounts.queries import rewards as queries
from encours.recovery.actions import tasks
from encours.recovery.actions.tasks import NewTask
from encours.web.answers import telling
from encours.web.ledger.subject import customer_or_404, moment_of, today
from encours.web.rights import StaffRequest, needs
from encours.web.scoring.words import PROFILES
from encours.web.tables import Badge, Column, Table, answer, in_memory

RIGHT: Final = "limits.write"
POINTS, DAYS = 200, 10
SOON: Final = 3
GESTURES: Final = {
    "discount": Badge(lazy("Escompte de 2 % à dix jours de l'échéance"), "green"),
    "terms": Badge(lazy("De meilleures conditions"), "blue"),
    "thanks": Badge(lazy("Un remerciement")),
}
TASKS: Final = {
    "terms": lazy("Bon payeur : proposer de meilleures conditions (délai, remise, limite)."),
    "thanks": lazy("Bon payeur : le remercier."),
}
GOOD: Final = Table(
    name="good-payers",
    caption=lazy("Bons payeurs"),
    columns=(
        Column("customer", lazy("Client"),
               link=lambda row: reverse("customer_payer", args=[row.id])),
        Column("behaviour", lazy("Profil"), "badge", badges=PROFILES),
        Column("months", lazy("Depuis (mois)"), "count", sort=True),
        Column("on_time_percent", lazy("À l'heure"), "percent", sort=True),
        Column("volume_cents", lazy("Achats de douze mois"), "money", sort=True),
        Column("gesture", lazy("Geste proposé"), "badge", badges=GESTURES),
    ),
    sort="-volume_cents",
    select="customer",
    select_form="rewards-form",
    empty=lazy("Aucun client à remercier : il faut six mois à l'heure ou en avance, six échéances "
               "réglées, huit sur dix à leur jour, et rien d'échu."),
)  # fmt: skip


@require_http_methods(["GET", "POST"])
@needs(RIGHT)
def rewards(request: StaffRequest) -> HttpResponseBase:
    """Show good payers with what each has earned; decide for those ticked."""
    rows = queries.good_payers(moment_of(request))
    if request.method == "POST":
        return _decide(request, {row.id: row.gesture for row in rows})
    return answer(request, GOOD, in_memory(rows), page="discounts/rewards.html")


def _decide(request: StaffRequest, proposed: dict[int, str]) -> HttpResponse:
    given = request.POST.getlist("customer")
    ticked = [int(one) for one in given if one.isascii() and one.isdecimal()]
    declined = request.POST.get("decision") == "decline"
    for number in ticked:
        if number not in proposed:
            continue
        owner = customer_or_404(request, number, RIGHT)
        kind = "declined" if declined else proposed[number]
        with telling(request, _("%(name)s : décision enregistrée.") % {"name": owner.name}):
            _keep(request, number, kind)
    return redirect("rewards")


@transaction.atomic
def _keep(request: StaffRequest, customer_id: int, kind: str) -> None:
    """Decide, and leave a note to whoever follows the customer where somebody must act."""
    asked: dict[str, Any] = {
        "tenant_id": request.tenant_id,
        "customer_id": customer_id,
        "actor_id": request.access.user_id,
        "today": today(),
    }
    actions.decide(**asked, kind=kind, basis_points=POINTS, days=DAYS)
    if kind in TASKS:
        task = NewTask("other", today() + timedelta(days=SOON), str(TASKS[kind]))
        tasks.plan_task(**asked, task=task, now=timezone.now())
