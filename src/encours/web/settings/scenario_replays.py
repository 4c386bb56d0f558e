"""The past replayed with a scenario or its draft: asked for, followed, read."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET, require_http_methods

from encours.dunning import jobs
from encours.dunning.actions import replays as actions
from encours.dunning.queries import drafts, plans
from encours.dunning.queries import replays as queries
from encours.dunning.queries.day import day_of
from encours.dunning.queries.replays import ReplayShown
from encours.dunning.rules.figures import Figures
from encours.dunning.rules.simulation import YEAR_DAYS
from encours.kernel.refusal import Refusal
from encours.web import formats, links
from encours.web.answers import page_or_fragment
from encours.web.dunning.sentences import CHANNELS, STEPS
from encours.web.dunning.sentences import step as step_badge
from encours.web.rights import StaffRequest, needs, require
from encours.web.settings import scenario
from encours.web.settings.level import context, level
from encours.web.settings.subject import settings_menu, shown
from encours.web.tables import Badge, Column, Table, answer, in_memory

PAID: Final = Table(
    name="paid",
    caption=lazy("Relancés bien qu'ayant payé"),
    columns=(
        Column(
            "name", lazy("Client"), sort=True, link=lambda row: links.customer(row["customer_id"])
        ),
        Column("on", lazy("Jour"), "date", sort=True),
        Column("step", lazy("Étape"), "badge", badges=STEPS),
        Column("channel", lazy("Canal"), "badge", badges=CHANNELS),
        Column("amount_cents", lazy("Réclamé"), "money", sort=True),
        Column("paid_cents", lazy("Déjà payé"), "money", sort=True),
    ),
    sort="-paid_cents",
    empty=lazy("Personne : aucun règlement n'était connu après une relance."),
)


class Asked(forms.Form):
    """How far back, and how late payments are known."""

    days = forms.TypedChoiceField(
        label=lazy("Période"),
        coerce=int,
        choices=(
            (YEAR_DAYS, lazy("Douze mois")),
            (182, lazy("Six mois")),
            (91, lazy("Trois mois")),
        ),
    )
    lag_days = forms.IntegerField(
        label=lazy("Règlements connus après (jours)"),
        min_value=0,
        max_value=31,
        initial=0,
        help_text=lazy(
            "Pour ce qui fut importé avant la mise en service : au bout de combien de jours un"
            " règlement entre dans vos écritures. Ensuite, le vrai jour de l'import compte."
        ),
    )


@require_http_methods(["GET", "POST"])
@needs("settings.read")
def replays(request: StaffRequest) -> HttpResponse:
    """List the replays; ask for another."""
    mine = level(request)
    if mine.creditor is None:
        raise Http404
    owner: dict[str, Any] = {"tenant_id": request.tenant_id, "creditor_id": mine.creditor.id}
    draft = drafts.draft_of(**owner, code=scenario.code_of(request))
    form = Asked(request.POST or None, initial={"days": YEAR_DAYS, "lag_days": 0})
    if request.method == "POST" and form.is_valid():
        require(request, "settings.write", mine.creditor.id)
        today = day_of(**owner, now=timezone.now()).today
        try:
            made = actions.ask(
                **owner,
                scenario=draft.scenario,
                last_on=today,
                actor_id=request.access.user_id,
                **form.cleaned_data,
            )
        except Refusal as refusal:
            messages.error(request, str(refusal))
            return redirect(f"{request.path}?code={draft.base.code}")
        jobs.replay_soon(tenant_id=request.tenant_id, replay_id=made)
        return redirect("settings_scenario_replay", made)
    shown_with = {
        **context(request, mine),
        "scenario": draft.scenario,
        "draft": draft,
        "form": form,
        "replays": queries.replays_of(**owner, code=draft.base.code),
        "query": scenario.query_of(request, mine),
    }
    return shown(request, "settings/scenario_replays.html", shown_with)


@require_GET
@needs("settings.read")
def replay(request: StaffRequest, replay_id: int) -> HttpResponse:
    """Show how far a replay is, then what it found."""
    mine = level(request)
    if mine.creditor is None:
        raise Http404
    found = queries.one_replay(
        tenant_id=request.tenant_id, creditor_id=mine.creditor.id, replay_id=replay_id
    )
    if found is None:
        raise Http404
    told = {
        **settings_menu(request),
        **context(request, mine),
        "row": found,
        "back": f"{reverse('settings_scenario_replays')}?code={found.scenario.code}",
    }
    if found.figures is None:
        return page_or_fragment(
            request,
            page="settings/scenario_replay.html",
            part="settings/_replay_progress.html",
            target="replay-progress",
            context=told,
        )
    if request.htmx and request.htmx.target == "replay-progress":
        done = HttpResponse(status=204)
        done["HX-Refresh"] = "true"
        return done
    told |= _told(found.figures)
    rows = _paid_rows(request.tenant_id, mine.creditor.id, found)
    return answer(
        request, PAID, in_memory(rows), page="settings/scenario_replay.html", context=told
    )  # type: ignore[return-value]


def _told(found: Figures) -> dict[str, Any]:
    steps = [(step_badge(one.step), _channel(one.channel), one) for one in found.steps]
    return {"figures": found, "steps": steps, "options": _chart(found)}


def _channel(code: str) -> Badge:
    return CHANNELS.get(code) or Badge(code)


def _paid_rows(tenant_id: int, creditor_id: int, found: ReplayShown) -> list[dict[str, Any]]:
    assert found.figures is not None
    rows = found.figures.paid_rows
    names = plans.customer_names(
        tenant_id=tenant_id,
        creditor_ids=[creditor_id],
        customer_ids={one.customer_id for one in rows},
    )
    return [
        {
            "id": place,
            "name": names.get(one.customer_id, ("", ""))[1],
            "on": date.fromisoformat(one.on),
            "customer_id": one.customer_id,
            "step": one.step,
            "channel": one.channel,
            "currency": one.currency,
            "amount_cents": one.amount_cents,
            "paid_cents": one.paid_cents,
        }
        for place, one in enumerate(rows)
    ]


def _chart(found: Figures) -> dict[str, Any]:
    days = [formats.day(date.fromisoformat(one.on)) for one in found.days]
    series = [{"type": "bar", "name": _("Messages"), "data": [one.messages for one in found.days]}]
    if found.calls:
        calls = [one.calls for one in found.days]
        series.append({"type": "bar", "name": _("Appels"), "data": calls})
    return {
        "legend": {},
        "palette": [2, 5],
        "xAxis": {"type": "category", "data": days},
        "yAxis": {"type": "value", "minInterval": 1},
        "series": series,
        "title": {"show": False, "text": _("Messages par jour")},
    }
