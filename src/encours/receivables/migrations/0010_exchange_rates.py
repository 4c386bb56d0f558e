"""Exchange rates by day."""

import django.contrib.postgres.functions
import django.db.models.deletion
from django.db import migrations, models

from encours.tenancy.isolation import IsolateTenants


class Migration(migrations.Migration):
    dependencies = [
        ("receivables", "0009_vat_parts"),
        ("tenancy", "0006_group_currency"),
    ]

    operations = [
        migrations.CreateModel(
            name="ExchangeRate",
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
                ("currency", models.CharField(max_length=3, verbose_name="devise")),
                ("on", models.DateField(verbose_name="jour")),
                (
                    "rate",
                    models.DecimalField(
                        decimal_places=10, max_digits=19, verbose_name="unités pour un euro"
                    ),
                ),
                ("source", models.CharField(max_length=200, verbose_name="source")),
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
                        fields=("tenant", "currency", "on"),
                        name="exchange_rate_once_a_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("rate__gt", 0)), name="exchange_rate_positive"
                    ),
                ],
            },
        ),
        IsolateTenants("ExchangeRate"),
    ]
