"""One row per file brought in, and the mappings that people saved for the tables they bring."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from encours.parties.models import Batch
from encours.tenancy.models import Creditor, TenantForeignKey, TenantModel


class FileImport(TenantModel):
    """A file and its import: previewed, applied, refused, undone."""

    creditor = TenantForeignKey(Creditor, models.PROTECT, verbose_name="société")
    kind = models.CharField("format", max_length=20)
    file_name = models.CharField("fichier", max_length=255)
    sha256 = models.CharField("empreinte", max_length=64)
    size_bytes = models.BigIntegerField("taille (octets)")
    state = models.CharField("état", max_length=10, default="previewed")
    accepted_rest = models.BooleanField("reste accepté", default=False)
    first_on = models.DateField("première écriture", null=True)
    last_on = models.DateField("dernière écriture", null=True)
    counts = models.JSONField("comptes", default=dict)
    control = models.JSONField("contrôle", default=dict)
    issues = models.JSONField("anomalies", default=list)
    mapping = models.JSONField("correspondance", default=dict)
    issue_counts = models.JSONField("anomalies par gravité", default=dict)
    batch = TenantForeignKey(Batch, models.PROTECT, null=True, verbose_name="acte")
    author_id = models.BigIntegerField("auteur", null=True)
    progress = models.PositiveSmallIntegerField("avancement (%)", default=0)
    created_at = models.DateTimeField("reçu le", db_default=Now())
    applied_at = models.DateTimeField("appliqué le", null=True)
    undone_at = models.DateTimeField("annulé le", null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(
                    state__in=(
                        "mapping",
                        "previewed",
                        "running",
                        "applied",
                        "refused",
                        "undone",
                        "failed",
                    )
                ),
                name="import_state_known",
            ),
        )
        indexes = (models.Index(fields=("tenant", "creditor", "sha256"), name="import_sha"),)


class Mapping(TenantModel):
    """What the columns of a layout mean (`rules.tables.mapping`), by name; no creditor: all."""

    creditor = TenantForeignKey(Creditor, models.PROTECT, null=True, verbose_name="société")
    name = models.CharField("nom", max_length=80)
    definition = models.JSONField("définition")
    signature = models.CharField("empreinte des en-têtes", max_length=32)
    author_id = models.BigIntegerField("auteur", null=True)
    created_at = models.DateTimeField("créée le", db_default=Now())
    used_at = models.DateTimeField("utilisée le", null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("tenant", "creditor", "name"), name="mapping_name_once_per_creditor"
            ),
            models.UniqueConstraint(
                fields=("tenant", "name"),
                condition=Q(creditor=None),
                name="mapping_name_once_for_all",
            ),
        )
        indexes = (models.Index(fields=("tenant", "signature"), name="mapping_signature"),)

    def __str__(self) -> str:
        return self.name
