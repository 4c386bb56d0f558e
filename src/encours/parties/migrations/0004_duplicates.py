"""Duplicates said to be two; a customer's own account."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import encours.tenancy.models.base
from encours.tenancy.isolation import IsolateTenants


class Migration(migrations.Migration):
    dependencies = [
        ("parties", "0003_merges"),
        ("tenancy", "0003_absences"),
    ]

    operations = [
        migrations.AddField(
            model_name="customer",
            name="iban",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=34, verbose_name="IBAN"
            ),
        ),
        migrations.CreateModel(
            name="NotDuplicates",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("author_id", models.BigIntegerField(null=True, verbose_name="auteur")),
                (
                    "said_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="dit le"
                    ),
                ),
                (
                    "customer",
                    encours.tenancy.models.base.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.customer",
                        verbose_name="client",
                    ),
                ),
                (
                    "other",
                    encours.tenancy.models.base.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.customer",
                        verbose_name="autre client",
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
                        fields=("tenant", "customer", "other"), name="not_duplicates_said_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("customer__lt", models.F("other"))),
                        name="not_duplicates_in_order",
                    ),
                ],
            },
        ),
        IsolateTenants("NotDuplicates"),
    ]
