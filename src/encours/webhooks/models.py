"""Subscribers, what they are told, and each call that was made to them."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from encours.tenancy.models import Creditor, TenantForeignKey, TenantModel


class Subscription(TenantModel):
    """An address that hears some facts, of one creditor or of all; its secret is sealed."""

    creditor = TenantForeignKey(
        Creditor, models.CASCADE, null=True, blank=True, verbose_name="société"
    )
    url = models.CharField("adresse", max_length=500)
    description = models.CharField("description", max_length=120, blank=True, default="")
    events = ArrayField(models.CharField(max_length=60), verbose_name="faits")
    secret = models.TextField("secret (chiffré)")
    is_active = models.BooleanField("active", default=True)
    created_by_id = models.BigIntegerField("créée par")
    created_at = models.DateTimeField("créée le", db_default=Now())
    ended_at = models.DateTimeField("supprimée le", null=True, blank=True)


class Delivery(TenantModel):
    """One fact for one subscriber; those of one subject are told in the order of the facts."""

    subscription = TenantForeignKey(Subscription, models.CASCADE, verbose_name="abonnement")
    uuid = models.UUIDField("identifiant")
    fact_id = models.BigIntegerField("fait", null=True)
    verb = models.CharField("fait", max_length=60)
    subject_type = models.CharField("objet", max_length=30)
    subject_id = models.BigIntegerField("identifiant de l'objet")
    payload = models.JSONField("contenu")
    state = models.CharField("état", max_length=10, default="waiting")
    failures = models.IntegerField("échecs", default=0)
    first_at = models.DateTimeField("premier essai", null=True)
    next_at = models.DateTimeField("prochain essai", null=True)
    claimed_at = models.DateTimeField("pris le", null=True)
    ended_at = models.DateTimeField("fini le", null=True)
    created_at = models.DateTimeField("créé le", db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("tenant", "uuid"), name="webhook_delivery_once"),
            models.UniqueConstraint(
                fields=("tenant", "subscription", "fact_id"),
                condition=Q(fact_id__isnull=False),
                name="webhook_fact_once",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("waiting", "delivered", "dead")),
                name="webhook_delivery_state_known",
            ),
        )
        indexes = (
            models.Index(
                fields=("tenant", "subscription", "subject_type", "subject_id", "id"),
                condition=Q(state="waiting"),
                name="webhook_delivery_waiting",
            ),
        )


class Attempt(TenantModel):
    """One call: what was sent, what came back, how long it took."""

    delivery = TenantForeignKey(Delivery, models.CASCADE, verbose_name="envoi")
    at = models.DateTimeField("fait le", db_default=Now())
    duration_ms = models.IntegerField("durée (ms)")
    request_head = models.TextField("en-têtes envoyés")
    status = models.SmallIntegerField("code", null=True)
    response_head = models.TextField("en-têtes reçus", blank=True, default="")
    response_body = models.TextField("réponse", blank=True, default="")
    error = models.CharField("échec", max_length=200, blank=True, default="")

    class Meta:
        indexes = (models.Index(fields=("tenant", "delivery"), name="webhook_attempt_delivery"),)
