"""Rates of a semester that a tenant entered; the table is shut inside its tenant at once."""

import django.contrib.postgres.functions
import django.db.models.deletion
from django.db import migrations, models

from encours.tenancy.isolation import IsolateTenants


class Migration(migrations.Migration):
    dependencies = [
        ("receivables", "0004_entry_and_lineage"),
        ("tenancy", "0002_isolation"),
    ]

    operations = [
        migrations.CreateModel(
            name="SemesterRates",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=django.contrib.postgres.functions.TransactionNow(),
                        verbose_name="enregistré le",
                    ),
                ),
                ("undone_at", models.DateTimeField(null=True, verbose_name="annulé le")),
                ("batch_id", models.BigIntegerField(null=True, verbose_name="acte d'origine")),
                (
                    "undone_by_id",
                    models.BigIntegerField(null=True, verbose_name="acte d'annulation"),
                ),
                ("first_on", models.DateField(verbose_name="premier jour du semestre")),
                (
                    "ecb_refi",
                    models.DecimalField(
                        decimal_places=4, max_digits=7, verbose_name="taux de refinancement BCE"
                    ),
                ),
                (
                    "legal_private",
                    models.DecimalField(
                        decimal_places=4, max_digits=7, verbose_name="taux légal, particuliers"
                    ),
                ),
                (
                    "legal_other",
                    models.DecimalField(
                        decimal_places=4, max_digits=7, verbose_name="taux légal, autres cas"
                    ),
                ),
                ("source", models.CharField(max_length=200, verbose_name="source")),
                ("checked_on", models.DateField(verbose_name="vérifié le")),
                ("author_id", models.BigIntegerField(null=True, verbose_name="auteur")),
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
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("undone_at", None)),
                        fields=("tenant", "first_on"),
                        name="semester_rates_once",
                    )
                ],
            },
        ),
        IsolateTenants("SemesterRates"),
    ]
