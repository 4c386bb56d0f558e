"""Archives that wait to be fetched: made by a job, given for two days, then deleted."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from encours.tenancy.models import TenantModel

STATES = ("running", "ready", "failed", "expired")


class Departure(TenantModel):
    """One archive: of the whole tenant, or of one person who asked what is held."""

    uuid = models.UUIDField("nom sur le disque", default=uuid.uuid4)
    kind = models.CharField("nature", max_length=10)
    subject_type = models.CharField("personne", max_length=10, blank=True, default="")
    subject_id = models.BigIntegerField("numéro", null=True)
    state = models.CharField("état", max_length=10, default="running")
    progress = models.PositiveSmallIntegerField("avancement (%)", default=0)
    files = models.IntegerField("fichiers", default=0)
    size_bytes = models.BigIntegerField("taille (octets)", default=0)
    sha256 = models.CharField("empreinte", max_length=64, blank=True, default="")
    author_id = models.BigIntegerField("auteur", null=True)
    created_at = models.DateTimeField("demandée le", db_default=Now())
    expires_at = models.DateTimeField("expire le", null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(kind__in=("tenant", "person")), name="departure_kind_known"
            ),
            models.CheckConstraint(condition=Q(state__in=STATES), name="departure_state_known"),
        )
