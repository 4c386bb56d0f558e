"""Keys of the API, how often each is used, and the writes that a key must not repeat."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from encours.tenancy.models.base import TenantForeignKey, TenantModel
from encours.tenancy.models.tenants import Creditor, Role


class ApiKey(TenantModel):
    """What lets a program in: a role, for one creditor or all, within scopes; never the key itself.

    `digest` is a hash of the key under a secret kept outside the database.
    """

    name = models.CharField("nom", max_length=80)
    prefix = models.CharField("début de la clé", max_length=16)
    digest = models.CharField("empreinte", max_length=64)
    role = models.CharField("rôle", max_length=20, choices=Role.choices)
    creditor = TenantForeignKey(
        Creditor, models.CASCADE, null=True, blank=True, verbose_name="société"
    )
    scopes = ArrayField(models.CharField(max_length=40), verbose_name="portées")
    created_by_id = models.BigIntegerField("créée par")
    created_at = models.DateTimeField("créée le", db_default=Now())
    expires_at = models.DateTimeField("expire le", null=True, blank=True)
    revoked_at = models.DateTimeField("révoquée le", null=True, blank=True)
    last_used_at = models.DateTimeField("dernier usage", null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("tenant", "digest"), name="api_key_once"),
            models.CheckConstraint(
                condition=Q(role__in=[choice.value for choice in Role]), name="api_key_role_known"
            ),
        )
        indexes = (models.Index(fields=("digest",), name="api_key_digest"),)


class ApiKeyUse(TenantModel):
    """How many calls a key made in its current minute; the table is not logged, a crash forgets."""

    key = TenantForeignKey(ApiKey, models.CASCADE, verbose_name="clé")
    minute = models.BigIntegerField("minute")
    calls = models.IntegerField("appels")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("tenant", "key"), name="api_key_use_once"),)


class IdempotentCall(TenantModel):
    """A write that was done, with its answer: the same again gives the answer, not the write."""

    key = TenantForeignKey(ApiKey, models.CASCADE, verbose_name="clé")
    name = models.CharField("clé d'idempotence", max_length=255)
    fingerprint = models.CharField("empreinte de la demande", max_length=64)
    status = models.SmallIntegerField("code", null=True)
    headers = models.JSONField("en-têtes", default=dict)
    body = models.BinaryField("réponse (chiffrée)", default=b"")
    created_at = models.DateTimeField("fait le", db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("tenant", "key", "name"), name="idempotent_call_once"),
        )
        indexes = (models.Index(fields=("tenant", "created_at"), name="idempotent_call_age"),)
