"""The tables, as Django writes them."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import encours.tenancy.models.base


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("parties", "0002_isolation"),
        ("tenancy", "0002_isolation"),
    ]

    operations = [
        migrations.CreateModel(
            name="FileImport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=20, verbose_name="format")),
                ("file_name", models.CharField(max_length=255, verbose_name="fichier")),
                ("sha256", models.CharField(max_length=64, verbose_name="empreinte")),
                ("size_bytes", models.BigIntegerField(verbose_name="taille (octets)")),
                (
                    "state",
                    models.CharField(default="previewed", max_length=10, verbose_name="état"),
                ),
                ("accepted_rest", models.BooleanField(default=False, verbose_name="reste accepté")),
                ("first_on", models.DateField(null=True, verbose_name="première écriture")),
                ("last_on", models.DateField(null=True, verbose_name="dernière écriture")),
                ("counts", models.JSONField(default=dict, verbose_name="comptes")),
                ("control", models.JSONField(default=dict, verbose_name="contrôle")),
                ("issues", models.JSONField(default=list, verbose_name="anomalies")),
                ("author_id", models.BigIntegerField(null=True, verbose_name="auteur")),
                (
                    "progress",
                    models.PositiveSmallIntegerField(default=0, verbose_name="avancement (%)"),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="reçu le"
                    ),
                ),
                ("applied_at", models.DateTimeField(null=True, verbose_name="appliqué le")),
                ("undone_at", models.DateTimeField(null=True, verbose_name="annulé le")),
                (
                    "batch",
                    encours.tenancy.models.base.TenantForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.batch",
                        verbose_name="acte",
                    ),
                ),
                (
                    "creditor",
                    encours.tenancy.models.base.TenantForeignKey(
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
            options={
                "indexes": [
                    models.Index(fields=["tenant", "creditor", "sha256"], name="import_sha")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                ("previewed", "running", "applied", "refused", "undone", "failed"),
                            )
                        ),
                        name="import_state_known",
                    )
                ],
            },
        ),
    ]
