"""Sources, each of their runs, each file they gave, and the last known rows of what is asked."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from encours.tenancy.models import Creditor, TenantForeignKey, TenantModel


class Source(TenantModel):
    """Where data comes from by itself; without a creditor, each file says whose it is.

    `secrets` is JSON sealed by the vault. `fresh_at` is when data last came, or the same as
    before; `ledger_at` when that was more than e-invoices, which say nothing of payments.
    """

    creditor = TenantForeignKey(Creditor, models.PROTECT, null=True, verbose_name="société")
    name = models.CharField("nom", max_length=80)
    kind = models.CharField("nature", max_length=20)
    settings = models.JSONField("réglages", default=dict)
    secrets = models.TextField("secrets (chiffrés)", blank=True, default="")
    allows_private = models.BooleanField("réseau privé permis", default=False)
    schedule = models.CharField("horaire", max_length=200, blank=True, default="")
    mapping_id = models.BigIntegerField("correspondance des colonnes", null=True)
    fresh_hours = models.PositiveIntegerField("limite de fraîcheur (heures)", default=0)
    is_enabled = models.BooleanField("active", default=True)
    next_run_at = models.DateTimeField("prochain passage", null=True)
    running_since = models.DateTimeField("en cours depuis", null=True)
    progress = models.CharField("avancement", max_length=120, blank=True, default="")
    succeeded_at = models.DateTimeField("dernier succès", null=True)
    failed_at = models.DateTimeField("dernier échec", null=True)
    failure = models.CharField("cause du dernier échec", max_length=400, blank=True, default="")
    failures = models.PositiveSmallIntegerField("échecs à la suite", default=0)
    fresh_at = models.DateTimeField("données du", null=True)
    ledger_at = models.DateTimeField("grand livre du", null=True)
    rows = models.PositiveIntegerField("lignes au dernier apport", default=0)
    position = models.JSONField("position de lecture", default=dict)
    digest = models.CharField("empreinte du jeton", max_length=64, blank=True, default="")
    minute = models.BigIntegerField("minute", default=0)
    calls = models.IntegerField("appels dans la minute", default=0)
    author_id = models.BigIntegerField("auteur", null=True)
    created_at = models.DateTimeField("créée le", db_default=Now())
    removed_at = models.DateTimeField("retirée le", null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("tenant", "name"), condition=Q(removed_at=None), name="source_name_once"
            ),
        )
        indexes = (models.Index(fields=("digest",), name="source_digest", condition=~Q(digest="")),)

    def __str__(self) -> str:
        return self.name


class SourceRun(TenantModel):
    """One run of a source: when, why, what it brought, what stopped it."""

    source = TenantForeignKey(Source, models.CASCADE, verbose_name="source")
    trigger = models.CharField("origine", max_length=10, default="schedule")
    state = models.CharField("état", max_length=10, default="running")
    started_at = models.DateTimeField("début", db_default=Now())
    finished_at = models.DateTimeField("fin", null=True)
    files = models.PositiveIntegerField("fichiers", default=0)
    rows = models.PositiveIntegerField("lignes", default=0)
    sentence = models.CharField("résultat", max_length=400, blank=True, default="")
    author_id = models.BigIntegerField("auteur", null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=("running", "done", "nothing", "partial", "failed")),
                name="source_run_state_known",
            ),
        )
        indexes = (models.Index(fields=("tenant", "source", "-id"), name="source_run_latest"),)


class TakenFile(TenantModel):
    """A file that a source gave, taken once: what identifies it there, what became of it here."""

    source = TenantForeignKey(Source, models.CASCADE, verbose_name="source")
    run = TenantForeignKey(SourceRun, models.CASCADE, null=True, verbose_name="passage")
    identity = models.CharField("identité", max_length=64)
    name = models.CharField("fichier", max_length=255)
    sha256 = models.CharField("empreinte", max_length=64)
    size_bytes = models.BigIntegerField("taille (octets)", default=0)
    state = models.CharField("état", max_length=10)
    sentence = models.CharField("résultat", max_length=400, blank=True, default="")
    import_id = models.BigIntegerField("import", null=True)
    taken_at = models.DateTimeField("reçu le", db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("tenant", "source", "identity"), name="taken_file_once"
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=("received", "applied", "waiting", "known", "refused", "unplaced")
                ),
                name="taken_file_state_known",
            ),
        )
        indexes = (models.Index(fields=("tenant", "source", "sha256"), name="taken_file_sha"),)


class PulledRow(TenantModel):
    """The last known state of one thing that a software holds: the ledger is derived from them."""

    source = TenantForeignKey(Source, models.CASCADE, verbose_name="source")
    kind = models.CharField("nature", max_length=12)
    external_id = models.CharField("identifiant", max_length=80)
    data = models.JSONField("valeurs")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("tenant", "source", "kind", "external_id"), name="pulled_row_once"
            ),
        )
