"""The tables, shut inside their tenant, and the door of those who push files."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import encours.tenancy.models.base
from encours.tenancy import schema
from encours.tenancy.isolation import IsolateTenants


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("tenancy", "0004_api_keys"),
    ]

    operations = [
        migrations.CreateModel(
            name="Source",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="nom")),
                ("kind", models.CharField(max_length=20, verbose_name="nature")),
                ("settings", models.JSONField(default=dict, verbose_name="réglages")),
                (
                    "secrets",
                    models.TextField(blank=True, default="", verbose_name="secrets (chiffrés)"),
                ),
                (
                    "allows_private",
                    models.BooleanField(default=False, verbose_name="réseau privé permis"),
                ),
                (
                    "schedule",
                    models.CharField(
                        blank=True, default="", max_length=200, verbose_name="horaire"
                    ),
                ),
                (
                    "mapping_id",
                    models.BigIntegerField(null=True, verbose_name="correspondance des colonnes"),
                ),
                (
                    "fresh_hours",
                    models.PositiveIntegerField(
                        default=0, verbose_name="limite de fraîcheur (heures)"
                    ),
                ),
                ("is_enabled", models.BooleanField(default=True, verbose_name="active")),
                ("next_run_at", models.DateTimeField(null=True, verbose_name="prochain passage")),
                ("running_since", models.DateTimeField(null=True, verbose_name="en cours depuis")),
                (
                    "progress",
                    models.CharField(
                        blank=True, default="", max_length=120, verbose_name="avancement"
                    ),
                ),
                ("succeeded_at", models.DateTimeField(null=True, verbose_name="dernier succès")),
                ("failed_at", models.DateTimeField(null=True, verbose_name="dernier échec")),
                (
                    "failure",
                    models.CharField(
                        blank=True,
                        default="",
                        max_length=400,
                        verbose_name="cause du dernier échec",
                    ),
                ),
                (
                    "failures",
                    models.PositiveSmallIntegerField(default=0, verbose_name="échecs à la suite"),
                ),
                ("fresh_at", models.DateTimeField(null=True, verbose_name="données du")),
                ("ledger_at", models.DateTimeField(null=True, verbose_name="grand livre du")),
                (
                    "rows",
                    models.PositiveIntegerField(default=0, verbose_name="lignes au dernier apport"),
                ),
                ("position", models.JSONField(default=dict, verbose_name="position de lecture")),
                (
                    "digest",
                    models.CharField(
                        blank=True, default="", max_length=64, verbose_name="empreinte du jeton"
                    ),
                ),
                ("minute", models.BigIntegerField(default=0, verbose_name="minute")),
                ("calls", models.IntegerField(default=0, verbose_name="appels dans la minute")),
                ("author_id", models.BigIntegerField(null=True, verbose_name="auteur")),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        verbose_name="créée le",
                    ),
                ),
                ("removed_at", models.DateTimeField(null=True, verbose_name="retirée le")),
                (
                    "creditor",
                    encours.tenancy.models.base.TenantForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.creditor",
                        verbose_name="société",
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.tenant",
                        verbose_name="organisation",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PulledRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=12, verbose_name="nature")),
                ("external_id", models.CharField(max_length=80, verbose_name="identifiant")),
                ("data", models.JSONField(verbose_name="valeurs")),
                (
                    "tenant",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.tenant",
                        verbose_name="organisation",
                    ),
                ),
                (
                    "source",
                    encours.tenancy.models.base.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="feeds.source",
                        verbose_name="source",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SourceRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "trigger",
                    models.CharField(default="schedule", max_length=10, verbose_name="origine"),
                ),
                ("state", models.CharField(default="running", max_length=10, verbose_name="état")),
                (
                    "started_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="début"
                    ),
                ),
                ("finished_at", models.DateTimeField(null=True, verbose_name="fin")),
                ("files", models.PositiveIntegerField(default=0, verbose_name="fichiers")),
                ("rows", models.PositiveIntegerField(default=0, verbose_name="lignes")),
                (
                    "sentence",
                    models.CharField(
                        blank=True, default="", max_length=400, verbose_name="résultat"
                    ),
                ),
                ("author_id", models.BigIntegerField(null=True, verbose_name="auteur")),
                (
                    "source",
                    encours.tenancy.models.base.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="feeds.source",
                        verbose_name="source",
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.tenant",
                        verbose_name="organisation",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="TakenFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("identity", models.CharField(max_length=64, verbose_name="identité")),
                ("name", models.CharField(max_length=255, verbose_name="fichier")),
                ("sha256", models.CharField(max_length=64, verbose_name="empreinte")),
                ("size_bytes", models.BigIntegerField(default=0, verbose_name="taille (octets)")),
                ("state", models.CharField(max_length=10, verbose_name="état")),
                (
                    "sentence",
                    models.CharField(
                        blank=True, default="", max_length=400, verbose_name="résultat"
                    ),
                ),
                ("import_id", models.BigIntegerField(null=True, verbose_name="import")),
                (
                    "taken_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="reçu le"
                    ),
                ),
                (
                    "run",
                    encours.tenancy.models.base.TenantForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="feeds.sourcerun",
                        verbose_name="passage",
                    ),
                ),
                (
                    "source",
                    encours.tenancy.models.base.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="feeds.source",
                        verbose_name="source",
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.tenant",
                        verbose_name="organisation",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="source",
            index=models.Index(
                condition=models.Q(("digest", ""), _negated=True),
                fields=["digest"],
                name="source_digest",
            ),
        ),
        migrations.AddConstraint(
            model_name="source",
            constraint=models.UniqueConstraint(
                condition=models.Q(("removed_at", None)),
                fields=("tenant", "name"),
                name="source_name_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="pulledrow",
            constraint=models.UniqueConstraint(
                fields=("tenant", "source", "kind", "external_id"), name="pulled_row_once"
            ),
        ),
        migrations.AddIndex(
            model_name="sourcerun",
            index=models.Index(fields=["tenant", "source", "-id"], name="source_run_latest"),
        ),
        migrations.AddConstraint(
            model_name="sourcerun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ("running", "done", "nothing", "partial", "failed"))
                ),
                name="source_run_state_known",
            ),
        ),
        migrations.AddIndex(
            model_name="takenfile",
            index=models.Index(fields=["tenant", "source", "sha256"], name="taken_file_sha"),
        ),
        migrations.AddConstraint(
            model_name="takenfile",
            constraint=models.UniqueConstraint(
                fields=("tenant", "source", "identity"), name="taken_file_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="takenfile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        ("received", "applied", "waiting", "known", "refused", "unplaced"),
                    )
                ),
                name="taken_file_state_known",
            ),
        ),
        IsolateTenants("Source", "SourceRun", "TakenFile", "PulledRow"),
        schema.run_file("feed_door"),
    ]
