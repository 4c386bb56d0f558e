"""Webhooks: who is told what, what was told, told again."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpResponse
from django.utils import timezone
from ninja import Field, Router, Schema

from encours.api import guard, places
from encours.api.guard import ApiRequest, needs
from encours.api.kinds import CreditorCode, Cursor, Day, Given, Id, Limit, Text60, Text120, Text200
from encours.api.paging import Page, after, page
from encours.api.problems import Halt
from encours.webhooks import jobs, queries
from encours.webhooks.actions import queueing, subscriptions
from encours.webhooks.queries import AttemptRow, DeliveryRow, SubscriptionRow

router = Router(tags=["Webhooks"])

Url = Annotated[Text200, Field(max_length=500, examples=["https://exemple.fr/encours"])]
Events = Annotated[
    list[Text60],
    Field(
        min_length=1,
        max_length=50,
        description="Faits suivis : `invoice.recorded`, `invoice.*` ou `*`.",
        examples=[["invoice.*", "credit.recorded"]],
    ),
]
State = Literal["", "waiting", "delivered", "dead"]


class Webhook(Schema):
    """An address that is told some facts; `creditor` null hears those of every creditor."""

    id: int
    creditor: str | None
    url: str
    description: str
    events: list[str]
    is_active: bool
    created_at: datetime
    waiting: int
    dead: int


class WebhookMade(Webhook):
    """A new webhook with its secret, shown this once."""

    secret: str


class Secret(Schema):
    """A new secret, shown this once."""

    secret: str


class NewWebhook(Given):
    """A webhook to create; without a creditor it hears all of them."""

    creditor: CreditorCode | None = None
    url: Url
    events: Events
    description: Text120 = ""


class WebhookFields(Given):
    """What may be changed of a webhook."""

    url: Url | None = None
    events: Events | None = None
    description: Text120 | None = None
    is_active: bool | None = None


class Attempt(Schema):
    """One call and its answer."""

    id: int
    at: datetime
    duration_ms: int
    status: int | None
    error: str
    request_head: str
    response_head: str
    response_body: str


class Delivery(Schema):
    """One fact for one webhook."""

    id: int
    webhook_id: int
    number: str
    event: str
    subject_type: str
    subject_id: int
    state: Literal["waiting", "delivered", "dead"]
    failures: int
    created_at: datetime
    next_at: datetime | None
    ended_at: datetime | None


class DeliveryDetail(Delivery):
    """One fact for one webhook, what is sent, and each call."""

    payload: dict[str, Any]
    attempts: list[Attempt]


class Replay(Given):
    """From which day on facts are told again."""

    since: Day


class Replayed(Schema):
    """How many facts will be told again."""

    deliveries: int


@router.get("/webhooks", response=Page[Webhook], summary="Webhooks")
@needs("settings.read")
def list_webhooks(request: ApiRequest, limit: Limit = 100, cursor: Cursor = "") -> Any:
    """Liste les adresses prévenues."""
    found = queries.subscriptions(
        tenant_id=request.tenant_id,
        creditor_ids=request.scope.creditor_ids,
        after=after(cursor, "webhooks"),
        limit=limit + 1,
    )
    codes = places.codes(request)
    return page("webhooks", found, limit, lambda row: _shown(row, codes))


@router.post("/webhooks", response={201: WebhookMade}, summary="Créer un webhook")
@needs("settings.write")
def create_webhook(request: ApiRequest, given: NewWebhook, response: HttpResponse) -> Any:
    """Crée un webhook ; son secret n'est montré que dans cette réponse."""
    creditor_id = None
    if given.creditor is not None:
        creditor_id = places.creditor(request, given.creditor).id
    elif request.scope.creditor_ids is not None:
        raise Halt(403, "Cette clé ne voit pas toutes les sociétés : donnez le code de l'une.")
    made = subscriptions.create_subscription(
        tenant_id=request.tenant_id,
        creditor_id=creditor_id,
        url=given.url,
        events=given.events,
        description=given.description,
        actor_id=request.access.user_id,
        now=timezone.now(),
    )
    response["Location"] = f"/api/v1/webhooks/{made.id}"
    return {**_one(request, made.id), "secret": made.secret}


@router.get("/webhooks/{webhook_id}", response=Webhook, summary="Un webhook")
@needs("settings.read")
def get_webhook(request: ApiRequest, webhook_id: Id, response: HttpResponse) -> Any:
    """Rend un webhook ; l'`ETag` sert à le modifier."""
    shown = _one(request, webhook_id)
    response["ETag"] = guard.etag(_version(shown))
    return shown


@router.patch("/webhooks/{webhook_id}", response=Webhook, summary="Modifier un webhook")
@needs("settings.write", updates=True)
def update_webhook(
    request: ApiRequest, webhook_id: Id, given: WebhookFields, response: HttpResponse
) -> Any:
    """Change l'adresse, les faits suivis, ou met en pause."""
    _one(request, webhook_id)
    subscriptions.locked(tenant_id=request.tenant_id, subscription_id=webhook_id)
    guard.match(request, _version(_one(request, webhook_id)))
    subscriptions.update_subscription(
        tenant_id=request.tenant_id,
        subscription_id=webhook_id,
        actor_id=request.access.user_id,
        now=timezone.now(),
        **given.dict(exclude_none=True),
    )
    shown = _one(request, webhook_id)
    response["ETag"] = guard.etag(_version(shown))
    return shown


@router.delete("/webhooks/{webhook_id}", response={204: None}, summary="Supprimer un webhook")
@needs("settings.write")
def delete_webhook(request: ApiRequest, webhook_id: Id) -> Any:
    """Supprime un webhook : rien ne lui est plus envoyé."""
    _one(request, webhook_id)
    subscriptions.end_subscription(**_about(request, webhook_id))


@router.post("/webhooks/{webhook_id}/secret", response=Secret, summary="Changer le secret")
@needs("settings.write")
def renew_webhook_secret(request: ApiRequest, webhook_id: Id) -> Any:
    """Donne un nouveau secret ; l'ancien ne signe plus rien."""
    _one(request, webhook_id)
    return {"secret": subscriptions.renew_secret(**_about(request, webhook_id))}


@router.post("/webhooks/{webhook_id}/test", response={201: Delivery}, summary="Essayer un webhook")
@needs("settings.write")
def test_webhook(request: ApiRequest, webhook_id: Id) -> Any:
    """Envoie `webhook.test` à l'adresse ; la suite se lit dans ses envois."""
    _one(request, webhook_id)
    asked = {"tenant_id": request.tenant_id, "subscription_id": webhook_id}
    delivery_id = queueing.send_test(**asked, now=timezone.now())
    jobs.wake(**asked)
    return _delivery(_one_delivery(request, delivery_id))


@router.post("/webhooks/{webhook_id}/replay", response=Replayed, summary="Rejouer depuis un jour")
@needs("settings.write")
def replay_webhook(request: ApiRequest, webhook_id: Id, given: Replay) -> Any:
    """Renvoie les faits suivis depuis un jour, dans l'ordre."""
    _one(request, webhook_id)
    asked = {"tenant_id": request.tenant_id, "subscription_id": webhook_id}
    count = queueing.replay_since(**asked, since=given.since)
    jobs.wake(**asked)
    return {"deliveries": count}


@router.get("/webhooks/{webhook_id}/deliveries", response=Page[Delivery], summary="Envois")
@needs("settings.read")
def list_deliveries(
    request: ApiRequest, webhook_id: Id, state: State = "", limit: Limit = 100, cursor: Cursor = ""
) -> Any:
    """Liste ce qui est envoyé à un webhook."""
    _one(request, webhook_id)
    found = queries.deliveries(
        tenant_id=request.tenant_id,
        subscription_id=webhook_id,
        state=state,
        after=after(cursor, "deliveries"),
        limit=limit + 1,
    )
    return page("deliveries", found, limit, _delivery)


@router.get("/deliveries/{delivery_id}", response=DeliveryDetail, summary="Un envoi")
@needs("settings.read")
def get_delivery(request: ApiRequest, delivery_id: Id) -> Any:
    """Rend un envoi, son contenu et chacun de ses essais."""
    row = _one_delivery(request, delivery_id)
    calls = queries.attempts(tenant_id=request.tenant_id, delivery_id=row.id)
    return {
        **_delivery(row),
        "payload": row.payload,
        "attempts": [_attempt(one) for one in calls],
    }


@router.post("/deliveries/{delivery_id}/replay", response=Delivery, summary="Rejouer un envoi")
@needs("settings.write")
def replay_delivery(request: ApiRequest, delivery_id: Id) -> Any:
    """Renvoie un fait sous le même numéro."""
    row = _one_delivery(request, delivery_id)
    queueing.replay(tenant_id=request.tenant_id, delivery_id=delivery_id)
    jobs.wake(tenant_id=request.tenant_id, subscription_id=row.subscription_id)
    return _delivery(_one_delivery(request, delivery_id))


def _about(request: ApiRequest, webhook_id: int) -> dict[str, Any]:
    return {
        "tenant_id": request.tenant_id,
        "subscription_id": webhook_id,
        "actor_id": request.access.user_id,
        "now": timezone.now(),
    }


def _one(request: ApiRequest, webhook_id: int) -> dict[str, Any]:
    found = queries.subscriptions(
        tenant_id=request.tenant_id,
        creditor_ids=request.scope.creditor_ids,
        subscription_id=webhook_id,
    )
    if not found:
        raise Halt(404, "Ce webhook n'existe pas, ou a été supprimé.")
    return _shown(found[0], places.codes(request))


def _one_delivery(request: ApiRequest, delivery_id: int) -> DeliveryRow:
    row = queries.one_delivery(tenant_id=request.tenant_id, delivery_id=delivery_id)
    if row is None:
        raise Halt(404, "Cet envoi n'existe pas.")
    _one(request, row.subscription_id)
    return row


def _version(shown: dict[str, Any]) -> dict[str, Any]:
    """Return what a change would overwrite: counts change by themselves."""
    return {name: shown[name] for name in ("url", "events", "description", "is_active")}


def _shown(row: SubscriptionRow, codes: dict[int, str]) -> dict[str, Any]:
    found = {name: getattr(row, name) for name in Webhook.model_fields if hasattr(row, name)}
    return {**found, "creditor": codes.get(row.creditor_id or 0), "events": list(row.events)}


def _delivery(row: DeliveryRow) -> dict[str, Any]:
    found = {name: getattr(row, name) for name in Delivery.model_fields if hasattr(row, name)}
    return {
        **found,
        "webhook_id": row.subscription_id,
        "number": str(row.uuid),
        "event": row.verb,
    }


def _attempt(row: AttemptRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in Attempt.model_fields}
