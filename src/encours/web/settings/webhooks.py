"""Webhooks: which addresses are told what, what they answered, told again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from encours.tenancy.queries import places
from encours.web.answers import telling
from encours.web.rights import StaffRequest, needs, require, require_everywhere
from encours.web.settings import forms
from encours.web.settings.subject import settings_menu, shown
from encours.web.tables import Badge, Column, Filter, Source, Table, Window, answer
from encours.webhooks import jobs, queries
from encours.webhooks.actions import queueing, subscriptions
from encours.webhooks.queries import DeliveryRow, SubscriptionRow

STATES: Final[Mapping[str, Badge]] = {
    "waiting": Badge(lazy("En attente"), "orange"),
    "delivered": Badge(lazy("Reçu"), "green"),
    "dead": Badge(lazy("Abandonné"), "red"),
}
DELIVERIES: Final = Table(
    name="deliveries",
    caption=lazy("Envois"),
    columns=(
        Column(
            "verb", lazy("Fait"), link=lambda row: reverse("settings_delivery", args=(row["id"],))
        ),
        Column("subject", lazy("Objet"), "code"),
        Column("state", lazy("État"), "badge", badges=STATES),
        Column("failures", lazy("Échecs"), "count"),
        Column("created_at", lazy("Depuis"), "instant"),
        Column("next_at", lazy("Prochain essai"), "instant"),
        Column("ended_at", lazy("Fini le"), "instant"),
    ),
    filters=(
        Filter(
            "state",
            lazy("État"),
            "select",
            (("", lazy("Tous")), *((code, badge.label) for code, badge in STATES.items())),
        ),
    ),
    empty=lazy("Rien ne lui a encore été envoyé : essayez-le."),
    export_right="settings.read",
)


@require_http_methods(["GET", "POST"])
@needs("settings.read")
def webhooks(request: StaffRequest) -> HttpResponse:
    """List the addresses that are told something; add one, and show its secret this once."""
    form = forms.NewWebhook(request.POST or None, creditors=_creditors(request))
    made = None
    if request.method == "POST" and form.is_valid():
        made = _make(request, form.cleaned_data)
        if made is not None:
            form = forms.NewWebhook(creditors=_creditors(request))
    creditor_ids = request.scope.creditor_ids
    context = {
        "form": form,
        "made": made,
        "webhooks": queries.subscriptions(tenant_id=request.tenant_id, creditor_ids=creditor_ids),
        "names": {one.id: one.name for one in places.creditors(request.tenant_id)},
        "may_write": request.access.may("settings.write"),
    }
    return shown(request, "settings/webhooks.html", context)


@require_GET
@needs("settings.read")
def webhook(request: StaffRequest, webhook_id: int) -> HttpResponseBase:
    """Show one address and what was sent to it, the latest first."""
    row = _row(request, webhook_id)

    def rows(window: Window) -> Iterable[dict[str, Any]]:
        found = queries.deliveries(
            tenant_id=request.tenant_id,
            subscription_id=row.id,
            state=window.filters.get("state", ""),
            latest_first=True,
            offset=window.offset,
            limit=window.limit,
        )
        return [_shown(one) for one in found]

    context = {
        **settings_menu(request),
        "webhook": row,
        "may_write": request.access.may("settings.write", row.creditor_id),
        "today": timezone.localdate(),
    }
    return answer(
        request, DELIVERIES, Source(rows=rows), page="settings/webhook.html", context=context
    )


@require_GET
@needs("settings.read")
def delivery(request: StaffRequest, delivery_id: int) -> HttpResponse:
    """Show what is sent, and each call with its answer."""
    row = _delivery(request, delivery_id)
    owner = _row(request, row.subscription_id)
    context = {
        "delivery": row,
        "state": STATES[row.state],
        "payload": json.dumps(row.payload, ensure_ascii=False, indent=2, sort_keys=True),
        "attempts": queries.attempts(tenant_id=request.tenant_id, delivery_id=row.id),
        "may_write": request.access.may("settings.write", owner.creditor_id),
    }
    return shown(request, "settings/delivery.html", context)


@require_POST
@needs("settings.write")
def replay(request: StaffRequest, delivery_id: int) -> HttpResponse:
    """Send one fact again."""
    row = _delivery(request, delivery_id)
    with telling(request, _("Cet envoi repart.")):
        queueing.replay(tenant_id=request.tenant_id, delivery_id=row.id)
        jobs.wake(tenant_id=request.tenant_id, subscription_id=row.subscription_id)
    return redirect("settings_delivery", row.id)


@require_POST
@needs("settings.write")
def act(request: StaffRequest, webhook_id: int, what: str) -> HttpResponse:
    """Try, pause, resume, send again, end: one button each."""
    row = _row(request, webhook_id)
    acts: dict[str, tuple[str, Callable[[StaffRequest, SubscriptionRow], None]]] = {
        "essai": (_("Un essai part : sa réponse s'affichera ici."), _test),
        "pause": (_("Webhook en pause : les faits attendent."), _pause),
        "reprise": (_("Webhook repris."), _resume),
        "rejeu": (_("Les faits repartent depuis ce jour, dans l'ordre."), _replay_since),
        "suppression": (_("Webhook supprimé."), _end),
    }
    if what not in acts:
        raise Http404
    done, action = acts[what]
    with telling(request, done):
        action(request, row)
    return redirect("settings_webhooks") if action is _end else redirect("settings_webhook", row.id)


@require_POST
@needs("settings.write")
def renew(request: StaffRequest, webhook_id: int) -> HttpResponse:
    """Give another secret and show it this once."""
    row = _row(request, webhook_id)
    secret = subscriptions.renew_secret(**_about(request, row))
    context = {**settings_menu(request), "webhook": row, "secret": secret}
    return render(request, "settings/webhook_secret.html", context)


def _test(request: StaffRequest, row: SubscriptionRow) -> None:
    queueing.send_test(tenant_id=request.tenant_id, subscription_id=row.id, now=timezone.now())
    jobs.wake(tenant_id=request.tenant_id, subscription_id=row.id)


def _pause(request: StaffRequest, row: SubscriptionRow) -> None:
    subscriptions.update_subscription(**_about(request, row), is_active=False)


def _resume(request: StaffRequest, row: SubscriptionRow) -> None:
    subscriptions.update_subscription(**_about(request, row), is_active=True)


def _replay_since(request: StaffRequest, row: SubscriptionRow) -> None:
    try:
        since = date.fromisoformat(request.POST.get("since", ""))
    except ValueError as problem:
        raise queueing.NotToReplay(_("Donnez le jour depuis lequel rejouer.")) from problem
    queueing.replay_since(tenant_id=request.tenant_id, subscription_id=row.id, since=since)
    jobs.wake(tenant_id=request.tenant_id, subscription_id=row.id)


def _end(request: StaffRequest, row: SubscriptionRow) -> None:
    subscriptions.end_subscription(**_about(request, row))


def _make(request: StaffRequest, given: dict[str, Any]) -> subscriptions.Made | None:
    creditor_id = int(given["creditor"]) if given["creditor"] else None
    if creditor_id is None:
        require_everywhere(request, "settings.write")
    else:
        require(request, "settings.write", creditor_id)
    with telling(request, _("Webhook créé : copiez son secret maintenant.")):
        return subscriptions.create_subscription(
            tenant_id=request.tenant_id,
            creditor_id=creditor_id,
            url=given["url"],
            events=given["events"].replace(",", " ").split(),
            description=given["description"],
            actor_id=request.access.user_id,
            now=timezone.now(),
        )
    return None


def _about(request: StaffRequest, row: SubscriptionRow) -> dict[str, Any]:
    return {
        "tenant_id": request.tenant_id,
        "subscription_id": row.id,
        "actor_id": request.access.user_id,
        "now": timezone.now(),
    }


def _row(request: StaffRequest, webhook_id: int) -> SubscriptionRow:
    found = queries.subscriptions(
        tenant_id=request.tenant_id,
        creditor_ids=request.scope.creditor_ids,
        subscription_id=webhook_id,
    )
    if not found:
        raise Http404
    return found[0]


def _delivery(request: StaffRequest, delivery_id: int) -> DeliveryRow:
    row = queries.one_delivery(tenant_id=request.tenant_id, delivery_id=delivery_id)
    if row is None:
        raise Http404
    _row(request, row.subscription_id)
    return row


def _shown(row: DeliveryRow) -> dict[str, Any]:
    names = ("id", "verb", "state", "failures", "created_at", "next_at", "ended_at")
    found = {name: getattr(row, name) for name in names}
    return {**found, "subject": f"{row.subject_type} {row.subject_id}"}


def _creditors(request: StaffRequest) -> list[tuple[str, Any]]:
    mine = request.access.creditors("settings.write")
    everything = [("", _("Toutes les sociétés"))] if mine is None else []
    rows = places.creditors(request.tenant_id, mine)
    return [*everything, *((str(one.id), one.name) for one in rows)]
