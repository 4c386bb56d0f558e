"""Duplicates merged, collectors."""

import django.contrib.postgres.functions
import django.db.models.deletion
from django.db import migrations, models

import encours.tenancy.models.base
from encours.tenancy.isolation import IsolateTenants


class Migration(migrations.Migration):
    dependencies = [
        ("parties", "0002_isolation"),
        ("tenancy", "0003_absences"),
    ]

    operations = [
        migrations.AddField(
            model_name="customer",
            name="collector_id",
            field=models.BigIntegerField(
                blank=True, null=True, verbose_name="chargé de recouvrement"
            ),
        ),
        migrations.CreateModel(
            name="CustomerMerge",
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
                ("creditor_id", models.BigIntegerField(verbose_name="société")),
                (
                    "reason",
                    models.CharField(blank=True, default="", max_length=200, verbose_name="motif"),
                ),
                ("author_id", models.BigIntegerField(null=True, verbose_name="auteur")),
                (
                    "customer",
                    encours.tenancy.models.base.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.customer",
                        verbose_name="client fusionné",
                    ),
                ),
                (
                    "survivor",
                    encours.tenancy.models.base.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.customer",
                        verbose_name="client conservé",
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
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("undone_at", None)),
                        fields=("tenant", "customer"),
                        name="customer_merged_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("customer", models.F("survivor")), _negated=True),
                        name="customer_not_its_own_double",
                    ),
                ],
            },
        ),
        IsolateTenants("CustomerMerge"),
    ]
